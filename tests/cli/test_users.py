"""``hotline users``: the first admin of an installation, and the way back in."""

import json
import re

import pytest

from .conftest import Hotline

ADD = ("users", "add", "nadia@example.com", "--name", "Nadia Noor", "--role", "admin")


@pytest.fixture
def empty(hotline: Hotline) -> Hotline:
    """An installation whose database has no account."""
    assert hotline("db", "upgrade").returncode == 0
    return hotline


def accounts(hotline: Hotline) -> dict[str, dict[str, object]]:
    return {row["email"]: row for row in json.loads(hotline("users", "list", "--json").stdout)}


def test_an_empty_list_says_how_to_add_the_first(empty: Hotline) -> None:
    assert "hotline users add" in empty("users", "list").stdout


def test_a_generated_password_is_printed_once(empty: Hotline) -> None:
    result = empty(*ADD, "--generate")
    assert result.returncode == 0, result.stderr
    password = re.search(r"shown only now: (\S+)", result.stdout)
    assert password is not None
    assert len(password[1]) >= 20
    assert accounts(empty)["nadia@example.com"]["role"] == "admin"
    assert "Nadia Noor" in empty("users", "list").stdout


def test_a_password_from_a_pipe_is_not_printed(empty: Hotline) -> None:
    result = empty(*ADD, stdin="three unusual wombats\n")
    assert result.returncode == 0, result.stderr
    assert "wombats" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("words", "stdin", "advice"),
    [
        (ADD, "", "No password was given"),
        (ADD, "short\n", "twelve characters"),
        (ADD, "password1234\n", "guess"),
        (("users", "add", "nonsense", "--name", "N", "--generate"), "", "no e-mail address"),
        (("users", "add", "n@example.com", "--name", " ", "--generate"), "", "1 to 120 characters"),
        (("users", "add", "n@example.com", "--name", "N", "--role", "boss", "--generate"), "", "no role"),
        (("users", "add", "n@example.com", "--name", "N", "--language", "xx", "--generate"), "", "en, id"),
        (
            ("users", "add", "n@example.com", "--name", "N", "--time-zone", "Mars/Base", "--generate"),
            "",
            "Asia/Jakarta",
        ),
        (("users", "disable", "ghost@example.com"), "", "no account for ghost@example.com"),
        (("users", "role", "ghost@example.com", "admin"), "", "no account"),
        (("users", "password", "ghost@example.com", "--generate"), "", "no account"),
    ],
)
def test_nonsense_is_one_clear_line_and_changes_nothing(
    empty: Hotline, words: tuple[str, ...], stdin: str, advice: str
) -> None:
    result = empty(*words, stdin=stdin)
    assert result.returncode == 1
    assert advice in result.stderr
    assert "Traceback" not in result.stderr
    assert accounts(empty) == {}


def test_an_account_is_not_added_twice_however_it_is_written(empty: Hotline) -> None:
    empty(*ADD, "--generate")
    result = empty("users", "add", "NADIA@example.com", "--name", "N", "--generate")
    assert (result.returncode, "already" in result.stderr) == (1, True)


def test_the_last_admin_keeps_role_and_account_until_there_is_another(empty: Hotline) -> None:
    empty(*ADD, "--generate")
    empty("users", "add", "otto@example.com", "--name", "Otto Berg", "--generate")
    for words in (("disable", "nadia@example.com"), ("role", "nadia@example.com", "engineer")):
        result = empty("users", *words)
        assert (result.returncode, "last admin" in result.stderr) == (1, True)
    assert "otto@example.com is admin now" in empty("users", "role", "otto@example.com", "admin").stdout
    assert "is disabled" in empty("users", "disable", "nadia@example.com").stdout
    assert "disabled already" in empty("users", "disable", "nadia@example.com").stdout
    assert accounts(empty)["nadia@example.com"]["disabled_at"]
    assert "is enabled" in empty("users", "enable", "nadia@example.com").stdout


def test_a_new_password_can_come_with_a_fresh_start(empty: Hotline) -> None:
    empty(*ADD, "--generate")
    result = empty("users", "password", "nadia@example.com", "--generate", "--reset-second-factor")
    assert result.returncode == 0, result.stderr
    assert "signed out everywhere" in result.stdout
    assert "shown only now" in result.stdout
