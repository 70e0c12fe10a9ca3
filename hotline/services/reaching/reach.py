"""Who can be rung: everybody with a number in use that has not failed and may be called."""

import enum
import uuid
from collections.abc import Iterable

import sqlalchemy as sa

from hotline.db.models import ContactMethod, User
from hotline.services.operation import Operation
from hotline.services.reaching import numbers


class Reach(enum.StrEnum):
    """Whether a call can reach somebody. ``can_be_rung`` is what
    :func:`hotline.services.reaching.notification_rules.plan` says; a flag only warns.
    """

    FINE = "fine"
    FLAGGED = "flagged"  # what went to every number in use failed twice in a row
    NO_NUMBER = "no-number"  # none, or none that is verified; nobody rings a disabled account either
    BAD_NUMBER = "bad-number"  # every number failed lately, or is in a country that may not be called

    @property
    def can_be_rung(self) -> bool:
        """True when the hunt would ring them."""
        return self in {Reach.FINE, Reach.FLAGGED}


def of(op: Operation, user_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Reach]:
    """How each of these people can be reached, in one query."""
    found = dict.fromkeys(user_ids, Reach.NO_NUMBER)
    query = sa.select(ContactMethod).join(User, User.id == ContactMethod.user_id)
    query = query.where(User.id.in_(found), User.disabled_at.is_(None), numbers.IN_USE)
    for method in op.session.scalars(query):
        is_fine = not numbers.has_failed(op, method) and numbers.is_allowed(op, method.value)
        if is_fine and method.flagged_at is None:
            found[method.user_id] = Reach.FINE
        elif is_fine and found[method.user_id] is not Reach.FINE:
            found[method.user_id] = Reach.FLAGGED
        elif found[method.user_id] is Reach.NO_NUMBER:
            found[method.user_id] = Reach.BAD_NUMBER
    return found
