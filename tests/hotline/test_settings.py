"""Every setting that is missing or absurd stops the start with its name and what to do."""

from pathlib import Path
from typing import Any

import pytest

from hotline.errors import ConfigurationError
from hotline.settings import Settings, load_settings

GOOD = {
    "HOTLINE_PUBLIC_URL": "https://hotline.example.com",
    "HOTLINE_SECRET_KEY": "a secret that is long enough",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "the token",
}
EMULATOR = {"TWILIO_API_BASE_URL": "http://127.0.0.1:8010"}


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without a .env and an environment without settings."""
    monkeypatch.chdir(tmp_path)
    import os

    for name in list(os.environ):
        if name.startswith(("HOTLINE_", "TWILIO_")):
            monkeypatch.delenv(name)
    return tmp_path


def load(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in {**GOOD, **environment}.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def complaint(monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    with pytest.raises(ConfigurationError) as raised:
        load(monkeypatch, **environment)
    return str(raised.value)


def test_the_required_four_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch)
    assert settings.database_url == "sqlite:///hotline.db"
    assert not settings.is_emulated
    assert settings.auth_tokens == ("the token",)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for other, value in GOOD.items():
        if other != name:
            monkeypatch.setenv(other, value)
    with pytest.raises(ConfigurationError) as raised:
        load_settings()
    assert f"{name} is missing" in str(raised.value)
    assert not [other for other in GOOD if other != name and other in str(raised.value)]
    assert "docs/settings.md" in str(raised.value)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ConfigurationError) as raised:
        load_settings()
    assert all(f"{name} is missing" in str(raised.value) for name in GOOD)


@pytest.mark.parametrize(
    ("name", "value", "cure"),
    [
        ("HOTLINE_DATABASE_URL", "mysql://x/y", "postgresql+psycopg://"),
        ("HOTLINE_DATABASE_URL", "hotline.db", "sqlite:///hotline.db"),
        ("HOTLINE_PUBLIC_URL", "hotline.example.com", "https://hotline.example.com"),
        ("HOTLINE_PUBLIC_URL", "ftp://hotline.example.com", "https://"),
        ("HOTLINE_PUBLIC_URL", "https://", "https://"),
        ("HOTLINE_PUBLIC_URL", "https://h.example?x=1", "plain base URL"),
        ("HOTLINE_PUBLIC_URL", "https://ada:secret@h.example", "plain base URL"),
        ("HOTLINE_PUBLIC_URL", "https://h.example#x", "plain base URL"),
        ("HOTLINE_PUBLIC_URL", "https://h.example:99999", "https://hotline.example.com"),
        ("HOTLINE_PUBLIC_URL", "https://[::1", "https://hotline.example.com"),
        ("HOTLINE_SECRET_KEY", "short", "secrets.token_urlsafe"),
        ("TWILIO_ACCOUNT_SID", "AC123", "Twilio console"),
        ("TWILIO_ACCOUNT_SID", "SK" + "0" * 32, "Twilio console"),
        ("TWILIO_AUTH_TOKEN", "   ", "Twilio console"),
        ("TWILIO_AUTH_TOKEN_PREVIOUS", " ", "Twilio console"),
        ("TWILIO_API_BASE_URL", "127.0.0.1:8010", "absolute http(s) URL"),
        ("HOTLINE_SUPPORT_NUMBER", "call us", "+62215550100"),
        ("HOTLINE_FALLBACK_NUMBERS", "+6281110000101, nobody", "+62215550100"),
        ("HOTLINE_ALLOWED_COUNTRIES", "Indonesia", "ID,SG,US"),
        ("HOTLINE_PATIENCE_SECONDS", "5", "30"),
        ("HOTLINE_PATIENCE_SECONDS", "soon", "integer"),
        ("HOTLINE_PATIENCE_SECONDS", "100000", "900"),
        ("HOTLINE_RING_SECONDS", "0", "10"),
        ("HOTLINE_NOTICE_PATIENCE_SECONDS", "1", "15"),
        ("HOTLINE_OUTGOING", "perhaps", "boolean"),
        ("HOTLINE_CALLS_PER_NUMBER_PER_HOUR", "0", "1"),
        ("HOTLINE_LOG_LEVEL", "LOUD", "DEBUG, INFO, WARNING, ERROR"),
        ("HOTLINE_WEB_THREADS", "0", "1"),
        ("HOTLINE_CLOCK_SPEED", "0", "0"),
        ("HOTLINE_CLOCK_SPEED", "nan", "0"),
        ("HOTLINE_CLOCK_SPEED", "60", "TWILIO_API_BASE_URL"),
        ("HOTLINE_CLOCK_ANCHOR", "yesterday", "datetime"),
    ],
)
def test_an_absurd_setting_is_named_with_its_cure(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, cure: str
) -> None:
    said = complaint(monkeypatch, **{name: value})
    assert name in said
    assert cure in said
    assert value.strip() == "" or len(value) < 6 or value not in said or name != "HOTLINE_SECRET_KEY"


def test_no_secret_is_repeated_in_a_complaint(monkeypatch: pytest.MonkeyPatch) -> None:
    said = complaint(monkeypatch, HOTLINE_SECRET_KEY="pssst", HOTLINE_LOG_LEVEL="LOUD")
    assert "pssst" not in said
    assert "the token" not in said


def test_the_dot_env_file_is_read_and_the_environment_wins(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"{name}={value}" for name, value in {**GOOD, "HOTLINE_RING_SECONDS": "40"}.items()]
    (nowhere / ".env").write_text("\n".join([*lines, "HOTLINE_PATIENCE_SECONDS=60", "SOMETHING_ELSE=1"]))
    assert (load_settings().ring_seconds, load_settings().patience_seconds) == (40, 60)
    monkeypatch.setenv("HOTLINE_RING_SECONDS", "20")
    assert (load_settings().ring_seconds, load_settings().patience_seconds) == (20, 60)


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, HOTLINE_SUPPORT_NUMBER="", TWILIO_AUTH_TOKEN_PREVIOUS="")
    assert (settings.support_number, settings.auth_token_previous) == (None, None)


def test_lists_are_read_from_commas_and_numbers_are_made_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        monkeypatch,
        HOTLINE_FALLBACK_NUMBERS="+62 811 1000 0101 , +46701000102,",
        HOTLINE_ALLOWED_COUNTRIES="id, sg",
        HOTLINE_SUPPORT_NUMBER="+65 3159 0199",
    )
    assert settings.fallback_numbers == ("+6281110000101", "+46701000102")
    assert settings.allowed_countries == ("ID", "SG")
    assert settings.support_number == "+6531590199"


def test_a_slash_at_the_end_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, HOTLINE_PUBLIC_URL="https://h.example/in/").public_url == "https://h.example/in"


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8010", True),
        ("http://localhost", True),
        ("http://[::1]:80", True),
        ("https://api.twilio.com", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://localhost.example", False),
        ("http://10.0.0.1", False),
    ],
)
def test_only_this_machine_is_emulated_and_may_run_fast(
    monkeypatch: pytest.MonkeyPatch, url: str, local: bool
) -> None:
    given = {"TWILIO_API_BASE_URL": url}
    fast = {**given, "HOTLINE_CLOCK_SPEED": "60", "HOTLINE_CLOCK_ANCHOR": "2026-11-23T02:00:00Z"}
    assert load(monkeypatch, **given).is_emulated is local
    if local:
        assert load(monkeypatch, **fast).clock_speed == 60
    else:
        assert "HOTLINE_CLOCK_SPEED" in complaint(monkeypatch, **fast)


@pytest.mark.parametrize("anchor", [{}, {"HOTLINE_CLOCK_ANCHOR": "2026-11-23T02:00:00"}])
def test_a_faster_clock_needs_the_aware_instant_it_started_at(
    monkeypatch: pytest.MonkeyPatch, anchor: dict[str, str]
) -> None:
    said = complaint(monkeypatch, **EMULATOR, HOTLINE_CLOCK_SPEED="10", **anchor)
    assert "HOTLINE_CLOCK_ANCHOR" in said


def test_settings_cannot_be_changed_and_do_not_show_their_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    settings: Any = load(monkeypatch, TWILIO_AUTH_TOKEN_PREVIOUS="the old token")
    with pytest.raises(ValueError, match="frozen"):
        settings.ring_seconds = 1
    assert "token" not in repr(settings).replace("auth_token", "")
    assert settings.auth_tokens == ("the token", "the old token")


def test_limits_of_approval_are_amounts_by_currency(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = load(monkeypatch, HOTLINE_APPROVAL_LIMITS="USD 10,000; idr 150,000,000;").approval_limits
    assert [str(limit) for limit in limits] == ["USD 10,000.00", "IDR 150,000,000.00"]
    assert load(monkeypatch, HOTLINE_APPROVAL_LIMITS="").approval_limits == ()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("USD", "is not an amount in USD"),
        ("10,000 USD", "no currency is called '10,000'"),
        ("USD 10,000, IDR 5", "is not an amount in USD"),
        ("USD 1.005", "which has 2 decimals"),
        ("XXY 3", "no currency is called 'XXY'"),
        ("USD 1; USD 2", "names USD twice"),
        ("USD -5", "below zero"),
    ],
)
def test_limits_that_make_no_sense_are_named(monkeypatch: pytest.MonkeyPatch, given: str, words: str) -> None:
    text = complaint(monkeypatch, HOTLINE_APPROVAL_LIMITS=given)
    assert "HOTLINE_APPROVAL_LIMITS" in text
    assert words in text


def test_the_address_of_the_letterhead_is_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, HOTLINE_VENDOR_ADDRESS=" 1 Raffles Place, #20-61 ;; Singapore 048616;")
    assert settings.vendor_address == ("1 Raffles Place, #20-61", "Singapore 048616")
    assert settings.vendor_name == "Hotline"
    for wrong in ("a;b;c;d;e;f;g", "x" * 81):
        assert "HOTLINE_VENDOR_ADDRESS is at most 6 lines" in complaint(
            monkeypatch, HOTLINE_VENDOR_ADDRESS=wrong
        )
