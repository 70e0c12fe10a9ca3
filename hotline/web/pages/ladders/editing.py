"""Making and changing a ladder: the steps, what they would do, and only then saving.

1. A button of a step changes the form and saves nothing.
2. What was typed is tried in a transaction that is taken back: beside what would be saved stands who would
   be rung now and at an instant of the manager's choice, before and after.
3. Only what was looked at is saved; never what leaves the hotline unanswered now. Whoever saved meanwhile is
   named, and nothing typed is lost.
"""

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from hotline.db.base import new_id
from hotline.services import directory
from hotline.services.access import Permission
from hotline.services.directory.changes import version
from hotline.services.ladders import choices, saving
from hotline.services.ladders.answers import UNANSWERED, UnansweredError, is_unanswered
from hotline.services.ladders.plans import LADDERS, values_of
from hotline.services.ladders.rehearsing import Rehearsal, rehearse
from hotline.services.operation import Operation
from hotline.web.pages.admin import words as admin_words
from hotline.web.pages.admin.editing import SAVED, draft_key
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.ladders import words
from hotline.web.pages.ladders.forms import (
    LadderForm,
    changed,
    data_of,
    field_called,
    values_in,
    wrong_fields,
)
from hotline.web.pages.me.times import read as read_time
from hotline.web.pages.me.times import typed
from hotline.web.pages.site import now_of_page, the_site
from hotline.web.pages.words import gettext, marked, time_zone
from routing import first_instant

_NIGHT = 3  # o'clock: when nobody looks at what they have planned


@dataclass(frozen=True, slots=True)
class Look:
    """A change that was tried: what differs, and the dry runs as (instant, before, after)."""

    change: directory.Change
    runs: list[tuple[datetime, Rehearsal | None, Rehearsal]]
    is_unanswered: bool


