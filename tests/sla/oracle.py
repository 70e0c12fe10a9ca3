"""An independent oracle: what a history of incidents costs, by rules in words. It imports nothing of ours.

It takes plain values: ids are any hashable value, instants aware datetimes, days dates, money whole minor
units, terms mappings with the keys of the columns of `contract_terms` (days also as ISO text). The rules:

1. An incident's terms are the version with the latest first day that has begun, by the version's own zone,
   when the report arrived; of one first day, the higher version. Its deadline is the arrival plus the target.
2. It is missed when the customer had not been told by its deadline. Told at the deadline is in time.
   It belongs to the local day of its deadline, in the zone of its terms, whenever anybody notices.
3. Periods (months, quarters, years) begin on the day of the month of `year_starts_on`, or on the first of the
   next month where a month lacks that day.
4. Misses are numbered as they are recorded: one more than are recorded already for a day of the same period,
   whatever their terms. The nth costs step n, beyond the last step the last. No number ever changes.
5. A share of the annual fee is rounded to the minor unit, a half away from zero.
6. A fine or credit above zero is raised to the floor; a fine is lowered to the cap per incident; then both to
   what the cap of the period has left after all fines and credits of that period in the same currency.
   Waivers leave no room. A credit that is settled again keeps at least the room that it had used.
7. A period's attainment is settled by the version in force on its first day, or the first that begins in it.
   Of kept incidents divided by all, the lowest threshold above it pays; none at or above the highest.
   Each settlement writes the difference to what was credited for the period before, if there is any.
"""

from bisect import bisect_right, insort
from calendar import monthrange
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

MONTHS = {"month": 1, "quarter": 3, "year": 12}
YEARS = 60  # how long a contract's years are counted


@dataclass(slots=True)
class Clock:
    """A verified incident: the version it runs under, until when, on which day it is due, what came of it."""

    contract: Hashable
    version: Mapping[str, Any]
    respond_by: datetime
    due_on: date
    missed: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the account. `ordinal` is the number of the miss, of a credit the number of its revision."""

    kind: str  # fine, credit, waiver
    contract: Hashable
    incident: Hashable | None
    day: date
    amount: int
    currency: str
    version: int | None = None
    period: tuple[date, date] | None = None
    ordinal: int | None = None


@dataclass(slots=True)
class Oracle:
    """Takes a history event by event, in the order in which it was recorded; its fields say what came out."""

    versions: dict[Hashable, list[Mapping[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    clocks: dict[Hashable, Clock] = field(default_factory=dict)
    told: dict[Hashable, datetime] = field(default_factory=dict)
    incidents: dict[Hashable, list[Hashable]] = field(default_factory=lambda: defaultdict(list))
    entries: list[Entry] = field(default_factory=list)
    misses: dict[Hashable, list[date]] = field(default_factory=lambda: defaultdict(list))
    charges: dict[Hashable, list[Entry]] = field(default_factory=lambda: defaultdict(list))

    def agree(self, contract: Hashable, *versions: Mapping[str, Any]) -> None:
        """Terms are agreed, before anything that they decide."""
        self.versions[contract].extend(versions)

    def start(self, incident: Hashable, contract: Hashable, reported_at: datetime) -> None:
        """A report that arrived at `reported_at` is verified, at once or late."""
        begun = [
            version
            for version in self.versions[contract]
            if _day(version["effective_from"]) <= _local(reported_at, version)
        ]
        version = max(begun, key=_rank)
        deadline = reported_at + timedelta(seconds=version["respond_within_seconds"])
        self.clocks[incident] = Clock(contract, version, deadline, _local(deadline, version))
        self.incidents[contract].append(incident)

    def tell(self, incident: Hashable, at: datetime) -> None:
        """The customer was told at an instant; only the first time counts."""
        self.told.setdefault(incident, at)

    def take_back(self, incident: Hashable) -> None:
        """The customer was not told after all."""
        self.told.pop(incident, None)

    def in_time(self, incident: Hashable) -> bool:
        """Whether the customer has been told by the deadline."""
        return incident in self.told and self.told[incident] <= self.clocks[incident].respond_by

    def notice(self, incident: Hashable) -> bool:
        """Somebody looks at a clock that has run out, and a miss is recorded; False if it is none."""
        clock = self.clocks[incident]
        if self.in_time(incident) or clock.missed:
            return False
        clock.missed = True
        schedule, contract = clock.version["schedule"], clock.contract
        if schedule is not None:
            period = period_of(clock.version, schedule["period"], clock.due_on)
            ordinal = self._missed_in(contract, period) + 1
            price = schedule["steps"][min(ordinal, len(schedule["steps"])) - 1]
            amount = self._limited(contract, clock.version, clock.due_on, price, per_incident=True)
            self._charge("fine", contract, incident, clock.due_on, amount, clock.version, period, ordinal)
        insort(self.misses[contract], clock.due_on)
        return True

    def sweep(self, now: datetime) -> None:
        """One worker records all that is missed by `now`, the earliest deadline first."""
        due = [
            (clock.respond_by, incident) for incident, clock in self.clocks.items() if clock.respond_by <= now
        ]
        for _deadline, incident in sorted(due):
            self.notice(incident)

    def settle(self, contract: Hashable, day: date) -> int | None:
        """The period that holds `day` is settled, maybe again: what it earns by now; None if nothing can.

        All its incidents are decided: those that nobody was told of in time have been recorded as missed.
        """
        agreed = self.measured_by(contract, day)
        if agreed is None:
            return None
        version, period = agreed
        due = [one for one in self.incidents[contract] if _holds(period, self.clocks[one].due_on)]
        assert all(self.clocks[one].missed or self.in_time(one) for one in due)
        before = [e for e in self.charges[contract] if e.kind == "credit" and e.period == period]
        credited = sum(entry.amount for entry in before)
        earned = 0
        bands = version["attainment"]["bands"]
        if due:
            kept = Fraction(sum(not self.clocks[one].missed for one in due), len(due))
            held = [band for band in bands if kept < Fraction(band["below"], 10_000)]
            if held:
                price = min(held, key=lambda band: int(band["below"]))["credit"]
                earned = self._limited(contract, version, period[1], price, credited=credited)
        if earned != credited:
            revision = len(before) + 1
            self._charge("credit", contract, None, period[1], earned - credited, version, period, revision)
        return earned

    def waive(
        self, contract: Hashable, incident: Hashable | None, day: date, amount: int, currency: str
    ) -> None:
        """The customer lets go of so much of what it was owed."""
        self.entries.append(Entry("waiver", contract, incident, day, -amount, currency))

    def measured_by(
        self, contract: Hashable, day: date
    ) -> tuple[Mapping[str, Any], tuple[date, date]] | None:
        """The version that settles the attainment of the period that holds `day`, and the period."""
        agreed = self.versions[contract]
        today = [version for version in agreed if _day(version["effective_from"]) <= day]
        if not today or (version := max(today, key=_rank))["attainment"] is None:
            return None
        period = period_of(version, version["attainment"]["period"], day)
        first = [version for version in agreed if _day(version["effective_from"]) <= period[0]]
        if first:
            version = max(first, key=_rank)
        else:
            version = min(agreed, key=lambda one: (_day(one["effective_from"]), -int(one["version"])))
        return None if version["attainment"] is None else (version, period)

    def owed(self, contract: Hashable) -> dict[str, int]:
        """What a contract's entries add up to, by currency."""
        sums: dict[str, int] = defaultdict(int)
        for entry in self.entries:
            if entry.contract == contract:
                sums[entry.currency] += entry.amount
        return dict(sums)

    def breached(self) -> set[Hashable]:
        """All incidents that were recorded as missed."""
        return {incident for incident, clock in self.clocks.items() if clock.missed}

    def _missed_in(self, contract: Hashable, period: tuple[date, date]) -> int:
        days = self.misses[contract]
        return bisect_right(days, period[1]) - bisect_right(days, period[0] - timedelta(days=1))

    def _limited(
        self,
        contract: Hashable,
        version: Mapping[str, Any],
        day: date,
        price: Any,
        *,
        per_incident: bool = False,
        credited: int = 0,
    ) -> int:
        amount = price if isinstance(price, int) else share(version["annual_fee"], price["basis_points"])
        limits = version["limits"]
        if amount == 0:
            return 0
        if limits["floor"] is not None:
            amount = max(amount, limits["floor"])
        if per_incident and limits["per_incident"] is not None:
            amount = min(amount, limits["per_incident"])
        if limits["per_period"] is not None:
            capped = period_of(version, limits["per_period"]["period"], day)
            charged = sum(
                entry.amount
                for entry in self.charges[contract]
                if entry.currency == version["currency"] and _holds(capped, entry.day)
            )
            left = max(limits["per_period"]["amount"] - (charged - credited), credited, 0)
            amount = min(amount, left)
        return int(amount)

    def _charge(
        self,
        kind: str,
        contract: Hashable,
        incident: Hashable | None,
        day: date,
        amount: int,
        version: Mapping[str, Any],
        period: tuple[date, date],
        ordinal: int,
    ) -> None:
        entry = Entry(
            kind, contract, incident, day, amount, version["currency"], version["version"], period, ordinal
        )
        self.entries.append(entry)
        self.charges[contract].append(entry)


