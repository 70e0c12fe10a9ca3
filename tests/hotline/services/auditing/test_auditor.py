"""Whose turn it is, what is kept of an audit, who hears of it, and who explains it."""

from datetime import timedelta

import pytest

from hotline.db.models import (
    AuditEntry,
    Contract,
    ContractAudit,
    Discrepancy,
    Incident,
    Message,
    MessageKind,
    Role,
    ToldBy,
    User,
)
from hotline.errors import InvalidInputError, NotFoundError
from hotline.services.auditing import discrepancies, turns
from hotline.services.auditing.auditor import Auditor
from hotline.services.promise.enforcement import sweep_deadlines
from tests.hotline.house import House, at_once, deadline_of
from tests.hotline.services.auditing.ledgers import contract_of


@pytest.fixture
def auditor(house: House) -> Auditor:
    return Auditor(house.database, house.clock, house.settings)


def health(house: House) -> discrepancies.Health:
    found: discrepancies.Health = house.do(discrepancies.health)
    return found


def audit_of(house: House) -> ContractAudit:
    row: ContractAudit = house.one(ContractAudit, ContractAudit.contract_id == contract_of(house).id)
    return row


def wrong(house: House) -> Incident:
    """An incident that was answered in time, whose deadline somebody has moved."""
    incident = house.report()
    house.take(incident)
    house.tell(incident, ToldBy.SPOKEN)
    house.set(incident, respond_by=deadline_of(incident) + timedelta(hours=1))
    return incident


def alarms(house: House) -> list[Message]:
    return house.all(Message, Message.kind == MessageKind.ALARM)


def test_an_auditor_that_never_worked_is_red_and_one_that_did_is_not(house: House, auditor: Auditor) -> None:
    assert health(house).is_red
    assert auditor.work() == house.count(Contract)
    found = health(house)
    assert not found.is_red
    assert found.contracts == house.count(Contract)
    assert found.audited_at == house.clock.now()
    house.clock.advance(discrepancies.SILENT_AFTER.total_seconds() + 1)
    assert health(house).silent_since is not None


def test_a_contract_is_looked_at_daily_and_soon_after_something_happened(
    house: House, auditor: Auditor
) -> None:
    auditor.work()
    assert auditor.work() == 0
    house.clock.advance(3600)
    assert auditor.work() == 0
    incident = house.report()
    house.clock.advance(5)
    assert auditor.work() == 0
    assert audit_of(house).next_at == house.clock.now() + turns.SOON
    house.clock.advance(60)
    assert auditor.work() == 1
    assert audit_of(house).incidents == 1
    # Nothing happens any more, so the deadline itself is what to look at next, and then the next day.
    assert audit_of(house).next_at > deadline_of(incident) + timedelta(minutes=2)
    house.clock.move_to(deadline_of(incident) + timedelta(minutes=3))
    assert auditor.work() == 1
    assert [row.kind for row in house.all(Discrepancy)] == ["overdue"]
    house.clock.advance(86_400)
    assert auditor.work() == house.count(Contract)


def test_two_auditors_share_the_turns(house: House) -> None:
    both = [Auditor(house.database, house.clock, house.settings) for _ in range(2)]
    both[0].work()
    house.clock.advance(86_401)
    assert sum(at_once(*(one.work for one in both))) == house.count(Contract)


def test_a_difference_is_one_row_until_it_is_gone(house: House, auditor: Auditor) -> None:
    incident = wrong(house)
    auditor.audit(contract_of(house).id)
    row = house.one(Discrepancy)
    assert (row.kind, row.field, row.subject) == ("clock", "respond_by", incident.reference)
    assert row.expected == deadline_of(incident).isoformat()
    assert row.first_seen == row.last_seen == house.clock.now()
    house.clock.advance(60)
    auditor.audit(contract_of(house).id)
    again = house.one(Discrepancy)
    assert (again.first_seen, again.last_seen) == (row.first_seen, house.clock.now())
    assert health(house).unexplained == 1
    house.set(incident, respond_by=deadline_of(incident))
    auditor.audit(contract_of(house).id)
    assert house.one(Discrepancy).gone_at == house.clock.now()
    assert health(house).unexplained == 0


