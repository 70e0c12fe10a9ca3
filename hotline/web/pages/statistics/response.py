"""Figures of waiting: how long until customers were told, and until a person took their call."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

from hotline.services.operation import Operation
from hotline.services.statistics import response
from hotline.services.statistics.frames import Frame
from hotline.services.statistics.response import MINUTE, NEVER, Pickup, Waits
from hotline.web.pages.statistics import drawing, figures
from hotline.web.pages.statistics.figures import Column, Figure, length, number
from hotline.web.pages.statistics.plans import Look, Plan, Series, Tone
from hotline.web.pages.words import gettext

_BUCKETS = 6  # up to the promise, and as many beyond it
_USUAL = 30 * MINUTE
_FINEST = MINUTE


def distribution(op: Operation, frame: Frame) -> Figure:
    """How many customers were told within how many minutes."""
    found = response.waits(op, frame)
    step, bounds = _bounds(found)
    in_time, late = _binned(found.in_time, step, bounds), _binned(found.late, step, bounds)
    labels = _labels(bounds)
    is_empty = not (found.told or found.never)
    rows = [] if is_empty else list(zip(labels, in_time, late, strict=True))
    return Figure(
        name="response",
        title=gettext("How long customers waited to be told who works on it"),
        sentence=_told_sentence(found),
        columns=[
            Column("minutes_from_report", gettext("Minutes from the report"), is_number=False),
            Column("in_time", gettext("Told in time")),
            Column("late", gettext("Too late")),
        ],
        rows=[[label, number(kept), number(missed)] for label, kept, missed in rows],
        cells=[[label, kept, missed] for label, kept, missed in rows],
        picture=partial(_histogram, found, labels, in_time, late, step),
    )


def _bounds(found: Waits) -> tuple[int, list[int]]:
    """How many minutes a bar holds, and the last minute of each bar but the last two."""
    promise = found.targets[0] if found.targets else _USUAL
    step = max(-(-promise // MINUTE // _BUCKETS), 1)
    return step, [step * place for place in range(1, 2 * _BUCKETS + 1)]


def _labels(bounds: Sequence[int]) -> list[str]:
    starts = [0, *bounds]
    ranges = [f"{start}\N{EN DASH}{end}" for start, end in zip(starts, bounds, strict=False)]
    return [*ranges, gettext("over {minutes}").format(minutes=bounds[-1]), gettext("not yet")]


def _binned(counts: Mapping[int, int], step: int, bounds: Sequence[int]) -> list[int]:
    """A minute is in the bar that ends with it or after it; the last two are for more, and for never."""
    bins = [0] * (len(bounds) + 2)
    for minute, count in counts.items():
        bins[-1 if minute == NEVER else min((minute - 1) // step, len(bounds))] += count
    return bins


def _histogram(
    found: Waits, labels: Sequence[str], in_time: Sequence[int], late: Sequence[int], step: int, look: Look
) -> bytes:
    # A line stands between two bars only for a promise that ends with one.
    edges = [target // MINUTE // step for target in found.targets if target % (MINUTE * step) == 0]
    plan = Plan(
        labels=labels,
        series=[
            Series(gettext("in time"), Tone.SAFE, in_time),
            Series(gettext("too late, or not told yet"), Tone.LATE, late),
        ],
        axis=gettext("incidents"),
        tick=figures.short,
        captions=[
            number(kept + missed) if kept + missed else "" for kept, missed in zip(in_time, late, strict=True)
        ],
        labels_axis=gettext("minutes from the report to being told"),
        promise=_promise(found.targets),
        edges=[edge for edge in edges if edge <= 2 * _BUCKETS],
    )
    return drawing.columns(plan, look)


def _promise(targets: Sequence[int]) -> str:
    said = [length(target) for target in (targets if len(targets) < 4 else (targets[0], targets[-1]))]
    return gettext("promised within {times}").format(times=", ".join(said))


def _told_sentence(found: Waits) -> str:
    told = found.told
    half, most = response.within(told, 50), response.within(told, 90)
    late = sum(found.late.values())
    whole = sum(told.values()) + found.never
    if half is None or most is None:
        if not found.never:
            return gettext("Nobody in these days has been told yet, and no deadline has passed.")
        return gettext("Nobody in these days was told at all. Missed: {late}.").format(late=number(late))
    return gettext(
        "Half of the customers who were told knew within {half}, nine of ten within {most}. "
        "Too late or not told yet: {late} of {whole}."
    ).format(half=length(half * MINUTE), most=length(most * MINUTE), late=number(late), whole=number(whole))


def pickup(op: Operation, frame: Frame, today: date) -> Figure:
    """From the ring to a human, by month."""
    found = response.pickups(op, frame)
    return Figure(
        name="pickup",
        title=gettext("From the ring to a human"),
        sentence=_pickup_sentence(found),
        columns=[
            Column("month", gettext("Month"), is_number=False),
            Column("calls", gettext("Calls taken")),
            Column("half_within_seconds", gettext("Half within")),
            Column("nine_of_ten_within_seconds", gettext("Nine of ten within")),
        ],
        rows=[
            [figures.month_so_far(one.month, today), number(one.calls), length(one.half), length(one.most)]
            for one in found
        ],
        cells=[[figures.iso_month(one.month), one.calls, one.half, one.most] for one in found],
        picture=partial(_pickup_picture, found),
    )


def _pickup_picture(found: Sequence[Pickup], look: Look) -> bytes:
    known = {one.month: one for one in found}
    shown = [known.get(month) or Pickup(month, 0, 0, 0, ()) for month in figures.every_month(list(known))]
    plan = Plan(
        labels=[figures.month(one.month, brief=True) for one in shown],
        series=[
            Series(gettext("half of the calls"), Tone.ACCENT, [one.half for one in shown]),
            Series(gettext("up to nine of ten"), Tone.QUIET, [one.most - one.half for one in shown]),
        ],
        axis=gettext("minutes"),
        tick=lambda seconds: number(seconds // MINUTE),
        promise=_promise(sorted({target for one in found for target in one.targets})),
        promises=[one.targets for one in shown],
        unit=_FINEST,
    )
    return drawing.columns(plan, look)


def _pickup_sentence(found: Sequence[Pickup]) -> str:
    if not found:
        return gettext("No call in these days was taken by a person yet.")
    last = found[-1]
    return gettext(
        "{month}: a person took half of the calls within {half} of ringing, and nine of ten within {most}. "
        "Voicemail and silence never count. The promise is to tell the customer, which comes after."
    ).format(month=figures.month(last.month), half=length(last.half), most=length(last.most))
