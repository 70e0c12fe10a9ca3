"""What the auditor found: the page, who may explain, and what monitors are told."""

import uuid

import pytest
import sqlalchemy as sa

from hotline.db.models import AuditEntry, Contract, Discrepancy
from hotline.services.auditing import discrepancies, turns
from hotline.services.promise import heartbeat

PAGE = "/ledger/discrepancies"


def add(world, **values):
    """A discrepancy of some incident's fine, as an audit would have kept it."""

    reference, row_id = world.report(), uuid.uuid4()

    def work(op):
        incident = world.found(op, reference)
        row = Discrepancy(
            id=row_id,
            contract_id=incident.contract_id,
            incident_id=incident.id,
            sequence=2,
            kind="fine",
            field="amount",
            subject=incident.reference,
            expected="USD 50,000.00",
            found="USD 0.01",
            fingerprint=uuid.uuid4().hex,
            first_seen=op.now,
            last_seen=op.now,
        )
        for name, value in values.items():
            setattr(row, name, value)
        op.session.add(row)

    world.do(work)
    return row_id


def explain(browser, row_id, words):
    return browser.press(f"{PAGE}/{row_id}/explain", words=words)


def test_both_sides_stand_side_by_side_with_the_incident(cy, world):
    add(world)
    text = cy.get(PAGE).text
    assert "What it has to be" in text
    assert "USD 50,000.00" in text
    assert "USD 0.01" in text
    assert "A fine: amount" in text
    assert "1 discrepancy is not explained." in text


def test_an_instant_is_shown_in_the_viewers_zone_and_to_the_microsecond(cy, world):
    add(world, field="respond_by", expected="2026-11-23T02:30:00.000001+00:00", found="")
    text = cy.get(PAGE).text
    assert "2026-11-23T02:30:00.000001+00:00" in text
    assert 'datetime="2026-11-23T02:30:00.000001+00:00"' in text
    assert "nothing" in text


def test_what_was_found_is_data_not_markup(cy, world):
    add(world, found="<script>alert(1)</script>")
    assert "<script>alert(1)" not in cy.get(PAGE).text


def test_an_empty_page_says_what_is_done_about_it(cy):
    assert "Nothing was recorded otherwise than it happened" in cy.get(PAGE).text


def test_a_manager_explains_once_and_it_stays_in_the_list(cy, world):
    row_id = add(world)
    assert "Explained." in explain(cy, row_id, "Typed by hand\nafter the power cut.").text
    assert "Somebody has explained this already" in explain(cy, row_id, "Another story.").text
    text = cy.get(PAGE).text
    assert "after the power cut." in text
    assert "Another story." not in text
    assert "1 explained discrepancy stays as it is." in text
    with world.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == 1


def test_an_explanation_without_words_is_asked_for(cy, world):
    answer = explain(cy, add(world), "   ")
    assert answer.status_code == 422
    assert "Write down how this came about." in answer.text


def test_an_auditor_of_the_vendor_looks_and_does_not_explain(otto, world):
    row_id = add(world)
    assert "Explain it" not in otto.get(PAGE).text
    assert explain(otto, row_id, "No.").status_code == 403


def test_an_engineer_sees_no_money(ada, world):
    add(world)
    assert ada.get(PAGE).status_code == 403
    assert "1 discrepancy is not explained." in ada.get("/health").text
    assert PAGE not in ada.get("/health").text


@pytest.mark.parametrize("junk", ["x", "%00", "0" * 32 + "1"])
def test_junk_is_no_discrepancy(cy, junk):
    assert cy.client.post(f"{PAGE}/{junk}/explain").status_code in {400, 404}


def test_explaining_what_is_not_there_says_so(cy):
    assert "There is no such discrepancy." in explain(cy, uuid.uuid4(), "Nothing.").text


def test_monitors_are_told_whether_somebody_has_to_look_and_nothing_else(stranger, world):
    answer = stranger.get("/healthz/auditor")
    assert (answer.status_code, answer.json) == (503, {"status": "somebody has to look"})
    world.do(lambda op: heartbeat.beat(op, discrepancies.AUDITOR))
    answer = stranger.get("/healthz/auditor")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    row_id = add(world)
    assert stranger.get("/healthz/auditor").status_code == 503
    with world.database.write() as session:
        session.execute(
            sa.update(Discrepancy).where(Discrepancy.id == row_id).values(gone_at=world.clock.now())
        )
    assert stranger.get("/healthz/auditor").status_code == 200
    world.clock.advance(discrepancies.SILENT_AFTER.total_seconds() + 1)
    assert stranger.get("/healthz/auditor").status_code == 503


def test_a_database_that_is_away_is_said_without_details(stranger, broken_database):
    answer = stranger.get("/healthz/auditor")
    assert (answer.status_code, answer.json) == (503, {"status": "unavailable"})


def test_health_names_an_auditor_that_is_not_at_work(ada, world):
    assert "The auditor is not at work" in ada.get("/health").text
    world.do(lambda op: heartbeat.beat(op, discrepancies.AUDITOR))
    assert "What was recorded is what happened." in ada.get("/health").text


def test_a_contract_that_waits_for_its_audit_is_red(ada, world):
    world.do(lambda op: heartbeat.beat(op, discrepancies.AUDITOR))

    def wait(op):
        contract = op.session.scalars(sa.select(Contract)).first()
        turns.give(op, [contract.id])

    world.do(wait)
    world.clock.advance(2 * 3600)
    world.do(lambda op: heartbeat.beat(op, discrepancies.AUDITOR))
    assert "1 contract has waited too long for its audit." in ada.get("/health").text
