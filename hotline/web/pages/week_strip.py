"""The week ahead of one layer as bars on a line: places in percent of the width, for an SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hotline.db.models import User
from hotline.services.calendars.schedule import Layer

COLOURS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """Somebody, or nobody when ``who`` is None, from ``starts_at`` to ``ends_at``.

    ``x`` and ``width`` are percent of the strip. ``colour`` is 1 to :data:`COLOURS`, the same for a person
    in all layers of a team, and 0 for nobody.
    """

    who: str | None
    starts_at: datetime
    ends_at: datetime
    is_override: bool
    x: float
    width: float
    colour: int


@dataclass(frozen=True, slots=True)
class Strip:
    """The bars, where each day begins and where now is, all in percent."""

    bars: Sequence[Bar]
    days: Sequence[tuple[float, datetime]]
    now: float


def strip_of(layer: Layer, users: Sequence[User], days: Sequence[datetime], now: datetime) -> Strip:
    """The pieces of ``layer`` between the first and the last of ``days``, which they tile."""
    start, whole = days[0], days[-1] - days[0]

    def place(at: datetime) -> float:
        return round((at - start) / whole * 100, 2)

    colours = {user.id: number % COLOURS + 1 for number, user in enumerate(users)}
    return Strip(
        [
            Bar(
                piece.names,
                piece.starts_at,
                piece.ends_at,
                piece.is_override,
                place(piece.starts_at),
                round(place(piece.ends_at) - place(piece.starts_at), 2),
                colours[piece.users[0].id] if piece.users else 0,
            )
            for piece in layer.pieces
        ],
        [(place(day), day) for day in days[:-1]],
        place(now),
    )
