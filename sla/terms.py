"""Terms: one version of what a contract promises, and from when it holds."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from sla.attainment import AttainmentSchedule
from sla.clock import ResponseClock, require_promise
from sla.currency import exponent_of
from sla.instants import require_utc
from sla.limits import Limits
from sla.money import Money
from sla.period import ContractPeriod, Period, contract_period
from sla.price import Price, worth
from sla.schedule import RisingSchedule


class Stop(StrEnum):
    """A way of telling the customer who is working on it, which stops the clock if it was agreed."""

    BRIDGE = "bridge"  # connected to the engineer
    SPOKEN = "spoken"  # told while holding
    CALLBACK = "callback"  # told in a call that we placed
    MESSAGE = "message"  # a text message that was delivered


ALWAYS_STOP = frozenset({Stop.BRIDGE, Stop.CALLBACK})
"""No contract leaves these out: a customer who spoke with us has been told."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything needed to judge one incident, fixed: a later version changes nothing decided before.

    Days are local to `time_zone` (IANA). `warn_at` are shares of `respond_within`. Contract periods are
    counted from `year_starts_on`. A miss costs what `rising` says, a period's attainment what `attainment`
    says; one of them at least is agreed, and `limits` hold for both. `stops` are the ways of telling the
    customer that stop the clock; it starts when the report arrives, whatever the channel.

    Raises ValueError for an unknown zone or currency, a version below 1, a time to respond that is not
    positive, shares that do not rise strictly between 0 and 1, years that start after the terms, no schedule,
    two currencies, prices that fall, a share of a fee that is not agreed, and stops without `ALWAYS_STOP`.
    """

    version: int
    effective_from: date
    respond_within: timedelta
    warn_at: tuple[Fraction, ...]
    year_starts_on: date
    time_zone: str
    currency: str
    annual_fee: Money | None = None
    rising: RisingSchedule | None = None
    attainment: AttainmentSchedule | None = None
    limits: Limits = field(default_factory=Limits)
    stops: frozenset[Stop] = frozenset(Stop)

    def __post_init__(self) -> None:
        if self.version < 1:
            raise ValueError(f"versions are counted from 1, not {self.version}")
        require_promise(self.respond_within, self.warn_at)
        _zone(self.time_zone)
        exponent_of(self.currency)
        if self.effective_from < self.year_starts_on:
            raise ValueError(f"the terms begin on {self.effective_from}, before the contract's years")
        if not self.stops >= ALWAYS_STOP:
            raise ValueError("being connected to the engineer and being called always stop the clock")
        self._require_money()

    def _require_money(self) -> None:
        if self.rising is None and self.attainment is None:
            raise ValueError("terms need a rising schedule, an attainment schedule, or both")
        if self.annual_fee is not None and self.annual_fee.minor <= 0:
            raise ValueError(f"the annual fee is above zero, not {self.annual_fee}")
        parts = (self.annual_fee, self.rising, self.attainment)
        found = {part.currency for part in parts if part is not None}
        found.add(self.limits.currency or self.currency)
        if found != {self.currency}:
            raise ValueError(f"terms are in one currency, {self.currency}, not {', '.join(sorted(found))}")
        steps = () if self.rising is None else self.rising.steps
        bands = () if self.attainment is None else tuple(band.credit for band in self.attainment.bands)
        for prices in (steps, bands):
            for lower, upper in pairwise([self.worth(price) for price in prices]):
                if upper < lower:
                    raise ValueError(f"prices may not fall: {lower}, then {upper}")

    def worth(self, price: Price) -> Money:
        """What a price of these terms comes to."""
        return worth(price, self.annual_fee)

    def clock(self, started_at: datetime) -> ResponseClock:
        """The clock of an incident reported at `started_at` (UTC)."""
        return ResponseClock(started_at, self.respond_within, self.warn_at)

    def day_of(self, instant: datetime) -> date:
        """The local day on which `instant` (UTC) falls; a miss happens on the day of its deadline."""
        require_utc(instant)
        return instant.astimezone(_zone(self.time_zone)).date()

    def end_of(self, day: date) -> datetime:
        """An instant (UTC) by which the local day is over, its last hour shown twice or not.

        It is the midnight that ends the day, the later one if two do; the end of time for the last day.
        """
        if day == date.max:
            return datetime.max.replace(tzinfo=UTC)
        midnight = datetime.combine(day + timedelta(days=1), time.min, _zone(self.time_zone))
        return max(midnight.replace(fold=fold).astimezone(UTC) for fold in (0, 1))

    def period_of(self, kind: Period, day: date) -> ContractPeriod:
        """The contract's period of a kind that holds the local day; ValueError before its years start."""
        return contract_period(self.year_starts_on, kind, day)


