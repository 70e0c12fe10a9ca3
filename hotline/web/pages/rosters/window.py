"""What is looked at, as it stands in the address: which team, which days, in whose zone."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from flask import request, url_for

from hotline.services.on_call.shifts import day_begins

WHOLE_HOUSE = "all"
_WEEKS = 5
_FURTHEST = timedelta(days=800)


class Scale(StrEnum):
    """How much time a page shows."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_STEP = {Scale.DAY: timedelta(days=1), Scale.WEEK: timedelta(days=7), Scale.MONTH: timedelta(days=28)}


@dataclass(frozen=True, slots=True)
class Window:
    """``first`` is the first day shown. ``bands`` are drawn one below the other: a month is five weeks.

    ``zone`` is the one whose midnights divide the days; ``is_team_zone`` says that it is the team's.
    """

    team: str
    scale: Scale
    first: date
    zone: str
    is_team_zone: bool
    is_detailed: bool
    is_mine: bool

    @property
    def bands(self) -> list[tuple[datetime, datetime]]:
        """Begin and end (UTC) of each."""
        days = 1 if self.scale is Scale.DAY else 7
        count = _WEEKS if self.scale is Scale.MONTH else 1
        starts = [self.first + timedelta(days=days * number) for number in range(count + 1)]
        edges = [day_begins(day, self.zone) for day in starts]
        return list(pairwise(edges))

    @property
    def whole(self) -> tuple[datetime, datetime]:
        """From the first to the last instant shown."""
        return self.bands[0][0], self.bands[-1][1]

    @property
    def days(self) -> Sequence[date]:
        """Every day shown."""
        last = self.bands[-1][1].astimezone(ZoneInfo(self.zone)).date()
        return [self.first + timedelta(days=number) for number in range((last - self.first).days)]

    def url(self, **changes: str) -> str:
        """The address of this view, or of one that differs in some values; an empty one is left out."""
        values = {
            "team": self.team,
            "scale": self.scale.value,
            "from": self.first.isoformat(),
            "zone": "team" if self.is_team_zone else "",
            "rows": ("all" if self.is_detailed else "final")
            if self.is_detailed is not _detailed(self.scale)
            else "",
            "mine": "1" if self.is_mine else "",
        } | changes
        return url_for("pages.rosters", **{key: value for key, value in values.items() if value})  # type: ignore[arg-type]

    def day_url(self, day: date) -> str:
        """The address of one day."""
        return self.url(scale=Scale.DAY.value, rows="", **{"from": day.isoformat()})

    def stepped(self, steps: int) -> str:
        """The address so many steps later; a month steps by four weeks, so that a week is seen again."""
        return self.url(**{"from": (self.first + steps * _STEP[self.scale]).isoformat()})


def read(team: str, zones: tuple[str, str], now: datetime) -> Window:
    """The window that the address of this request names; what is missing or nonsense is as usual.

    ``zones`` are the viewer's and the team's.
    """
    is_team_zone = request.args.get("zone") == "team"
    zone = zones[1] if is_team_zone else zones[0]
    try:
        scale = Scale(request.args.get("scale", Scale.MONTH))
    except ValueError:
        scale = Scale.MONTH
    today = now.astimezone(ZoneInfo(zone)).date()
    try:
        first = date.fromisoformat(request.args.get("from", ""))
    except ValueError:
        first = today
    if abs(first - today) > _FURTHEST:
        first = today
    if scale is not Scale.DAY:
        first -= timedelta(days=first.weekday())
    rows = request.args.get("rows", "")
    is_detailed = {"all": True, "final": False}.get(rows, _detailed(scale)) and team != WHOLE_HOUSE
    return Window(team, scale, first, zone, is_team_zone, is_detailed, request.args.get("mine") == "1")


def identifier(text: str) -> uuid.UUID | None:
    """An id in an address; None for anything else."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def instant(text: str) -> datetime | None:
    """An instant in an address; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and 2000 < found.year < 3000 else None


def local_day(at: datetime, zone: str) -> date:
    """The day of an instant in a zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def _detailed(scale: Scale) -> bool:
    return scale is not Scale.MONTH
