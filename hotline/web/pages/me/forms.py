"""What can be typed about shifts: whom, from when to when in the viewer's own zone, and why."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import DateTimeLocalInput

from hotline.db.models import User
from hotline.services.operation import Operation
from hotline.web.pages.me import times
from hotline.web.pages.words import gettext, marked, time_zone

_NO_TIME = marked("This is no date and time. Type it as 2026-11-23 09:00.")


class SpanForm(FlaskForm):  # type: ignore[misc]
    """From when to when, as local times of the viewer, and a reason."""

    starts = StringField(
        marked("From"), [InputRequired(marked("Say from when."))], widget=DateTimeLocalInput()
    )
    ends = StringField(marked("To"), [InputRequired(marked("Say until when."))], widget=DateTimeLocalInput())
    reason = StringField(
        marked("Reason (may stay empty)"),
        [Optional(), Length(max=300, message=marked("At most 300 characters."))],
    )

    def span(self, op: Operation, zone: str | None = None) -> tuple[times.Typed, times.Typed] | None:
        """The instants that are meant, in the viewer's zone or ``zone``; None, and the field says why,
        when one is no time.
        """
        zone = zone or time_zone()
        found = [times.read(field.data or "", zone, op.now) for field in (self.starts, self.ends)]
        for field, meaning in zip((self.starts, self.ends), found, strict=True):
            if meaning is None:
                field.errors = [_NO_TIME]
        start, end = found
        return None if start is None or end is None else (start, end)

    def remarks(self, *meanings: times.Typed) -> str:
        """What is odd about the times that were typed; empty when nothing is."""
        said = [
            times.remark(field.data or "", meaning)
            for field, meaning in zip((self.starts, self.ends), meanings, strict=True)
        ]
        return "".join(f" {sentence}" for sentence in said if sentence)


class AskForm(SpanForm):
    """Ask a colleague, or anyone, for cover."""

    rotation = HiddenField()
    whom = SelectField(marked("Whom"), [Optional()])

    def offer(self, users: Iterable[User]) -> None:
        """Offer these colleagues, and anyone."""
        self.whom.choices = [("", gettext("Anyone in the team")), *_names(users)]


def _names(users: Iterable[User]) -> list[tuple[str, Any]]:
    return [(str(user.id), user.name) for user in users]
