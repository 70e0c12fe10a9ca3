"""Calendars of leave or holidays are given and removed: what can be typed, and why one was not taken."""

import uuid
from collections.abc import Callable

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import FileField, StringField
from wtforms.validators import InputRequired, Length

from hotline.db.models import Team, User
from hotline.errors import NotFoundError
from hotline.sending.calendars import LARGEST
from hotline.services.calendars import leave
from hotline.services.calendars.leave import SourceRefusedError
from hotline.services.operation import Operation
from hotline.web.pages.guard import viewer
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked

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


def save(
    form_page: Callable[[SourceForm], str], then: str, team_id: uuid.UUID | None = None
) -> ResponseReturnValue:
    """Take the calendar that was typed and go on to ``then``; the form again where it cannot be taken.

    It is the viewer's own, or the team's. Raises :class:`NotFoundError` where there is no such team.
    """
    form, me, data = SourceForm(), viewer().id, _given_file()

    def work(op: Operation) -> None:
        team = None if team_id is None else find_team(op, team_id)
        _enter(op, op.session.get_one(User, me), form, data, team)

    if not form.validate():
        return form_page(form), 422
    try:
        the_site().write(work)
    except SourceRefusedError as refused:
        form.refuse(refused.problem)
        return form_page(form), 422
    flash(gettext("The calendar is kept. An address is read within a minute."), "success")
    return redirect(then, 303)


def remove(source_id: uuid.UUID, then: str) -> ResponseReturnValue:
    """Forget a calendar; twice is as good as once."""
    return act(leave.remove, source_id, gettext("The calendar was removed."), then)


def act(
    work: Callable[[Operation, uuid.UUID, User], object], row_id: uuid.UUID, done: str, then: str
) -> ResponseReturnValue:
    """The viewer does something to a row of theirs, which is said at ``then``."""
    me = viewer().id
    the_site().write(lambda op: work(op, row_id, op.session.get_one(User, me)))
    flash(done, "success")
    return redirect(then, 303)


def find_team(op: Operation, team_id: uuid.UUID) -> Team:
    """The team. Raises :class:`NotFoundError`."""
    team = op.session.get(Team, team_id)
    if team is None:
        raise NotFoundError("There is no such team.")
    return team


def _given_file() -> bytes | None:
    """The file that was chosen, if any; one byte more than the largest at most."""
    found = request.files.get("file")
    if found is None or not found.filename:
        return None
    with found.stream as stream:
        data: bytes = stream.read(LARGEST + 1)
    return data


def _enter(op: Operation, by: User, form: SourceForm, data: bytes | None, team: Team | None = None) -> None:
    """Take what was typed. Raises :class:`SourceRefusedError`."""
    if form.url.data:
        leave.add_address(op, by, form.label.data, form.url.data, team)
    elif not data:
        raise SourceRefusedError("nothing")
    elif len(data) > LARGEST:
        raise SourceRefusedError("too-big")
    else:
        leave.add_file(op, by, form.label.data, data, team)
