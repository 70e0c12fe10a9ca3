"""What a text means from a customer who has no open incident."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.services.texting.report_words import Meaning, read


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("REPORT", ""),
        ("report.", ""),
        ("Report: trading is down", "trading is down"),
        ("REPORT\ntrading  is\nstrange", "trading is strange"),
        ("  reprot SQL Server", "SQL Server"),
        ("LAPOR trading aneh", "trading aneh"),
        ("Lapor, thanks", "thanks"),
    ],
)
def test_report_says_so_for_certain(body: str, words: str) -> None:
    found = read(body)
    assert (found.meaning, found.is_command, found.text) == (Meaning.REPORT, True, words)


@pytest.mark.parametrize(
    "body",
    [
        "SQL Server is down",
        "our booking engine doesn't start",
        "We can\N{RIGHT SINGLE QUOTATION MARK}t trade",
        "Database not responding since 3",
        "URGENT call me",
        "replication is no longer working",
        "server produksi mati",
        "trading tidak bisa dibuka",
        "Masih mati!",
        "ERROR 823 on node 2",
    ],
)
def test_a_text_that_speaks_of_trouble_is_a_report(body: str) -> None:
    found = read(body)
    assert (found.meaning, found.is_command) == (Meaning.REPORT, False)
    assert found.text == body


@pytest.mark.parametrize(
    "body",
    [
        "ok",
        "OK!",
        "Thanks a lot",
        "terima kasih pak",
        "hi",
        "\N{THUMBS UP SIGN}",
        "",
        "ack",
        "Ack.",
        "STATUS",
        "?",
    ],
)
def test_small_talk_is_none(body: str) -> None:
    assert read(body).meaning is Meaning.SMALL_TALK


@pytest.mark.parametrize(
    "body",
    [
        "Is it down?",
        "thanks, it was down but works again",
        "No errors any more",
        "Who is coming on Monday",
        "Please send me the invoice",
        "the outage yesterday cost us a lot",
        "sudah normal, tadi mati",
        "4821-7",
        "ACK 7KM",
        "kapan selesai",
    ],
)
def test_whatever_is_left_is_asked_about(body: str) -> None:
    assert read(body).meaning is Meaning.UNCLEAR


@given(st.text(max_size=200))
def test_any_text_at_all_means_something(body: str) -> None:
    found = read(body)
    assert found.meaning in Meaning
    assert found.is_command <= (found.meaning is Meaning.REPORT)
