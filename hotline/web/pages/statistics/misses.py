"""The figure of when promises are missed: a dot for every hour of the week."""

from collections.abc import Sequence
from functools import partial

from babel.dates import get_day_names

from hotline.services.operation import Operation
from hotline.services.statistics import misses
from hotline.services.statistics.frames import Frame
from hotline.web.pages.statistics import drawing
from hotline.web.pages.statistics.figures import Column, Figure, number
from hotline.web.pages.statistics.plans import Look
from hotline.web.pages.words import gettext, language

_KEYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def figure(op: Operation, frame: Frame) -> Figure:
    """Rows are hours and columns weekdays, so that the table fits a telephone."""
    counts = misses.by_hour(op, frame)
    whole = sum(map(sum, counts))
    hours = [f"{hour:02}:00" for hour in range(misses.HOURS)]
    columns = zip(*counts, strict=True) if whole else ()
    by_hour = [(hour, list(days)) for hour, days in zip(hours, columns, strict=False)]
    return Figure(
        name="misses",
        title=gettext("When promises were missed"),
        sentence=_sentence(counts, whole, frame.zone.key),
        columns=[
            Column("hour", gettext("Hour"), is_number=False),
            *(Column(key, name) for key, name in zip(_KEYS, _days(False), strict=True)),
            Column("sum", gettext("Sum")),
        ],
        rows=[
            [hour, *(number(count) if count else "" for count in days), number(sum(days))]
            for hour, days in by_hour
        ],
        cells=[[hour, *days, sum(days)] for hour, days in by_hour],
        picture=partial(_picture, counts),
        height=(330, 270),
        is_grid=True,
    )


def _picture(counts: Sequence[Sequence[int]], look: Look) -> bytes:
    hours = [f"{hour:02}" for hour in range(misses.HOURS)]
    return drawing.dots(_days(False), hours, counts, look)


def _days(is_whole: bool) -> list[str]:
    names = get_day_names("wide" if is_whole else "abbreviated", locale=language())
    return [names[day] for day in range(misses.DAYS)]


def _sentence(counts: Sequence[Sequence[int]], whole: int, zone: str) -> str:
    if not whole:
        return gettext(
            "No promise was missed in these days. Each one would be a dot at the hour of its deadline."
        )
    worst, day, hour = max(
        (count, -day, -hour) for day, hours in enumerate(counts) for hour, count in enumerate(hours)
    )
    return gettext(
        "Missed in all: {whole}. Most often on {day} between {start} and {end}: {worst}. "
        "Each is counted at the hour of its deadline in {zone}; the larger the dot, the more."
    ).format(
        whole=number(whole),
        day=_days(True)[-day],
        start=f"{-hour:02}:00",
        end=f"{(-hour + 1) % misses.HOURS:02}:00",
        worst=number(worst),
        zone=zone,
    )
