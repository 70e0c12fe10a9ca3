"""Every command explains itself, prints facts for people and programs, and says what is wrong."""

import json

import pytest
from typer.main import get_command

from hotline.cli.main import app
from tests.cli.conftest import Hotline

COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined]


def test_the_commands_that_others_rely_on_are_there() -> None:
    assert {"serve", "web", "worker", "db", "seed", "ledger", "incidents", "prompts"} <= set(COMMANDS)
    assert {"demo", "run", "phone", "emulator"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_explains_itself_without_any_setting(hotline: Hotline, command: str) -> None:
    result = hotline(command, "--help", HOTLINE_PUBLIC_URL=None, TWILIO_ACCOUNT_SID=None)
    assert result.returncode == 0
    assert "Usage: " in result.stdout


def test_alone_it_lists_its_commands(hotline: Hotline) -> None:
    shown = hotline()
    assert all(command in shown.stdout + shown.stderr for command in COMMANDS)


@pytest.mark.parametrize(("typo", "meant"), [("serv", "serve"), ("phon", "phone"), ("leger", "ledger")])
def test_a_typo_is_answered_with_what_was_meant(hotline: Hotline, typo: str, meant: str) -> None:
    result = hotline(typo)
    assert result.returncode == 2
    assert "Did you mean" in result.stderr
    assert meant in result.stderr


def test_a_database_is_brought_up_and_down(hotline: Hotline) -> None:
    assert "The database is at" in hotline("db", "upgrade").stdout
    assert "Nothing to do" in hotline("db", "upgrade").stdout
    assert "newest" in hotline("db", "current").stdout
    assert "base" in hotline("db", "downgrade", "base").stdout


def test_an_unknown_revision_is_refused_in_words(hotline: Hotline) -> None:
    result = hotline("db", "upgrade", "nonsense")
    assert result.returncode == 1
    assert "cannot go to revision nonsense" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "words", [("incidents",), ("ledger",), ("seed", "demo"), ("web",), ("worker",), ("serve",)]
)
def test_a_database_that_is_not_ready_is_named_with_the_cure(
    hotline: Hotline, words: tuple[str, ...]
) -> None:
    result = hotline(*words)
    assert result.returncode == 1
    assert "Run: hotline db upgrade" in result.stderr


def test_the_demo_world_is_seeded_once_and_described(seeded: Hotline) -> None:
    assert "there already" in seeded("seed", "demo").stdout
    world = json.loads(seeded("seed", "demo", "--json").stdout)
    assert {"service_numbers", "customers", "users", "teams", "on_call"} <= set(world)
    contract = world["customers"][0]["contracts"][0]
    assert {"number", "pin", "callers", "entitled", "fines_minor"} <= set(contract)
    assert all(user["password"] and user["email"] for user in world["users"])


def test_facts_of_a_quiet_day(seeded: Hotline) -> None:
    assert json.loads(seeded("incidents", "--json").stdout) == []
    assert json.loads(seeded("ledger", "--json").stdout) == []
    assert "No incidents yet" in seeded("incidents").stdout
    assert "every promise was kept" in seeded("ledger").stdout


def test_an_incident_that_does_not_exist(seeded: Hotline) -> None:
    result = seeded("incidents", "1234-5")
    assert result.returncode == 1
    assert result.stderr.startswith("hotline: ")
    assert "Traceback" not in result.stderr


def test_prompts_are_found_by_key_and_language(hotline: Hotline) -> None:
    rows = json.loads(hotline("prompts", "pin.", "--language", "id", "--json").stdout)
    assert {"pin.ask", "pin.explain"} <= {row["key"] for row in rows}
    assert {row["language"] for row in rows} == {"id"}


@pytest.mark.parametrize(
    ("words", "answer"),
    [(("prompts", "--language", "xx"), "no prompts in xx"), (("prompts", "zebra"), "No prompt's key holds")],
)
def test_prompts_that_do_not_exist(hotline: Hotline, words: tuple[str, ...], answer: str) -> None:
    result = hotline(*words)
    assert (result.returncode, answer in result.stderr) == (1, True)


def test_outside_an_installation_it_says_how_to_begin(hotline: Hotline, environment: dict[str, str]) -> None:
    result = hotline("incidents", **dict.fromkeys(set(environment) - {"PATH", "HOME", "LANG"}))
    assert result.returncode == 1
    assert "cp deploy/env.example .env (README.md" in result.stderr
    assert "the world of `make run`" in result.stderr
    assert "/environment" in result.stderr


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("HOTLINE_PUBLIC_URL", None, "is missing"),
        ("HOTLINE_SECRET_KEY", None, "is missing"),
        ("TWILIO_ACCOUNT_SID", None, "is missing"),
        ("TWILIO_AUTH_TOKEN", None, "is missing"),
        ("HOTLINE_PUBLIC_URL", "hotline.example.com", "absolute http"),
        ("HOTLINE_SECRET_KEY", "short", "secrets.token_urlsafe"),
        ("TWILIO_ACCOUNT_SID", "me", "Twilio console"),
        ("HOTLINE_DATABASE_URL", "mysql://x/y", "use sqlite"),
        ("HOTLINE_PATIENCE_SECONDS", "5", "30"),
        ("HOTLINE_CLOCK_SPEED", "20", "real telephones need real seconds"),
        ("HOTLINE_LOG_LEVEL", "LOUD", "DEBUG, INFO"),
    ],
)
def test_a_setting_that_is_missing_or_absurd_is_named_with_the_cure(
    hotline: Hotline, name: str, value: str | None, advice: str
) -> None:
    result = hotline("incidents", **{name: value})
    assert result.returncode == 1
    assert name in result.stderr
    assert advice in result.stderr
    assert "Traceback" not in result.stderr
