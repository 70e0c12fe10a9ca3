"""What audits found, as rows: each difference once, until it is gone or somebody has explained it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from hotline.db.models import Contract, ContractAudit, Discrepancy, User
from hotline.errors import InvalidInputError, NotFoundError
from hotline.services import audit as trail
from hotline.services import rows
from hotline.services.auditing.audit import Result
from hotline.services.operation import Operation
from hotline.services.promise import heartbeat

AUDITOR = "auditor"
# The auditor signs at every look; one long audit may lie between two.
SILENT_AFTER = timedelta(minutes=10)
# A contract that has waited this long for its turn is not being audited.
LATE_AFTER = timedelta(hours=1)
# So many differences of one audit get a row; a ledger that is wrong from end to end needs no more to be red.
MOST = 200
LONGEST_EXPLANATION = 2000


@dataclass(frozen=True, slots=True)
class Health:
    """How the auditor stands: what it found and nobody has explained, and whether it is at work at all.

    ``silent_since`` is when it was last seen if that is too long ago; ``waiting`` how many contracts have
    waited too long; ``audited_at`` the oldest of the contracts' last audits, empty when one never was.
    """

    unexplained: int
    explained: int
    silent_since: datetime | None
    waiting: int
    contracts: int
    audited_at: datetime | None

    @property
    def is_red(self) -> bool:
        """Whether somebody has to act."""
        return bool(self.unexplained or self.waiting or self.silent_since)


STANDS = sa.and_(Discrepancy.gone_at.is_(None), Discrepancy.explained_at.is_(None))


def health(op: Operation) -> Health:
    """How the auditor stands now."""
    unexplained, explained = op.session.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(sa.case((Discrepancy.explained_at.is_(None), 1), else_=0)), 0),
            sa.func.coalesce(sa.func.sum(sa.case((Discrepancy.explained_at.is_not(None), 1), else_=0)), 0),
        ).where(Discrepancy.gone_at.is_(None))
    ).one()
    is_late = ContractAudit.next_at < op.now - LATE_AFTER
    contracts, waiting, audited, oldest = op.session.execute(
        sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(sa.case((is_late, 1), else_=0)), 0),
            sa.func.count(ContractAudit.audited_at),
            sa.func.min(ContractAudit.audited_at),
        )
    ).one()
    return Health(
        int(unexplained),
        int(explained),
        heartbeat.silent_since(op, AUDITOR, SILENT_AFTER),
        int(waiting),
        contracts,
        oldest if audited == contracts else None,
    )


def keep(op: Operation, contract_id: uuid.UUID, result: Result) -> int:
    """Write down what an audit found; returns how many differences are new or came back.

    What it did not find again is gone, unless something could not be read. One that was explained stays so.
    """
    found = {one.fingerprint: one for one in result.differences[:MOST]}
    query = sa.select(Discrepancy).where(
        Discrepancy.contract_id == contract_id,
        sa.or_(Discrepancy.gone_at.is_(None), Discrepancy.fingerprint.in_(found)),
    )
    new = len(found)
    for row in op.session.scalars(query.with_for_update()):
        one = found.pop(row.fingerprint, None)
        if one is not None:
            new -= row.gone_at is None
            row.alarmed_at = row.alarmed_at if row.gone_at is None else None
            row.last_seen, row.gone_at = op.now, None
        elif result.is_whole and len(result.differences) <= MOST:
            row.gone_at = op.now
    for fingerprint, one in found.items():
        rows.insert(
            op, Discrepancy, contract_id=contract_id, incident_id=one.incident_id, sequence=one.sequence,
            kind=one.kind.value, field=one.field[:40], subject=one.subject[:160], expected=one.expected,
            found=one.found, fingerprint=fingerprint, first_seen=op.now, last_seen=op.now,
        )  # fmt: skip
    return new


def listed(op: Operation, limit: int = 500) -> Sequence[Discrepancy]:
    """What is still there, unexplained before explained, and then what is gone; the newest first."""
    place = sa.case((STANDS, 0), (Discrepancy.gone_at.is_(None), 1), else_=2)
    query = sa.select(Discrepancy).options(
        joinedload(Discrepancy.contract).joinedload(Contract.customer),
        joinedload(Discrepancy.incident),
        joinedload(Discrepancy.explained_by),
    )
    ordered = query.order_by(place, Discrepancy.first_seen.desc(), Discrepancy.id.desc())
    return op.session.scalars(ordered.limit(limit)).all()


def explain(op: Operation, user: User, discrepancy_id: uuid.UUID, words: str) -> bool:
    """Somebody answers for a difference, and health is no longer red because of it; False when it was done.

    Raises :class:`NotFoundError`, and :class:`InvalidInputError` without words.
    """
    words = words.strip()
    if not words or len(words) > LONGEST_EXPLANATION:
        raise InvalidInputError("Write down how this came about.")
    query = sa.select(Discrepancy).where(Discrepancy.id == discrepancy_id)
    row = op.session.scalars(query.with_for_update(of=Discrepancy)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such discrepancy.")
    if row.explained_at is not None:
        return False
    row.explained_at, row.explained_by_id, row.explanation = op.now, user.id, words
    contract = op.session.get_one(Contract, row.contract_id)
    what = {"subject": row.subject, "field": row.field, "expected": row.expected, "found": row.found}
    trail.record(
        op, user, "explained", "discrepancy", row.id, f"{contract.number} {row.subject}",
        before=None, after={**what, "explanation": words},
    )  # fmt: skip
    op.session.flush()
    return True
