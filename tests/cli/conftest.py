"""The command in a process of its own, with the settings of an installation that is being tried."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.commands import Commands

Hotline = Callable[..., "subprocess.CompletedProcess[str]"]
ACCOUNT, TOKEN = "AC" + "0123456789abcdef" * 2, "a token that only the tests know"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Usable settings, and nothing of this machine's own."""
    return _settings(tmp_path)


def _settings(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "COLUMNS": "160",
        "HOTLINE_DATABASE_URL": f"sqlite:///{folder / 'hotline.db'}",
        "HOTLINE_PUBLIC_URL": "http://127.0.0.1:8000",
        "HOTLINE_SECRET_KEY": "0123456789abcdef0123",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
    }


@pytest.fixture(scope="session")
def commands() -> Iterator[Commands]:
    """Runs ``hotline``; it is imported once for the session."""
    with closing(Commands()) as commands:
        yield commands


@pytest.fixture
def hotline(commands: Commands, environment: dict[str, str], tmp_path: Path) -> Hotline:
    """Run ``hotline`` with words; a setting given as a keyword is changed, or taken away by None."""

    def run(*words: str, stdin: str = "", **changed: str | None) -> "subprocess.CompletedProcess[str]":
        chosen = {**environment, **changed}
        kept = {name: value for name, value in chosen.items() if value is not None}
        return commands.run(words, kept, tmp_path, stdin)

    return run


@pytest.fixture(scope="session")
def seeded_database(commands: Commands, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo world, to be copied; the command made it."""
    folder = tmp_path_factory.mktemp("seeded")
    for words in (("db", "upgrade"), ("seed", "demo")):
        assert commands.run(words, _settings(folder), folder, "").returncode == 0
    return folder / "hotline.db"


@pytest.fixture
def seeded(hotline: Hotline, seeded_database: Path, tmp_path: Path) -> Hotline:
    """The same, with the demo world in its database."""
    shutil.copyfile(seeded_database, tmp_path / "hotline.db")
    return hotline
