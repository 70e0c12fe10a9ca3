"""Terms: one version of what a contract promises, and from when it holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from sla.clock import ResponseClock, require_promise
from sla.instants import require_utc
from sla.schedule import RisingSchedule
from sla.year import ContractYear, contract_year


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything needed to judge one incident, fixed: a later version changes nothing decided before.

    Days are local to `time_zone` (IANA), the contract's own. `warn_at` are shares of `respond_within`.
    Raises ValueError for an unknown zone, a version below 1, a time to respond that is not positive, or
    shares that do not rise strictly between 0 and 1.
    """

    version: int
    effective_from: date
    respond_within: timedelta
    warn_at: tuple[Fraction, ...]
    schedule: RisingSchedule
    contract_starts_on: date
    time_zone: str

    def __post_init__(self) -> None:
        if self.version < 1:
            raise ValueError(f"versions are counted from 1, not {self.version}")
        require_promise(self.respond_within, self.warn_at)
        _zone(self.time_zone)

    def clock(self, started_at: datetime) -> ResponseClock:
        """The clock of an incident reported at `started_at` (UTC)."""
        return ResponseClock(started_at, self.respond_within, self.warn_at)

    def day_of(self, instant: datetime) -> date:
        """The local day on which `instant` (UTC) falls; a miss happens on the day of its deadline."""
        require_utc(instant)
        return instant.astimezone(_zone(self.time_zone)).date()

    def year_of(self, instant: datetime) -> ContractYear:
        """The contract year that holds the local day of `instant`; ValueError before the contract starts."""
        return contract_year(self.contract_starts_on, self.day_of(instant))


def terms_in_force(versions: Iterable[Terms], day: date) -> Terms | None:
    """The version that took effect last by `day`, its first day included; None if none has yet.

    Of two that take effect on one day, the higher version holds.
    """
    begun = [terms for terms in versions if terms.effective_from <= day]
    return max(begun, key=lambda terms: (terms.effective_from, terms.version), default=None)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as unknown:
        raise ValueError(f"no time zone is called {name!r}") from unknown
