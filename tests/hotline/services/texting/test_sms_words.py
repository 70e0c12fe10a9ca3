"""A text is read forgivingly, and never as what belongs to the carrier."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.services.response.paging import _CODE_DIGITS, _CODE_LETTERS
from hotline.services.texting.sms_words import CARRIER_KEYWORDS, Command, is_carriers, parse

codes = st.builds(
    lambda digit, letters: digit + letters,
    st.sampled_from(_CODE_DIGITS),
    st.text(st.sampled_from(_CODE_LETTERS), min_size=2, max_size=2),
)
verbs = st.sampled_from(["ack", "resolve"])
spaces = st.sampled_from([" ", "  ", "\n", ": ", " - ", ", ", ". "])


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ("ACK 7KM", Command("ack", "7KM")),
        ("ack7km", Command("ack", "7KM")),
        ("7KM ack", Command("ack", "7KM")),
        ("7kmACK", Command("ack", "7KM")),
        ("Ack: 7km.", Command("ack", "7KM")),
        ("7KM", Command("ack", "7KM")),
        ("ack 7 k m", Command("ack", "7KM")),
        ("resolve 7km", Command("resolve", "7KM")),
        ("7km done!", Command("resolve", "7KM")),
        ("RESOLVED7KM", Command("resolve", "7KM")),
        ("ok 7km thanks", Command("ack", "7KM")),
        ("status", Command("status", None)),
        ("Who?", Command("who", None)),
        ("?", Command("help", None)),
        ("ack", Command("ack", None)),
        ("", Command(None, None)),
        ("hello there", Command(None, None)),
    ],
)
def test_a_text_means(body: str, meant: Command) -> None:
    assert parse(body) == meant


@given(
    code=codes, verb=st.sampled_from(["ack", "resolve"]), between=spaces, first=st.booleans(), data=st.data()
)
def test_verb_and_code_in_any_order_case_and_spacing(
    code: str, verb: str, between: str, first: bool, data: st.DataObject
) -> None:
    words = [verb, code] if first else [code, verb]
    text = between.join(words)
    text = "".join(data.draw(st.sampled_from([c.upper(), c.lower()])) for c in text)
    padding = data.draw(st.sampled_from(["", " ", "\n", "!"]))
    assert parse(padding + text + padding) == Command(verb, code)


@given(code=codes, verb=st.sampled_from(["ack", "resolve"]), first=st.booleans())
def test_verb_and_code_glued_together(code: str, verb: str, first: bool) -> None:
    assert parse(verb + code if first else code + verb) == Command(verb, code)


@given(st.text(max_size=200))
def test_whatever_is_sent_means_something_or_nothing(body: str) -> None:
    command = parse(body)
    assert command.verb in {None, "ack", "resolve", "status", "who", "help", "unclear"}
    assert command.code is None or (3 <= len(command.code) <= 5 and command.code.isascii())


@pytest.mark.parametrize("word", sorted(CARRIER_KEYWORDS))
@pytest.mark.parametrize("form", ["{}", " {} ", "{}.", "{}!"])
def test_a_carriers_word_is_the_carriers_in_any_case(word: str, form: str) -> None:
    for text in (word, word.lower(), word.title()):
        assert is_carriers(form.format(text))
        assert parse(form.format(text)) == Command(None, None)


def test_all_words_that_carriers_keep_are_known() -> None:
    documented = {
        "STOP",
        "STOPALL",
        "UNSUBSCRIBE",
        "CANCEL",
        "END",
        "QUIT",
        "START",
        "YES",
        "UNSTOP",
        "HELP",
        "INFO",
    }
    assert documented <= CARRIER_KEYWORDS


@given(codes)
def test_no_code_is_a_carriers_word_or_a_command(code: str) -> None:
    assert not is_carriers(code)
    assert parse(code) == Command("ack", code)
