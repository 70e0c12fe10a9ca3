"""The proof names what was changed, and where; and what was cut off, to whoever has a hash on paper."""

import pytest

from hotline.db.models import DisputeOutcome, EntryKind
from hotline.services.ledger import verify
from tests.hotline.house import HANNAH, HANNAHS_CONTRACT, HANNAHS_LINE, MADES_CONTRACT, House
from tests.hotline.services.ledger.books import (
    approve,
    ask,
    entries,
    faults,
    faults_after,
    limited,
    miss,
    tamper,
    wanted,
)

MADE = MADES_CONTRACT


@pytest.fixture
def books(house: House) -> House:
    """Three fines of Made's contract, then a waiver, a dispute with its end, a correction and a payment."""
    first, second, _third = miss(limited(house), 3)
    ask(house, wanted(first, EntryKind.WAIVER, -500_000))
    ask(house, wanted(second, EntryKind.DISPUTE))
    ask(house, wanted(second, EntryKind.RESOLUTION, outcome=DisputeOutcome.UPHELD))
    approve(house, ask(house, wanted(second, EntryKind.CORRECTION, -10_000_000)))
    approve(house, ask(house, wanted(first, EntryKind.PAYMENT, -20_000_000)))
    return house


def test_a_ledger_that_nobody_touched_is_whole(books: House) -> None:
    assert faults(books) == []
    with books.operation() as op:
        (chain,) = verify.chains(op)
    assert (chain.contract, chain.entries) == (MADE, 8)
    assert [amount.minor for amount in chain.sums] == [4_500_000]
    assert chain.last == entries(books)[-1].hash


CHANGES = {
    "amount = amount + 1 WHERE sequence = 2": "entry 2: it does not say what it said",
    "amount = 0 WHERE sequence = 4": "entry 4: a waiver never has that amount",
    "amount = -amount WHERE sequence = 1": "entry 1: a fine never has that amount",
    "currency = 'EUR' WHERE sequence = 3": "entry 3: its currency is not that of its record",
    "sentence = 'Nothing happened.' WHERE sequence = 1": "entry 1: it does not say what it said",
    "reason = 'Another one.' WHERE sequence = 7": "entry 7: it does not say what it said",
    "reason = NULL WHERE sequence = 7": "entry 7: nobody is named",
    "at = recorded_at, recorded_at = at WHERE sequence = 2": "entry 2: it does not say what it said",
    "hash = previous_hash WHERE sequence = 3": "entry 4: it is not chained to the entry before it",
    "sequence = 80 WHERE sequence = 8": "entry 80: 72 missing before it",
    "entry_id = NULL WHERE sequence = 4": "entry 4: it refers to no entry",
    "entry_id = id WHERE sequence = 4": "entry 4: it refers to no earlier entry of its contract",
    "kind = 'invented' WHERE sequence = 5": "entry 5: it holds what no entry can hold",
    "record = '[]' WHERE sequence = 6": "entry 6: it holds what no entry can hold",
    "record = '{}' WHERE sequence = 8": "entry 8: its amount is not that of its record",
}


def test_a_change_is_found_where_it_was_made(books: House) -> None:
    for change, fault in CHANGES.items():
        update = f"UPDATE ledger_entries SET {change}"  # noqa: S608 - our own words
        found = faults_after(books, update)
        assert [line for line in found if fault in line] != [], (change, found)
    assert faults(books) == []


def test_an_entry_that_was_taken_out_leaves_a_hole(books: House) -> None:
    tamper(books, "DELETE FROM adjustments", "DELETE FROM ledger_entries WHERE sequence = 7")
    found = faults(books)
    assert f"{MADE}: entry 8: 1 missing before it" in found
    assert f"{MADE}: entry 8: it is not chained to the entry before it" in found
    assert f"{MADE}: entry 8: the balance in its record is not the sum of the entries" in found


def test_an_entry_moved_to_another_contract_breaks_both(books: House) -> None:
    books.report(HANNAHS_CONTRACT, HANNAH, HANNAHS_LINE)
    miss(books)
    tamper(
        books,
        "UPDATE ledger_entries SET contract_id = (SELECT id FROM contracts WHERE number = '310522')"
        " WHERE sequence = 4",
    )
    found = " ".join(faults(books))
    assert f"{HANNAHS_CONTRACT}: entry 4: 2 missing before it" in found
    assert f"{HANNAHS_CONTRACT}: entry 4: it refers to no earlier entry of its contract" in found
    assert f"{MADE}: entry 5: 1 missing before it" in found


def test_cutting_off_the_newest_is_found_by_a_hash_on_paper(books: House) -> None:
    kept, cut = entries(books)[-2].hash, entries(books)[-1].hash
    tamper(books, "DELETE FROM adjustments", "DELETE FROM ledger_entries WHERE sequence = 8")
    assert faults(books) == []
    assert faults(books, expected={MADE: [kept]}) == []
    (line,) = faults(books, expected={MADE: [kept, cut]})
    assert line.startswith(f"{MADE}: no entry has the hash {cut}")


def test_a_hash_of_a_contract_without_entries_is_missed(lite: House) -> None:
    assert faults(lite) == []
    assert "entries were cut off" in faults(lite, expected={MADE: ["f" * 64]})[0]


def test_the_page_of_an_entry_tells_the_same(books: House) -> None:
    def sound() -> list[bool]:
        with books.operation() as op:
            return [verify.is_sound(op, op.session.merge(entry)) for entry in entries(books)]

    assert sound() == [True] * 8
    tamper(books, "UPDATE ledger_entries SET sentence = 'No.' WHERE sequence = 3")
    assert sound() == [True, True, False, True, True, True, True, True]
    tamper(books, "UPDATE ledger_entries SET hash = previous_hash WHERE sequence = 7")
    assert sound() == [True, True, False, True, True, True, False, False]
