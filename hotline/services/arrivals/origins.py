"""One report, one incident: whatever is sent, tapped or found twice finds what the first one opened.

Where a report came from is claimed before anything else happens. PostgreSQL makes a second claimant wait
for the first one's commit; on SQLite writers queue. The claim is in the transaction that opens the
incident, so a crash takes both back.
"""

import hashlib

import sqlalchemy as sa

from hotline.db.models import Incident, ReportOrigin
from hotline.errors import ConflictError
from hotline.services import rows
from hotline.services.operation import Operation

_CLAIM = rows.on_conflict(
    lambda insert: (
        insert(ReportOrigin)
        .values(origin=sa.bindparam("origin"), fingerprint=sa.bindparam("fingerprint"), at=sa.bindparam("at"))
        .on_conflict_do_nothing()
        .returning(ReportOrigin.origin)
    )
)


class OtherReportError(ConflictError):
    """The same origin was used for a report that said something else."""

    code = "other-report"


def fingerprint(*parts: str) -> str:
    """What was said, as a digest by which a repeat is told from a mistake."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def claim(op: Operation, origin: str, said: str) -> Incident | None:
    """Claim an origin: None for the first, else the incident that the first one opened.

    ``said`` is the :func:`fingerprint`. Raises :class:`OtherReportError` when the first one's was another.
    """
    if rows.run(op, _CLAIM, origin=origin, fingerprint=said, at=op.now).first() is not None:
        return None
    row = op.session.get_one(ReportOrigin, origin)
    if row.fingerprint != said:
        raise OtherReportError("This report was sent before, with other words.")
    return row.incident


def settle(op: Operation, origin: str, incident: Incident) -> None:
    """What a claimed origin opened."""
    op.session.get_one(ReportOrigin, origin).incident = incident


def find(op: Operation, origin: str) -> Incident | None:
    """What an origin opened before, if it did."""
    row = op.session.get(ReportOrigin, origin)
    return None if row is None else row.incident
