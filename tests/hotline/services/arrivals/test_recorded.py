"""Reports that are put down by hand: their clock counts from when they arrived."""

import uuid
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from hotline.db.models import (
    AuditEntry,
    Breach,
    Call,
    CallKind,
    Contract,
    Incident,
    IncidentEvent,
    LedgerEntry,
    MessageKind,
    ReportChannel,
    ReportOrigin,
)
from hotline.errors import ConflictError, NotFoundError
from hotline.services import reports
from hotline.services.arrivals import entitling, recorded
from hotline.services.arrivals.recorded import Outlook, Report, WrongArrivalError
from hotline.services.operation import Operation
from tests.hotline.house import (
    DEWI,
    HANNAH,
    HANNAHS_CONTRACT,
    INTAN,
    MADE,
    MADES_CONTRACT,
    MADES_LINE,
    SITI,
    STRANGER,
    House,
    at_once,
)

MINUTE = timedelta(minutes=1)


def put_down(
    house: House,
    at: datetime | None = None,
    number: str | None = MADES_CONTRACT,
    form: uuid.UUID | None = None,
    call: uuid.UUID | None = None,
    phone: str = "",
    channel: ReportChannel = ReportChannel.WEB,
) -> tuple[str, bool, Outlook]:
    """Siti puts a report down: its reference, whether it is new, and what it means."""

    def work(op: Operation) -> tuple[str, bool, Outlook]:
        contract = op.session.scalars(sa.select(Contract).where(Contract.number == (number or ""))).first()
        report = Report(
            channel=channel if call is None else ReportChannel.MISSED_CALL,
            at=at or op.now,
            words="Mail to the account manager:\nthe booking engine is down",
            contract=contract,
            product=None if contract is None else contract.products[0].product,
            phone=phone,
            call=None if call is None else op.session.get_one(Call, call),
        )
        incident, is_new = recorded.record(op, house.user(op, SITI), report, form or uuid.uuid4())
        return incident.reference, is_new, recorded.outlook(op, incident)

    found: tuple[str, bool, Outlook] = house.do(work)
    return found


def missed_call(house: House, caller: str = STRANGER) -> uuid.UUID:
    """Somebody called, and hung up before anything was said."""

    def work(op: Operation) -> uuid.UUID:
        call = house.inbound(op, caller, MADES_LINE)
        call.ended_at = op.now + timedelta(seconds=9)
        return call.id

    found: uuid.UUID = house.do(work)
    return found


def test_the_clock_counts_from_the_arrival(house: House) -> None:
    arrived = house.clock.now() - 12 * MINUTE
    reference, is_new, outlook = put_down(house, arrived)
    incident = house.one(Incident)
    assert (incident.reference, is_new) == (reference, True)
    assert (incident.reported_at, incident.opened_at) == (arrived, house.clock.now())
    assert incident.respond_by == outlook.respond_by == arrived + 30 * MINUTE
    assert (outlook.minutes, outlook.is_over, outlook.others) == (30, False, ())
    assert outlook.stake is not None
    assert outlook.stake.amount.minor > 0
    assert incident.channel is ReportChannel.WEB
    assert len(house.calls_of(CallKind.PAGE)) == 1, "somebody is rung at once"
    (text,) = [one for one in house.messages(MADE) if one.kind is MessageKind.REFERENCE]
    assert reference in text.body, "the first registered caller learns the number and the time"


def test_a_deadline_that_is_over_is_missed_at_the_deadline(house: House) -> None:
    arrived = house.clock.now() - 45 * MINUTE
    _reference, _is_new, outlook = put_down(house, arrived)
    assert outlook.is_over
    house.worker.tick()
    incident = house.one(Incident)
    assert incident.breached_at == arrived + 30 * MINUTE
    assert house.one(Breach).at == arrived + 30 * MINUTE
    fine = house.one(LedgerEntry)
    assert (fine.at, fine.recorded_at) == (arrived + 30 * MINUTE, house.clock.now())
    assert outlook.stake is not None
    assert fine.amount == outlook.stake.amount.minor, "what was shown is what it costs"
    (text,) = [one for one in house.messages(MADE) if one.kind is MessageKind.REFERENCE]
    assert "terlambat" in text.body, "and the customer is not promised a time that has passed"


def test_a_report_without_a_contract_is_to_be_verified_and_then_counts_from_its_arrival(house: House) -> None:
    arrived = house.clock.now() - 5 * MINUTE
    _reference, _is_new, outlook = put_down(house, arrived, number=None)
    assert outlook.respond_by is None
    incident = house.one(Incident)
    assert (incident.contract_id, incident.respond_by, incident.verified_at) == (None, None, None)
    (page, *_) = [one for one in house.messages(DEWI) if one.kind is MessageKind.PAGE]
    assert "booking engine is down" in page.body
    assert incident.caller_phone == ""


