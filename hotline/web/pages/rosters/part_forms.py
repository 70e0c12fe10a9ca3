"""What can be typed about a layer: its parts, each with people in their order, and from when on it holds."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import DateInput, DateTimeLocalInput, TimeInput

import routing
from hotline.db.models import User
from hotline.errors import InvalidInputError
from hotline.services.on_call import versions
from hotline.services.on_call.versions import PartPlan
from hotline.web.pages.rosters.forms import PlannedForm
from hotline.web.pages.words import gettext, marked

LONGEST_CYCLE = 84
_DAY_GROUPS = {
    "all": (marked("every day"), range(7)),
    "work": (marked("Monday to Friday"), range(5)),
    "end": (marked("Saturday and Sunday"), range(5, 7)),
    "0": (marked("Monday"), (0,)),
    "1": (marked("Tuesday"), (1,)),
    "2": (marked("Wednesday"), (2,)),
    "3": (marked("Thursday"), (3,)),
    "4": (marked("Friday"), (4,)),
    "5": (marked("Saturday"), (5,)),
    "6": (marked("Sunday"), (6,)),
}
_NO_TIME = marked("Type a time such as 09:00.")
Values = dict[str, Any]


class HandOffForm(Form):  # type: ignore[misc]
    """When the turn passes on: the day of the cycle, from 1, and the local time."""

    day = IntegerField(
        marked("Day of the cycle"),
        [Optional(), NumberRange(1, LONGEST_CYCLE, marked("Choose a day within the cycle."))],
        default=1,
    )
    at = StringField(marked("Hand-off at"), widget=TimeInput())


class HoursForm(Form):  # type: ignore[misc]
    """When it is open: days of the week, from when to when."""

    days = SelectField(marked("Days"))
    begins = StringField(marked("From"), widget=TimeInput())
    ends = StringField(marked("To"), widget=TimeInput())

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.days.choices = [(key, gettext(label)) for key, (label, _days) in _DAY_GROUPS.items()]


class PartForm(Form):  # type: ignore[misc]
    """A part: its name, zone, start, cycle, hand-offs, hours, and people in their order."""

    name = StringField(
        marked("Name of this part (may stay empty)"),
        [Length(max=40, message=marked("At most 40 characters."))],
    )
    zone = StringField(marked("Time zone"))
    starts_on = StringField(marked("First day of the cycle"), widget=DateInput())
    cycle_days = IntegerField(
        marked("Days in a cycle"),
        [Optional(), NumberRange(1, LONGEST_CYCLE, marked("From 1 to 84 days."))],
        default=7,
    )
    members = FieldList(SelectField(marked("Person"), validate_choice=False))
    hand_offs = FieldList(FormField(HandOffForm))
    hours = FieldList(FormField(HoursForm))

    def plan(self, known: Iterable[str]) -> PartPlan | None:
        """What is planned; None, and the fields say why, when something is missing or wrong."""
        known = {*known}
        members = [uuid.UUID(one.data) for one in self.members if one.data in known]
        if not members:
            self.name.errors = [*self.name.errors, marked("Choose at least one person.")]
        starts_on = _date(self.starts_on)
        hand_offs = [
            None if at is None else routing.HandOff((one.form.day.data or 1) - 1, at)
            for one in self.hand_offs
            for at in [_time(one.form.at)]
        ]
        hours = [one for entry in self.hours for one in _hours(entry.form)]
        if not members or starts_on is None or None in hand_offs or None in hours:
            return None
        try:
            return versions.planned(
                members,
                (self.zone.data or "").strip(),
                starts_on,
                *(one for one in hand_offs if one is not None),
                cycle_days=self.cycle_days.data or 7,
                hours=[one for one in hours if one is not None],
                name=(self.name.data or "").strip(),
            )
        except InvalidInputError as wrong:
            self.name.errors = [*self.name.errors, _explained(str(wrong))]
            return None


class LayerForm(PlannedForm):
    """A layer as it is to be, and from when on."""

    layer = StringField(
        marked("Name of the layer"), [Length(max=40, message=marked("At most 40 characters."))]
    )
    parts = FieldList(FormField(PartForm))
    when = RadioField(marked("From when on"), [Optional()], default="now")
    at = StringField(marked("At this time"), [Optional()], widget=DateTimeLocalInput())
    keep = BooleanField(
        marked("Keep who is on call at that time: turn the order so that nobody changes then")
    )
    reason = StringField(
        marked("Reason (may stay empty)"),
        [Optional(), Length(max=300, message=marked("At most 300 characters."))],
    )

    def offer(self, people: Sequence[User], hand_off: str) -> None:
        """Offer these people, and the instants at which a change may begin."""
        names = [("", "\N{EN DASH}"), *((str(user.id), user.name) for user in people)]
        for part in self.parts:
            for one in part.form.members:
                one.choices = names
        whens = [("now", gettext("now")), ("at", gettext("at another time"))]
        if hand_off:
            whens.insert(1, ("hand-off", gettext("at the next hand-off, {time}").format(time=hand_off)))
        self.when.choices = whens

    def plans(self, people: Sequence[User]) -> list[PartPlan] | None:
        """All parts; None when a field says what is wrong."""
        known = [str(user.id) for user in people]
        found = [part.form.plan(known) for part in self.parts]
        plans = [plan for plan in found if plan is not None]
        return plans if found and len(plans) == len(found) else None


class LayerEndForm(PlannedForm):
    """A layer ends."""


def values_of(plans: Sequence[PartPlan]) -> list[Values]:
    """Parts as the form shows them."""
    return [
        {
            "name": plan.name,
            "zone": plan.part.time_zone,
            "starts_on": plan.part.starts_on.isoformat(),
            "cycle_days": plan.part.cycle_days,
            "members": [str(member) for member in plan.part.members],
            "hand_offs": [
                {"day": one.day + 1, "at": one.at.isoformat("minutes")} for one in plan.part.hand_offs
            ],
            "hours": _grouped(plan.part.hours),
        }
        for plan in plans
    ]


def new_part(zone: str, starts_on: date) -> Values:
    """A part as it begins: weekly, at nine, with room for two people."""
    hand_offs = [{"day": 1, "at": "09:00"}]
    return {
        "name": "",
        "zone": zone,
        "starts_on": starts_on.isoformat(),
        "cycle_days": 7,
        "members": ["", ""],
        "hand_offs": hand_offs,
        "hours": [],
    }


def _grouped(hours: Iterable[routing.Hours]) -> list[Values]:
    """Hours of several days in a line where there is a name for those days."""
    by_times: dict[tuple[time, time], list[int]] = {}
    for one in hours:
        by_times.setdefault((one.begins, one.ends), []).append(one.weekday)
    found = []
    for (begins, ends), days in by_times.items():
        whole = next((key for key, (_label, group) in _DAY_GROUPS.items() if [*group] == sorted(days)), None)
        for key in [whole] if whole else [str(day) for day in sorted(days)]:
            times = {"begins": begins.isoformat("minutes"), "ends": ends.isoformat("minutes")}
            found.append({"days": key, **times})
    return found


def _hours(form: HoursForm) -> list[routing.Hours | None]:
    begins, ends = _time(form.begins), _time(form.ends)
    if begins is None or ends is None:
        return [None]
    _label, days = _DAY_GROUPS.get(form.days.data or "", _DAY_GROUPS["all"])
    return [routing.Hours(day, begins, ends) for day in days]


def _time(field: StringField) -> time | None:
    try:
        return datetime.strptime((field.data or "").strip(), "%H:%M").time()  # noqa: DTZ007 - a time of day
    except ValueError:
        field.errors = [_NO_TIME]
        return None


def _date(field: StringField) -> date | None:
    try:
        found = date.fromisoformat((field.data or "").strip())
    except ValueError:
        found = date.min
    if 2000 <= found.year < 2100:
        return found
    field.errors = [marked("Type a day such as 2026-11-23.")]
    return None


def _explained(wrong: str) -> str:
    if "time zone" in wrong:
        return marked("There is no such time zone. Type one such as Europe/Berlin.")
    if "within its cycle" in wrong:
        return marked("A hand-off lies within the cycle: choose a smaller day or a longer cycle.")
    return marked("Each hand-off once, and at least one.")
