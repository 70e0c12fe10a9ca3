"""The board: what still needs somebody, the most dangerous first, and what was finished lately."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

import sla
from hotline.db.models import (
    ContractTerms,
    EntryKind,
    Incident,
    IncidentStatus,
    LedgerEntry,
    ReportChannel,
    ToldBy,
)
from hotline.services.operation import Operation
from hotline.services.promise.promises import terms_of
from hotline.services.promise.stakes import stakes
from hotline.services.reports.hunt import Hunt, hunts
from hotline.services.reports.queries import with_names
from hotline.services.response import silence

RECENT = timedelta(hours=24)


# Once verified, a report's clock counts from its arrival. Nobody knows yet what was promised, so an
# untaken report is ordered as if it were the shortest promise that is sold.
_ASSUMED_PROMISE = timedelta(minutes=30)


_UNFINISHED = (IncidentStatus.OPEN, IncidentStatus.ACKNOWLEDGED)


_CLOSED = (IncidentStatus.RESOLVED, IncidentStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One incident at ``op.now``. ``state`` is None while the caller is not verified: there is no clock.

    ``cost`` is the fine once it is in the ledger (``is_fined``), else what missing the deadline would
    cost now; None when nothing is at stake. ``hunt`` says who is being rung and who is next.
    """

    reference: str
    status: IncidentStatus
    state: sla.ClockState | None
    customer: str | None
    contract: str | None
    product: str | None
    product_code: str | None
    reported_at: datetime
    respond_by: datetime | None
    told_at: datetime | None
    told_by: ToldBy | None
    breached_at: datetime | None
    finished_at: datetime | None
    owner: str | None
    owner_id: uuid.UUID | None
    accepted_at: datetime | None
    hunt: Hunt
    cost: sla.Money | None
    ordinal: int | None
    is_fined: bool
    period: sla.Period | None = None  # in which ``ordinal`` counts the misses
    silent_minutes: int | None = None  # whole minutes without a word, once that is too long
    channel: ReportChannel = ReportChannel.CALL
    is_open_again: bool = False  # the customer said that it is not solved, or nobody had it any more

    @property
    def is_running(self) -> bool:
        """True while there is a clock and the customer has not been told."""
        return self.respond_by is not None and self.told_at is None

    @property
    def is_untaken(self) -> bool:
        """True while it needs somebody and nobody has it."""
        return self.owner is None and not self.is_finished

    @property
    def is_finished(self) -> bool:
        """True when nobody works on it any more."""
        return self.status in _CLOSED


def board(op: Operation) -> list[BoardRow]:
    """Everything that still needs somebody, the most dangerous first.

    1. Running clocks by deadline, past ones included; what nobody has as if it had the shortest.
    2. Reports that are taken but not verified.
    3. What the customer has been told about: the broken promises, then the kept ones.
    """
    return sorted(_rows(op, list(op.session.scalars(with_names().where(_needs_somebody())))), key=_danger)


def recently_finished(op: Operation, limit: int = 10) -> list[BoardRow]:
    """What was finished within the last day and needs nobody, newest first."""
    ended = sa.func.coalesce(Incident.finished_at, Incident.opened_at)
    query = (
        with_names()
        .where(Incident.status.in_(_CLOSED), sa.not_(_needs_somebody()), ended > op.now - RECENT)
        .order_by(ended.desc(), Incident.id.desc())
        .limit(limit)
    )
    return _rows(op, list(op.session.scalars(query)))


def row_of(op: Operation, incident: Incident) -> BoardRow:
    """The same facts for one incident."""
    return _rows(op, [incident])[0]


def _needs_somebody() -> sa.ColumnElement[bool]:
    """Unfinished, or finished although the customer was never told: the promise still runs."""
    is_untold = sa.and_(Incident.told_at.is_(None), Incident.respond_by.is_not(None))
    return sa.or_(
        Incident.status.in_(_UNFINISHED),
        sa.and_(Incident.status == IncidentStatus.RESOLVED, is_untold),
    )


