"""What can be typed about a calendar of leave or holidays, and why one was not taken."""

from flask import request
from flask_wtf import FlaskForm
from wtforms import FileField, StringField
from wtforms.validators import InputRequired, Length

from hotline.db.models import Team, User
from hotline.sending.calendars import LARGEST
from hotline.services.on_call import leave
from hotline.services.on_call.leave import SourceRefusedError
from hotline.services.operation import Operation
from hotline.web.pages.words import marked

# Whatever may be wrong with a calendar, when it is entered or when it is read.
PROBLEMS = {
    "address": marked("This is no address of a calendar. It begins with https:// or webcal://."),
    "not-https": marked("The address has to begin with https://."),
    "enough": marked("There are five calendars already. Remove one first."),
    "nothing": marked("Type an address, or choose a file."),
    "not-a-calendar": marked("What was found there is no iCalendar file."),
    "too-many": marked("The calendar holds too many entries. Give one that holds leave alone."),
    "too-big": marked("The calendar is larger than a megabyte. Give one that holds leave alone."),
    "inside": marked("The address is inside the network, where nothing is read."),
    "unknown-name": marked("There is no such server."),
    "certificate": marked("The server's certificate is not good."),
    "unreachable": marked("The server did not answer as it should."),
    "gone": marked("The server says that the calendar is not there, or not for us."),
    "redirects": marked("The address leads from one address to another without end."),
}


class SourceForm(FlaskForm):  # type: ignore[misc]
    """A calendar: its name, and either where it is or the file itself."""

    label = StringField(
        marked("Name of the calendar"),
        [InputRequired(marked("Give the calendar a name.")), Length(max=80)],
    )
    url = StringField(marked("Address (https)"), [Length(max=2000)])
    file = FileField(marked("Or a file (.ics)"))

    def refuse(self, problem: str) -> None:
        """Say at the right field what is wrong."""
        field = self.url if self.url.data or problem == "nothing" else self.file
        field.errors = [PROBLEMS[problem]]


def given_file() -> bytes | None:
    """The file that was chosen, if any; one byte more than the largest at most."""
    found = request.files.get("file")
    if found is None or not found.filename:
        return None
    with found.stream as stream:
        data: bytes = stream.read(LARGEST + 1)
    return data


def enter(op: Operation, by: User, form: SourceForm, data: bytes | None, team: Team | None = None) -> None:
    """Take what was typed. Raises :class:`SourceRefusedError`."""
    if form.url.data:
        leave.add_address(op, by, form.label.data, form.url.data, team)
    elif not data:
        raise SourceRefusedError("nothing")
    elif len(data) > LARGEST:
        raise SourceRefusedError("too-big")
    else:
        leave.add_file(op, by, form.label.data, data, team)
