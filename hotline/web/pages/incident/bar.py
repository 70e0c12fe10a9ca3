"""The clock of an incident as a bar: where on it each instant stands, in hundredths of its width."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.services.reports import Promise

# Room behind the deadline, so that it and what follows can be seen; a telling much later stands at the end.
_BEHIND = 0.08
_LONGEST = 2.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on the bar: what kind, when, and where from the left, 0 to 100."""

    kind: str
    at: datetime
    x: float


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar: where the deadline is, up to where time has run, and the marks.

    ``seconds`` is how long the whole bar is, so that a script can move the present along it.
    """

    deadline_x: float
    run_x: float
    is_running: bool
    seconds: float
    marks: tuple[Mark, ...]


def draw(promise: Promise, now: datetime) -> Bar:
    """The bar of a promise at ``now``."""
    start, target = promise.reported_at, promise.respond_by - promise.reported_at
    end = promise.told_at or now
    longest = min(max(end - start, target), target * _LONGEST)
    whole = longest + target * _BEHIND

    def x(at: datetime) -> float:
        share = (at - start) / whole
        return round(min(max(share, 0.0), 1.0) * 100, 2)

    marks = [Mark("warning", at, x(at)) for at in promise.warnings]
    if promise.accepted_at is not None:
        marks.append(Mark("accepted", promise.accepted_at, x(promise.accepted_at)))
    if promise.told_at is not None:
        marks.append(Mark("told", promise.told_at, x(promise.told_at)))
    is_running = promise.told_at is None
    return Bar(x(promise.respond_by), x(end), is_running, whole / timedelta(seconds=1), tuple(marks))
