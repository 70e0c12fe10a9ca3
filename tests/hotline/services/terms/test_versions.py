"""Agreeing on terms: versions that begin ahead, are never edited, and are decided by the database."""

import uuid
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

import sla
from hotline.db.models import AttainmentPeriod, AuditEntry, Contract, ContractTerms, Customer, Incident, User
from hotline.services import directory
from hotline.services.directory.changes import version as version_of
from hotline.services.operation import Operation
from hotline.services.promise import enforcement
from hotline.services.promise.promises import columns_of, terms_of
from hotline.services.terms import reading, typed
from hotline.services.terms.versions import TERMS, WrongDayError, seen_of, withdraw
from tests.hotline.house import MADES_CONTRACT, SITI, House, at_once

# The tests' clock stands at 2026-11-23 09:00 in Jakarta; Made's contract began 400 days before.
TOMORROW, LATER = date(2026, 11, 24), date(2027, 6, 1)


def admin(op: Operation) -> uuid.UUID:
    return op.session.scalars(sa.select(User.id).where(User.phone == SITI)).one()


def rows(house: House, number: str = MADES_CONTRACT) -> list[ContractTerms]:
    found = house.all(ContractTerms, Contract.number == number, Contract.id == ContractTerms.contract_id)
    return sorted(found, key=lambda row: row.version)


def values(house: House, **changed: Any) -> dict[str, Any]:
    """What the form would send: the last version's terms with changes."""
    last = rows(house)[-1]
    with house.operation() as op:
        me = admin(op)
    shown = typed.typed(terms_of(last))
    return {
        **shown,
        "note": "",
        "contract": last.contract_id,
        "by": me,
        "seen": seen_of(rows(house)),
        **changed,
    }


def agree(house: House, row_id: uuid.UUID | None = None, **changed: Any) -> directory.Change:
    wanted = values(house, **changed)
    return house.do(lambda op: directory.create(op, TERMS, admin(op), wanted, row_id))


def put_instead(house: House, row: ContractTerms, **changed: Any) -> directory.Change:
    wanted = values(house, **changed)

    def work(op: Operation) -> directory.Change:
        seen = version_of(op, TERMS, op.session.get_one(ContractTerms, row.id))
        return directory.change(op, TERMS, admin(op), row.id, wanted, seen)

    return house.do(work)


def test_terms_are_typed_as_they_were_agreed(house: House) -> None:
    """What the form shows of terms, read again, is the same terms."""
    terms = [terms_of(row) for row in house.all(ContractTerms)]
    assert any(one.attainment for one in terms)
    for one in terms:
        assert typed.read(typed.typed(one), one.version) == one


def test_a_new_version_begins_tomorrow_at_the_earliest_and_the_past_stays(house: House) -> None:
    first = columns_of(terms_of(rows(house)[0]))
    change = agree(
        house, effective_from=TOMORROW, rising="40,000\n5 %", annual_fee="900,000", note="Letter 7"
    )
    before, after = rows(house)
    assert columns_of(terms_of(before)) == first
    assert (after.version, after.annual_fee, after.note) == (2, 90_000_000, "Letter 7")
    assert after.schedule == {
        "kind": "rising", "period": "year", "currency": "USD", "steps": [4_000_000, {"basis_points": 500}],
    }  # fmt: skip
    entry = house.one(AuditEntry)
    assert (entry.kind, entry.subject, entry.subject_id) == ("terms", f"{MADES_CONTRACT} v2", change.row_id)
    assert entry.after["fines"] == ["USD 40,000.00", "5 % of the annual fee"]


@pytest.mark.parametrize(
    ("zone", "day", "may"),
    [
        ("Asia/Jakarta", date(2026, 11, 23), False),
        ("Asia/Jakarta", date(2026, 11, 24), True),
        ("Pacific/Honolulu", date(2026, 11, 22), False),  # it is still the 22nd there
        ("Pacific/Honolulu", date(2026, 11, 23), True),
    ],
)
def test_tomorrow_is_by_the_clock_of_the_new_terms(lite: House, zone: str, day: date, may: bool) -> None:
    if may:
        assert agree(lite, effective_from=day, time_zone=zone).after
        return
    with pytest.raises(WrongDayError, match="begins after today") as wrong:
        agree(lite, effective_from=day, time_zone=zone)
    (allowed,) = wrong.value.next_days
    assert agree(lite, effective_from=allowed, time_zone=zone).after