class _TakenBackError(Exception):
    """Ends a transaction that was only to show what it would do."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look


def add_routes(blueprint: Blueprint) -> None:
    blueprint.route("/ladders/new", methods=["GET", "POST"])(new_ladder)
    blueprint.route("/ladders/<uuid:ladder_id>/change", methods=["GET", "POST"])(change_ladder)


@needs(Permission.PLAN_ROSTERS)
def new_ladder() -> ResponseReturnValue:
    """A new ladder."""
    return _edit(None)


@needs(Permission.PLAN_ROSTERS)
def change_ladder(ladder_id: uuid.UUID) -> ResponseReturnValue:
    """Other steps, rounds or another fallback for a ladder."""
    return _edit(ladder_id)


def _edit(row_id: uuid.UUID | None) -> ResponseReturnValue:
    with the_site().reading() as op:
        form = LadderForm(data=_begin(op, row_id))
    if not form.is_submitted():
        return _page(row_id, form)
    action = request.form.get("do", "look")
    if action not in {"look", "save"}:
        moved = changed(form, action)
        if moved is not None:
            data, at = moved
            return _page(row_id, LadderForm(formdata=None, data=data), go_on=at)
        return _page(row_id, form)
    if not form.validate():
        return _page(row_id, form, status=422)
    wanted = read_time(form.at.data or "", time_zone(), now_of_page())
    if wanted is None:
        form.at.errors = [gettext("That is no day and time.")]
        return _page(row_id, form, status=422)
    try:
        look = _try(row_id, form, wanted.at)
        if look.is_unanswered or action != "save" or form.reviewed.data != _digest(form):
            return _show(row_id, form, look)
        saved = the_site().write(lambda op: saving.save(op, _draft(row_id, form)))
    except directory.WrongFieldError as wrong:
        field_called(form, wrong.field).errors = [admin_words.said(wrong.why)]
        return _page(row_id, form, status=422)
    except directory.StaleError as stale:
        form.seen.data, form.reviewed.data = stale.seen, ""
        theirs = admin_words.between(stale.before, stale.after)
        return _page(row_id, form, status=409, stale=stale, theirs=theirs)
    except UnansweredError:
        return _page(row_id, form, status=409, refused=UNANSWERED)
    session[SAVED] = draft_key()
    flash(gettext("Saved. Open incidents go on with it where they are."), "success")
    return redirect(url_for("pages.ladder", ladder_id=saved.row_id), 303)


def _begin(op: Operation, row_id: uuid.UUID | None) -> dict[str, Any]:
    """What the form holds at first. Raises ``NotFoundError``."""
    zone = ZoneInfo(time_zone())
    today = op.now.astimezone(zone).replace(hour=_NIGHT, minute=0, second=0, microsecond=0, tzinfo=None)
    night = first_instant(today, zone)
    night = night if night > op.now else first_instant(today + timedelta(days=1), zone)
    more = {"at": typed(night, time_zone()), "new_id": str(new_id())}
    if row_id is None:
        return {"repeat_after": "2", "rungs": [{"after": "0", "targets": [""]}], **more}
    row = directory.find(op, LADDERS, row_id)
    return {**data_of(values_of(row)), "seen": version(op, LADDERS, row), **more}


def _draft(row_id: uuid.UUID | None, form: LadderForm) -> saving.Draft:
    try:
        fresh = uuid.UUID(form.new_id.data or "")
    except ValueError:
        fresh = new_id()
    return saving.Draft(viewer().id, row_id, values_in(form), form.seen.data or "", fresh)


def _try(row_id: uuid.UUID | None, form: LadderForm, at: datetime) -> Look:
    """What would change and who would be rung; nothing is kept."""

    def once(op: Operation) -> None:
        instants = (op.now, at)
        before = [None if row_id is None else rehearse(op, row_id, one) for one in instants]
        change = saving.put(op, _draft(row_id, form))
        after = [rehearse(op, change.row_id, one) for one in instants]
        runs = list(zip(instants, before, after, strict=True))
        raise _TakenBackError(Look(change, runs, is_unanswered(op, change.row_id)))

    try:
        the_site().write(once)
    except _TakenBackError as taken_back:
        return taken_back.look
    raise AssertionError("unreachable: the transaction is always taken back")


def _show(row_id: uuid.UUID | None, form: LadderForm, look: Look) -> ResponseReturnValue:
    if look.change.was_there:
        flash(gettext("It was saved already."), "success")
        return redirect(url_for("pages.ladder", ladder_id=look.change.row_id), 303)
    form.reviewed.data = _digest(form)
    return _page(
        row_id,
        form,
        status=409 if look.is_unanswered else 200,
        refused=UNANSWERED if look.is_unanswered else None,
        look=look,
        differences=admin_words.between(look.change.before, look.change.after),
    )


def _page(
    row_id: uuid.UUID | None, form: LadderForm, *, status: int = 200, **more: Any
) -> ResponseReturnValue:
    with the_site().reading() as op:
        name = None if row_id is None else directory.find(op, LADDERS, row_id).name
        offered = choices.read(op, row_id)
    form.team.choices = _with_empty(offered.teams, marked("Choose a team"))
    form.fallback.choices = _with_empty(offered.ladders, marked("no other: this one goes on and on"))
    groups = {
        gettext(words.GROUPS[kind]): [(value, text) for value, text in found]
        for kind, found in offered.targets.items()
        if found
    }
    for rung in form.rungs:
        for one in rung.form.targets:
            one.choices = {gettext("Choose"): [("", gettext("– choose whom to ring –"))], **groups}
    page = render_template(
        "ladders/change.html",
        form=form,
        row_id=row_id,
        name=name,
        wrong=wrong_fields(form),
        draft=draft_key(),
        words=words,
        without_managers=offered.without_managers,
        **more,
    )
    return page, status


def _with_empty(found: list[tuple[str, str]], text: str) -> list[tuple[str, str]]:
    return [("", gettext(text)), *found]


def _digest(form: LadderForm) -> str:
    """What was typed and upon which version; at which instant it was looked at plays no part."""
    kept = {name: value for name, value in form.data.items() if name not in {"csrf_token", "reviewed", "at"}}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()[:32]
