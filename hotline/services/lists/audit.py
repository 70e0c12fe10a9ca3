"""The list of what people changed: who, when, which thing, and what it was before."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from hotline.db.models import AuditEntry, User
from hotline.services.lists import filters, matching
from hotline.services.lists.listing import Listing, Sort
from hotline.services.operation import Operation

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One change. ``actor`` is None for what the command line did; a side without fields is empty."""

    id: uuid.UUID
    at: datetime
    actor_id: uuid.UUID | None
    actor: str | None
    action: str
    kind: str
    subject_id: uuid.UUID
    subject: str
    before: Fields | None
    after: Fields | None

    @property
    def fields(self) -> list[tuple[str, Any, Any]]:
        """Each field that differs: its name, what it was, what it is."""
        before, after = self.before or {}, self.after or {}
        return [(name, before.get(name), after.get(name)) for name in {**before, **after}]


def of_row(op: Operation, kind: str, row_id: uuid.UUID, count: int = 10) -> list[AuditRow]:
    """The latest changes of one thing, newest first."""
    query = (
        AUDIT.select.where(AuditEntry.kind == kind, AuditEntry.subject_id == row_id)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(count)
    )
    return [AuditRow(*found) for found in op.session.execute(query)]


def kinds(op: Operation) -> list[str]:
    """The kinds of things that were ever changed."""
    return sorted(op.session.scalars(sa.select(AuditEntry.kind).distinct()))


def _written(fields: Fields | None) -> str | None:
    return None if fields is None else json.dumps(fields, ensure_ascii=False, sort_keys=True)


AUDIT: Listing[AuditRow] = Listing(
    name="audit",
    select=sa.select(
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.actor_id,
        User.name,
        AuditEntry.action,
        AuditEntry.kind,
        AuditEntry.subject_id,
        AuditEntry.subject,
        AuditEntry.before,
        AuditEntry.after,
    )
    .select_from(AuditEntry)
    .outerjoin(User, User.id == AuditEntry.actor_id),
    id=AuditEntry.id,
    make=AuditRow,
    sorts={"at": Sort(AuditEntry.at)},
    sort="at",
    descending=True,
    filters={
        "q": filters.text(lambda typed: matching.name_holds(AuditEntry.subject_key, typed)),
        "from": filters.since(AuditEntry.at),
        "to": filters.until(AuditEntry.at),
        "kind": filters.text(lambda typed: AuditEntry.kind == typed),
        "person": filters.one_or_nobody(AuditEntry.actor_id),
        "row": filters.one(lambda found: AuditEntry.subject_id == found),
    },
    columns={
        "at": lambda row: row.at,
        "person": lambda row: row.actor,
        "action": lambda row: row.action,
        "kind": lambda row: row.kind,
        "subject": lambda row: row.subject,
        "subject_id": lambda row: str(row.subject_id),
        "before": lambda row: _written(row.before),
        "after": lambda row: _written(row.after),
    },
)