def _danger(row: BoardRow) -> tuple[int, datetime, str]:
    if row.is_running and row.respond_by is not None:
        return 0, row.respond_by, row.reference
    if row.state is None or row.is_untaken:
        is_taken = row.owner is not None
        return int(is_taken), row.reported_at + _ASSUMED_PROMISE, row.reference
    return 2 if row.state is sla.ClockState.BREACHED else 3, row.reported_at, row.reference


def _rows(op: Operation, found: Sequence[Incident]) -> list[BoardRow]:
    ids = [incident.id for incident in found]
    hunted = hunts(op, found)
    fines = {
        entry.incident_id: entry
        for entry in op.session.scalars(
            sa.select(LedgerEntry).where(LedgerEntry.incident_id.in_(ids), LedgerEntry.kind == EntryKind.FINE)
        )
    }
    terms = _terms(op, found)
    at_stake = stakes(op, found)
    silent = silence.silent_since(op, found)
    return [
        _row(
            op,
            incident,
            terms.get(incident.id),
            fines.get(incident.id),
            at_stake.get(incident.id),
            hunted[incident.id],
            silent.get(incident.id),
        )
        for incident in found
    ]


def _row(
    op: Operation,
    incident: Incident,
    terms: sla.Terms | None,
    entry: LedgerEntry | None,
    stake: sla.Stake | None,
    hunt: Hunt,
    silent: datetime | None,
) -> BoardRow:
    contract = incident.contract
    state = _state(op, incident, terms)
    cost, ordinal, period = None, None, None
    if entry is not None:
        cost, ordinal = sla.Money(entry.amount, entry.currency), entry.ordinal
        period = sla.Period(entry.record.get("period", sla.Period.YEAR))
    elif state in (sla.ClockState.SAFE, sla.ClockState.AT_RISK) and stake is not None:
        cost = stake.amount if stake.amount.minor > 0 else None
        if stake.fine is not None:
            ordinal, period = stake.fine.ordinal, stake.fine.period.kind
    return BoardRow(
        reference=incident.reference,
        status=incident.status,
        state=state,
        customer=None if contract is None else contract.customer.name,
        contract=None if contract is None else contract.number,
        product=None if incident.product is None else incident.product.name,
        product_code=None if incident.product is None else incident.product.code,
        reported_at=incident.reported_at,
        respond_by=incident.respond_by,
        told_at=incident.told_at,
        told_by=incident.told_by,
        breached_at=incident.breached_at,
        finished_at=incident.finished_at,
        owner=None if incident.owner is None else incident.owner.name,
        owner_id=incident.owner_id,
        accepted_at=incident.owned_since,
        hunt=hunt,
        cost=cost,
        ordinal=ordinal,
        is_fined=entry is not None,
        period=period,
        silent_minutes=None if silent is None else int((op.now - silent).total_seconds()) // 60,
        channel=incident.channel,
        is_open_again=incident.reopened_at is not None and not incident.is_finished,
    )


def _state(op: Operation, incident: Incident, terms: sla.Terms | None) -> sla.ClockState | None:
    """A breach once recorded stands, even if the customer was told at the very deadline."""
    if terms is None:
        return None
    if incident.breached_at is not None:
        return sla.ClockState.BREACHED
    return terms.clock(incident.reported_at).state(op.now, incident.told_at)


def _terms(op: Operation, found: Sequence[Incident]) -> dict[uuid.UUID, sla.Terms]:
    ids = {incident.terms_id for incident in found if incident.terms_id is not None}
    rows = {
        row.id: row for row in op.session.scalars(sa.select(ContractTerms).where(ContractTerms.id.in_(ids)))
    }
    return {
        incident.id: terms_of(rows[incident.terms_id]) for incident in found if incident.terms_id is not None
    }
