"""Managers hear of discrepancies once: one message for all that were found together."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from hotline.db.models import Contract, Discrepancy, MessageKind
from hotline.services.auditing.discrepancies import STANDS
from hotline.services.on_call import telling
from hotline.services.operation import Operation
from hotline.speech import Prompt

_LIFETIME = timedelta(hours=6)
# However many contracts turn out to be wrong one after the other, a telephone rings no more often than this.
_APART = timedelta(minutes=15)
_SHOWN = 60

_NEWS = sa.and_(STANDS, Discrepancy.alarmed_at.is_(None))
ANY = sa.select(sa.exists(sa.select(1).select_from(Discrepancy).where(_NEWS)))


def sweep(op: Operation) -> int:
    """Tell the managers of what they have not been told of; returns how many messages that were."""
    last = op.session.scalar(sa.select(sa.func.max(Discrepancy.alarmed_at)))
    if last is not None and op.now - last < _APART:
        return 0
    query = sa.select(Discrepancy).where(_NEWS).order_by(Discrepancy.first_seen, Discrepancy.id)
    found = op.session.scalars(query.with_for_update(skip_locked=True, of=Discrepancy)).all()
    if not found:
        return 0
    prompt = Prompt.of(
        "sms.audit",
        count=len(found),
        contracts=", ".join(_numbers(op, found))[:_SHOWN],
        link=f"{op.settings.public_url}/ledger/discrepancies",
    )
    from_, subject = telling.sender(op), Prompt.of("letter.audit_subject")
    told = 0
    for user in telling.in_charge(op):
        key = f"audit:{found[0].id}:{int(op.now.timestamp())}:{user.id}"
        told += telling.text(op, user, from_, prompt, key, _LIFETIME, MessageKind.ALARM)
        told += telling.mail(op, user, from_, subject, prompt, key, _LIFETIME, MessageKind.ALARM)
    for row in found:
        row.alarmed_at = op.now
    op.session.flush()
    return told


def _numbers(op: Operation, found: Sequence[Discrepancy]) -> list[str]:
    ids = {row.contract_id for row in found}
    return list(
        op.session.scalars(sa.select(Contract.number).where(Contract.id.in_(ids)).order_by(Contract.number))
    )