def test_two_at_once_agree_on_one_each_or_one_is_told(house: House) -> None:
    wanted = [
        values(house, effective_from=day, rising=str(place)) for place, day in enumerate((TOMORROW, LATER), 1)
    ]

    def one(place: int) -> str:
        try:
            house.do(lambda op: directory.create(op, TERMS, admin(op), wanted[place], uuid.uuid4()))
        except directory.StaleError as stale:
            return f"after {stale.by}"
        return "agreed"

    assert sorted(at_once(lambda: one(0), lambda: one(1))) == ["after Siti Rahmawati", "agreed"]
    assert [row.version for row in rows(house)] == [1, 2]


def test_a_double_tap_agrees_once(house: House) -> None:
    row_id = uuid.uuid4()
    wanted = values(house, effective_from=TOMORROW)
    taps = [lambda: house.do(lambda op: directory.create(op, TERMS, admin(op), wanted, row_id)).was_there] * 3
    assert sorted(at_once(*taps)) == [False, True, True]
    assert len(rows(house)) == 2


def test_versions_stand_in_the_order_of_their_days(house: House) -> None:
    agree(house, effective_from=LATER)
    with pytest.raises(WrongDayError, match="Version 2 begins on 2027-06-01: choose a later day"):
        agree(house, effective_from=TOMORROW)
    agree(house, effective_from=date(2027, 9, 1))
    with pytest.raises(WrongDayError, match="Version 3 begins on 2027-09-01: choose an earlier day"):
        put_instead(house, rows(house)[1], effective_from=date(2027, 9, 1))
    change = put_instead(house, rows(house)[1], effective_from=date(2027, 7, 1))
    assert (change.before["effective_from"], change.after["effective_from"]) == ("2027-06-01", "2027-07-01")


def test_attainment_changes_only_where_a_period_begins(house: House) -> None:
    agree(house, effective_from=date(2027, 1, 19), attainment="90 %: 5,000", attainment_period="month")
    with pytest.raises(WrongDayError, match="Attainment is settled by the period") as wrong:
        agree(house, effective_from=date(2027, 2, 1), attainment="80 %: 5,000", attainment_period="month")
    assert wrong.value.next_days == (date(2027, 2, 19), date(2027, 3, 19), date(2027, 4, 19))
    for changed in ({"time_zone": "Asia/Tokyo"}, {"year_starts_on": date(2026, 1, 2)}, {"attainment": ""}):
        with pytest.raises(WrongDayError):
            agree(house, effective_from=date(2027, 2, 1), **changed)
    assert agree(house, effective_from=date(2027, 2, 1), minutes=15).after
    assert agree(house, effective_from=date(2027, 4, 19), attainment="80 %: 5,000").after


def test_a_withdrawal_that_would_leave_two_that_cannot_follow_is_refused(house: House) -> None:
    agree(house, effective_from=date(2027, 1, 19), attainment="90 %: 5,000", attainment_period="quarter")
    agree(house, effective_from=date(2027, 1, 25), minutes=15)
    second, third = rows(house)[1:]
    with pytest.raises(directory.InUseError, match="Version 3 could not follow version 1"):
        house.do(lambda op: withdraw(op, admin(op), second.id))
    assert [house.do(lambda op: withdraw(op, admin(op), third.id)) for _ in range(2)] == [True, False]
    assert house.do(lambda op: withdraw(op, admin(op), second.id))
    assert [entry.action for entry in house.all(AuditEntry)][-2:] == ["withdrawn", "withdrawn"]
    assert [row.version for row in rows(house)] == [1]


def test_what_has_begun_is_neither_replaced_nor_withdrawn(house: House) -> None:
    agree(house, effective_from=TOMORROW)
    first, second = rows(house)
    house.clock.advance(15 * 3600)  # midnight in Jakarta
    for row in (first, second):
        with pytest.raises(WrongDayError, match="has begun"):
            put_instead(house, row, effective_from=LATER)
        with pytest.raises(directory.InUseError, match="has begun"):
            house.do(lambda op, row=row: withdraw(op, admin(op), row.id))
    assert len(rows(house)) == 2


