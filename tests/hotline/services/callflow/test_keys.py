"""Keys are read as they were meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.services.callflow.keys import Typed, read


@pytest.mark.parametrize(
    ("pressed", "meant"),
    [
        ("", Typed("")),
        ("482913", Typed("482913")),
        ("*", Typed("", wants_repeat=True)),
        ("4829*", Typed("", wants_repeat=True)),
        ("48*482913", Typed("482913")),
        ("0", Typed("", wants_person=True)),
        ("12*0", Typed("", wants_person=True)),
        ("00", Typed("00")),
        ("0482", Typed("0482")),
        ("48 29-13#", Typed("482913")),
        ("²٣", Typed("")),
        ("**", Typed("", wants_repeat=True)),
    ],
)
def test_keys_mean(pressed: str, meant: Typed) -> None:
    assert read(pressed) == meant


@given(st.text())
def test_whatever_is_pressed_means_one_thing(pressed: str) -> None:
    typed = read(pressed)
    assert [bool(typed.digits), typed.wants_repeat, typed.wants_person, typed == Typed("")].count(True) == 1
    assert set(typed.digits) <= set("0123456789")
