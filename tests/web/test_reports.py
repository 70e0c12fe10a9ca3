"""What people look at: :mod:`hotline.services.reports`."""

import json

import pytest
import sqlalchemy as sa

import sla
from hotline.db.models import Call, CallKind
from hotline.services import reports
from hotline.services.promise import enforcement, stakes
from hotline.services.response import incidents, timeline


def _board(world):
    with world.reading() as op:
        return reports.board(op)


def _order(world):
    return [row.reference for row in _board(world)]


def _texts(world, reference, language="en"):
    with world.reading() as op:
        return [line.text for line in reports.timeline(op, incidents.by_reference(op, reference), language)]


def _note(world, reference, kind, **data):
    world.do(lambda op: timeline.record(op, incidents.by_reference(op, reference), kind, **data))


def test_the_nearest_deadline_stands_first(world):
    first = world.report("Contoso")
    world.clock.advance(60)
    second = world.report("Fabrikam")
    assert _order(world) == [first, second]


def test_a_missed_deadline_stays_on_top_even_when_the_work_is_finished(world):
    missed = world.report("Contoso")
    world.take(missed)
    world.clock.advance(31 * 60)
    fresh = world.report("Fabrikam")
    world.do(lambda op: incidents.resolve(op, incidents.by_reference(op, missed), _user(op, "Bo")))
    assert _order(world) == [missed, fresh]
    assert _board(world)[0].state is sla.ClockState.BREACHED


def test_an_untaken_report_is_as_urgent_as_the_shortest_promise(world):
    report = world.report(None)
    world.clock.advance(60)
    incident = world.report("Contoso")
    assert _order(world) == [report, incident]
    world.take(report)
    assert _order(world) == [incident, report]
    assert _board(world)[1].state is None


def test_what_the_customer_was_told_about_stands_last(world):
    told = world.report("Contoso")
    world.take(told)
    world.do(lambda op: incidents.tell(op, incidents.by_reference(op, told), incidents.ToldBy.SPOKEN))
    world.clock.advance(60)
    running = world.report("Fabrikam")
    rows = _board(world)
    assert [row.reference for row in rows] == [running, told]
    assert rows[1].state is sla.ClockState.KEPT
    assert rows[1].cost is None


def test_a_finished_incident_leaves_the_board_for_a_day_of_memory(world):
    reference = world.report()
    world.take(reference)
    world.do(lambda op: incidents.tell(op, incidents.by_reference(op, reference), incidents.ToldBy.SPOKEN))
    world.do(lambda op: incidents.resolve(op, incidents.by_reference(op, reference), _user(op, "Bo")))
    assert _order(world) == []
    with world.reading() as op:
        assert [row.reference for row in reports.recently_finished(op)] == [reference]
    world.clock.advance(25 * 3600)
    with world.reading() as op:
        assert reports.recently_finished(op) == []


def test_a_clock_is_at_risk_from_the_first_warning_and_missed_from_the_deadline(world):
    world.report()
    states = []
    for seconds in (0, 899, 1, 899, 1):
        world.clock.advance(seconds)
        states.append(_board(world)[0].state)
    assert states == ["safe", "safe", "at_risk", "at_risk", "breached"]


def test_the_money_at_stake_is_what_the_ledger_would_charge(world):
    world.report()
    world.clock.advance(1800)
    world.do(enforcement.sweep_deadlines)
    reference = world.report()
    with world.reading() as op:
        expected = stakes.stake_of(op, incidents.by_reference(op, reference)).fine
    row = next(row for row in _board(world) if row.reference == reference)
    assert (row.cost, row.ordinal, row.is_fined) == (expected.amount, 2, False)


def test_a_recorded_breach_stands_and_telling_at_that_very_instant_came_after_it(world):
    reference = world.report()
    world.take(reference)
    world.clock.advance(1800)
    world.do(enforcement.sweep_deadlines)
    world.do(lambda op: incidents.tell(op, incidents.by_reference(op, reference), incidents.ToldBy.SPOKEN))
    row = _board(world)[0]
    assert row.told_at > row.respond_by
    assert (row.state, row.is_fined, str(row.cost)) == ("breached", True, "USD 5,000.00")


def test_only_telephones_that_still_ring_are_named(world):
    reference = world.report()
    assert _board(world)[0].hunt.ringing == ("Ada Lovelace",)
    world.do(lambda op: _end_calls(op, reference))
    assert _board(world)[0].hunt.ringing == ()


