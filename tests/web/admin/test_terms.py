"""What a contract promises, in versions: ``/contracts/<number>/terms``."""

import re
import uuid
from datetime import date

import pytest

import sla
from hotline.db.models import AuditEntry, Contract, ContractTerms, RateCard
from hotline.services.promise.promises import columns_of
from tests.support.terms import make_terms

from .conftest import fields

HOME = "/contracts/100000/terms"
NEW = f"{HOME}/new"
NEXT_YEAR = {"effective_from": "2027-01-01", "rising": "10,000\n2.5 %", "annual_fee": "800,000"}


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


@pytest.fixture
def versions(world):
    """The versions of the contract, the first one first."""

    def read():
        with world.reading() as op:
            rows = op.session.query(ContractTerms).join(Contract).filter(Contract.number == "100000")
            return rows.order_by(ContractTerms.version).all()

    return read


def test_a_new_version_is_looked_at_then_agreed_and_the_old_one_stays(desk, world, versions):
    before = versions()[0].schedule
    seen = desk.look(
        NEW,
        **NEXT_YEAR,
        attainment="90 %: 5,000\n75: 2.5 %",
        attainment_period="month",
        floor="6,000",
        per_incident="15000",
        per_period="40,000",
        note="Letter 7 of Contoso",
    )
    words = text_of(seen)
    assert "Look before it is saved" in words
    assert (
        "The misses of a contract year cost USD 10,000.00; USD 20,000.00 (2.5 % of the annual fee)" in words
    )
    assert "less than 75 %: USD 20,000.00 (2.5 % of the annual fee)." in words
    assert "Miss 2 USD 10,000.00 USD 15,000.00 most of an incident" in words
    assert "Miss 4 USD 25,000.00 USD 0.00 most of an incident most of the period" in words
    assert "89.9 % – USD 6,000.00 raised to the least" in words
    assert "90 % – USD 0.00" in words
    assert len(versions()) == 1
    page = text_of(desk.send(NEW, fields(seen.text)))
    assert "Saved. The audit trail has it." in page
    assert "Version 2 not begun" in page
    assert "Changed from version 1" in page
    assert "Letter 7 of Contoso" in page
    first, second = versions()
    assert first.schedule == before
    assert (second.version, second.annual_fee, second.note) == (2, 80_000_000, "Letter 7 of Contoso")
    assert second.agreed_by_id == world.user("Nadia").id
    with world.reading() as op:
        entry = op.session.query(AuditEntry).filter_by(kind="terms").one()
        assert (entry.action, entry.subject) == ("created", "100000 v2")
        assert entry.after["attainment"] == ["90 %: 5,000.00", "75 %: 2.5 %"]


def test_a_double_tap_agrees_once(desk, versions):
    seen = fields(desk.look(NEW, **NEXT_YEAR).text)
    desk.send(NEW, seen)
    assert "It was saved already." in desk.send(NEW, seen).text
    assert len(versions()) == 2


