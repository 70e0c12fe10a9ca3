"""Before and after on a page: what a change would do, drawn and in words, and saving what was looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import request

from hotline.db.base import new_id
from hotline.db.models import User
from hotline.errors import InvalidInputError
from hotline.services.calendars.timeline import Stretch
from hotline.services.operation import Operation
from hotline.services.planning import planning
from hotline.services.planning.comparison import Comparison
from hotline.services.planning.plans import Plan
from hotline.services.planning.refusing import Refusal, RefusedError
from hotline.web.pages.guard import viewer
from hotline.web.pages.me import refusals, times
from hotline.web.pages.rosters import axis
from hotline.web.pages.rosters.drawing import Canvas, Line
from hotline.web.pages.rosters.forms import PlannedForm
from hotline.web.pages.rosters.shapes import Row, Tick
from hotline.web.pages.rosters.window import Scale, Window
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked, time_zone

_STALE = marked(
    "The roster, or what you typed, has changed since you looked. This is how it is now; nothing was saved."
)


@dataclass(frozen=True, slots=True)
class Picture:
    """The two rows of one layer over the same time."""

    team: str
    layer: str
    zone: str
    days: Sequence[Tick]
    now: float | None
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a change means for one person."""

    name: str
    nights: int
    hours: float


@dataclass(frozen=True, slots=True)
class Review:
    """All that is shown of a change: pictures, whom it means what, gaps, and what to mind."""

    pictures: Sequence[Picture]
    meanings: Sequence[Meaning]
    gaps: Sequence[tuple[str, datetime, datetime]]
    unanswered: Sequence[str]
    warnings: Sequence[str]
    is_nothing: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of a form: it was saved, or this is to be looked at, or it was refused with these words."""

    is_saved: bool = False
    was_there: bool = False
    review: Review | None = None
    trouble: str = ""


def decide(plan: Plan, form: PlannedForm) -> Decision:
    """Save when that was asked for and nothing has changed since it was looked at; else look.

    The digest of what is looked at is put into the form.
    """
    try:
        if request.form.get("do") == "save":
            done = the_site().write(
                lambda op: planning.save(
                    op, plan, _me(op), form.reviewed.data or "", gaps_confirmed=form.gaps.data
                )
            )
            return Decision(is_saved=True, was_there=done.was_there)
        return _looked(plan, form)
    except planning.LookAgainError as again:
        form.gaps.data = False
        return _shown(again.outcome, form, gettext(_STALE) if form.reviewed.data else "")
    except RefusedError as refused:
        if refused.why in (Refusal.NOBODY, Refusal.UNANSWERED) and request.form.get("do") == "save":
            return _again(plan, form, refused)
        return Decision(trouble=refusals.words(refused))
    except InvalidInputError as wrong:
        return Decision(trouble=str(wrong))


def begin(form: PlannedForm) -> None:
    """Give a new form the id of the row to be."""
    form.new_id.data = str(new_id())


def _again(plan: Plan, form: PlannedForm, refused: RefusedError) -> Decision:
    """What was refused at saving, in sight again; the words stand beside it."""
    try:
        return _looked(plan, form, refusals.words(refused))
    except RefusedError as another:
        return Decision(trouble=refusals.words(another))


def _looked(plan: Plan, form: PlannedForm, trouble: str = "") -> Decision:
    return _shown(the_site().write(lambda op: planning.look(op, plan, _me(op))), form, trouble)


def _shown(outcome: planning.Outcome, form: PlannedForm, trouble: str) -> Decision:
    if outcome.was_there:
        return Decision(is_saved=True, was_there=True)
    form.reviewed.data = outcome.digest
    return Decision(review=review_of(outcome), trouble=trouble)


def review_of(outcome: planning.Outcome) -> Review:
    """An outcome as it is shown."""
    colours: dict[str, int] = {}
    return Review(
        [_picture(row, outcome.people, colours) for row in outcome.rows],
        [Meaning(outcome.people[one.user_id].name, one.nights, one.hours) for one in outcome.tallies],
        outcome.gaps,
        outcome.unanswered,
        _warnings(outcome),
        outcome.is_nothing,
    )


def _warnings(outcome: planning.Outcome) -> list[str]:
    unreachable = gettext("{name} cannot be rung: there is no verified number that works.")
    away = gettext("{name} is on leave from {start}, and would be on call.")
    double = gettext("{name} is on call in {team}, {layer} too, from {start}.")
    return [
        *(unreachable.format(name=person.name) for person in outcome.unreachable),
        *(
            double.format(
                name=one.person.name, team=one.team, layer=one.layer, start=times.said(one.starts_at)
            )
            for one in outcome.doubles
        ),
        *(away.format(name=person.name, start=times.said(at)) for person, at in outcome.away),
    ]


def _picture(row: Comparison, people: Mapping[Any, planning.Person], colours: dict[str, int]) -> Picture:
    start, end = row.after.start, row.after.end
    for person in people.values():
        colours.setdefault(str(person.id), len(colours) % 6 + 1)
    is_short = end - start <= timedelta(days=2)
    seen = Window("", Scale.DAY if is_short else Scale.WEEK, start.date(), time_zone(), False, False, False)
    draw = Line(Canvas(seen, time_zone(), start, viewer(), False, colours), start, end, is_cut=True)

    def stretches(table: Any) -> list[Stretch]:
        return [
            Stretch([people[member] for member in one.members], one.starts_at, one.ends_at, one.is_override)
            for one in table.spells
        ]

    return Picture(
        row.team,
        row.layer,
        time_zone(),
        axis.sparse(draw.place, start, end, time_zone()),
        None,
        [
            draw.stretches(row.layer, gettext("Before"), stretches(row.before)),
            draw.stretches(row.layer, gettext("After"), stretches(row.after)),
        ],
    )


def _me(op: Operation) -> User:
    return op.session.get_one(User, viewer().id)
