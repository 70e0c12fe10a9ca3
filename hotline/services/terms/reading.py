"""Every version of what a contract promises, as pages and commands show them."""

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

import sla
from hotline.db.models import Contract, ContractTerms, Incident, User
from hotline.errors import NotFoundError
from hotline.services.directory.kind import Facts, Sentence
from hotline.services.operation import Operation
from hotline.services.promise.promises import in_force, terms_of
from hotline.services.response.incidents import UNFINISHED
from hotline.services.terms.facts import facts_of
from hotline.services.terms.versions import holds, stays


class Standing(enum.StrEnum):
    """Where a version stands today."""

    OVER = "over"
    IN_FORCE = "in force"
    FUTURE = "future"


@dataclass(frozen=True, slots=True)
class Version:
    """One version. ``incidents`` ran or run under it, ``unfinished`` of them are open and keep it.

    ``stays`` says why it cannot be replaced, ``holds`` why it cannot be withdrawn; both empty while it can.
    """

    row_id: uuid.UUID
    terms: sla.Terms
    note: str
    standing: Standing
    agreed_at: datetime | None
    agreed_by: str | None
    incidents: int
    unfinished: int
    stays: list[Sentence]
    holds: list[Sentence]

    @property
    def facts(self) -> Facts:
        """Field by field."""
        return facts_of(self.terms, self.note)


@dataclass(frozen=True, slots=True)
class Agreed:
    """A contract and its versions, the first one first."""

    contract: Contract
    customer: str
    versions: list[Version]

    @property
    def in_force(self) -> Version | None:
        """The version in force now."""
        return next((one for one in self.versions if one.standing is Standing.IN_FORCE), None)


def find(op: Operation, number: str) -> Contract:
    """The contract with a number. Raises :class:`NotFoundError`."""
    query = sa.select(Contract).where(Contract.number == number)
    row = op.session.scalars(
        query.options(selectinload(Contract.terms), selectinload(Contract.customer))
    ).one_or_none()
    if row is None:
        raise NotFoundError(f"There is no contract {number}.")
    return row


def read(op: Operation, number: str) -> Agreed:
    """The versions of the contract with a number. Raises :class:`NotFoundError`."""
    contract = find(op, number)
    rows = list(contract.terms)
    counts = _counts(op, rows)
    agreeing = sa.select(User.id, User.name).where(User.id.in_({row.agreed_by_id for row in rows}))
    names = dict(op.session.execute(agreeing).all())
    found = in_force(rows, op.now)
    held = None if found is None else found[0]
    return Agreed(
        contract,
        contract.customer.name,
        [
            Version(
                row.id,
                terms_of(row),
                row.note,
                _standing(row, held),
                row.agreed_at,
                None if row.agreed_by_id is None else names.get(row.agreed_by_id),
                *counts.get(row.id, (0, 0)),
                stays(op, row),
                holds(op, row, rows),
            )
            for row in rows
        ],
    )


def _standing(row: ContractTerms, held: ContractTerms | None) -> Standing:
    if held is None or row.effective_from > held.effective_from:
        return Standing.FUTURE
    return Standing.IN_FORCE if row is held else Standing.OVER


def _counts(op: Operation, rows: Sequence[ContractTerms]) -> dict[uuid.UUID, tuple[int, int]]:
    """Incidents by version: all of them, and the unfinished ones."""
    is_unfinished = Incident.status.in_(UNFINISHED)
    query = (
        sa.select(Incident.terms_id, sa.func.count(), sa.func.sum(sa.case((is_unfinished, 1), else_=0)))
        .where(Incident.terms_id.in_([row.id for row in rows]))
        .group_by(Incident.terms_id)
    )
    return {
        terms_id: (int(every), int(unfinished))
        for terms_id, every, unfinished in op.session.execute(query)
        if terms_id is not None
    }
