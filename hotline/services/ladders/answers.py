"""Whether anybody at all would be rung on a ladder, or on what follows it, at this instant."""

import uuid

import routing
from hotline.errors import ConflictError
from hotline.services.on_call import fallbacks
from hotline.services.operation import Operation
from hotline.services.reaching import notification_rules
from hotline.services.reports.words import marked

UNANSWERED = marked("Nobody would be rung now: nobody on this ladder, nor on what follows it, can be rung.")


class UnansweredError(ConflictError):
    """As it is, nobody on the ladder or on its fallbacks could be rung now."""

    code = "unanswered"

    def __init__(self) -> None:
        super().__init__(UNANSWERED)


def is_unanswered(op: Operation, ladder_id: uuid.UUID) -> bool:
    """Whether no rung of any round, here or on the fallbacks, has anybody who can be rung now."""
    return not any(
        routing.everyone(
            value,
            op.now,
            targets.resolve,
            skip=lambda user_id: notification_rules.plan(op, user_id).reason,
        )
        for _row, value, targets in fallbacks.load(op, ladder_id)
    )