def test_who_put_it_down_and_what_it_said_is_on_the_timeline_and_on_record(house: House) -> None:
    arrived = house.clock.now() - 5 * MINUTE
    put_down(house, arrived)
    incident = house.one(Incident)
    with house.operation() as op:
        first = reports.history(op, op.session.get_one(Incident, incident.id)).entries[0]
    assert first.at == arrived
    assert first.text.startswith("Siti Rahmawati put the report down by hand: Mail to the account manager")
    entry = house.one(AuditEntry)
    assert (entry.action, entry.kind, entry.subject) == ("recorded", "report", incident.reference)
    assert entry.after["arrived_at"] == arrived.isoformat()
    event = house.one(IncidentEvent, IncidentEvent.kind == "reported")
    assert event.actor_id is not None


@pytest.mark.parametrize(
    ("phone", "told"), [("", MADE), (INTAN, INTAN), (STRANGER, MADE)], ids=["none", "registered", "stranger"]
)
def test_texts_go_to_the_registered_caller_who_reported_else_to_the_first(
    lite: House, phone: str, told: str
) -> None:
    put_down(lite, phone=phone)
    assert lite.one(Incident).notify_phone == told
    assert lite.messages(STRANGER) == []


@pytest.mark.parametrize(
    ("ago", "is_wrong"),
    [
        (timedelta(seconds=-1), True),
        (timedelta(0), False),
        (timedelta(days=30), False),
        (timedelta(days=30, microseconds=1), True),
    ],
)
def test_the_arrival_lies_within_the_last_thirty_days(lite: House, ago: timedelta, is_wrong: bool) -> None:
    if not is_wrong:
        put_down(lite, lite.clock.now() - ago)
        return
    with pytest.raises(WrongArrivalError):
        put_down(lite, lite.clock.now() - ago)
    assert lite.count(Incident) == 0
    assert lite.count(ReportOrigin) == 0


def test_a_double_tap_opens_one_incident(house: House) -> None:
    form = uuid.uuid4()
    found = at_once(*[lambda: put_down(house, form=form)[:2]] * 4)
    assert house.count(Incident) == 1
    assert len({reference for reference, _is_new in found}) == 1
    assert sorted(is_new for _reference, is_new in found) == [False, False, False, True]
    assert house.count(AuditEntry) == 1


def test_the_contracts_other_incidents_are_named(lite: House) -> None:
    before = lite.report()
    _reference, _is_new, outlook = put_down(lite)
    assert outlook.others == (before.reference,)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"plan": "premier"}, "plan_not_eligible"),
        ({"cover_from": None}, "no_cover"),
        ({"ended_at": datetime.fromisoformat("2026-01-01T00:00:00+00:00")}, entitling.ENDED),
    ],
)
def test_a_contract_that_does_not_entitle_says_why(
    lite: House, change: dict[str, object], reason: str
) -> None:
    lite.set(lite.one(Contract, Contract.number == MADES_CONTRACT), **change)
    with pytest.raises(entitling.NotEntitledError) as refused:
        put_down(lite)
    assert refused.value.reason == reason
    assert lite.count(Incident) == 0


def test_a_contract_that_ended_later_still_owes_what_arrived_before(lite: House) -> None:
    contract = lite.one(Contract, Contract.number == HANNAHS_CONTRACT)
    lite.set(contract, ended_at=lite.clock.now() - 5 * MINUTE)
    put_down(lite, lite.clock.now() - 10 * MINUTE, number=HANNAHS_CONTRACT)
    assert lite.one(Incident).notify_phone == HANNAH


def test_every_refusal_has_words() -> None:
    import sla

    assert {reason.value for reason in sla.RefusalReason} < set(entitling.WORDS)


def test_a_missed_call_counts_from_the_call(house: House) -> None:
    called = house.clock.now()
    call = missed_call(house, MADE)
    house.clock.advance(900)
    put_down(house, called, call=call, phone=MADE)
    incident = house.one(Incident)
    assert (incident.channel, incident.reported_at) == (ReportChannel.MISSED_CALL, called)
    assert incident.respond_by == called + 30 * MINUTE
    assert house.one(Call, Call.id == call).incident_id == incident.id
    with house.operation() as op:
        first = reports.history(op, op.session.get_one(Incident, incident.id)).entries[0]
    assert "A call that left no report; Siti Rahmawati put it down as one" in first.text


def test_two_people_put_the_same_call_down_and_one_incident_comes_of_it(house: House) -> None:
    call = missed_call(house)

    def tap() -> bool:
        try:
            return put_down(house, house.clock.now(), call=call, phone=STRANGER)[1]
        except ConflictError:
            return False

    assert sorted(at_once(tap, tap, tap)) == [False, False, True]
    assert house.count(Incident) == 1


def test_only_a_call_that_came_in_is_over_and_left_nothing_can_be_put_down(lite: House) -> None:
    def look(call_id: uuid.UUID) -> Call:
        found: Call = lite.do(lambda op: recorded.missed_call(op, call_id))
        return found

    lite.report()
    reported = lite.calls_of(CallKind.INBOUND)[0]
    with pytest.raises(ConflictError):
        look(reported.id)
    placed = lite.calls_of(CallKind.PAGE)[0]
    with pytest.raises(NotFoundError):
        look(placed.id)
    with pytest.raises(NotFoundError):
        look(uuid.uuid4())
    live = lite.do(lambda op: lite.inbound(op, STRANGER, MADES_LINE).id)
    with pytest.raises(NotFoundError):
        look(live)
