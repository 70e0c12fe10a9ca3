"""The figure of who was asked to take how many incidents."""

from collections.abc import Sequence
from functools import partial

from hotline.services.operation import Operation
from hotline.services.statistics import load
from hotline.services.statistics.frames import Frame
from hotline.services.statistics.load import Load
from hotline.web.pages.statistics import drawing, figures
from hotline.web.pages.statistics.figures import Column, Figure, number
from hotline.web.pages.statistics.plans import Look, Plan, Series, Tone
from hotline.web.pages.words import gettext


def figure(op: Operation, frame: Frame) -> Figure:
    """A bar for everybody who was paged."""
    found = load.loads(op, frame)
    return Figure(
        name="load",
        title=gettext("Load by engineer"),
        sentence=_sentence(found),
        columns=[
            Column("name", gettext("Name"), is_number=False),
            Column("paged", gettext("Incidents paged for")),
            Column("taken", gettext("of them theirs")),
            Column("others", gettext("of them somebody else's")),
        ],
        rows=[[one.name, number(one.paged), number(one.taken), number(one.others)] for one in found],
        cells=[[one.name, one.paged, one.taken, one.others] for one in found],
        picture=partial(_picture, found),
        height=figures.rows_height(len(found)),
        note=_note(found),
    )


def _picture(found: Sequence[Load], look: Look) -> bytes:
    shown = found[: figures.MOST_BARS]
    plan = Plan(
        labels=[one.name for one in shown],
        series=[
            Series(gettext("theirs"), Tone.ACCENT, [one.taken for one in shown]),
            Series(gettext("somebody else's, or nobody's"), Tone.QUIET, [one.others for one in shown]),
        ],
        axis=gettext("incidents paged for"),
        tick=figures.short,
        captions=[number(one.paged) for one in shown],
    )
    return drawing.rows(plan, look)


def _sentence(found: Sequence[Load]) -> str:
    if not found:
        return gettext("Nobody was paged in these days.")
    most = found[0]
    return gettext(
        "{name} was paged for the most incidents: {paged}, of which {taken} became theirs."
    ).format(name=most.name, paged=number(most.paged), taken=number(most.taken))


def _note(found: Sequence[Load]) -> str:
    if len(found) <= figures.MOST_BARS:
        return ""
    return gettext("The chart shows the first {count}; the table and the file have all.").format(
        count=figures.MOST_BARS
    )
