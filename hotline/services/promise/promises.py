"""The bridge between contracts in the database and the pure rules of :mod:`sla`."""

import uuid
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import sqlalchemy as sa

import sla
from hotline.db.models import Contract, ContractTerms, Incident, LedgerEntry, Product
from hotline.errors import InvalidInputError
from hotline.services.operation import Operation


def terms_of(row: ContractTerms, contract: Contract) -> sla.Terms:
    """The terms as a value that the rules understand."""
    return sla.Terms(
        version=row.version,
        effective_from=row.effective_from,
        respond_within=timedelta(seconds=row.respond_within_seconds),
        warn_at=tuple(Fraction(share) for share in row.warn_at),
        schedule=sla.schedule_from_json(row.schedule),
        contract_starts_on=contract.starts_on,
        time_zone=contract.customer.time_zone,
    )


def local_day(contract: Contract, at: datetime) -> date:
    """The customer's calendar day at an instant."""
    return at.astimezone(ZoneInfo(contract.customer.time_zone)).date()


def terms_in_force(contract: Contract, at: datetime) -> tuple[ContractTerms, sla.Terms]:
    """The version in force on the customer's day of ``at``. Raises :class:`InvalidInputError` if none is."""
    rows = {row.version: row for row in contract.terms}
    values = [terms_of(row, contract) for row in rows.values()]
    found = sla.terms_in_force(values, local_day(contract, at))
    if found is None:
        raise InvalidInputError(f"Contract {contract.number} has no terms in force yet.")
    return rows[found.version], found


def terms_of_incident(op: Operation, incident: Incident) -> sla.Terms | None:
    """The terms under which an incident runs; None while its caller is not verified."""
    if incident.terms_id is None or incident.contract is None:
        return None
    row = op.session.get_one(ContractTerms, incident.terms_id)
    return terms_of(row, incident.contract)


def entitlement(contract: Contract, product: Product | None, at: datetime) -> sla.Entitled | sla.Refusal:
    """Whether the contract opens the door for ``product`` on the customer's day of ``at``."""
    cover = None if contract.cover_from is None else sla.Cover(contract.cover_from, contract.cover_until)
    covered = [entry.product_id for entry in contract.products]
    wanted = None if product is None else product.id
    return sla.entitle(sla.Plan(contract.plan), cover, covered, wanted, local_day(contract, at))


def misses_in_year(op: Operation, contract_id: uuid.UUID, contract_year: int) -> int:
    """How many misses the ledger counts for a contract in one of its years."""
    highest = sa.select(sa.func.max(LedgerEntry.ordinal)).where(
        LedgerEntry.contract_id == contract_id, LedgerEntry.contract_year == contract_year
    )
    return op.session.execute(highest).scalar_one() or 0


def next_fine(op: Operation, incident: Incident) -> sla.Fine | None:
    """What missing this incident's deadline would cost as things stand; None without a clock."""
    terms = terms_of_incident(op, incident)
    if terms is None or incident.respond_by is None or incident.contract_id is None:
        return None
    year = terms.year_of(incident.respond_by)
    return sla.assess(terms, incident.respond_by, misses_in_year(op, incident.contract_id, year.number))
