"""What a timeline is made of. Places and widths are percent of its width, heights are pixels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hotline.services.calendars.timeline import Stretch

# About how many pixels one percent is on a desk and on a phone, and how wide a letter is.
DESK, PHONE = 9.6, 3.2
_LETTER, _PADDING = 7.5, 14.0


@dataclass(frozen=True, slots=True)
class Tick:
    """Where a day (or, on one day, an hour) begins, and what it is called, at length and on a phone."""

    x: float
    label: str
    short: str
    is_today: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A person, or nobody. ``desk`` and ``phone`` say how much of the name fits: all, short, none."""

    x: float
    width: float
    y: int
    height: int
    colour: int
    name: str
    short: str
    desk: str
    phone: str
    title: str
    is_override: bool = False
    is_gap: bool = False
    is_mine: bool = False
    is_past: bool = False
    begins: str = ""
    ends: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch of the final schedule that can be chosen."""

    x: float
    width: float
    href: str
    label: str
    starts: str
    ends: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a part, the overrides or the final schedule of a layer (``kind``)."""

    kind: str
    layer: str
    label: str
    height: int
    bars: Sequence[Bar]
    cells: Sequence[Cell] = ()
    href: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """The rows over one stretch of time; ``now`` is where now is, ``other`` the days in the second zone."""

    starts_at: datetime
    ends_at: datetime
    days: Sequence[Tick]
    other: Sequence[Tick]
    now: float | None
    rows: Sequence[Row]


def initials(name: str) -> str:
    """``Dewi Santoso`` is ``DS``."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:]))


def fitting(name: str, short: str, pixels: float) -> str:
    """How much of a name can be read in a bar so wide."""
    if len(name) * _LETTER + _PADDING <= pixels:
        return "all"
    return "short" if len(short) * _LETTER + _PADDING / 2 <= pixels else "none"


def merged(final: Iterable[Stretch]) -> list[Stretch]:
    """Stretches of the same people in a row are one, so that nobody hands over to themselves."""
    found: list[Stretch] = []
    for one in final:
        last = found[-1] if found else None
        ids = [user.id for user in one.users]
        joins = (
            last is not None
            and (last.ends_at, last.is_override) == (one.starts_at, one.is_override)
            and [user.id for user in last.users] == ids
        )
        if joins:
            found[-1] = replace(found[-1], ends_at=one.ends_at)
        else:
            found.append(one)
    return found
