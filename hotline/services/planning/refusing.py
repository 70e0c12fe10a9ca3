"""Why a change of a roster was not made."""

import enum
from collections.abc import Sequence
from datetime import datetime

from hotline.db.models import User
from hotline.errors import InvalidInputError


class Refusal(enum.StrEnum):
    """Why a change of the roster was not made."""

    PAST = "past"
    BACKWARDS = "backwards"
    TOO_LONG = "too-long"
    TOO_FAR = "too-far"
    NO_NUMBER = "no-number"
    BAD_NUMBER = "bad-number"
    DISABLED = "disabled"
    ROLE = "role"  # may not take incidents
    NOT_IN_TEAM = "not-in-team"
    NOBODY = "nobody"  # would leave the layer empty and that was not confirmed
    UNANSWERED = "unanswered"  # would leave a ladder in use without anybody who can be rung now
    NOT_YOURS = "not-yours"
    CHANGED = "changed"  # somebody else is on call there by now
    NO_COLLEAGUES = "no-colleagues"
    YOURSELF = "yourself"
    ENDED = "ended"  # the layer or the override has ended
    IS_RUNG = "is-rung"  # ladders ring the layer that was to end
    SAME = "same"  # somebody cannot take their own place
    EMPTY = "empty"  # a part of a rotation has nobody in it
    TAKEN_NAME = "taken-name"  # the team has or had a layer of that name


class RefusedError(InvalidInputError):
    """The roster stays as it is; ``why`` says for which reason, the pages say it in words.

    ``who`` names whoever or whatever stands in the way: somebody who cannot be on call, or is on call by
    now, ``since`` then; the ladders that would be left without an answer.
    """

    def __init__(
        self,
        why: Refusal,
        who: User | None = None,
        since: datetime | None = None,
        names: Sequence[str] = (),
    ) -> None:
        super().__init__(f"The roster was not changed: {why.value}.")
        self.why = why
        self.who = ", ".join(names) or (None if who is None else who.name)
        self.since = since
