"""Terms for tests: half an hour, three rising fines in a contract year, whatever else is asked for."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

import sla
from hotline.db.models import Contract, ContractTerms
from hotline.db.session import Database
from hotline.services.promise.promises import columns_of


def make_terms(steps: Sequence[int] = (500_000, 1_000_000, 2_500_000), **changes: Any) -> sla.Terms:
    """Terms in US dollars that cost ``steps``, in minor units, from 1 January 2026 on in Jakarta."""
    values: dict[str, Any] = {
        "version": 1,
        "effective_from": date(2026, 1, 1),
        "respond_within": timedelta(minutes=30),
        "warn_at": (Fraction(1, 2), Fraction(3, 4)),
        "year_starts_on": date(2026, 1, 1),
        "time_zone": "Asia/Jakarta",
        "currency": "USD",
        **changes,
    }
    currency = values["currency"]
    rising = sla.RisingSchedule(tuple(sla.Money(minor, currency) for minor in steps), currency)
    return sla.Terms(**{"rising": rising, **values})


def terms_columns(*args: Any, **changes: Any) -> dict[str, Any]:
    """The same as the columns of a row."""
    return columns_of(make_terms(*args, **changes))


def measured(
    *bands: tuple[int, int], period: sla.Period = sla.Period.MONTH, currency: str = "USD"
) -> sla.AttainmentSchedule:
    """An attainment schedule: (below so many basis points, a credit in minor units), from the top down."""
    chosen = bands or ((9_000, 1_000_000), (7_500, 3_000_000))
    return sla.AttainmentSchedule(
        tuple(sla.Band(below, sla.Money(minor, currency)) for below, minor in chosen), currency, period
    )


def agree(database: Database, number: str, *versions: sla.Terms) -> uuid.UUID:
    """A contract has just these versions, and covers from the first of them on, for good; returns its id."""
    with database.write() as session:
        contract = session.scalars(sa.select(Contract).where(Contract.number == number)).one()
        session.execute(sa.delete(ContractTerms).where(ContractTerms.contract_id == contract.id))
        contract.cover_from, contract.cover_until = min(terms.effective_from for terms in versions), None
        session.execute(
            sa.insert(ContractTerms),
            [{"contract_id": contract.id, "note": "", **columns_of(terms)} for terms in versions],
        )
        return contract.id
