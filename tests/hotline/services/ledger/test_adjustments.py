"""One asks, another approves: waivers, corrections, payments and disputes of the ledger."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

import sla
from hotline.db.base import new_id
from hotline.db.models import (
    Adjustment,
    AuditEntry,
    Decision,
    DisputeOutcome,
    EntryKind,
    LedgerEntry,
)
from hotline.errors import NotFoundError
from hotline.services.directory.kind import WrongFieldError
from hotline.services.ledger import accounts, adjustments
from hotline.services.ledger.adjustments import DecidedError
from tests.hotline.house import DEWI, HANNAH, HANNAHS_CONTRACT, HANNAHS_LINE, NADIA, SITI, House, at_once
from tests.hotline.services.ledger.books import approve, ask, contract, entries, faults, limited, miss, wanted

WAIVER, CORRECTION, PAYMENT = EntryKind.WAIVER, EntryKind.CORRECTION, EntryKind.PAYMENT
DISPUTE, RESOLUTION = EntryKind.DISPUTE, EntryKind.RESOLUTION
LIMIT = 1_000_000


def refusal(act: Callable[[], Any]) -> tuple[str, str]:
    """The field and the sentence with which something is refused."""
    with pytest.raises(WrongFieldError) as raised:
        act()
    return raised.value.field, str(raised.value)


def owed(house: House, entry: LedgerEntry) -> int:
    with house.operation() as op:
        return accounts.standing(op, op.session.merge(entry)).owed.minor


def balance(house: House) -> int:
    with house.operation() as op:
        return accounts.balance(op, contract(house).id, "USD").minor


def decided(act: Callable[[], Any]) -> str:
    with pytest.raises(DecidedError) as raised:
        act()
    return str(raised.value)


# -- within the limit -------------------------------------------------------------------------------------


def test_within_the_limit_one_person_writes_it_at_once(house: House) -> None:
    (fine,) = miss(limited(house))
    row = ask(house, wanted(fine, WAIVER, -LIMIT))
    written = entries(house)[-1]
    assert (row.decision, row.written_id, row.is_for_two) == (Decision.APPROVED, written.id, False)
    assert (written.kind, written.amount, written.entry_id) == (WAIVER, -LIMIT, fine.id)
    assert written.requested_by_id == written.approved_by_id == row.requested_by_id
    assert (
        written.sentence
        == "USD 10,000.00 of entry 1 is waived: USD 50,000.00 was owed of it, now USD 40,000.00."
    )
    assert written.record["owed_after_minor"] == 4_000_000
    assert written.record["entry_hash"] == fine.hash
    assert written.incident_id == fine.incident_id
    assert (written.ordinal, written.period_starts_on) == (None, None)
    assert (owed(house, fine), balance(house)) == (4_000_000, 4_000_000)
    assert faults(house) == []


def test_the_audit_says_who_did_it_and_why(lite: House) -> None:
    (fine,) = miss(limited(lite))
    ask(lite, wanted(fine, WAIVER, -LIMIT, reason="A gift."))
    found = lite.one(AuditEntry, AuditEntry.kind == "adjustment")
    assert (found.action, found.subject) == ("approved alone", f"{contract(lite).number}/1")
    assert found.after["amount"] == "USD -10,000.00"
    assert found.after["reason"] == "A gift."


@pytest.mark.parametrize(
    ("limits", "minor", "is_for_two"),
    [
        ((sla.Money(LIMIT, "USD"),), LIMIT, False),
        ((sla.Money(LIMIT, "USD"),), LIMIT + 1, True),
        ((sla.Money(LIMIT, "IDR"),), 1, True),
        ((), 1, True),
        ((sla.Money(0, "USD"),), 1, True),
    ],
)
def test_above_the_limit_of_its_currency_or_without_one_it_waits(
    lite: House, limits: tuple[sla.Money, ...], minor: int, is_for_two: bool
) -> None:
    (fine,) = miss(limited(lite, limits))
    row = ask(lite, wanted(fine, WAIVER, -minor))
    assert row.is_for_two is is_for_two
    assert len(entries(lite)) == (1 if is_for_two else 2)


def test_nobody_gets_past_the_limit_in_steps(lite: House) -> None:
    first, second = miss(limited(lite), 2)
    assert not ask(lite, wanted(first, WAIVER, -LIMIT + 1)).is_for_two
    assert not ask(lite, wanted(first, CORRECTION, -1)).is_for_two
    assert ask(lite, wanted(first, WAIVER, -1), NADIA).is_for_two
    assert ask(lite, wanted(second, WAIVER, -1)).is_for_two, "another entry of the contract"
    assert ask(lite, wanted(first, PAYMENT, -1)).is_for_two
    assert not ask(lite, wanted(second, WAIVER, -1), NADIA).is_for_two, "another person"
    lite.clock.advance(86_399)
    assert ask(lite, wanted(first, PAYMENT, -1)).is_for_two, "whatever midnight came between"
    lite.clock.advance(1)
    assert not ask(lite, wanted(first, PAYMENT, -LIMIT)).is_for_two
    assert ask(lite, wanted(first, PAYMENT, -1)).is_for_two


def test_a_payment_of_a_cent_is_not_corrected_past_the_limit(lite: House) -> None:
    (fine,) = miss(limited(lite))
    for is_first in (True, False):
        ask(lite, wanted(fine, PAYMENT, -1))
        paid = [entry for entry in entries(lite) if entry.kind is PAYMENT][-1]
        row = ask(lite, wanted(paid, CORRECTION, 1 - LIMIT))
        assert row.is_for_two is not is_first


# -- two people -------------------------------------------------------------------------------------------


def test_above_the_limit_a_second_person_approves(house: House) -> None:
    (fine,) = miss(limited(house))
    row = ask(house, wanted(fine, WAIVER, -5_000_000))
    assert (row.decision, len(entries(house)), owed(house, fine)) == (None, 1, 5_000_000)
    house.clock.advance(3600)
    row = approve(house, row)
    written = entries(house)[-1]
    assert (row.decision, row.written_id, owed(house, fine)) == (Decision.APPROVED, written.id, 0)
    assert written.requested_by_id != written.approved_by_id == row.decided_by_id
    assert (written.at, written.reason) == (house.clock.now(), row.reason)
    assert [found.action for found in house.all(AuditEntry, AuditEntry.kind == "adjustment")] == [
        "requested",
        "approved",
    ]
    assert faults(house) == []


def test_whoever_asked_never_approves(lite: House) -> None:
    (fine,) = miss(limited(lite))
    row = ask(lite, wanted(fine, WAIVER, -5_000_000))
    assert "somebody else has to" in decided(lambda: approve(lite, row, SITI))
    assert "withdraw it instead" in decided(
        lambda: lite.do(lambda op: adjustments.reject(op, lite.user(op, SITI), row.id, "No."))
    )
    assert lite.one(Adjustment).decision is None


def test_the_database_holds_the_rule_of_two_people(house: House) -> None:
    (fine,) = miss(limited(house))
    row = ask(house, wanted(fine, WAIVER, -5_000_000))
    with pytest.raises(sa.exc.IntegrityError, match="two_people"), house.database.write() as session:
        session.execute(
            sa.update(Adjustment).values(
                decision=Decision.APPROVED, decided_by_id=row.requested_by_id, decided_at=house.clock.now()
            )
        )


def test_of_two_who_decide_at_once_one_wins(house: House) -> None:
    (fine,) = miss(limited(house))
    row = ask(house, wanted(fine, WAIVER, -5_000_000), DEWI)

    def attempt(act: Callable[[], Any]) -> str:
        try:
            act()
        except DecidedError as error:
            return str(error)
        return "won"

    found = at_once(
        lambda: attempt(lambda: approve(house, row, NADIA)),
        lambda: attempt(
            lambda: house.do(lambda op: adjustments.reject(op, house.user(op, SITI), row.id, "Not now."))
        ),
    )
    assert sorted(word == "won" for word in found) == [False, True]
    (lost,) = [word for word in found if word != "won"]
    assert "already" in lost
    decision = house.one(Adjustment).decision
    assert len(entries(house)) == (2 if decision is Decision.APPROVED else 1)


def test_a_double_tap_is_one_request_and_one_entry(house: House) -> None:
    (fine,) = miss(limited(house))
    what = wanted(fine, WAIVER, -LIMIT)
    at_once(*[lambda: ask(house, what)] * 3)
    assert (house.count(Adjustment), len(entries(house))) == (1, 2)
    large = ask(house, wanted(fine, WAIVER, -4_000_000))
    at_once(*[lambda: approve(house, large)] * 3)
    assert len(entries(house)) == 3
    assert "Somebody else has asked" in decided(lambda: ask(house, what, NADIA))


def test_what_is_owed_is_counted_again_when_it_is_approved(lite: House) -> None:
    (fine,) = miss(limited(lite))
    rows = [ask(lite, wanted(fine, WAIVER, -3_000_000)) for _ in range(2)]
    approve(lite, rows[0])
    field, words = refusal(lambda: approve(lite, rows[1]))
    assert (field, "Only USD 20,000.00 can be waived" in words) == ("amount", True)
    waits = lite.one(Adjustment, Adjustment.id == rows[1].id)
    assert waits.decision is None
    lite.do(lambda op: adjustments.reject(op, lite.user(op, NADIA), waits.id, "It was waived already."))
    again = lite.one(Adjustment, Adjustment.id == rows[1].id)
    assert (again.decision, again.note) == (Decision.REJECTED, "It was waived already.")
    assert owed(lite, fine) == 2_000_000


def test_approvals_at_once_never_waive_more_than_is_owed(house: House) -> None:
    (fine,) = miss(limited(house))
    rows = [ask(house, wanted(fine, WAIVER, -3_000_000)) for _ in range(3)]

    def attempt(row: Any) -> bool:
        try:
            approve(house, row)
        except WrongFieldError:
            return False
        return True

    assert sum(at_once(*[lambda row=row: attempt(row) for row in rows])) == 1
    assert (owed(house, fine), faults(house)) == (2_000_000, [])


def test_only_whoever_asked_withdraws(lite: House) -> None:
    (fine,) = miss(limited(lite))
    row = ask(lite, wanted(fine, WAIVER, -5_000_000))
    assert "Only whoever asked" in decided(
        lambda: lite.do(lambda op: adjustments.withdraw(op, lite.user(op, NADIA), row.id))
    )
    lite.do(lambda op: adjustments.withdraw(op, lite.user(op, SITI), row.id))
    assert "withdrawn it" in decided(lambda: approve(lite, row))
    assert len(entries(lite)) == 1


def test_a_rejection_says_why(lite: House) -> None:
    (fine,) = miss(limited(lite))
    row = ask(lite, wanted(fine, WAIVER, -5_000_000))
    assert refusal(
        lambda: lite.do(lambda op: adjustments.reject(op, lite.user(op, NADIA), row.id, "  "))
    ) == ("note", "Say why it is rejected.")


def test_a_request_that_nobody_made_is_not_found(lite: House) -> None:
    with pytest.raises(NotFoundError):
        lite.do(lambda op: adjustments.approve(op, lite.user(op, NADIA), new_id()))


def test_those_of_others_are_counted_for_the_badge(lite: House) -> None:
    first, second = miss(limited(lite), 2)
    ask(lite, wanted(first, WAIVER, -5_000_000))
    ask(lite, wanted(second, WAIVER, -5_000_000), NADIA)
    ask(lite, wanted(second, WAIVER, -1))
    with lite.operation() as op:
        assert adjustments.count_for(op, lite.user(op, SITI)) == 1
        assert [row.entry_id for row in adjustments.waiting(op)] == [first.id, second.id]


# -- what may be asked --------------------------------------------------------------------------------------


def test_a_waiver_is_at_most_what_is_still_owed(house: House) -> None:
    (fine,) = miss(limited(house, (sla.Money(10**12, "USD"),)))
    assert refusal(lambda: ask(house, wanted(fine, WAIVER, -5_000_001)))[0] == "amount"
    ask(house, wanted(fine, CORRECTION, -1_000_000))
    assert "Only USD 40,000.00" in refusal(lambda: ask(house, wanted(fine, WAIVER, -4_000_001)))[1]
    ask(house, wanted(fine, PAYMENT, -3_000_000))
    assert "Only USD 10,000.00" in refusal(lambda: ask(house, wanted(fine, WAIVER, -1_000_001)))[1]
    ask(house, wanted(fine, WAIVER, -1_000_000))
    assert "Nothing is owed of this entry" in refusal(lambda: ask(house, wanted(fine, WAIVER, -1)))[1]
    for minor in (0, 1):
        assert "above zero" in refusal(lambda minor=minor: ask(house, wanted(fine, WAIVER, minor)))[1]
    assert faults(house) == []


def test_a_correction_goes_either_way_and_never_below_zero(lite: House) -> None:
    (fine,) = miss(limited(lite, (sla.Money(10**12, "USD"),)))
    ask(lite, wanted(fine, CORRECTION, 700))
    ask(lite, wanted(fine, CORRECTION, -5_000_700))
    assert owed(lite, fine) == 0
    assert "below zero" in refusal(lambda: ask(lite, wanted(fine, CORRECTION, -1)))[1]
    assert "stands at already" in refusal(lambda: ask(lite, wanted(fine, CORRECTION, 0)))[1]
    assert "more than the ledger takes" in refusal(lambda: ask(lite, wanted(fine, CORRECTION, 10**16)))[1]
    ask(lite, wanted(fine, CORRECTION, 5))
    assert (owed(lite, fine), faults(lite)) == (5, [])


def test_a_payment_is_at_most_the_balance_and_names_its_reference(lite: House) -> None:
    first, _second = miss(limited(lite, (sla.Money(10**12, "USD"),)), 2)
    assert refusal(lambda: ask(lite, wanted(first, PAYMENT, -1, reference="")))[0] == "reference"
    assert (
        refusal(lambda: ask(lite, wanted(first, PAYMENT, -15_000_001)))[1] == "Only USD 150,000.00 is owed."
    )
    assert "in EUR" in refusal(lambda: ask(lite, wanted(first, PAYMENT, -1, currency="EUR")))[1]
    ask(lite, wanted(first, PAYMENT, -10_000_000, reference="SWIFT 77"))
    again = refusal(lambda: ask(lite, wanted(first, PAYMENT, -1, reference="SWIFT 77")))
    assert again == ("reference", "A payment with this reference is recorded already.")
    written = entries(lite)[-1]
    assert (written.entry_id, written.incident_id, balance(lite)) == (None, None, 5_000_000)
    assert "payment reference SWIFT 77: USD 150,000.00 was owed, now USD 50,000.00" in written.sentence
    assert owed(lite, first) == 5_000_000


def test_a_payment_that_never_came_is_taken_back(lite: House) -> None:
    (fine,) = miss(limited(lite, (sla.Money(10**12, "USD"),)))
    ask(lite, wanted(fine, PAYMENT, -3_000_000))
    payment = entries(lite)[-1]
    assert "above zero" in refusal(lambda: ask(lite, wanted(payment, CORRECTION, 3_000_001)))[1]
    assert (
        "Only USD 20,000.00 is owed" in refusal(lambda: ask(lite, wanted(payment, CORRECTION, -2_000_001)))[1]
    )
    ask(lite, wanted(payment, CORRECTION, 3_000_000))
    assert (balance(lite), owed(lite, payment), faults(lite)) == (5_000_000, 0, [])


def test_one_dispute_is_open_at_a_time_and_moves_no_money(house: House) -> None:
    (fine,) = miss(house)  # nobody has a limit here: a dispute needs none
    assert (
        "No dispute"
        in refusal(lambda: ask(house, wanted(fine, RESOLUTION, outcome=DisputeOutcome.UPHELD)))[1]
    )
    ask(house, wanted(fine, DISPUTE))
    assert refusal(lambda: ask(house, wanted(fine, DISPUTE)))[1] == "This entry is disputed already."
    assert refusal(lambda: ask(house, wanted(fine, RESOLUTION)))[0] == "outcome"
    ask(house, wanted(fine, RESOLUTION, outcome=DisputeOutcome.REJECTED))
    ask(house, wanted(fine, DISPUTE))
    ask(house, wanted(fine, RESOLUTION, outcome=DisputeOutcome.UPHELD))
    with house.operation() as op:
        stands = accounts.standing(op, op.session.merge(fine))
    assert (stands.dispute, stands.owed.minor) == (accounts.DisputeState.UPHELD, 5_000_000)
    assert [entry.amount for entry in entries(house)[1:]] == [0, 0, 0, 0]
    assert "moves no money" in refusal(lambda: ask(house, wanted(fine, DISPUTE, 1)))[1]
    assert faults(house) == []


def test_disputes_at_once_open_one(house: House) -> None:
    (fine,) = miss(house)

    def attempt() -> bool:
        try:
            ask(house, wanted(fine, DISPUTE))
        except WrongFieldError:
            return False
        return True

    assert sum(at_once(*[attempt] * 4)) == 1


@pytest.mark.parametrize("reason", ["", "  ", "no", "x" * 1001, "bell \a"])
def test_a_reason_is_required(lite: House, reason: str) -> None:
    (fine,) = miss(limited(lite))
    assert refusal(lambda: ask(lite, wanted(fine, WAIVER, -1, reason=reason.strip(" "))))[0] == "reason"


def test_only_what_is_owed_can_be_waived_or_disputed(lite: House) -> None:
    lite.report(HANNAHS_CONTRACT, HANNAH, HANNAHS_LINE)
    miss(limited(lite, (sla.Money(10**12, "USD"),)))
    fine = lite.one(LedgerEntry, LedgerEntry.contract_id == contract(lite).id)
    other = lite.one(LedgerEntry, LedgerEntry.contract_id != contract(lite).id)
    ask(lite, wanted(fine, WAIVER, -1))
    waiver = lite.one(LedgerEntry, LedgerEntry.kind == WAIVER)
    for what in (
        wanted(waiver, WAIVER, -1),
        wanted(waiver, CORRECTION, -1),
        wanted(waiver, DISPUTE),
        wanted(fine, WAIVER, -1, entry_id=other.id),
        wanted(fine, WAIVER, -1, entry_id=new_id()),
        wanted(fine, WAIVER, -1, entry_id=None),
    ):
        assert "cannot be done with this entry" in refusal(lambda what=what: ask(lite, what))[1]
    assert "is in USD" in refusal(lambda: ask(lite, wanted(fine, WAIVER, -1, currency="SGD")))[1]


def test_no_adjustment_changes_the_number_of_a_miss_or_makes_room(lite: House) -> None:
    (first,) = miss(limited(lite, (sla.Money(10**12, "USD"),)))
    ask(lite, wanted(first, WAIVER, -5_000_000))
    found = miss(lite)
    assert [entry.ordinal for entry in found if entry.kind is EntryKind.FINE] == [1, 2]
    assert found[-1].amount == 10_000_000
