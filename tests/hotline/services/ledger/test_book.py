"""The chain of each contract, with any number of people and workers writing."""

import sqlalchemy as sa

from hotline.db.models import EntryKind, LedgerEntry
from hotline.services.ledger import chain
from hotline.services.promise.enforcement import sweep_deadlines
from tests.hotline.house import HANNAH, HANNAHS_CONTRACT, HANNAHS_LINE, NADIA, SITI, House, at_once
from tests.hotline.services.ledger.books import ask, entries, faults, limited, miss, wanted


def test_entries_are_numbered_and_chained_within_each_contract(house: House) -> None:
    for _ in range(3):
        house.report()
        house.report(HANNAHS_CONTRACT, HANNAH, HANNAHS_LINE)
    found = miss(house)
    by_contract: dict[object, list[LedgerEntry]] = {}
    for entry in found:
        by_contract.setdefault(entry.contract_id, []).append(entry)
    for own in by_contract.values():
        assert [entry.sequence for entry in own] == list(range(1, len(own) + 1))
        assert [entry.previous_hash for entry in own[1:]] == [entry.hash for entry in own[:-1]]
        assert own[0].previous_hash == "0" * 64
    assert sorted(map(len, by_contract.values())) == [3, 4]
    assert faults(house) == []


def test_workers_and_people_who_write_at_once_make_one_sound_chain(house: House) -> None:
    first, *_ = miss(limited(house))
    for _ in range(6):
        house.report()
        house.clock.advance(1)
    house.clock.advance(1800)
    waivers = [
        lambda phone=phone: [ask(house, wanted(first, EntryKind.WAIVER, -1000), phone) for _ in range(4)]
        for phone in (SITI, NADIA)
    ]
    at_once(*[lambda: [house.do(lambda op: sweep_deadlines(op, limit=2)) for _ in range(6)]] * 3, *waivers)
    house.do(sweep_deadlines)  # a sweep leaves a contract alone that somebody else has locked just then
    found = entries(house)
    assert [entry.sequence for entry in found] == list(range(1, 16))
    fines = [entry for entry in found if entry.kind is EntryKind.FINE]
    assert [entry.ordinal for entry in fines] == list(range(1, 8))
    assert faults(house) == []


def test_a_hash_survives_the_way_into_the_database_and_back(house: House) -> None:
    """Instants to the microsecond, text of any script, numbers larger than a float holds exactly."""
    (entry,) = miss(limited(house))
    text = "Sudah dijelaskan: ключ, 鍵, 🔑\nsecond line"
    ask(house, wanted(entry, EntryKind.CORRECTION, 9_007_199_254_7 + 1, reason=text))
    ask(house, wanted(entry, EntryKind.CORRECTION, 100, reason=text))
    assert faults(house) == []
    assert entries(house)[-1].reason == text


def test_a_column_that_is_empty_is_no_part_of_the_hash(house: House) -> None:
    """So a later version may add a column: what was written before it was there still holds."""
    (entry,) = miss(house)
    with house.database.read() as session:
        row = session.execute(sa.select(LedgerEntry.__table__)).mappings().one()
    said = chain.content(row)
    assert "entry_id" not in said
    assert "reason" not in said
    assert chain.digest(entry.previous_hash, row) == entry.hash
