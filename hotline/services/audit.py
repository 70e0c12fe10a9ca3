"""The audit trail: who changed what, when, and what it was before."""

import uuid
from collections.abc import Mapping
from typing import Any

from hotline.db.models import AuditEntry, User
from hotline.db.names import fold
from hotline.services import rows
from hotline.services.operation import Operation

Fields = Mapping[str, Any]


def record(
    op: Operation,
    actor: User | None,
    action: str,
    kind: str,
    subject_id: uuid.UUID,
    subject: str,
    *,
    before: Fields | None = None,
    after: Fields | None = None,
) -> bool:
    """Write one change in the transaction that makes it; False, and nothing written, when nothing differs.

    ``before`` and ``after`` are what JSON can hold; of fields in both only those that differ are kept.
    Give no secret and no whole telephone number. ``kind`` is the name of a table's row ("team"),
    ``action`` a verb in the past ("created", "changed", "ended").
    """
    if before is not None and after is not None:
        differing = {key for key in {**before, **after} if before.get(key) != after.get(key)}
        if not differing:
            return False
        before = {key: value for key, value in before.items() if key in differing}
        after = {key: value for key, value in after.items() if key in differing}
    rows.insert(
        op,
        AuditEntry,
        at=op.now,
        actor_id=None if actor is None else actor.id,
        action=action,
        kind=kind,
        subject_id=subject_id,
        subject=subject[:160],
        subject_key=fold(subject[:160]),
        before=None if before is None else dict(before),
        after=None if after is None else dict(after),
    )
    return True