def test_open_incidents_keep_the_version_that_they_began_with(desk, world):
    world.report("Contoso")
    world.report("Contoso")
    assert "2 incidents are open: they keep version 1." in text_of(desk.look(NEW, **NEXT_YEAR))
    assert "2 incidents are open and keep it." in text_of(desk.browser.get(HOME))


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        (
            {"effective_from": "2026-11-22"},
            "effective_from",
            "It begins after today, 2026-11-22 in Asia/Jakarta",
        ),
        ({"effective_from": "2026-01-01"}, "effective_from", "It begins after today"),
        ({"effective_from": "soon"}, "effective_from", "That is no day"),
        ({"effective_from": "9999-12-31"}, "effective_from", "between the years 2000 and 2199"),
        (
            {"effective_from": "2027-01-01", "year_starts_on": "2027-02-01"},
            "year_starts_on",
            "cannot begin after",
        ),
        ({"year_starts_on": ""}, "year_starts_on", "Type the first day of a contract year."),
        ({"minutes": "0"}, "minutes", "Between 1 and 1440 minutes."),
        ({"minutes": "half an hour"}, "minutes", "Type a whole number."),
        ({"warn_at": "1/2, soon"}, "warn_at", "“soon” is no share."),
        ({"warn_at": "5/6, 1/2"}, "warn_at", "Shares rise"),
        ({"warn_at": "1/0"}, "warn_at", "“1/0” is no share."),
        ({"warn_at": "100 %"}, "warn_at", "Shares rise"),
        ({"stops": []}, "stops", "Choose at least one"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "Choose a time zone"),
        ({"currency": "XXQ"}, "currency", "three letters"),
        ({"annual_fee": "-5"}, "annual_fee", "Write an amount above zero in USD"),
        ({"annual_fee": "9" * 30}, "annual_fee", "Write an amount above zero"),
        ({"rising": "10,000\n12,5"}, "rising", "Line 2 is no amount and no share of the fee."),
        ({"rising": "10,000\n\n5,000"}, "rising", "Line 3 costs less than the line before it."),
        ({"rising": "2.5 %"}, "rising", "Line 1 is a share of the annual fee: type the fee as well."),
        ({"rising": "5 %\n2.5 %", "annual_fee": "100"}, "rising", "Line 2 costs less"),
        ({"rising": "101 %", "annual_fee": "100"}, "rising", "Line 1 is no amount"),
        ({"rising": "9" * 30}, "rising", "Line 1 is no amount"),
        ({"rising": ""}, "rising", "Write what a miss costs, or what too few answers in time earn, or both."),
        ({"rising_period": "decade"}, "rising_period", "Choose a month, a quarter or a year."),
        ({"attainment": "ninety: 5"}, "attainment", "Line 1: write a share of the incidents"),
        ({"attainment": "90 %"}, "attainment", "Line 1: write a share of the incidents"),
        ({"attainment": "0 %: 5"}, "attainment", "Line 1: write a share of the incidents"),
        (
            {"attainment": "90: 5\n90: 6"},
            "attainment",
            "Line 2 is not below the share of the line before it.",
        ),
        ({"attainment": "90: 5\n75: 4"}, "attainment", "Line 2 earns less than the line before it."),
        ({"floor": "0"}, "floor", "Write an amount above zero"),
        ({"floor": "10", "per_incident": "9"}, "floor", "The least a miss costs is more than the most"),
        ({"note": "x" * 600}, "note", "At most 500 characters."),
    ],
)
def test_what_is_wrong_stands_at_its_field_with_its_line(desk, versions, typed, field, words):
    page = desk.look(NEW, **{"effective_from": "2027-01-01", **typed})
    assert page.status_code == 422
    assert words in page.text
    assert f'id="{field}-error"' in page.text
    assert len(versions()) == 1


def test_a_change_of_attainment_begins_with_a_period_and_the_next_days_are_buttons(desk, world, versions):
    measured = {"attainment": "90 %: 5,000", "attainment_period": "quarter"}
    page = desk.look(NEW, **{**NEXT_YEAR, **measured, "effective_from": "2026-12-15"})
    assert page.status_code == 422
    assert "Attainment is settled by the period" in page.text
    assert re.findall(r'name="begin_on" value="([^"]+)"', page.text) == [
        "2027-01-01",
        "2027-04-01",
        "2027-07-01",
    ]
    chosen = desk.send(NEW, {**fields(page.text), "begin_on": "2027-04-01"})
    assert "Look before it is saved" in chosen.text
    desk.send(NEW, fields(chosen.text))
    assert versions()[1].effective_from == date(2027, 4, 1)


