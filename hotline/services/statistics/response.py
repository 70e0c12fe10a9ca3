"""How long customers waited: until they were told who works on it, and until a person took the call."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from hotline.db.models import ContractTerms, Incident, ReportChannel
from hotline.services.operation import Operation
from hotline.services.statistics.attainment import IS_KEPT, IS_MISSED
from hotline.services.statistics.frames import Frame
from hotline.services.statistics.instants import month_of, started

MINUTE = 60
LONGEST = 24 * 60  # minutes; whoever waited longer is counted together
GRAIN = 10  # seconds
_MOST_GRAINS = 4 * 3600 // GRAIN
NEVER = 0  # the bucket of those who have not been told at all


@dataclass(frozen=True, slots=True)
class Waits:
    """How many customers were told within how many minutes: ``in_time`` and ``late``, by started minutes.

    One told after 30:00 minutes is under 30, a microsecond later under 31, and who was missed and has not
    been told under :data:`NEVER`. ``targets`` are the promises in seconds, the shortest first; ``running``
    are not decided.
    """

    in_time: Mapping[int, int]
    late: Mapping[int, int]
    targets: Sequence[int]
    running: int

    @property
    def told(self) -> dict[int, int]:
        """All who were told, by minutes."""
        minutes = sorted({*self.in_time, *self.late} - {NEVER})
        return {minute: self.in_time.get(minute, 0) + self.late.get(minute, 0) for minute in minutes}

    @property
    def never(self) -> int:
        """Missed, and not told to this day."""
        return self.late.get(NEVER, 0)


@dataclass(frozen=True, slots=True)
class Pickup:
    """A month of calls that somebody took: ``half`` of them within so many seconds, nine of ten in ``most``.

    ``targets`` are the promises of their contracts in seconds.
    """

    month: int
    calls: int
    half: int
    most: int
    targets: tuple[int, ...]


def waits(op: Operation, frame: Frame) -> Waits:
    """From the report to the customer being told by name; one statement."""
    minutes = started(MINUTE, Incident.reported_at, Incident.told_at)
    bucket = sa.case(
        (Incident.told_at.is_(None), NEVER), (minutes > LONGEST, LONGEST + 1), (minutes < 1, 1), else_=minutes
    )
    target, decided = ContractTerms.respond_within_seconds, sa.or_(IS_KEPT, IS_MISSED)
    query = (
        sa.select(
            target.label("target"),
            bucket.label("bucket"),
            sa.case((IS_MISSED, 1), else_=0).label("missed"),
            sa.case((decided, 1), else_=0).label("decided"),
            sa.func.count(),
        )
        .join(ContractTerms, ContractTerms.id == Incident.terms_id)
        .where(Incident.due_on.is_not(None), *frame.incidents)
        .group_by("target", "bucket", "missed", "decided")
    )
    in_time: dict[int, int] = defaultdict(int)
    late: dict[int, int] = defaultdict(int)
    targets, running = set(), 0
    for seconds, minute, is_missed, is_decided, count in op.session.execute(query):
        targets.add(seconds)
        if not is_decided:
            running += count
        else:
            (late if is_missed else in_time)[minute] += count
    return Waits(in_time, late, sorted(targets), running)


def pickups(op: Operation, frame: Frame) -> list[Pickup]:
    """From the arrival of a call to the moment at which a person took it, by month; one statement."""
    grains = started(GRAIN, Incident.reported_at, Incident.accepted_at)
    bucket = sa.case((grains > _MOST_GRAINS, _MOST_GRAINS), (grains < 1, 1), else_=grains)
    query = (
        sa.select(
            month_of(Incident.due_on).label("month"),
            bucket.label("bucket"),
            ContractTerms.respond_within_seconds.label("target"),
            sa.func.count(),
        )
        .join(ContractTerms, ContractTerms.id == Incident.terms_id)
        .where(
            Incident.due_on.is_not(None),
            Incident.accepted_at.is_not(None),
            Incident.channel == ReportChannel.CALL,
            *frame.incidents,
        )
        .group_by("month", "bucket", "target")
    )
    counts: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    targets: dict[int, set[int]] = defaultdict(set)
    for month, grain, target, count in op.session.execute(query):
        counts[month][grain] += count
        targets[month].add(target)
    return [
        Pickup(
            month,
            sum(by_grain.values()),
            (within(by_grain, 50) or 0) * GRAIN,
            (within(by_grain, 90) or 0) * GRAIN,
            tuple(sorted(targets[month])),
        )
        for month, by_grain in sorted(counts.items())
    ]


def within(counts: Mapping[int, int], percent: int) -> int | None:
    """The smallest length within which at least ``percent`` of all lie; None of none."""
    whole, so_far = sum(counts.values()), 0
    for length in sorted(counts):
        so_far += counts[length]
        if so_far * 100 >= percent * whole:
            return length
    return None
