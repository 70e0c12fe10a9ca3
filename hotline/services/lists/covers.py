"""What a contract's mission-critical cover is on a day, for people who look after contracts."""

import enum
from datetime import date, timedelta

import sla

ENDS_SOON = timedelta(days=30)


class Cover(enum.StrEnum):
    """Whether a call of today would be let in, and what is the matter if not."""

    WRONG_PLAN = "wrong plan"  # the plan underneath does not allow the cover
    NONE = "none"  # never bought
    FUTURE = "future"
    OVER = "over"
    ENDING = "ending"  # in force, and ends within thirty days
    OPEN = "open"


def cover_on(today: date, plan: sla.Plan, cover_from: date | None, cover_until: date | None) -> Cover:
    """The cover on a day, by the same rules as a call; both days are inclusive."""
    bought = None if cover_from is None else sla.Cover(cover_from, cover_until)
    judged = sla.entitle(plan, bought, (None,), None, today)
    if isinstance(judged, sla.Refusal):
        return _REFUSALS[judged.reason]
    is_ending = cover_until is not None and cover_until - today < ENDS_SOON
    return Cover.ENDING if is_ending else Cover.OPEN


_REFUSALS = {
    sla.RefusalReason.PLAN_NOT_ELIGIBLE: Cover.WRONG_PLAN,
    sla.RefusalReason.NO_COVER: Cover.NONE,
    sla.RefusalReason.COVER_NOT_STARTED: Cover.FUTURE,
    sla.RefusalReason.COVER_EXPIRED: Cover.OVER,
}