def test_a_version_that_has_not_begun_is_replaced_or_withdrawn(desk, versions, world):
    desk.save(NEW, **NEXT_YEAR)
    second = versions()[1].id
    change = f"{HOME}/{second}/change"
    assert "Replace version 2" in desk.browser.get(HOME).text
    seen = desk.look(change, effective_from="2027-02-01", rising="10,000")
    assert "<del>Jan 1, 2027</del>" in seen.text
    desk.send(change, fields(seen.text))
    replaced = versions()[1]
    assert (replaced.id, replaced.version, replaced.effective_from) == (second, 2, date(2027, 2, 1))
    gone = desk.press(f"{HOME}/{second}/withdraw", HOME)
    assert "Withdrawn. The audit trail has it." in gone.text
    assert "It was withdrawn already." in desk.press(f"{HOME}/{second}/withdraw", HOME).text
    assert len(versions()) == 1
    with world.reading() as op:
        actions = [entry.action for entry in op.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions == ["created", "changed", "withdrawn"]


def test_a_version_that_has_begun_is_never_edited(desk, world, versions):
    desk.save(
        NEW, **{**NEXT_YEAR, "effective_from": "2026-11-23"}
    )  # it is 22:00 of the day before in Jakarta
    second = versions()[1].id
    page = desk.look(f"{HOME}/{second}/change", rising="99")
    world.clock.advance(2 * 3600)
    late = desk.send(f"{HOME}/{second}/change", fields(page.text))
    assert "Version 2 has begun: it stays as it is." in late.text
    assert "Version 2 has begun" in desk.press(f"{HOME}/{second}/withdraw", HOME).text
    assert len(versions()) == 2
    assert versions()[1].schedule["steps"][0] == 1_000_000
    assert "/withdraw" not in desk.browser.get(HOME).text


def test_whoever_agreed_meanwhile_is_named_and_nothing_typed_is_lost(desk, world, versions, app):
    mine = fields(desk.look(NEW, effective_from="2027-03-01", rising="77").text)
    desk.save(NEW, **NEXT_YEAR)
    page = desk.send(NEW, mine)
    assert page.status_code == 409
    assert "Nadia Noor saved this meanwhile" in page.text
    assert fields(page.text)["rising"].strip() == "77"
    assert len(versions()) == 2
    assert "Saved" in desk.send(NEW, fields(page.text)).text
    assert [row.version for row in versions()] == [1, 2, 3]


def test_the_first_version_may_begin_with_the_contract_in_the_past(desk, world):
    def bare(op):
        contract = op.session.query(Contract).filter_by(number="100001").one()
        op.session.query(ContractTerms).filter_by(contract_id=contract.id).delete()

    world.do(bare)
    home = "/contracts/100001/terms"
    assert "Nothing is promised yet" in desk.browser.get(home).text
    form = fields(desk.browser.get(f"{home}/new").text)
    assert (form["minutes"], form["effective_from"], form["stops"]) == (
        "30", "2026-01-01", ["bridge", "spoken", "callback", "message"],
    )  # fmt: skip
    early = desk.look(f"{home}/new", rising="100", effective_from="2025-12-31", year_starts_on="2025-01-01")
    assert "on or after the contract" in early.text
    page = desk.save(f"{home}/new", rising="100")
    assert "Version 1 in force" in text_of(page)


def test_the_rate_card_proposes_the_fee_and_says_how_far_the_agreed_one_is(desk, world):
    card = {
        "currency": "USD", "effective_from": "2026-01-01",
        "rates": [
            {"product": "sql", "tiers": [{"first": 1, "price": 20_000_000}], "maximum": 100_000_000},
            {"product": "ex", "tiers": [{"first": 1, "price": 5_000_000}], "maximum": 100_000_000},
        ],
    }  # fmt: skip

    def begin(op):
        op.session.add(
            RateCard(currency="USD", effective_from=date(2026, 1, 1), card=card, entered_at=op.now)
        )
        contract = op.session.query(Contract).filter_by(number="100001").one()
        op.session.query(ContractTerms).filter_by(contract_id=contract.id).delete()

    world.do(begin)
    path = "/contracts/100001/terms/new"
    assert fields(desk.browser.get(path).text)["annual_fee"] == "250,000.00"
    page = text_of(desk.look(path, rising="1 %", annual_fee="240,000"))
    assert "The rate card comes to USD 250,000.00. The fee is USD 10,000.00 (4 %) below it." in page
    assert "(10 %) above it." in text_of(desk.look(path, rising="1 %", annual_fee="275,000"))
    assert "The fee is the same." in text_of(desk.look(path, rising="1 %"))


def test_terms_in_an_attainment_alone_are_said_in_words(cy, world):
    terms = make_terms(rising=None, attainment=_attainment())
    world.do(lambda op: op.session.query(ContractTerms).update(columns_of(terms)))
    page = text_of(cy.get(HOME))
    assert "If too few incidents of a contract month are answered in time, this is credited:" in page
    assert "less than 90 %: USD 500.00; less than 75 %: USD 1,000.00." in page
    assert "75 % USD 500.00" in page
    assert "Miss 1" not in page


def _attainment():
    bands = ((9_000, 50_000), (7_500, 100_000))
    return sla.AttainmentSchedule(
        tuple(sla.Band(below, sla.Money(minor, "USD")) for below, minor in bands), "USD", sla.Period.MONTH
    )


def test_managers_and_auditors_read_and_only_admins_agree(ada, cy, otto, world):
    assert ada.get(HOME).status_code == 403
    for browser in (cy, otto):
        page = browser.get(HOME)
        assert page.status_code == 200
        assert "Agree on new terms" not in page.text
        assert browser.get(NEW).status_code == 403
    assert cy.press(f"{HOME}/{uuid.uuid4()}/withdraw").status_code == 403


@pytest.mark.parametrize("path", ["/contracts/999/terms", "/contracts/x/terms/new", "/contracts/%25/terms"])
def test_there_is_no_other_contract(nadia, path):
    assert nadia.get(path).status_code == 404


def test_a_version_belongs_to_its_contract(desk, world, versions):
    other = f"/contracts/100001/terms/{versions()[0].id}"
    assert desk.browser.get(f"{other}/change").status_code == 404
    assert desk.press(f"{other}/withdraw", HOME).status_code == 404


def test_what_is_typed_is_data(desk):
    page = desk.look(NEW, **NEXT_YEAR, note="<script>alert(1)</script>")
    assert "<script>alert" not in page.text
    assert desk.send(NEW, {**fields(page.text), "note": "a\0b"}).status_code == 404
