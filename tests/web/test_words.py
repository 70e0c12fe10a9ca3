"""The words of the pages: :mod:`hotline.web.pages.words`."""

from datetime import UTC, datetime, timedelta

import pytest

import sla
from hotline.web.pages import words

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1800, "30 min"),
        (1799, "29 min"),
        (59, "0 min"),
        (3 * 3600 + 65, "3 h 01 min"),
        (-150, "\N{MINUS SIGN}2 min"),
    ],
)
def test_a_countdown_without_script_reads_whole_minutes(app, world, seconds, text):
    with app.test_request_context():
        assert words.clock_text(seconds) == text


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1_250_000, "USD", "USD 12,500.00"),
        (5, "USD", "USD 0.05"),
        (12_500, "JPY", "JPY 12,500"),
        (1_500, "KWD", "KWD 1.500"),
        (-5, "USD", "USD -0.05"),
    ],
)
def test_an_amount_is_exact_to_the_last_minor_unit(app, world, minor, currency, text):
    with app.test_request_context():
        assert words.amount(sla.Money(minor, currency)) == text


def test_a_time_of_another_day_carries_the_day(app, world):
    with app.test_request_context():
        assert words.local(NOW) == "15:00"
        assert words.local(NOW + timedelta(days=1)) == "Mon 23 Nov 15:00"
        assert words.local(NOW, dated=True) == "22 Nov 2026 15:00"
        assert words.local(NOW + timedelta(hours=9, minutes=1), "Asia/Jakarta") == "Mon 23 Nov 07:01"


def test_a_language_that_is_not_there_is_english(ada, world):
    world.change_user("Ada", language="tlh")
    assert '<html lang="en">' in ada.get("/").text