def test_managers_are_told_once_and_again_when_it_comes_back(house: House, auditor: Auditor) -> None:
    incident = wrong(house)
    managers = house.all(User, User.role == Role.MANAGER)
    auditor.work()
    assert {message.to_phone for message in alarms(house)} == {user.phone for user in managers}
    assert contract_of(house).number in alarms(house)[0].body
    house.clock.advance(86_401)
    auditor.work()
    assert len(alarms(house)) == len(managers)
    moved = house.again(incident).respond_by
    house.set(incident, respond_by=deadline_of(incident))
    auditor.audit(contract_of(house).id)
    house.set(incident, respond_by=moved)
    house.clock.advance(86_401)
    auditor.work()
    assert len(alarms(house)) == 2 * len(managers)


def test_what_is_found_bit_by_bit_is_told_at_most_every_quarter_of_an_hour(
    house: House, auditor: Auditor
) -> None:
    wrong(house)
    auditor.work()
    before = len(alarms(house))
    wrong(house)
    house.clock.advance(61)
    auditor.work()
    house.clock.advance(61)
    auditor.work()
    assert house.count(Discrepancy) == 2
    assert len(alarms(house)) == before
    house.clock.advance(900)
    auditor.work()
    assert len(alarms(house)) == 2 * before


def test_an_explanation_turns_it_off_stays_and_is_audited(house: House, auditor: Auditor) -> None:
    wrong(house)
    auditor.audit(contract_of(house).id)
    row, user = house.one(Discrepancy), house.all(User, User.role == Role.MANAGER)[0]

    def explain(words: str) -> bool:
        return bool(
            house.do(lambda op: discrepancies.explain(op, op.session.get_one(User, user.id), row.id, words))
        )

    with pytest.raises(InvalidInputError):
        explain("  ")
    assert explain("Moved by hand after the power cut.")
    assert not explain("Somebody else's words.")
    assert house.one(Discrepancy).explanation == "Moved by hand after the power cut."
    trail = house.one(AuditEntry, AuditEntry.kind == "discrepancy")
    assert trail.after["explanation"] == "Moved by hand after the power cut."
    auditor.audit(contract_of(house).id)
    found = health(house)
    assert (found.unexplained, found.explained) == (0, 1)
    assert [one.explanation for one in house.do(discrepancies.listed)] == [
        "Moved by hand after the power cut."
    ]


def test_two_explanations_at_once_are_one(house: House, auditor: Auditor) -> None:
    wrong(house)
    auditor.audit(contract_of(house).id)
    row, user = house.one(Discrepancy), house.all(User, User.role == Role.MANAGER)[0]
    won = at_once(
        *(
            lambda words=words: house.do(
                lambda op: discrepancies.explain(op, op.session.get_one(User, user.id), row.id, words)
            )
            for words in ("one", "two", "three")
        )
    )
    assert sorted(won) == [False, False, True]
    assert house.count(AuditEntry) == 1


def test_nobody_explains_what_is_not_there(house: House) -> None:
    user = house.all(User)[0]
    with pytest.raises(NotFoundError):
        house.do(lambda op: discrepancies.explain(op, op.session.get_one(User, user.id), user.id, "x"))


def test_a_ledger_that_is_wrong_from_end_to_end_does_not_fill_the_table(
    lite: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discrepancies, "MOST", 3)
    for _ in range(4):
        wrong(lite)
    auditor = Auditor(lite.database, lite.clock, lite.settings)
    assert len(auditor.audit(contract_of(lite).id).differences) == 4
    lite.do(lambda op: turns.give(op, turns.unknown(op)))
    auditor.audit(contract_of(lite).id)
    assert lite.count(Discrepancy) == 3
    assert audit_of(lite).differences == 4


def test_an_audit_reads_one_instant_while_others_write(house: House, auditor: Auditor) -> None:
    """Fines are written while the books are read: what is read is from before or after, never half."""
    for _ in range(6):
        house.report()
        house.clock.advance(1)
    house.clock.advance(1800)
    number = contract_of(house).id

    def sweep() -> int:
        return sum(house.do(lambda op: sweep_deadlines(op, limit=1)) for _ in range(6))

    def look() -> int:
        return sum(len(auditor.audit(number).differences) for _ in range(6))

    assert at_once(sweep, look) == [6, 0]


def test_the_worker_audits_as_a_job_of_its_own(house: House) -> None:
    assert house.worker.audit() == house.count(Contract)
    house.worker.tick()
    assert not health(house).is_red