def terms_in_force(versions: Iterable[Terms], instant: datetime) -> Terms | None:
    """The version with the latest first day of those that have begun by `instant` (UTC).

    Each begins with its first day in its own zone. Of one first day, the higher version holds. None if none
    has begun.
    """
    return _last(terms for terms in versions if terms.effective_from <= terms.day_of(instant))


def attainment_terms(versions: Collection[Terms], day: date) -> tuple[Terms, ContractPeriod] | None:
    """The terms that settle the attainment of the period that holds the local day `day`, and that period.

    They are those in force on the period's first day, or the first that begin within it: a change never moves
    a period that has begun. None where no attainment is agreed. `versions` pass `require_succession`.
    """
    found = _last(terms for terms in versions if terms.effective_from <= day)
    if found is None or found.attainment is None:
        return None
    period = found.period_of(found.attainment.period, day)
    first = _last(terms for terms in versions if terms.effective_from <= period.starts_on)
    if first is None:
        first = min(versions, key=lambda terms: (terms.effective_from, -terms.version))
    return (first, period) if first.attainment is not None else None


class SuccessionError(ValueError):
    """A version may not begin on its day. `next_days` are the nearest days on which it may."""

    def __init__(self, message: str, next_days: tuple[date, ...]) -> None:
        super().__init__(message)
        self.next_days = next_days


def require_succession(before: Terms, after: Terms) -> None:
    """`after` may follow `before` if what attainment is measured by changes only where a period begins.

    So every period is settled by one schedule. `before` is the version with the last first day up to that of
    `after`, of one first day the highest. Raises SuccessionError, and ValueError for any later `before`.
    """
    if after.effective_from < before.effective_from:
        raise ValueError(
            f"version {before.version} begins on {before.effective_from}, after {after.effective_from}"
        )
    measured_before = (before.attainment, before.year_starts_on, before.time_zone)
    measured_after = (after.attainment, after.year_starts_on, after.time_zone)
    if measured_before == measured_after or (before.attainment is None and after.attainment is None):
        return
    day = after.effective_from
    if _begins_period(before, day) and _begins_period(after, day):
        return
    raise SuccessionError(
        f"attainment is settled by the period: a change of its schedule, its years or its zone cannot begin "
        f"on {day}",
        tuple(_next_days(before, after)),
    )


def _begins_period(terms: Terms, day: date) -> bool:
    if terms.attainment is None:
        return True
    return day >= terms.year_starts_on and terms.period_of(terms.attainment.period, day).starts_on == day


def _next_days(before: Terms, after: Terms, wanted: int = 3) -> Iterable[date]:
    """The first days after the one that was wanted on which a period of both begins, within five years."""
    wish = after.effective_from.toordinal()
    last = min(wish + 5 * 366, date.max.toordinal())
    days = (date.fromordinal(number) for number in range(wish + 1, last + 1))
    return islice((day for day in days if _begins_period(before, day) and _begins_period(after, day)), wanted)


def _last(begun: Iterable[Terms]) -> Terms | None:
    return max(begun, key=lambda terms: (terms.effective_from, terms.version), default=None)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as unknown:
        raise ValueError(f"no time zone is called {name!r}") from unknown
