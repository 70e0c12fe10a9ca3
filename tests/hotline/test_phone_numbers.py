"""Telephone numbers: whole inside, masked outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.phone_numbers import InvalidPhoneNumberError, country_of, mask, normalise, pretty


@pytest.mark.parametrize("text", ["+6281220000201", "+62 812-2000-0201", " +62 (812) 20000201"])
def test_a_number_is_made_whole(text: str) -> None:
    assert normalise(text) == "+6281220000201"


@pytest.mark.parametrize("text", ["", "0812", "anonymous", "+", "+1", "+62" + "1" * 30, "sip:x@y"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidPhoneNumberError):
        normalise(text)


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("+6281220000201", "+62…01"),
        ("+12125550401", "+1…01"),
        ("anonymous", "withheld"),
        ("", "unknown"),
        (None, "unknown"),
        ("0812200002", "…02"),
        ("12", "withheld"),
        ("dewi@hotline.example", "d…@hotline.example"),
        ("https://hooks.example.com/T01/B02/x7QaSecret", "hooks.example.com/…cret"),
        ("http://10.0.0.7:8065/hooks/abcd1234", "10.0.0.7/…1234"),
        ("hooks.example.com/…cret", "hooks.example.com/…cret"),
        ("d…@hotline.example", "d…@hotline.example"),
        ("sip:somebody@example.com", "withheld"),
    ],
)
def test_a_mask_shows_the_country_and_two_digits(number: str | None, masked: str) -> None:
    assert mask(number) == masked


def test_countries_and_writing() -> None:
    assert (country_of("+6281220000201"), country_of("+46701000102"), country_of("x")) == ("ID", "SE", None)
    assert pretty("+6531590199") == "+65 3159 0199"
    assert pretty("anonymous") == "anonymous"


@given(st.text(max_size=80))
def test_no_text_breaks_anything_and_no_mask_shows_a_whole_number(text: str) -> None:
    masked = mask(text)
    pretty(text), country_of(text)
    assert len([c for c in masked if c.isdigit()]) <= 5
    try:
        whole = normalise(text)
    except InvalidPhoneNumberError:
        return
    assert normalise(whole) == whole
    assert whole not in masked
