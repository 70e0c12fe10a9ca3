"""Whose turn it is: every contract daily, and within minutes after something happened to it."""

import uuid
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from hotline.db.base import new_id
from hotline.db.models import Contract, ContractAudit, Incident, IncidentEvent, LedgerEntry
from hotline.services.auditing import clocks
from hotline.services.auditing.audit import Result
from hotline.services.operation import Operation

DAILY = timedelta(hours=24)
SOON = timedelta(minutes=1)
# An audit of a contract is followed by at least so many times its own length without one.
REST = 10
# Whoever has taken a turn has it for this long; a worker that dies gives it up by that.
_TURN = timedelta(minutes=10)
_ID_BITS = 80  # below the milliseconds of a UUID of version 7


class Turn(NamedTuple):
    """A contract that is due, and since when."""

    contract_id: uuid.UUID
    due_at: datetime


class Since:
    """A place in the order in which events are written: everything after it has not been looked at.

    Ids of events begin with the machine's time. What another transaction commits late has an earlier one, so
    each look goes back a little further than the one before ended.
    """

    def __init__(self, back: timedelta = DAILY) -> None:
        self._milliseconds = _milliseconds() - back // timedelta(milliseconds=1)

    def advance(self, overlap: timedelta = timedelta(minutes=5)) -> uuid.UUID:
        """From where on to look now; the next look begins here."""
        floor = max(0, self._milliseconds - overlap // timedelta(milliseconds=1))
        self._milliseconds = _milliseconds()
        return uuid.UUID(int=floor << _ID_BITS)


def _milliseconds() -> int:
    return new_id().int >> _ID_BITS


def unknown(op: Operation) -> list[uuid.UUID]:
    """Contracts that have no turn yet."""
    has_turn = sa.exists().where(ContractAudit.contract_id == Contract.id)
    return list(op.session.scalars(sa.select(Contract.id).where(~has_turn)))


def give(op: Operation, contract_ids: list[uuid.UUID]) -> None:
    """Give contracts their first turn, now."""
    op.session.add_all(ContractAudit(contract_id=contract_id, next_at=op.now) for contract_id in contract_ids)
    op.session.flush()


def woken(op: Operation, since: uuid.UUID) -> list[Turn]:
    """Contracts to which something happened after their last audit, with the turn that they then get."""
    events = (
        sa.select(Incident.contract_id, sa.func.max(IncidentEvent.recorded_at).label("at"))
        .join(IncidentEvent, IncidentEvent.incident_id == Incident.id)
        .where(IncidentEvent.id > since, IncidentEvent.kind.in_(clocks.KINDS))
        .where(Incident.contract_id.is_not(None))
        .group_by(Incident.contract_id)
    )
    entries = (
        sa.select(LedgerEntry.contract_id, sa.func.max(LedgerEntry.recorded_at).label("at"))
        .where(LedgerEntry.id > since)
        .group_by(LedgerEntry.contract_id)
    )
    soon = op.now + SOON
    found: dict[uuid.UUID, datetime] = {}
    for news in (events.subquery(), entries.subquery()):
        query = sa.select(ContractAudit).join(news, news.c.contract_id == ContractAudit.contract_id)
        is_news = sa.or_(ContractAudit.audited_at.is_(None), ContractAudit.audited_at <= news.c.at)
        for row in op.session.scalars(query.where(is_news, ContractAudit.next_at > soon)):
            at = max(soon, rested(row.audited_at, row.milliseconds) or soon)
            if at < row.next_at:
                found[row.contract_id] = at
    return [Turn(*one) for one in found.items()]


def rested(audited_at: datetime | None, milliseconds: int) -> datetime | None:
    """From when on a contract may be audited again after an audit that took so long."""
    return None if audited_at is None else audited_at + REST * timedelta(milliseconds=milliseconds)


def wake(op: Operation, turns: list[Turn]) -> None:
    """Bring turns forward; never back."""
    for contract_id, at in turns:
        op.session.execute(
            sa.update(ContractAudit)
            .where(ContractAudit.contract_id == contract_id, ContractAudit.next_at > at)
            .values(next_at=at)
        )


def due(op: Operation, limit: int = 100) -> list[Turn]:
    """Whose turn has come, the longest due first."""
    query = sa.select(ContractAudit.contract_id, ContractAudit.next_at).where(ContractAudit.next_at <= op.now)
    return [Turn(*row) for row in op.session.execute(query.order_by(ContractAudit.next_at).limit(limit))]


def take(op: Operation, turn: Turn) -> bool:
    """Take a turn, unless another worker has."""
    result = op.session.execute(
        sa.update(ContractAudit)
        .where(ContractAudit.contract_id == turn.contract_id, ContractAudit.next_at == turn.due_at)
        .values(next_at=op.now + _TURN)
    )
    return result.rowcount == 1  # type: ignore[attr-defined,no-any-return]


def done(op: Operation, contract_id: uuid.UUID, began: datetime, result: Result, milliseconds: int) -> None:
    """Write down that an audit was done of what stood when it ``began``, and when the next is due."""
    next_at = began + DAILY
    if result.look_again is not None:
        next_at = min(next_at, result.look_again + timedelta(seconds=1))
    next_at = max(next_at, op.now + REST * timedelta(milliseconds=milliseconds))
    op.session.execute(
        sa.update(ContractAudit)
        .where(ContractAudit.contract_id == contract_id)
        .values(
            next_at=next_at,
            audited_at=began,
            incidents=result.incidents,
            entries=result.entries,
            differences=len(result.differences),
            milliseconds=milliseconds,
        )
    )
