"""References that survive a crackling line."""

import itertools

import pytest
import sqlalchemy as sa

from hotline.db.models import Incident
from hotline.services.response import references
from hotline.services.response.references import check_digit, is_valid, new_reference
from tests.hotline.house import House

SOME = [f"{number:04d}" for number in range(0, 10_000, 7)]


def complete(digits: str) -> str:
    return digits + str(check_digit(digits))


def test_the_published_example_of_the_algorithm() -> None:
    """Damm's own: 572 gets the check digit 4."""
    assert check_digit("572") == 4
    assert check_digit("5724") == 0


def test_every_single_wrong_digit_is_caught() -> None:
    for digits in SOME:
        right = complete(digits)
        for place, digit in itertools.product(range(5), "0123456789"):
            wrong = right[:place] + digit + right[place + 1 :]
            assert is_valid(wrong) is (wrong == right)


def test_every_swap_of_neighbours_is_caught() -> None:
    for digits in SOME:
        right = complete(digits)
        for place in range(4):
            swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
            assert is_valid(swapped) is (swapped == right)


@pytest.mark.parametrize("length", range(4, 9))
def test_a_drawn_reference_is_valid_and_has_no_digit_beside_itself(length: int) -> None:
    for _ in range(500):
        reference = references._draw(length)
        digits = reference.replace("-", "")
        assert is_valid(reference)
        assert len(digits) == length + 1
        assert digits[0] != "0"
        assert all(one != other for one, other in itertools.pairwise(digits))


@pytest.mark.parametrize("text", ["", "0", "4", "481", "48-2", "48217x", "٤٨٢١٧", "²³¹²³", "+48217"])
def test_what_is_no_reference_is_not_valid(text: str) -> None:
    assert not is_valid(text)


def test_dashes_and_spaces_do_not_matter() -> None:
    right = complete("4821")
    assert is_valid(f"{right[:2]} {right[2:4]}-{right[4]}")


def test_no_two_incidents_share_one(house: House) -> None:
    made = [house.leave_report(f"+3314000{n:04d}").reference for n in range(20)]
    assert len(set(made)) == 20
    assert all(is_valid(reference) for reference in made)


def test_a_taken_reference_is_not_given_again_and_full_lengths_grow(
    lite: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where every short one drawn is taken, the next is a digit longer."""
    taken = lite.leave_report().reference
    drawn: list[int] = []
    original = references._draw

    def draw(length: int) -> str:
        drawn.append(length)
        return taken if length == 4 else original(length)

    monkeypatch.setattr(references, "_draw", draw)
    longer = lite.do(new_reference)
    assert drawn == [4] * 12 + [5]
    assert len(longer.replace("-", "")) == 6
    with lite.database.read() as session:
        column = sa.inspect(Incident).columns["reference"]
        assert column.type.length >= len(longer)
        assert session.scalar(sa.select(Incident.reference)) == taken


@pytest.mark.parametrize(
    ("given", "kept"),
    [("27578", "2757-8"), ("2757 8", "2757-8"), ("2757-8", "2757-8"), ("275", None), ("x", None), ("", None)],
)
def test_the_dash_may_be_missing(given: str, kept: str | None) -> None:
    assert references.dashed(given) == kept


def test_a_slip_leads_to_the_incidents_that_may_be_meant(house: House) -> None:
    reference = house.report().reference
    digits = reference.replace("-", "")
    other = str((int(digits[0]) + 1) % 10) + digits[1:]
    swapped = digits[1] + digits[0] + digits[2:]
    for slip in (digits[:-1], other, swapped):
        with house.operation() as op:
            assert references.nearly(op, slip) == [reference]
    with house.operation() as op:
        assert references.nearly(op, "999999999999999") == []
        assert references.nearly(op, "nothing") == []
