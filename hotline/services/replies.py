"""Every webhook is answered once: a repeat, even a simultaneous one, gets the same answer.

A row in ``webhook_replies`` is claimed by (sid, step) before anything else happens. PostgreSQL makes
a second claimant wait for the first one's commit; on SQLite writers queue. Since the claim is in the
same transaction as the work, a crash takes both back and the provider's retry does the work anew.
"""

from typing import Any

import sqlalchemy as sa

from hotline.db.models import WebhookReply
from hotline.services import rows
from hotline.services.operation import Operation

_values: dict[str, Any] = {
    "sid": sa.bindparam("sid"),
    "step": sa.bindparam("step"),
    "at": sa.bindparam("at"),
    "body": None,
}
_CLAIM = rows.on_conflict(
    lambda insert: insert(WebhookReply).values(_values).on_conflict_do_nothing().returning(WebhookReply.sid)
)
_FIND = sa.select(WebhookReply.body).where(
    WebhookReply.sid == sa.bindparam("sid"), WebhookReply.step == sa.bindparam("step")
)
_SETTLE = (
    sa.update(WebhookReply)
    .where(
        WebhookReply.sid == sa.bindparam("s"),
        WebhookReply.step == sa.bindparam("t"),
        WebhookReply.body.is_(None),
    )
    .values(body=sa.bindparam("b"))
)


def claim(op: Operation, sid: str, step: str) -> bool:
    """Claim a step; False when it was claimed before, and then :func:`find` has the answer.

    An empty answer then means that the work is still under way.
    """
    return rows.run(op, _CLAIM, sid=sid, step=step, at=op.now).first() is not None


def find(op: Operation, sid: str, step: str) -> str | None:
    """What the step was answered, or None when it has no answer yet."""
    return op.session.connection().execute(_FIND, {"sid": sid, "step": step}).scalar_one_or_none()


def settle(op: Operation, sid: str, step: str, body: str) -> bool:
    """Keep the answer of a claimed step; False when it already has one."""
    parameters = {"s": sid, "t": step, "b": body}
    return op.session.connection().execute(_SETTLE, parameters).rowcount == 1
