"""The clerk keeps the oracle's books in the order of time: what was due first is recorded first.

The rules that say when somebody has to look, in words:

1. A miss is recorded at the first tick at or after its deadline. Misses that one tick finds are recorded in
   the order of their deadlines, of one instant in the order of their ids.
2. A period is due when it is over: at the midnight that ends it, in the zone of the terms that settle it, the
   later one of two. When something comes to a settled period, it is due again: a report at the instant at
   which it was verified, a miss at the tick that recorded it.
3. What was due before a deadline is settled before that miss is recorded, also when a late tick does both.
4. A period of which an incident is undecided is looked at again a minute later.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.sla.oracle import Oracle

AGAIN = timedelta(minutes=1)
Period = tuple[date, date]


@dataclass(slots=True)
class Clerk:
    """What has to be in the books."""

    oracle: Oracle = field(default_factory=Oracle)
    due: dict[tuple[Hashable, Period], datetime] = field(default_factory=dict)
    settled: set[tuple[Hashable, Period]] = field(default_factory=set)

    def agree(self, contract: Hashable, version: Mapping[str, Any], now: datetime) -> None:
        """A version is agreed for days to come; incidents may be due on them already."""
        oracle = self.oracle
        oracle.agree(contract, version)
        for one, period in list(self.due):
            measured = oracle.measured_by(one, period[1])
            if one == contract and (measured is None or measured[1] != period):
                del self.due[one, period]
        for incident in oracle.incidents[contract]:
            if oracle.clocks[incident].due_on >= version["effective_from"]:
                self._plan(contract, oracle.clocks[incident].due_on, now)

    def start(self, incident: Hashable, contract: Hashable, reported_at: datetime, now: datetime) -> None:
        """A report is verified now."""
        self.oracle.start(incident, contract, reported_at)
        self._plan(contract, self.oracle.clocks[incident].due_on, now)

    def tick(self, now: datetime) -> None:
        """Workers look, until there is nothing more to do."""
        for contract in self.oracle.versions:
            while self._step(contract, now):
                pass

    def _step(self, contract: Hashable, now: datetime) -> bool:
        oracle = self.oracle
        late = sorted(
            (oracle.clocks[one].respond_by, one)
            for one in oracle.incidents[contract]
            if oracle.clocks[one].respond_by <= now
            and not oracle.clocks[one].missed
            and not oracle.in_time(one)
        )
        due = sorted((at, period) for (one, period), at in self.due.items() if one == contract and at <= now)
        first = due[0][0] if late and due and due[0][0] <= late[-1][0] else None
        missed = [incident for deadline, incident in late if first is None or deadline < first]
        for incident in missed:
            oracle.notice(incident)
        for incident in missed:
            self._due_again(contract, oracle.clocks[incident].due_on, now)
        if not late or first is not None:
            for at, period in due:
                if first is None or at <= first:
                    self._settle(contract, period, now)
        return bool(late or due)

    def _settle(self, contract: Hashable, period: Period, now: datetime) -> None:
        oracle = self.oracle
        measured = oracle.measured_by(contract, period[1])
        assert measured is not None
        due = [
            one for one in oracle.incidents[contract] if period[0] <= oracle.clocks[one].due_on <= period[1]
        ]
        over = over_at(measured[0], period)
        if now < over or not all(oracle.clocks[one].missed or oracle.in_time(one) for one in due):
            self.due[contract, period] = max(over, now + AGAIN)
            return
        del self.due[contract, period]
        self.settled.add((contract, period))
        oracle.settle(contract, period[1])

    def _plan(self, contract: Hashable, due_on: date, now: datetime) -> None:
        measured = self.oracle.measured_by(contract, due_on)
        if measured is not None:
            version, period = measured
            at = now if (contract, period) in self.settled else over_at(version, period)
            self.due.setdefault((contract, period), at)

    def _due_again(self, contract: Hashable, day: date, now: datetime) -> None:
        for one, period in self.settled:
            if one == contract and period[0] <= day <= period[1]:
                self.due.setdefault((contract, period), now)


def over_at(version: Mapping[str, Any], period: Period) -> datetime:
    """The instant from which on it is no longer the period's last day there, the clock set back or not."""
    midnight = datetime.combine(period[1] + timedelta(days=1), time(), ZoneInfo(version["time_zone"]))
    return max(midnight.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
