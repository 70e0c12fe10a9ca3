"""Releasing a statement and sending it again: one row a round, one e-mail a recipient.

The primary key of the round decides between two who press at once, and makes a second press harmless.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from hotline.db.base import new_id
from hotline.db.models import (
    Message,
    MessageKind,
    OutboxItem,
    Statement,
    StatementMail,
    StatementRecipient,
    StatementSending,
    User,
)
from hotline.errors import ConflictError, InvalidInputError, NotFoundError
from hotline.services import audit, rows
from hotline.services.operation import Operation
from hotline.services.outgoing import letters
from hotline.services.reports.words import marked, said
from hotline.services.statements import mailing

LIFETIME = timedelta(hours=12)  # a mail server may be away for a night; then somebody sends it again
LONGEST_REASON = 500


def _beginning(insert: Callable[[type[StatementSending]], Any]) -> Any:
    return insert(StatementSending).on_conflict_do_nothing().returning(StatementSending.round)


_BEGIN = rows.on_conflict(_beginning)


def find(op: Operation, number: str) -> Statement:
    """The statement with a number. Raises :class:`NotFoundError`."""
    found = op.session.scalars(sa.select(Statement).where(Statement.number == number)).one_or_none()
    if found is None:
        raise NotFoundError(marked("There is no such statement."))
    return found


def recipients_of(op: Operation, contract_id: uuid.UUID) -> Sequence[StatementRecipient]:
    """Who gets a contract's statements now, by name."""
    query = sa.select(StatementRecipient).where(
        StatementRecipient.contract_id == contract_id, StatementRecipient.ended_at.is_(None)
    )
    return op.session.scalars(query.order_by(StatementRecipient.name, StatementRecipient.id)).all()


def release(op: Operation, statement: Statement, actor: User | None) -> bool:
    """Send it for the first time; False when that was done before, or by itself to nobody.

    Raises :class:`ConflictError` when somebody asks and the contract has no recipient.
    """
    return _send(op, statement, actor, 1, None)


def send_again(op: Operation, statement: Statement, actor: User, reason: str, seen: int) -> bool:
    """Send it once more to whoever is a recipient now; ``seen`` is the last round when they asked.

    False when somebody sent it meanwhile. Raises :class:`InvalidInputError` for no or too long a reason,
    :class:`ConflictError` when it was never released or has no recipient.
    """
    plain = " ".join(reason.split())
    if not plain or len(plain) > LONGEST_REASON:
        raise InvalidInputError(marked("Say why it is sent again, in at most 500 characters."))
    if seen < 1:
        raise ConflictError(marked("This statement was not released yet."))
    return _send(op, statement, actor, seen + 1, plain)


def sendings_of(op: Operation, statement: Statement) -> Sequence[StatementSending]:
    """Every round, the latest first."""
    query = sa.select(StatementSending).where(StatementSending.statement_id == statement.id)
    query = query.options(joinedload(StatementSending.sent_by)).order_by(StatementSending.round.desc())
    return op.session.scalars(query).all()


def mails_of(op: Operation, statement: Statement) -> Sequence[tuple[StatementMail, Message, str | None]]:
    """Every e-mail with its message and what went wrong last, by round and name."""
    query = (
        sa.select(StatementMail, Message, OutboxItem.last_error)
        .join(Message, Message.id == StatementMail.message_id)
        .outerjoin(OutboxItem, OutboxItem.subject_id == Message.id)
        .where(StatementMail.statement_id == statement.id)
        .order_by(StatementMail.round, StatementMail.name)
    )
    return [(mail, message, error) for mail, message, error in op.session.execute(query)]


def _send(op: Operation, statement: Statement, actor: User | None, number: int, reason: str | None) -> bool:
    recipients = recipients_of(op, statement.contract_id)
    if not recipients:
        if actor is None:
            return False  # it waits for somebody, who is told why
        raise ConflictError(marked("The contract has no recipient of statements yet. Add one first."))
    if number > 1 and op.session.get(StatementSending, (statement.id, number - 1)) is None:
        raise ConflictError(marked("This statement was not released yet."))
    begun = rows.run(
        op, _BEGIN, statement_id=statement.id, round=number, at=op.now,
        sent_by_id=None if actor is None else actor.id, reason=reason,
    ).first()  # fmt: skip
    if begun is None:
        return False
    for recipient in recipients:
        _mail(op, statement, recipient, number)
    action = "released" if number == 1 else "sent again"
    after = {"to": [recipient.name for recipient in recipients], "reason": reason}
    audit.record(op, actor, action, "statement", statement.id, statement.number, after=after)
    return True


def _mail(op: Operation, statement: Statement, recipient: StatementRecipient, number: int) -> None:
    message_id = letters.send_outside(
        op,
        MessageKind.STATEMENT,
        recipient.email,
        subject=mailing.subject(statement, recipient.language),
        body=said(marked("Statement {number}, with its files."), "en", number=statement.number),
        dedupe_key=f"statement:{statement.id}:{number}:{recipient.id}",
        lifetime=LIFETIME,
    )
    op.session.add(
        StatementMail(
            id=new_id(),
            statement_id=statement.id,
            round=number,
            recipient_id=recipient.id,
            message_id=message_id,
            name=recipient.name,
            email=recipient.email,
            language=recipient.language,
        )
    )
