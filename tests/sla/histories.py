"""Random histories of one contract, as plain values that the oracle and the service can both be given.

`versions` are terms as in the columns of `contract_terms`, `events` what `oracle.replay` takes, in the order
in which they are recorded. A change of what attainment is measured by begins with a period, as it has to.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tests.sla import oracle

CONTRACT = "contract"
ZONES = (
    *(
        "UTC",
        "Asia/Jakarta",
        "America/New_York",
        "Europe/Amsterdam",
        "Australia/Lord_Howe",
        "Antarctica/Troll",
    ),
    *("Africa/Cairo", "America/Santiago", "Asia/Beirut", "America/Havana"),  # midnight is skipped or doubled
    *("Pacific/Kiritimati", "Pacific/Pago_Pago", "Pacific/Apia", "Asia/Kathmandu"),
)
KINDS = ("month", "quarter", "year")
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class History:
    """What was agreed, and what happened then."""

    versions: list[dict[str, Any]]
    events: list[tuple[Any, ...]]


def history(random: Random, incidents: int = 30) -> History:
    """A contract of one to five versions in three years, with so many incidents."""
    versions = [_first_version(random)]
    for _ in range(random.randrange(5)):
        versions.append(_next_version(random, versions[-1]))
    return History(versions, _events(random, versions, incidents))


def _first_version(random: Random) -> dict[str, Any]:
    starts_on = date(2023, 1, 1) + timedelta(days=random.randrange(700))
    if random.random() < 0.5:
        starts_on = random.choice(
            (date(2024, 1, 31), date(2024, 2, 29), date(2023, 8, 30), date(2023, 5, 31))
        )
    begins = starts_on + timedelta(days=random.choice((0, 0, 1, 40)))
    return _version(random, 1, begins, starts_on, random.choice(ZONES), _measure(random))


def _next_version(random: Random, before: dict[str, Any]) -> dict[str, Any]:
    day = before["effective_from"] + timedelta(days=random.randrange(1, 400))
    number, year, zone, measure = (
        before["version"] + 1,
        before["year_starts_on"],
        before["time_zone"],
        before["attainment"],
    )
    if random.random() < 0.4:
        if measure is not None:
            _starts_on, ends_on = oracle.period_of(before, measure["period"], day)
            day = ends_on + timedelta(days=1)
        year, zone, measure = day, random.choice(ZONES), _measure(random)
    currency = before["currency"] if measure is not None and measure == before["attainment"] else None
    return _version(random, number, day, year, zone, measure, currency)


def _version(
    random: Random,
    number: int,
    begins: date,
    year_starts_on: date,
    zone: str,
    measure: dict[str, Any] | None,
    currency: str | None = None,
) -> dict[str, Any]:
    if currency is None:
        currency = random.choice(("USD", "USD", "JPY")) if measure is None else measure["currency"]
    has_shares = measure is not None and any(isinstance(band["credit"], dict) for band in measure["bands"])
    fee = random.choice((7, 333_33, 200_000_00, 1_000_000_00))
    rising = None
    if measure is None or random.random() < 0.7:
        steps = _prices(random, fee, random.randrange(1, 5), shares=True)
        rising = {"kind": "rising", "period": random.choice(KINDS), "currency": currency, "steps": steps}
    return {
        "version": number,
        "effective_from": begins,
        "respond_within_seconds": random.choice((60, 30 * 60, 30 * 60, 26 * 3600)),
        "warn_at": ["1/2"],
        "stops": ["bridge", "callback"],
        "year_starts_on": year_starts_on,
        "time_zone": zone,
        "currency": currency,
        "annual_fee": fee if rising is not None or has_shares or random.random() < 0.5 else None,
        "schedule": rising,
        "attainment": measure,
        "limits": _limits(random, fee),
    }


def _measure(random: Random) -> dict[str, Any] | None:
    if random.random() < 0.3:
        return None
    below = sorted(random.sample((10_000, 9_000, 8_500, 7_500, 6_667, 5_000, 1), random.randrange(1, 5)))[
        ::-1
    ]
    # All amounts or all shares: the fee may change while the bands stand, and mixed ones might fall then.
    credited = _prices(random, 1_000_000, len(below), shares=random.random() < 0.5, amounts=False)
    currency = random.choice(("USD", "USD", "JPY"))
    bands = [{"below": at, "credit": credit} for at, credit in zip(below, credited, strict=True)]
    return {"kind": "attainment", "period": random.choice(KINDS), "currency": currency, "bands": bands}


def _prices(random: Random, fee: int, count: int, *, shares: bool, amounts: bool = True) -> list[Any]:
    """Prices that do not fall: shares of a fee, and amounts that are exactly such shares."""
    points = sorted(random.choice((0, 1, 50, 125, 333, 500, 1_000, 5_000, 10_000)) for _ in range(count))
    return [
        {"basis_points": point}
        if shares and not (amounts and random.random() < 0.5)
        else oracle.share(fee, point)
        for point in points
    ]


def _limits(random: Random, fee: int) -> dict[str, Any]:
    sizes = sorted(max(1, fee * random.randrange(1, 40) // 100) for _ in range(3))
    cap = {"amount": sizes[2], "period": random.choice(KINDS)}
    return {
        "floor": sizes[0] if random.random() < 0.3 else None,
        "per_incident": sizes[1] if random.random() < 0.3 else None,
        "per_period": cap if random.random() < 0.5 else None,
    }


def _events(random: Random, versions: list[dict[str, Any]], incidents: int) -> list[tuple[Any, ...]]:
    """Reports, tellings and waivers as they come, and sweeps at any time between and after them."""
    happened: list[tuple[datetime, tuple[Any, ...]]] = []
    for number in range(incidents):
        happened += _incident(random, versions, number)
    first = datetime.combine(versions[0]["effective_from"], time(), UTC)
    for _ in range(incidents // 2 + 5):
        happened.append((first + timedelta(days=1_500) * random.random(), ("sweep",)))
    happened.append((first + timedelta(days=5_000), ("sweep",)))
    happened.sort(key=lambda one: one[0])
    return _with_settlements(random, versions, happened)


def _incident(
    random: Random, versions: list[dict[str, Any]], number: int
) -> list[tuple[datetime, tuple[Any, ...]]]:
    name = f"incident-{number:06}"
    begins = versions[0]["effective_from"] + timedelta(days=2)
    day = begins + timedelta(days=random.randrange(1_100))
    if random.random() < 0.5:  # near the seams
        version = random.choice(versions)
        day = max(begins, random.choice((version["effective_from"], _seam(random, version, day))))
    zone = ZoneInfo(random.choice(versions)["time_zone"])
    reported = datetime.combine(day, time(), zone).astimezone(UTC) + random.choice(
        (timedelta(minutes=random.randrange(-90, 90)), timedelta(hours=random.randrange(24)), -MICROSECOND)
    )
    late = (timedelta(0), timedelta(0), timedelta(hours=2), timedelta(days=400))
    verified = reported + random.choice(late) * random.random()
    events: list[tuple[datetime, tuple[Any, ...]]] = [(verified, ("start", name, CONTRACT, reported))]
    target = timedelta(seconds=random.choice(versions)["respond_within_seconds"])
    how = random.random()
    if how < 0.6:
        told = reported + target * random.random()
    elif how < 0.8:
        told = (
            reported + target + random.choice((-MICROSECOND, timedelta(0), MICROSECOND, timedelta(hours=1)))
        )
    else:
        return events
    events.append((told, ("tell", name, told)))
    if random.random() < 0.05:
        events.append((told + timedelta(minutes=1), ("take_back", name)))
    return events


def _seam(random: Random, version: dict[str, Any], day: date) -> date:
    day = max(day, version["year_starts_on"])
    return oracle.period_of(version, random.choice(KINDS), day)[random.randrange(2)]


def _with_settlements(
    random: Random, versions: list[dict[str, Any]], happened: list[tuple[datetime, tuple[Any, ...]]]
) -> list[tuple[Any, ...]]:
    """Each sweep records what is missed, in an order of any number of workers, and settles what is over."""
    told = oracle.Oracle()
    told.agree(CONTRACT, *versions)
    events: list[tuple[Any, ...]] = []
    running: dict[str, oracle.Clock] = {}
    due: dict[tuple[date, date], datetime] = {}
    for now, event in happened:
        if event != ("sweep",):
            events.append(event)
            getattr(told, event[0])(*event[1:])
            if event[0] == "start":
                clock = running[event[1]] = told.clocks[event[1]]
                _plan(told, clock.due_on, due)
            continue
        late = sorted(
            (one for one in running if running[one].respond_by <= now),
            key=lambda one: running[one].respond_by,
        )
        if random.random() < 0.3:
            random.shuffle(late)
        if random.random() < 0.1:
            late += late  # two workers looked at once
        for name in late:
            events.append(("notice", name))
            running.pop(name, None)
        for period in sorted(period for period, over in due.items() if over <= now):
            del due[period]
            events.append(("settle", CONTRACT, period[1]))
        if random.random() < 0.3:
            amount = random.randrange(1, 10_000)
            events.append(("waive", CONTRACT, None, now.date(), amount, versions[0]["currency"]))
    return events


def _plan(told: oracle.Oracle, due_on: date, due: dict[tuple[date, date], datetime]) -> None:
    measured = told.measured_by(CONTRACT, due_on)
    if measured is not None:
        _version, period = measured
        # A day and a half after the date is over in Greenwich it is over everywhere.
        due[period] = datetime.combine(period[1], time(), UTC) + timedelta(days=2, hours=12)
