"""A figure: a sentence, a picture, a table and a file, all made from the same numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_compact_decimal, format_decimal

from hotline.services.lists import export
from hotline.services.lists.listing import Cell
from hotline.services.statistics.instants import first_day
from hotline.web.pages.statistics import drawing
from hotline.web.pages.statistics.plans import Look
from hotline.web.pages.words import gettext, language, marked, span

LONG = 6  # a longer table is folded up
MOST_BARS = 20  # of customers, teams, products or people; the table and the file have them all
_SHORT = 100_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: ``key`` names it in the file."""

    key: str
    label: str
    is_number: bool = True


@dataclass(frozen=True, slots=True)
class Figure:
    """``rows`` are what people read and ``cells`` the same for programs, both in the order of ``columns``.

    ``name`` is that of its addresses, ``height`` that of the picture, wide and narrow. A grid stays one on a
    telephone. Without rows there is nothing to draw, and ``sentence`` says why.
    """

    name: str
    title: str
    sentence: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    cells: Sequence[Sequence[Cell]]
    picture: Callable[[Look], bytes]
    height: tuple[int, int] = (340, 320)
    note: str = ""
    is_grid: bool = False
    is_flat: bool = False

    @property
    def is_long(self) -> bool:
        """True when the table would push the next figure far away."""
        return len(self.rows) > LONG

    @property
    def has_picture(self) -> bool:
        """False without rows, and where all of them are nothing (``is_flat``)."""
        return bool(self.rows) and not self.is_flat

    def draw(self, look: Look) -> bytes:
        """The picture, or that there is none."""
        if not self.has_picture:
            return drawing.nothing(gettext(NOTHING), look)
        return self.picture(look)

    def as_csv(self) -> str:
        """Every row, with the numbers as they are."""
        return export.table([column.key for column in self.columns], self.cells)


NOTHING = marked("Nothing to show yet")
NONE = "\N{EN DASH}"


def number(value: int) -> str:
    """A whole number as the viewer writes it."""
    return format_decimal(value, locale=language())


def short(value: int) -> str:
    """The same, large ones shortened: for the few round numbers of an axis."""
    if abs(value) < _SHORT:
        return number(value)
    return format_compact_decimal(value, fraction_digits=1, locale=language())


def exact_tenths(tenths: int) -> Decimal:
    """Tenths as a decimal number: 899 is 89.9."""
    return Decimal(tenths).scaleb(-1)


def percent(tenths: int | None) -> str:
    """Tenths of a percent, which were rounded down before: 899 is ``89.9 %``; a dash for none."""
    if tenths is None:
        return NONE
    return _percent(exact_tenths(tenths))


def agreed(basis_points: int) -> str:
    """A share that was agreed, exactly: 9950 is ``99.5 %``."""
    return _percent(Decimal(basis_points).scaleb(-2))


def _percent(value: Decimal) -> str:
    return f"{format_decimal(value, '#,##0.##', locale=language())}\N{NO-BREAK SPACE}%"


def month(counted: int, *, brief: bool = False) -> str:
    """A month as :func:`hotline.services.statistics.instants.month_of` counts it."""
    return format_date(first_day(counted), "MMM yy" if brief else "MMMM y", locale=language())


def iso_month(counted: int) -> str:
    """The same for programs: ``2026-11``."""
    return f"{first_day(counted):%Y-%m}"


def month_so_far(counted: int, today: date) -> str:
    """The same, saying of the present one that it is not over."""
    if counted < today.year * 12 + today.month - 1:
        return month(counted)
    return gettext("{month}, so far").format(month=month(counted))


def every_month(found: Sequence[int]) -> range:
    """All months from the first to the last, those without anything too."""
    return range(min(found), max(found) + 1) if found else range(0)


def length(seconds: int) -> str:
    """A length of time, to the second below an hour."""
    if seconds % 60 == 0 or not 60 < seconds < 3600:
        return span(seconds)
    minutes, rest = divmod(seconds, 60)
    return gettext("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)


def rows_height(count: int) -> tuple[int, int]:
    """How high a picture of lying bars is, on both sizes."""
    height = drawing.height_of_rows(min(count, MOST_BARS))
    return height, height
