"""Credits for the attainment of periods, worked out again from the clocks. No database.

A period is settled by what was on record when it was: an incident that came to it later is no part of that,
and makes another entry. So the tally of an entry is that of the instant at which it was recorded.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

import sla
from hotline.services.auditing.clocks import Clock
from hotline.services.auditing.differences import Difference, Kind
from hotline.services.auditing.facts import Books, Row
from hotline.services.auditing.sums import Sums

# Within this long after all of a period is decided it may still be about to be settled.
GRACE = timedelta(minutes=10)
Key = tuple[date, date]


class Due(NamedTuple):
    """What an entry has to be: ``amount`` is what the credit adds to what was credited ``before``."""

    credit: sla.Credit
    amount: sla.Money
    before: sla.Money
    revision: int
    terms_id: uuid.UUID


class _Settled(NamedTuple):
    """How a period stands in the ledger so far."""

    minor: int
    revisions: int
    tally: sla.Tally | None


class Periods:
    """The periods of a contract whose attainment is settled. ``charges`` are all fines and credits so far."""

    def __init__(self, books: Books, clocks: Mapping[uuid.UUID, Clock], charges: Sums) -> None:
        self._versions = {id(terms): row_id for row_id, terms in books.terms.items()}
        self._terms = list(books.terms.values())
        self._charges = charges
        self._settled: dict[Key, _Settled] = {}
        self._found: dict[date, tuple[sla.Terms, sla.ContractPeriod] | None] = {}
        self._clocks: defaultdict[Key, list[Clock]] = defaultdict(list)
        if any(terms.attainment is not None for terms in self._terms):
            for clock in clocks.values():
                found = self._settling(clock.due_on)
                if found is not None:
                    self._clocks[found[1].starts_on, found[1].ends_on].append(clock)

    def due(self, row: Row, apart: timedelta) -> Due | None:
        """What the credit in this row of the ledger has to be; None where nothing is to be credited."""
        key = (row["period_starts_on"], row["period_ends_on"])
        found = None if None in key else self._settling(key[1])
        if found is None or key not in self._clocks:
            return None
        terms, period = found
        tally = self._tally_of(row, self._clocks[key], apart)
        due = self._settle(terms, period, tally, None)
        self._settled[key] = _Settled(due.credit.amount.minor, due.revision, tally)
        return due

    def missing(self, now: datetime) -> Iterator[Difference]:
        """Periods that are over and decided, and were not settled, or not again."""
        for key, clocks in sorted(self._clocks.items()):
            found = self._settling(key[1])
            if found is None or any(clock.is_missed(now) and clock.breached is None for clock in clocks):
                continue
            terms, period = found
            tally, before = _tally(clocks, now), self._settled.get(key)
            since = max(terms.end_of(period.ends_on), *(_decided(clock) for clock in clocks))
            if now - since <= GRACE or (before is not None and before.tally == tally):
                continue
            # What was charged when it was settled is not known to the minute: any of these is good.
            dues = [self._settle(terms, period, tally, since + late) for late in (timedelta(0), GRACE)]
            if all(due.amount.minor for due in dues):
                yield Difference(Kind.CREDIT, "entry", str(period), str(dues[0].amount), "")

    def settling_at(self) -> Iterator[datetime]:
        """From when on each period has to have been settled, if everything of it is decided by its end."""
        for _starts_on, ends_on in self._clocks:
            found = self._settling(ends_on)
            if found is not None:
                yield found[0].end_of(ends_on) + GRACE

    def _settling(self, day: date) -> tuple[sla.Terms, sla.ContractPeriod] | None:
        if day not in self._found:
            self._found[day] = sla.attainment_terms(self._terms, day)
        return self._found[day]

    def _settle(
        self, terms: sla.Terms, period: sla.ContractPeriod, tally: sla.Tally, until: datetime | None
    ) -> Due:
        """What settling it comes to after all charges so far, or after those recorded ``until`` then."""
        settled = self._settled.get((period.starts_on, period.ends_on), _Settled(0, 0, None))
        before = sla.Money(settled.minor, terms.currency)
        capped = terms.limits.cap_period(terms.year_starts_on, period.ends_on)
        charged = sla.Money(0, terms.currency)
        if capped is not None:
            charged = sla.Money(self._charges.of(capped, terms.currency, until), terms.currency) - before
        credit = sla.settle(terms, period, tally, charged, before)
        return Due(credit, credit.amount - before, before, settled.revisions + 1, self._versions[id(terms)])

    @staticmethod
    def _tally_of(row: Row, clocks: Sequence[Clock], apart: timedelta) -> sla.Tally:
        """The tally when the row was recorded; workers' clocks may be a little apart."""
        at = row["recorded_at"]
        tally = _tally(clocks, at)
        said = (row["record"].get("kept"), row["record"].get("missed"))
        if (tally.kept, tally.missed) == said:
            return tally
        for instant in sorted(
            instant for clock in clocks for instant in _recorded(clock) if abs(instant - at) <= apart
        ):
            near = _tally(clocks, instant)
            if (near.kept, near.missed) == said:
                return near
        return tally


def _tally(clocks: Sequence[Clock], until: datetime) -> sla.Tally:
    begun = [clock for clock in clocks if clock.started <= until]
    missed = [clock for clock in begun if clock.breached is not None and clock.breached.recorded_at <= until]
    gone = {clock.incident_id for clock in missed}
    kept = sum(clock.incident_id not in gone and clock.is_kept(until) for clock in begun)
    return sla.Tally(kept, len(missed))


def _recorded(clock: Clock) -> Iterator[datetime]:
    """Every instant at which something about the clock was put on record."""
    yield clock.started
    if clock.breached is not None:
        yield clock.breached.recorded_at
    for telling in clock.tellings:
        yield telling.recorded_at
        if telling.taken_back is not None:
            yield telling.taken_back


def _decided(clock: Clock) -> datetime:
    return clock.decided if clock.breached is None else max(clock.decided, clock.breached.recorded_at)
