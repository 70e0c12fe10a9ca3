"""A no is not a yes, however it carries a code; a misspelt command is read as what it nearly is."""

import pytest

from hotline.services.texting.sms_words import Command, parse


@pytest.mark.parametrize(
    "text",
    [
        "I cannot take 9YD, sorry, call Bo",
        "can't take 9YD",
        "not me 9YD",
        "9YD no",
        "PASS 9YD",
        "tidak bisa 9YD",
        "maaf, sibuk 9yd",
        "do not ack 9YD",
    ],
)
def test_a_refusal_takes_nothing(text: str) -> None:
    assert parse(text) == Command("unclear", "9YD")


@pytest.mark.parametrize(
    ("text", "verb"), [("RESOLV 8JK", "resolve"), ("reslove 8jk", "resolve"), ("acknowlege 8JK", "ack")]
)
def test_a_misspelt_command_is_what_it_nearly_is(text: str, verb: str) -> None:
    assert parse(text) == Command(verb, "8JK")


@pytest.mark.parametrize("text", ["ack 9yd please", "9YD", "ok 9YD thanks", "ACK9YD"])
def test_a_plain_yes_takes_it(text: str) -> None:
    assert parse(text) == Command("ack", "9YD")