@pytest.mark.parametrize("report", [reports.board, reports.incidents, reports.ledger])
def test_a_report_takes_as_many_queries_for_many_incidents_as_for_few(world, report):
    for _ in range(2):
        world.report("Contoso")
        world.report("Fabrikam")
        world.report(None)
    world.clock.advance(1800)
    world.do(enforcement.sweep_deadlines)
    few = _queries(world, report)
    for _ in range(10):
        world.report("Contoso")
        world.report("Fabrikam")
        world.report(None)
    world.clock.advance(1800)
    world.do(enforcement.sweep_deadlines)
    assert _queries(world, report) == few <= 8


def test_incidents_are_facts_for_machines(world):
    reference = world.report()
    world.take(reference)
    world.clock.advance(1800)
    world.do(enforcement.sweep_deadlines)
    unknown = world.report(None)
    with world.reading() as op:
        facts = json.loads(json.dumps(reports.incidents(op)))
    assert facts[0] == {
        "reference": reference,
        "status": "acknowledged",
        "channel": "call",
        "verified": True,
        "customer": "Contoso",
        "contract": "100000",
        "product": "SQL Server",
        "owner": "Bo Diddley",
        "reported_at": "2026-11-22T15:00:00+00:00",
        "respond_by": "2026-11-22T15:30:00+00:00",
        "accepted_at": "2026-11-22T15:00:00+00:00",
        "told_at": None,
        "told_by": None,
        "breached_at": "2026-11-22T15:30:00+00:00",
        "finished_at": None,
        "fine": {"amount_minor": 500_000, "currency": "USD", "ordinal": 1},
    }
    assert (facts[1]["reference"], facts[1]["verified"], facts[1]["respond_by"]) == (unknown, False, None)


def test_the_ledger_is_told_with_sentence_and_record_and_adds_up(world):
    for _ in range(2):
        world.report()
    world.clock.advance(1800)
    world.do(enforcement.sweep_deadlines)
    with world.reading() as op:
        entries = json.loads(json.dumps(reports.ledger(op)))
    assert [entry["amount"] for entry in entries] == ["USD 5,000.00", "USD 10,000.00"]
    assert entries[0]["at"] == "2026-11-22T15:30:00+00:00"
    assert entries[0]["sentence"].startswith("Miss 1 of contract year 1")
    assert entries[0]["record"]["ordinal"] == 1
    assert reports.totals(entries) == [sla.Money(1_500_000, "USD")]
    assert reports.totals([]) == []


def test_the_timeline_says_in_plain_words_what_happened(world):
    reference = world.report()
    world.take(reference)
    assert _texts(world, reference) == [
        "The customer called.",
        (
            "The clock was started by version 1 of the contract's terms."
            " It counts from the arrival of the report."
        ),
        "The incident was opened for SQL Server.",
        "Ada Lovelace was paged.",
        "Ringing Ada Lovelace.",
        "Bo Diddley took it by text message.",
    ]


def test_a_report_and_a_delivery_name_their_people(world):
    reference = world.report(None)
    _note(
        world, reference, "message-delivered", message="page", to=str(world.user("Ada").id), error_code=None
    )
    _note(world, reference, "message-undelivered", message="notice", to=None, error_code=30003)
    texts = _texts(world, reference)
    assert texts[0] == "Somebody called who could not be identified, and left a report."
    assert "A text message (page) reached Ada Lovelace." in texts
    assert "A text message (notice) did not reach the customer." in texts


def test_an_event_nobody_foresaw_still_reads(world):
    reference = world.report()
    _note(world, reference, "bridge-was-cut", anything=1)
    assert _texts(world, reference)[-1] == "Bridge was cut."


def test_an_event_without_its_data_or_with_braces_in_it_still_reads(world):
    reference = world.report()
    _note(world, reference, "cancelled")
    _note(world, reference, "note", text="{who} {0} %s")
    assert _texts(world, reference)[-2:] == ["the service cancelled it: –", "the service noted: {who} {0} %s"]


def _user(op, name):
    return op.session.scalars(sa.select(incidents.User).where(incidents.User.name.startswith(name))).one()


def _end_calls(op, reference):
    incident = incidents.by_reference(op, reference)
    pages = sa.select(Call).where(Call.incident_id == incident.id, Call.kind == CallKind.PAGE)
    for call in op.session.scalars(pages):
        call.ended_at = op.now


def _queries(world, report):
    seen = []
    engine = world.database.engine
    with world.reading() as op:
        op.session.connection()
        sa.event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        report(op)
    return len([text for text in seen if text.startswith("SELECT")])