def test_a_period_that_is_planned_by_earlier_terms_keeps_them(house: House) -> None:
    """A report late at night has its deadline after midnight, where another period begins."""
    agree(
        house,
        effective_from=TOMORROW,
        year_starts_on=TOMORROW,
        attainment="90 %: 5,000",
        attainment_period="month",
    )
    house.clock.advance(15 * 3600 + 30 * 86_400 - 600)  # ten to midnight on 23 December
    house.report()
    planned = house.one(AttainmentPeriod)
    assert planned.starts_on == date(2026, 12, 24)
    with pytest.raises(WrongDayError, match="A period until 2027-01-23 holds") as wrong:
        agree(house, effective_from=date(2026, 12, 24), attainment="80 %: 5,000")
    assert wrong.value.next_days[0] == date(2027, 1, 24)
    assert agree(house, effective_from=date(2027, 1, 24), attainment="80 %: 5,000").after


def test_a_version_that_an_incident_refers_to_stays(house: House) -> None:
    agree(house, effective_from=TOMORROW)
    second = rows(house)[1]
    incident = house.report()
    house.do(lambda op: setattr(op.session.get_one(Incident, incident.id), "terms_id", second.id))
    with pytest.raises(directory.InUseError, match="An incident runs under version 2"):
        house.do(lambda op: withdraw(op, admin(op), second.id))


def test_open_incidents_keep_their_version_and_later_ones_get_the_new_one(house: House) -> None:
    agree(house, effective_from=TOMORROW, rising="1", minutes=10)
    early = house.report()
    house.clock.advance(15 * 3600)
    late = house.report()
    with house.operation() as op:
        first, second = reading.read(op, MADES_CONTRACT).versions
    assert (first.standing, second.standing) == (reading.Standing.OVER, reading.Standing.IN_FORCE)
    assert (early.terms_id, late.terms_id) == (first.row_id, second.row_id)
    assert (first.unfinished, second.unfinished, second.agreed_by) == (1, 1, "Siti Rahmawati")
    house.do(enforcement.sweep_deadlines)
    assert house.again(early).breached_at is not None


def test_moving_the_customer_or_the_contract_moves_no_period(house: House) -> None:
    before = [columns_of(terms_of(row)) for row in house.all(ContractTerms)]
    incident = house.report()
    house.do(lambda op: op.session.execute(sa.update(Customer).values(time_zone="Pacific/Honolulu")))
    house.do(lambda op: op.session.execute(sa.update(Contract).values(starts_on=date(2025, 1, 1))))
    house.clock.advance(1801)
    house.do(enforcement.sweep_deadlines)
    assert [columns_of(terms_of(row)) for row in house.all(ContractTerms)] == before
    assert house.again(incident).due_on == date(2026, 11, 23)


def test_the_first_version_may_begin_in_the_past_with_the_contract(house: House) -> None:
    wanted = values(house, seen="")
    house.do(
        lambda op: op.session.execute(
            sa.delete(ContractTerms).where(ContractTerms.contract_id == wanted["contract"])
        )
    )
    wanted["seen"] = seen_of([])
    early = {**wanted, "effective_from": date(2025, 1, 1), "year_starts_on": date(2025, 1, 1)}
    with pytest.raises(WrongDayError, match="on or after the contract's first"):
        house.do(lambda op: directory.create(op, TERMS, admin(op), early))
    house.do(lambda op: directory.create(op, TERMS, admin(op), wanted))
    assert [row.version for row in rows(house)] == [1]
    assert house.report().terms_id == rows(house)[0].id


def test_a_half_is_never_rounded_by_what_is_typed(lite: House) -> None:
    shares = [("2.5 %", 250), ("0.05%", 5), ("100 %", 10_000)]
    for text, points in shares:
        read = typed.read(values(lite, rising=text, annual_fee="0.99"), 2)
        assert read.rising is not None
        assert read.rising.steps == (sla.FeeShare(points),)
