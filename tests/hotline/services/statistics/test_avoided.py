"""What kept promises would have cost: worked out again, one incident at a time."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

import sla
from hotline.db.models import ContractTerms, Incident
from hotline.services.promise.promises import terms_of
from hotline.services.statistics import avoided

YEAR = datetime(2026, 1, 5, tzinfo=UTC)
SEP, OCT, NOV = (2026 * 12 + month - 1 for month in (9, 10, 11))


def one_by_one(past) -> dict[str, Counter]:
    """The same by plain loops: each kept incident after the misses before it, no caps of periods."""
    found: dict[str, Counter] = {}
    with past.house.operation() as op:
        rows = op.session.scalars(sa.select(Incident).where(Incident.due_on.is_not(None))).all()
        terms = {row.id: terms_of(row) for row in op.session.scalars(sa.select(ContractTerms))}
    for row in rows:
        value = terms[row.terms_id]
        if row.breached_at is not None or value.rising is None:
            continue
        period = value.period_of(value.rising.period, row.due_on)
        before = sum(
            other.contract_id == row.contract_id
            and other.breached_at is not None
            and other.due_on in period
            and other.respond_by < row.respond_by
            for other in rows
        )
        fine = sla.assess(value, row.respond_by, before)
        month = row.due_on.year * 12 + row.due_on.month - 1
        found.setdefault(value.currency, Counter())[month] += fine.amount.minor
    return found


@pytest.mark.parametrize("kind", list(sla.Period))
def test_random_histories_come_to_the_same_as_one_by_one(past, chance, kind):
    for contract, currency in (("200417", "USD"), ("310522", "EUR")):
        steps = tuple(sla.Money(minor, currency) for minor in (1_000, 2_500, 7_001))
        limits = sla.Limits(floor=sla.Money(1_500, currency), per_incident=sla.Money(7_000, currency))
        past.agree(contract, rising=sla.RisingSchedule(steps, currency, kind), limits=limits, attainment=None)
        for number in range(25):
            reported = YEAR + timedelta(days=chance.random() * 320, minutes=number)
            past.happened(reported, told=chance.choice([5, 12, 29, 31, None]), contract=contract)
    past.judged()
    found = past.ask(avoided.by_month)
    assert {
        currency: Counter({month: line.amount.minor for month, line in months.items()})
        for currency, months in found.items()
    } == one_by_one(past)


def test_misses_before_the_first_day_count_and_days_narrow_only_what_is_priced(past):
    past.agree("200417")
    past.happened(datetime(2026, 9, 3, tzinfo=UTC))
    past.happened(datetime(2026, 9, 4, tzinfo=UTC), told=5)
    past.happened(datetime(2026, 11, 4, tzinfo=UTC), told=5)
    past.judged()
    (november,) = past.ask(avoided.by_month, **{"from": "2026-11-01"})["USD"].items()
    assert (november[0], november[1].kept, november[1].amount) == (NOV, 1, sla.Money(10_000_000, "USD"))


def test_no_more_than_a_cap_leaves_the_earliest_month_first(past):
    cap = sla.Cap(sla.Money(12_000_000, "USD"), sla.Period.YEAR)
    past.agree("200417", limits=sla.Limits(per_period=cap))
    past.happened(datetime(2026, 8, 3, tzinfo=UTC))  # charged 50,000.00 of 120,000.00
    past.happened(datetime(2026, 9, 4, tzinfo=UTC), told=5)  # would be 100,000.00, 70,000.00 are left
    past.happened(datetime(2026, 10, 4, tzinfo=UTC), told=5)
    past.judged()
    months = past.ask(avoided.by_month)["USD"]
    assert (months[SEP].amount, months[OCT].amount) == (sla.Money(7_000_000, "USD"), sla.Money(0, "USD"))


def test_a_period_with_credits_counts_as_if_nobody_had_been_answered_in_time(past):
    bands = (sla.Band(9000, sla.Money(1_000, "EUR")), sla.Band(7500, sla.Money(4_000, "EUR")))
    past.agree("310522", rising=None, attainment=sla.AttainmentSchedule(bands, "EUR", sla.Period.MONTH))
    for day in range(1, 6):
        past.happened(datetime(2026, 10, day, 3, tzinfo=UTC), told=5 if day < 5 else 40, contract="310522")
    past.judged()

    (month, line), *others = past.ask(avoided.by_month)["EUR"].items()
    assert (month, line.kept, line.periods, others) == (OCT, 0, 1, [])
    assert line.amount == sla.Money(3_000, "EUR")  # 80 % is credited with 10.00, none at all with 40.00
    with past.house.operation() as op:
        product = op.session.scalars(sa.select(Incident.product_id)).first()
    assert past.ask(avoided.by_month, product=str(product)) == {}


def test_nothing_kept_is_nothing_avoided(past):
    assert past.ask(avoided.by_month) == {}
