"""Figures of attainment: the share that was answered in time, beside the share that was promised."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial

import sla
from hotline.services.operation import Operation
from hotline.services.statistics import attainment
from hotline.services.statistics.attainment import By, Share
from hotline.services.statistics.frames import Frame
from hotline.web.pages.statistics import drawing, figures
from hotline.web.pages.statistics.figures import Column, Figure, number, percent
from hotline.web.pages.statistics.plans import Look, Plan, Series, Tone
from hotline.web.pages.words import gettext, marked

_WHOLE = 1000  # in tenths of a percent, as attainment is shown
_TENTH = 10  # in basis points, as the picture is drawn
_TITLES = {
    By.MONTH: marked("Attainment by month"),
    By.CUSTOMER: marked("Attainment by customer"),
    By.TEAM: marked("Attainment by team"),
    By.PRODUCT: marked("Attainment by product"),
}
_NAMES = {
    By.MONTH: marked("Month"),
    By.CUSTOMER: marked("Customer"),
    By.TEAM: marked("Team"),
    By.PRODUCT: marked("Product"),
}
_SENTENCES = {
    By.MONTH: marked(
        "{percent} of the incidents were answered in time: {kept} of {decided}. "
        "Months below what was promised: {below} of {groups}."
    ),
    By.CUSTOMER: marked(
        "Customers who got less than was promised: {below} of {groups}. Lowest: {name}, {lowest} in time."
    ),
    By.TEAM: marked(
        "Teams that answered less in time than was promised: {below} of {groups}. "
        "Lowest: {name}, {lowest} in time."
    ),
    By.PRODUCT: marked(
        "Products for which less was answered in time than was promised: {below} of {groups}. "
        "Lowest: {name}, {lowest} in time."
    ),
}


def figure(op: Operation, frame: Frame, by: By, today: date) -> Figure:
    """The figure of one way to count."""
    found = attainment.shares(op, frame, by)
    columns = [
        Column(by.value, gettext(_NAMES[by]), is_number=False),
        Column("kept", gettext("Told in time")),
        Column("missed", gettext("Missed")),
        Column("undecided", gettext("Not decided yet")),
        Column("attainment_percent", gettext("Attainment")),
        Column("promised_percent", gettext("Promised")),
        Column("below_promise", gettext("Beside the promise"), is_number=False),
    ]
    names = [figures.month_so_far(share.month, today) if by is By.MONTH else share.name for share in found]
    return Figure(
        name=by.value,
        title=gettext(_TITLES[by]),
        sentence=_sentence(found, by),
        columns=columns,
        rows=[
            [
                name,
                number(share.tally.kept),
                number(share.tally.missed),
                number(share.running),
                percent(share.tenths),
                _promised([share]),
                _verdict(share),
            ]
            for name, share in zip(names, found, strict=True)
        ],
        cells=[
            [
                figures.iso_month(share.month) if by is By.MONTH else share.name,
                share.tally.kept,
                share.tally.missed,
                share.running,
                None if share.tenths is None else figures.exact_tenths(share.tenths),
                None if share.promised is None else Decimal(share.promised).scaleb(-2),
                None if share.tenths is None else share.is_below,
            ]
            for share in found
        ],
        picture=partial(_picture, found, by),
        height=(340, 320) if by is By.MONTH else figures.rows_height(len(found)),
        note=_note(found, by),
    )


def _picture(found: Sequence[Share], by: By, look: Look) -> bytes:
    shown = _with_gaps(found) if by is By.MONTH else list(found[: figures.MOST_BARS])
    plan = Plan(
        labels=[figures.month(share.month, brief=True) if by is By.MONTH else share.name for share in shown],
        series=[
            _bars(gettext("as promised"), Tone.SAFE, shown, is_below=False),
            _bars(gettext("below the promise"), Tone.LATE, shown, is_below=True),
        ],
        axis=gettext("answered in time, %"),
        tick=lambda points: number(points // 100),
        captions=[_caption(share, by, look) for share in shown],
        promise=_promise(found),
        promises=[() if share.promised is None else (share.promised,) for share in shown],
        top=_WHOLE * _TENTH,
        unit=100 * _TENTH,
    )
    return drawing.columns(plan, look) if by is By.MONTH else drawing.rows(plan, look)


def _bars(name: str, tone: Tone, shown: Sequence[Share], *, is_below: bool) -> Series:
    mine = [share.tenths is not None and share.is_below is is_below for share in shown]
    values = [
        (share.tenths or 0) * _TENTH if is_mine else 0 for share, is_mine in zip(shown, mine, strict=True)
    ]
    return Series(name, tone, values, is_there=any(mine))


def _verdict(share: Share) -> str:
    if share.tenths is None:
        return figures.NONE
    return gettext("below the promise") if share.is_below else gettext("as promised")


def _caption(share: Share, by: By, look: Look) -> str:
    if by is By.MONTH or look.is_narrow or share.tenths is None:
        return percent(share.tenths)
    counts = gettext("{kept} of {decided}").format(
        kept=number(share.tally.kept), decided=number(share.tally.total)
    )
    return f"{percent(share.tenths)} ({counts})"


def _promise(found: Sequence[Share]) -> str:
    """The one share that all of them promise, or that each has its own."""
    shares = {share.promised for share in found} - {None}
    if len(shares) == 1:
        return gettext("promised: {share}").format(share=_promised(found))
    return gettext("promised by the contracts") if shares else ""


def _promised(shares: Sequence[Share]) -> str:
    """The share that was promised of the first that has any."""
    return next((figures.agreed(one.promised) for one in shares if one.promised is not None), figures.NONE)


def _with_gaps(found: Sequence[Share]) -> list[Share]:
    known = {share.month: share for share in found}
    return [
        known.get(month) or Share("", month, sla.Tally(0, 0), 0, 0)
        for month in figures.every_month(list(known))
    ]


def _sentence(found: Sequence[Share], by: By) -> str:
    decided = [share for share in found if share.tally.total]
    if not decided:
        return gettext(
            "No deadline in these days is decided yet: nobody was told in time, and nobody too late."
        )
    kept = sum(share.tally.kept for share in decided)
    whole = sum(share.tally.total for share in decided)
    return gettext(_SENTENCES[by]).format(
        percent=percent(kept * _WHOLE // whole),
        kept=number(kept),
        decided=number(whole),
        below=number(sum(share.is_below for share in decided)),
        groups=number(len(decided)),
        name=decided[0].name,
        lowest=percent(decided[0].tenths),
    )


def _note(found: Sequence[Share], by: By) -> str:
    if by is By.MONTH or len(found) <= figures.MOST_BARS:
        return ""
    return gettext("The chart shows the {count} lowest; the table and the file have all.").format(
        count=figures.MOST_BARS
    )
