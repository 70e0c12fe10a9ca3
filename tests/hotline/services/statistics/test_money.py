"""What the ledger says, by month and kind: to the minor unit what the ledger page says."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

import sla
from hotline.db.models import Contract, Customer, EntryKind, Incident, LedgerEntry, Product
from hotline.services import lists
from hotline.services.ledger import book
from hotline.services.lists import ledger
from hotline.services.reports import board
from hotline.services.statistics import money

OCTOBER, NOVEMBER = datetime(2026, 10, 12, 3, tzinfo=UTC), datetime(2026, 11, 12, 3, tzinfo=UTC)
OCT, NOV = 2026 * 12 + 9, 2026 * 12 + 10


def entry(past, kind: EntryKind, minor: int, day: date, contract="200417", currency="USD", **more) -> None:
    """Somebody writes an entry that is no fine."""

    def work(op):
        contract_id = op.session.scalars(sa.select(Contract.id).where(Contract.number == contract)).one()
        draft = book.Draft(
            kind, contract_id, sla.Money(minor, currency), day, op.now, 1, "Agreed by telephone.", {}, **more
        )
        book.append(op, [draft])

    past.house.do(work)


@pytest.fixture
def books(past):
    """Fines in two currencies, a credit, a waiver, a correction, a dispute and a payment."""
    past.agree("200417")
    past.happened(OCTOBER, contract="200417")
    past.happened(NOVEMBER, told=40, contract="200417")
    past.happened(NOVEMBER, contract="310522")
    past.judged()
    entry(past, EntryKind.CREDIT, 700_001, date(2026, 10, 31))
    entry(past, EntryKind.WAIVER, -2_000_000, date(2026, 11, 2))
    entry(past, EntryKind.CORRECTION, 5, date(2026, 11, 3))
    entry(past, EntryKind.DISPUTE, 0, date(2026, 11, 3))
    entry(past, EntryKind.PAYMENT, -3_700_001, date(2026, 11, 20))
    return past


def test_every_month_has_its_kinds_and_no_currency_is_added_to_another(books):
    found = books.ask(money.by_month)
    assert set(found) == {"USD", "EUR"}
    october, november = found["USD"][OCT], found["USD"][NOV]
    assert october.charged == sla.Money(5_700_001, "USD")
    assert (november.charged, november.given_back) == (
        sla.Money(10_000_000, "USD"),
        sla.Money(-1_999_995, "USD"),
    )
    assert november.paid == sla.Money(3_700_001, "USD")
    assert found["EUR"][NOV].balance == sla.Money(2_500_000, "EUR")


def test_all_months_together_are_what_the_ledger_page_says(books):
    found = books.ask(money.by_month)
    with books.house.operation() as op:
        question = lists.ask(lists.LEDGER, {}, ZoneInfo("UTC"))
        expected = {one.currency: one for one in ledger.sums(op, question).totals}
        rows = list(op.session.scalars(sa.select(LedgerEntry)))
    assert {code: money.in_all(code, months).balance for code, months in found.items()} == expected
    assert sum(row.amount for row in rows if row.currency == "USD") == expected["USD"].minor


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ({"to": "2026-10-31"}, 5_700_001),
        ({"from": "2026-11-03", "to": "2026-11-19"}, 10_000_005),
        ({}, 10_000_005),
    ],
)
def test_a_span_of_days_has_its_own_sum(books, typed, minor):
    months = books.ask(money.by_month, **typed)["USD"]
    assert money.in_all("USD", months).balance.minor == minor


def test_of_a_product_only_fines_of_its_incidents_are_counted(books):
    with books.house.operation() as op:
        product = op.session.scalars(sa.select(Product.id).where(Product.code == "sql-server")).one()
    frame = {"product": str(product)}
    months = books.ask(money.by_month, **frame)["USD"]
    assert money.in_all("USD", months).kinds == {EntryKind.FINE: 15_000_000}
    assert books.frame(**frame).is_part
    assert not books.frame().is_part


def test_a_waiver_of_an_incidents_fine_belongs_to_its_product_too(books):
    fine = next(
        row for row in books.house.all(LedgerEntry) if row.kind is EntryKind.FINE and row.currency == "USD"
    )
    entry(books, EntryKind.WAIVER, -100, date(2026, 11, 4), entry_id=fine.id)
    with books.house.operation() as op:
        product = op.session.get_one(Incident, fine.incident_id).product_id
    months = books.ask(money.by_month, product=str(product))["USD"]
    assert money.in_all("USD", months).sum_of(EntryKind.WAIVER) == sla.Money(-100, "USD")


def test_what_is_at_risk_is_what_the_board_says(books):
    now = books.house.clock.now()
    for contract in ("200417", "200417", "310522"):
        books.happened(now - timedelta(minutes=5), contract=contract)
    found = books.ask(money.at_risk)
    with books.house.operation() as op:
        shown = [row for row in board(op) if row.cost is not None and not row.is_fined and row.is_running]
    assert {code: sum(risk.amount.minor for risk in risks) for code, risks in found.items()} == {
        code: sum(row.cost.minor for row in shown if row.cost.currency == code) for code in ("EUR", "USD")
    }
    (nusantara,) = found["USD"]
    assert (nusantara.customer, nusantara.incidents) == ("Nusantara Securities", 2)


def test_risk_is_of_now_whatever_days_are_chosen_but_of_the_customer_that_is(books):
    books.happened(books.house.clock.now() - timedelta(minutes=5), contract="200417")
    with books.house.operation() as op:
        others = str(
            op.session.scalars(sa.select(Customer.id).where(Customer.name == "Meridian Airways")).one()
        )
    assert set(books.ask(money.at_risk, to="2026-01-01")) == {"USD"}
    assert books.ask(money.at_risk, customer=others) == {}
