"""Random stories: what happens when to some contracts, before anybody knows what comes of it.

Deadlines fall on whole seconds (or a microsecond beside) and ticks on half seconds, so workers whose clocks
are up to :data:`APART` apart all see the same deadlines as passed.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tests.sla import histories, oracle

FIRST = datetime(2027, 1, 1, tzinfo=UTC)
APART = timedelta(milliseconds=400)
_YEARS = 4  # the histories of `tests.sla` begin in 2023; so many years later the leap years are the same
_SPAN_DAYS = 1_000
_HALF = timedelta(milliseconds=500)
_MICROSECOND = timedelta(microseconds=1)

What = Literal["agree", "report", "leave", "verify", "tell", "take back", "waive", "tick"]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens at an instant. ``power`` is after how many statements it goes, if it does."""

    at: datetime
    what: What
    contract: str = ""
    name: str = ""
    by: str = ""
    version: int = 0
    workers: int = 1
    power: int | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """The versions of each contract (the first is agreed from the start), and the steps in their order."""

    versions: dict[str, list[dict[str, Any]]]
    steps: list[Step]


def story(random: Random, contracts: int = 3, incidents: int = 12) -> Story:
    """A story of so many contracts with so many incidents each."""
    versions = {f"90{number:04}": _versions(random) for number in range(contracts)}
    steps: list[Step] = []
    for contract, agreed in versions.items():
        for row in agreed[1:]:
            begins = datetime.combine(row["effective_from"], time(), UTC)
            at = begins - timedelta(hours=random.randrange(15, 40))
            steps.append(Step(max(at, FIRST), "agree", contract, version=row["version"]))
        for number in range(incidents):
            steps += _incident(random, contract, agreed, number)
        for _ in range(incidents // 4):
            steps.append(Step(_some_time(random), "waive", contract))
    steps += _ticks(random, steps)
    ends = max(step.at for step in steps) + timedelta(days=800)
    steps.append(Step(ends, "tick"))
    return Story(versions, sorted(steps, key=lambda step: step.at))


def versions_from(random: Random) -> list[dict[str, Any]]:
    """One contract's versions, all of them."""
    return _versions(random)


def _versions(random: Random) -> list[dict[str, Any]]:
    """Terms as `tests.sla` makes them, some years later; the first begins before any story does."""
    found = histories.history(random, 0).versions
    return [
        {
            **row,
            "effective_from": _later(row["effective_from"]),
            "year_starts_on": _later(row["year_starts_on"]),
            "stops": sorted(
                {"bridge", "callback", *random.sample(("spoken", "message"), random.randrange(3))}
            ),
        }
        for row in found
    ]


def _later(day: date) -> date:
    return day.replace(year=day.year + _YEARS)


def _incident(random: Random, contract: str, agreed: list[dict[str, Any]], number: int) -> list[Step]:
    name = f"{contract}-{number}"
    reported = arrival(random, agreed)
    told = _Told(random, contract, name, agreed, reported)
    if random.random() < 0.75:
        return [Step(reported, "report", contract, name, power=_power(random)), *told.steps()]
    late = random.choice((timedelta(minutes=random.randrange(120)), timedelta(days=random.randrange(500))))
    verified = reported + late + timedelta(milliseconds=250)
    return [
        Step(reported, "leave", contract, name),
        Step(verified, "verify", contract, name, power=_power(random)),
        *told.steps(),
    ]


class _Told:
    """When the customer is told, in time, late or at the very deadline; and whether it is taken back."""

    def __init__(
        self, random: Random, contract: str, name: str, agreed: list[dict[str, Any]], reported: datetime
    ) -> None:
        self._random, self._contract, self._name = random, contract, name
        clerk = oracle.Oracle()
        clerk.agree(contract, *agreed)
        clerk.start(name, contract, reported)
        self._clock = clerk.clocks[name]
        self._reported = reported

    def steps(self) -> list[Step]:
        chance, target = self._random, self._clock.respond_by - self._reported
        if chance.random() < 0.25:
            return []
        edge = (-_MICROSECOND, timedelta(0), _MICROSECOND, timedelta(hours=3))
        at = self._reported + target * chance.random() if chance.random() < 0.6 else self._clock.respond_by
        if at == self._clock.respond_by:
            at += chance.choice(edge)
        agreed, every = self._clock.version["stops"], ("bridge", "spoken", "callback", "message")
        by = chance.choice(agreed if chance.random() < 0.8 else every)
        steps = [self._step(at, "tell", by)]
        if chance.random() < 0.15:
            steps.append(self._step(at + timedelta(days=chance.choice((0, 100)), minutes=2), "take back", by))
            if chance.random() < 0.5:
                steps.append(self._step(steps[-1].at + timedelta(minutes=2), "tell", chance.choice(agreed)))
        return steps

    def _step(self, at: datetime, what: What, by: str) -> Step:
        return Step(at, what, self._contract, self._name, by=by, power=_power(self._random))


def arrival(random: Random, agreed: list[dict[str, Any]]) -> datetime:
    """Anywhere, or near the seams of versions and periods; after the first version has begun everywhere."""
    begins = agreed[0]["effective_from"] + timedelta(days=2)
    day = begins + timedelta(days=random.randrange(_SPAN_DAYS))
    if random.random() < 0.6:
        version = random.choice(agreed)
        seam = oracle.period_of(version, random.choice(histories.KINDS), max(day, version["year_starts_on"]))
        day = max(begins, random.choice((version["effective_from"], *seam)))
    zone = ZoneInfo(random.choice(agreed)["time_zone"])
    near = (
        timedelta(minutes=random.randrange(-90, 90)),
        timedelta(seconds=random.randrange(86_400)),
        -_MICROSECOND,
    )
    return datetime.combine(day, time(), zone).astimezone(UTC) + random.choice(near)


def _ticks(random: Random, steps: list[Step]) -> list[Step]:
    """Sometimes soon after something, sometimes months later; by one worker or by several at once."""
    ticks = []
    for step in random.sample(steps, len(steps) // 2):
        away = random.choice(
            (timedelta(seconds=random.randrange(3600)), timedelta(days=random.randrange(90)))
        )
        at = (step.at + away).replace(microsecond=0) + _HALF
        ticks.append(Step(at, "tick", workers=random.choice((1, 1, 1, 3)), power=_power(random)))
    return ticks


def _some_time(random: Random) -> datetime:
    return FIRST + timedelta(days=random.randrange(200, 200 + _SPAN_DAYS), seconds=random.randrange(86_400))


def _power(random: Random) -> int | None:
    return random.randrange(1, 60) if random.random() < 0.3 else None
