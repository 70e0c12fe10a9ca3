"""The command in a process of its own, with the settings of an installation that is being tried."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Hotline = Callable[..., "subprocess.CompletedProcess[str]"]
ACCOUNT, TOKEN = "AC" + "0123456789abcdef" * 2, "a token that only the tests know"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Usable settings, and nothing of this machine's own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "COLUMNS": "160",
        "HOTLINE_DATABASE_URL": f"sqlite:///{tmp_path / 'hotline.db'}",
        "HOTLINE_PUBLIC_URL": "http://127.0.0.1:8000",
        "HOTLINE_SECRET_KEY": "0123456789abcdef0123",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
    }


@pytest.fixture
def hotline(environment: dict[str, str], tmp_path: Path) -> Hotline:
    """Run ``hotline`` with words; a setting given as a keyword is changed, or taken away by None."""

    def run(*words: str, stdin: str = "", **changed: str | None) -> "subprocess.CompletedProcess[str]":
        chosen = {**environment, **changed}
        return subprocess.run(
            [sys.executable, "-m", "hotline", *words],
            cwd=tmp_path, input=stdin, capture_output=True, text=True, check=False, timeout=60,
            env={name: value for name, value in chosen.items() if value is not None},
        )  # fmt: skip

    return run


@pytest.fixture
def seeded(hotline: Hotline) -> Hotline:
    """The same, with the demo world in its database."""
    assert hotline("db", "upgrade").returncode == 0
    assert hotline("seed", "demo").returncode == 0
    return hotline
