"""Creating, changing, ending and bringing back: the same five steps for every kind of thing.

1. The row is locked, so two who save at once come one after the other.
2. What the admin saw is compared with what is there; a difference is a :class:`StaleError`.
3. The kind checks the values and sets them. What is unique is looked for first; a rival who is not to be
   seen yet meets the database's own constraint, and the transaction is done again and then sees them.
4. Before and after are compared.
5. The audit entry is written. The entry point commits, or shows the change and takes it back.
"""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from hotline.db.base import new_id
from hotline.db.models import AuditEntry, User
from hotline.errors import NotFoundError
from hotline.phone_numbers import mask
from hotline.services import audit
from hotline.services.directory.kind import (
    Facts,
    InUseError,
    Kind,
    Row,
    StaleError,
    Values,
    WrongFieldError,
)
from hotline.services.operation import Operation
from hotline.services.reports.words import marked


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a row: the facts that differ; ``before`` is empty for what is new.

    ``was_there`` for a new row that an earlier tap has made: nothing was done.
    """

    row_id: uuid.UUID
    before: Facts
    after: Facts
    was_there: bool = False


def find(op: Operation, kind: Kind[Row], row_id: uuid.UUID) -> Row:
    """A row of a kind, ended or not. Raises :class:`NotFoundError`."""
    row = op.session.get(kind.model, row_id)
    if row is None:
        raise NotFoundError(marked("There is no such thing."))
    return row


def present(op: Operation, kind: Kind[Row]) -> Sequence[Row]:
    """Every row that has not ended, by what it is called."""
    model: Any = kind.model
    rows = op.session.scalars(sa.select(kind.model).where(model.ended_at.is_(None)))
    return sorted(rows, key=lambda row: kind.called(row).casefold())


def version(op: Operation, kind: Kind[Row], row: Row) -> str:
    """What an admin saw when they saw this row, as a short text for a form."""
    return _digest(kind.facts(op, row))


def create(
    op: Operation, kind: Kind[Row], actor_id: uuid.UUID, values: Values, row_id: uuid.UUID | None = None
) -> Change:
    """A new row, with ``row_id`` if given: who sends that twice makes one row.

    Raises :class:`~hotline.services.directory.kind.WrongFieldError`.
    """
    if row_id is not None and op.session.get(kind.model, row_id) is not None:
        return Change(row_id, {}, {}, was_there=True)
    row: Any
    if kind.makes is not None:
        row = kind.makes(op, actor_id, row_id, values)
    else:
        row = kind.model()
        try:
            kind.put(op, row, values)
        except (StaleError, WrongFieldError):
            # Of two taps the second may have waited for the first on a lock, and then be refused for it.
            if row_id is not None and op.session.get(kind.model, row_id) is not None:
                return Change(row_id, {}, {}, was_there=True)
            raise
        row.id = row_id or new_id()
        op.session.add(row)
    op.session.flush()
    after = _masked(kind, kind.facts(op, row))
    if kind.makes is None:
        _record(op, kind, row, actor_id, "created", None, after)
    return Change(_id(row), {}, after)


def change(
    op: Operation, kind: Kind[Row], actor_id: uuid.UUID, row_id: uuid.UUID, values: Values, seen: str
) -> Change:
    """Give a row other values; both sides are empty when nothing differs.

    Raises :class:`NotFoundError`, ``WrongFieldError``, and :class:`StaleError` unless ``seen`` is the
    :func:`version` that is there.
    """
    row = _locked(op, kind, row_id)
    before = kind.facts(op, row)
    if seen != _digest(before):
        raise stale(op, kind, row_id, _digest(before))
    kind.put(op, row, values)
    op.session.flush()
    after = kind.facts(op, row)
    differing = [name for name in after if before.get(name) != after[name]]
    left, right = _pair(kind, before, after, differing)
    if differing:
        _record(op, kind, row, actor_id, "changed", left, right)
    return Change(row_id, left, right)


def end(op: Operation, kind: Kind[Row], actor_id: uuid.UUID, row_id: uuid.UUID) -> bool:
    """From now on it can be chosen no more; False when it had ended. Raises :class:`InUseError`."""
    row: Any = _locked(op, kind, row_id)
    if row.ended_at is not None:
        return False
    _refuse(kind.holds(op, row))
    row.ended_at = op.now
    op.session.flush()
    _record(op, kind, row, actor_id, "ended", {"ended": None}, {"ended": op.now.isoformat()})
    return True


def bring_back(op: Operation, kind: Kind[Row], actor_id: uuid.UUID, row_id: uuid.UUID) -> bool:
    """It can be chosen again; False when it had not ended. Raises :class:`InUseError`."""
    row: Any = _locked(op, kind, row_id)
    if row.ended_at is None:
        return False
    _refuse(kind.returns(op, row))
    before, row.ended_at = row.ended_at, None
    op.session.flush()
    _record(op, kind, row, actor_id, "brought back", {"ended": before.isoformat()}, {"ended": None})
    return True


def _refuse(reasons: list[Any]) -> None:
    if reasons:
        raise InUseError(reasons)


def _locked(op: Operation, kind: Kind[Row], row_id: uuid.UUID) -> Row:
    row = find(op, kind, row_id)
    op.session.flush()
    op.session.refresh(row, with_for_update=True)
    return row


def stale(op: Operation, kind: Kind[Any], row_id: uuid.UUID, seen: str) -> StaleError:
    """Whose change it was: the latest of this row. ``seen`` is what is there now."""
    query = (
        sa.select(AuditEntry, User.name)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(AuditEntry.kind == kind.name, AuditEntry.subject_id == row_id)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(1)
    )
    found = op.session.execute(query).first()
    if found is None:
        return StaleError(seen, None, None, {}, {})
    entry, name = found
    return StaleError(seen, name, entry.at, entry.before or {}, entry.after or {})


def _record(
    op: Operation,
    kind: Kind[Any],
    row: Any,
    actor_id: uuid.UUID,
    action: str,
    before: Facts | None,
    after: Facts | None,
) -> None:
    actor = op.session.get_one(User, actor_id)
    audit.record(op, actor, action, kind.name, _id(row), kind.called(row), before=before, after=after)


def _pair(kind: Kind[Any], before: Facts, after: Facts, names: list[str]) -> tuple[Facts, Facts]:
    """Both sides of what differs. Two numbers that look alike when masked are told apart by a mark."""
    left = _masked(kind, {name: before.get(name) for name in names})
    right = _masked(kind, {name: after[name] for name in names})
    for name in kind.phones:
        if name in right and left[name] == right[name]:
            right[name] = f"{right[name]} (2)"
    return left, right


def _masked(kind: Kind[Any], facts: Facts) -> Facts:
    return {
        name: mask(value) if name in kind.phones and value is not None else value
        for name, value in facts.items()
    }


def _digest(facts: Facts) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def _id(row: Any) -> uuid.UUID:
    found: uuid.UUID = row.id
    return found