def replay(
    versions: Mapping[Hashable, Iterable[Mapping[str, Any]]], events: Iterable[tuple[Any, ...]]
) -> Oracle:
    """An oracle after a whole history: each event is the name of one of its methods and the arguments."""
    oracle = Oracle()
    for contract, agreed in versions.items():
        oracle.agree(contract, *agreed)
    for name, *arguments in events:
        getattr(oracle, name)(*arguments)
    return oracle


def period_of(version: Mapping[str, Any], kind: str, day: date) -> tuple[date, date]:
    """The first and the last day of the period of a kind that holds `day`."""
    starts = _starts(_day(version["year_starts_on"]), MONTHS[kind])
    place = bisect_right(starts, day)
    return starts[place - 1], starts[place] - timedelta(days=1)


@cache
def _starts(first: date, months: int) -> list[date]:
    starts = []
    year, month = first.year, first.month
    while year < first.year + YEARS:
        if first.day <= monthrange(year, month)[1]:
            starts.append(date(year, month, first.day))
        else:  # never in December
            starts.append(date(year, month + 1, 1))
        for _ in range(months):
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return starts


def share(fee: int, basis_points: int) -> int:
    """So many hundredths of a percent of a fee, to the minor unit, a half away from zero."""
    with localcontext() as exact:
        exact.prec = 100
        return int((Decimal(fee) * basis_points / 10_000).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _local(instant: datetime, version: Mapping[str, Any]) -> date:
    return instant.astimezone(ZoneInfo(version["time_zone"])).date()


def _rank(version: Mapping[str, Any]) -> tuple[date, int]:
    return _day(version["effective_from"]), version["version"]


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _holds(period: tuple[date, date], day: date) -> bool:
    return period[0] <= day <= period[1]
