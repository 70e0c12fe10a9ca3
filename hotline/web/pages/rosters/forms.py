"""What can be typed about one exception to a roster: who, instead of whom, from when to when, and why."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from hotline.db.models import OverrideKind, User
from hotline.services.operation import Operation
from hotline.services.planning.plans import OverridePlan
from hotline.web.pages.me import times
from hotline.web.pages.me.forms import SpanForm
from hotline.web.pages.words import gettext, marked

WHATS = (
    ("replace", marked("is on call instead of everybody")),
    ("instead", marked("is on call instead of one person")),
    ("add", marked("is on call as well")),
    ("remove", marked("is not on call")),
    ("nobody", marked("Nobody is on call")),
)
_KINDS = {"add": OverrideKind.ADD, "remove": OverrideKind.REMOVE}


class PlannedForm(FlaskForm):  # type: ignore[misc]
    """Something that is looked at before it is saved."""

    new_id = HiddenField()
    reviewed = HiddenField()
    gaps = BooleanField(marked("Yes, nobody is on call then."))

    @property
    def row_id(self) -> uuid.UUID:
        """The id of the row to be; one of its own for whoever sends junk."""
        try:
            return uuid.UUID(self.new_id.data or "")
        except ValueError:
            return uuid.uuid4()


class OverrideForm(PlannedForm, SpanForm):
    """Put somebody on call, or take somebody off."""

    odd = ""

    person = SelectField(marked("Who"), [Optional()])
    what = RadioField(marked("What"), [InputRequired(marked("Choose one of these."))])
    instead_of = SelectField(marked("Instead of whom"), [Optional()])
    zone = SelectField(marked("The times are in"), [Optional()])

    def offer(self, candidates: Iterable[User], present: Iterable[User], zones: Iterable[str]) -> None:
        """Offer these people; ``present`` are those who may be on call there."""
        blank = [("", "\N{EN DASH}")]
        chosen = [(str(user.id), user.name) for user in candidates]
        there = [(str(user.id), user.name) for user in present]
        known = {key for key, _name in chosen}
        self.person.choices = blank + chosen + [one for one in there if one[0] not in known]
        self.instead_of.choices = blank + there
        self.what.choices = [(key, gettext(text)) for key, text in WHATS]
        self.zone.choices = [(zone, zone) for zone in dict.fromkeys(zones)]

    def check(self) -> bool:
        """Whether it says who, where somebody is needed; otherwise the fields say what is missing."""
        if self.what.data != "nobody" and not self.person.data:
            self.person.errors = [marked("Choose somebody.")]
        if self.what.data == "instead" and not self.instead_of.data:
            self.instead_of.errors = [marked("Say instead of whom.")]
        return not self.person.errors and not self.instead_of.errors

    def plan(self, op: Operation, rotation_id: uuid.UUID) -> OverridePlan | None:
        """What is planned; None, and the fields say why, when a time is none."""
        span = self.span(op, self.zone.data)
        if span is None:
            return None
        self.odd = self.remarks(*span)
        what = self.what.data
        return OverridePlan(
            self.row_id,
            rotation_id,
            _KINDS.get(what, OverrideKind.REPLACE),
            None if what == "nobody" else uuid.UUID(self.person.data),
            uuid.UUID(self.instead_of.data) if what == "instead" else None,
            span[0].at,
            span[1].at,
            self.reason.data or None,
        )

    def oddities(self) -> str:
        """What is odd about the times that were typed; empty when nothing is."""
        return self.odd

    def begin(self, start: datetime, end: datetime, zone: str) -> None:
        """Fill in a span."""
        self.zone.data = zone
        self.starts.data, self.ends.data = (times.typed(at, zone) for at in (start, end))


class SwapForm(PlannedForm):
    """Two people exchange their turns."""

    other = SelectField(marked("For which shift"), [InputRequired(marked("Choose a shift."))])
    reason = StringField(
        marked("Reason (may stay empty)"),
        [Optional(), Length(max=300, message=marked("At most 300 characters."))],
    )


class EndForm(PlannedForm):
    """An override ends."""
