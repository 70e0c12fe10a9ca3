"""The schedule: one row a contract says when to look at its account, and a sweep looks."""

from datetime import timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DBAPIError

from hotline.db.models import Contract, StatementSchedule
from hotline.services.operation import Operation
from hotline.services.statements import drawing, sending

log = structlog.get_logger()

AGAIN = timedelta(hours=1)


def sweep(op: Operation, limit: int = 20) -> int:
    """Draw up what is due of every contract to be looked at; returns how many were looked at.

    A contract that another worker has locked is left to it. One whose statement cannot be drawn up is logged
    as an error and looked at again in an hour; it holds up nobody else's, and uses up no number.
    """
    due = op.session.scalars(
        sa.select(StatementSchedule.contract_id)
        .where(StatementSchedule.due_at <= op.now)
        .order_by(StatementSchedule.due_at)
        .limit(limit)
    ).all()
    locking = sa.select(Contract).where(Contract.id.in_(due)).order_by(Contract.id)
    contracts = op.session.scalars(locking.with_for_update(skip_locked=True, of=Contract)).all()
    looked = 0
    for contract in contracts:
        row = op.session.get_one(StatementSchedule, contract.id, populate_existing=True)
        if row.due_at is None or row.due_at > op.now:  # another worker was here a moment ago
            continue
        looked += 1
        try:
            with op.session.begin_nested():
                drawn = drawing.draw(op, contract)
                if contract.sends_statements:
                    for statement in drawn:
                        sending.release(op, statement, None)
        except DBAPIError:
            raise
        except Exception as error:
            log.exception("statement_broken", contract=str(contract.id), error=type(error).__name__)
            row.due_at = op.now + AGAIN
    op.session.flush()
    return looked
