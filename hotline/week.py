"""An instant of every week as people write it: ``Wed 10:00 Asia/Jakarta``."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WeekTime:
    """A time of day on a day of the week in a time zone; one that does not exist moves forward."""

    day: str
    at: time
    zone: ZoneInfo

    @classmethod
    def parse(cls, text: str) -> "WeekTime":
        """Raises ``ValueError`` in words for what is none."""
        day, _, rest = text.strip().partition(" ")
        clock, _, zone = rest.strip().partition(" ")
        try:
            found = cls(day.title(), time.fromisoformat(clock), ZoneInfo(zone.strip()))
        except (ValueError, ZoneInfoNotFoundError, OSError):
            found = None
        if found is None or found.day not in DAYS or len(clock) != len("10:00"):
            raise ValueError("is a day, a time and a time zone, such as: Wed 10:00 Asia/Jakarta")
        return found

    def __str__(self) -> str:
        return f"{self.day} {self.at:%H:%M} {self.zone.key}"

    def before(self, now: datetime) -> datetime:
        """The latest such instant at or before ``now``, in the zone of ``now``."""
        today = now.astimezone(self.zone).date()
        back = (today.weekday() - DAYS.index(self.day)) % len(DAYS)
        slot = self._on(now, timedelta(days=back))
        return slot if slot <= now else self._on(now, timedelta(days=back) + WEEK)

    def after(self, now: datetime) -> datetime:
        """The first such instant after ``now``."""
        return self.before(self.before(now) + WEEK + timedelta(hours=12))

    def _on(self, now: datetime, back: timedelta) -> datetime:
        date = now.astimezone(self.zone).date() - back
        return datetime.combine(date, self.at, self.zone).astimezone(now.tzinfo)
