"""The bridge between contracts in the database and the pure rules of :mod:`sla`."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

import sla
from hotline.db.models import Contract, ContractTerms, Incident, Product
from hotline.errors import InvalidInputError
from hotline.services.operation import Operation


def terms_of(row: ContractTerms) -> sla.Terms:
    """The terms as a value that the rules understand. Raises ValueError for terms that make no sense."""
    return sla.Terms(
        version=row.version,
        effective_from=row.effective_from,
        respond_within=timedelta(seconds=row.respond_within_seconds),
        warn_at=tuple(Fraction(share) for share in row.warn_at),
        year_starts_on=row.year_starts_on,
        time_zone=row.time_zone,
        currency=row.currency,
        annual_fee=None if row.annual_fee is None else sla.Money(row.annual_fee, row.currency),
        rising=None if row.schedule is None else sla.schedule_from_json(row.schedule),
        attainment=None if row.attainment is None else sla.attainment_from_json(row.attainment),
        limits=sla.limits_from_json(row.limits, row.currency),
        stops=frozenset(sla.Stop(stop) for stop in row.stops),
    )


def columns_of(terms: sla.Terms) -> dict[str, Any]:
    """The columns of a row from which :func:`terms_of` reads the same terms."""
    return {
        "version": terms.version,
        "effective_from": terms.effective_from,
        "respond_within_seconds": int(terms.respond_within.total_seconds()),
        "warn_at": [str(share) for share in terms.warn_at],
        "year_starts_on": terms.year_starts_on,
        "time_zone": terms.time_zone,
        "currency": terms.currency,
        "annual_fee": None if terms.annual_fee is None else terms.annual_fee.minor,
        "schedule": None if terms.rising is None else sla.schedule_to_json(terms.rising),
        "attainment": None if terms.attainment is None else sla.attainment_to_json(terms.attainment),
        "limits": sla.limits_to_json(terms.limits),
        "stops": sorted(stop.value for stop in terms.stops),
    }


def local_day(contract: Contract, at: datetime) -> date:
    """The customer's calendar day at an instant."""
    return at.astimezone(ZoneInfo(contract.customer.time_zone)).date()


def in_force(rows: Sequence[ContractTerms], at: datetime) -> tuple[ContractTerms, sla.Terms] | None:
    """The version in force at an instant, each from the midnight of its own zone on; None if none is."""
    versions = {row.version: row for row in rows}
    found = sla.terms_in_force([terms_of(row) for row in rows], at)
    return None if found is None else (versions[found.version], found)


def terms_in_force(contract: Contract, at: datetime) -> tuple[ContractTerms, sla.Terms]:
    """The version in force at an instant. Raises :class:`InvalidInputError` if none is."""
    found = in_force(contract.terms, at)
    if found is None:
        raise InvalidInputError(f"Contract {contract.number} has no terms in force yet.")
    return found


def terms_of_incident(op: Operation, incident: Incident) -> sla.Terms | None:
    """The terms under which an incident runs; None while its caller is not verified."""
    if incident.terms_id is None:
        return None
    return terms_of(op.session.get_one(ContractTerms, incident.terms_id))


def versions_of(op: Operation, contract_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[ContractTerms]]:
    """Every version of the terms of contracts, by contract and in their order."""
    query = sa.select(ContractTerms).where(ContractTerms.contract_id.in_(contract_ids))
    found: dict[uuid.UUID, list[ContractTerms]] = {contract_id: [] for contract_id in contract_ids}
    for row in op.session.scalars(query.order_by(ContractTerms.contract_id, ContractTerms.version)):
        found[row.contract_id].append(row)
    return found


def attainment_row(
    rows: Sequence[ContractTerms], day: date
) -> tuple[ContractTerms, sla.Terms, sla.ContractPeriod] | None:
    """The version that settles the attainment of the period that holds ``day``; None where none is agreed."""
    versions = {row.version: row for row in rows}
    found = sla.attainment_terms([terms_of(row) for row in rows], day)
    if found is None:
        return None
    terms, period = found
    return versions[terms.version], terms, period


def entitlement(contract: Contract, product: Product | None, at: datetime) -> sla.Entitled | sla.Refusal:
    """Whether the contract opens the door for ``product`` on the customer's day of ``at``."""
    cover = None if contract.cover_from is None else sla.Cover(contract.cover_from, contract.cover_until)
    covered = [entry.product_id for entry in contract.products]
    wanted = None if product is None else product.id
    return sla.entitle(sla.Plan(contract.plan), cover, covered, wanted, local_day(contract, at))
