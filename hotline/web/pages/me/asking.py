"""``/me/shifts/cover``: ask colleagues to be on call instead of me, for a shift or a part of it."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import Rotation, User
from hotline.services.access import Permission
from hotline.services.operation import Operation
from hotline.services.planning import cover, overrides
from hotline.services.planning.overrides import RefusedError
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.me import refusals, times
from hotline.web.pages.me.forms import AskForm
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, time_zone


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/me/shifts/cover")(cover_form)
    blueprint.post("/me/shifts/cover")(ask_for_cover)


@needs(Permission.OWN_ACCOUNT)
def cover_form() -> ResponseReturnValue:
    """The form, filled in with the shift that was chosen."""
    form = AskForm(formdata=None)
    form.rotation.data = request.args.get("rotation", "")
    with the_site().reading() as op:
        rotation = _rotation(op, form)
        start, end = (_instant(request.args.get(name, "")) for name in ("from", "to"))
        if start is not None:
            form.starts.data = times.typed(max(start, op.now), time_zone())
        if end is not None:
            form.ends.data = times.typed(end, time_zone())
        return _page(op, form, rotation)


@needs(Permission.OWN_ACCOUNT)
def ask_for_cover() -> ResponseReturnValue:
    """Ask; the second tap finds that it was asked."""
    form = AskForm()
    with the_site().reading() as op:
        rotation = _rotation(op, form)
        form.offer(_colleagues(op, rotation))
        meanings = form.span(op) if form.validate() else None
        if meanings is None:
            return _page(op, form, rotation), 422
    start, end = meanings
    me, rotation_id = viewer().id, rotation.id
    whom = uuid.UUID(form.whom.data) if form.whom.data else None

    def work(op: Operation) -> str:
        asked_of = None if whom is None else op.session.get(User, whom)
        asker = op.session.get_one(User, me)
        made = cover.ask(op, rotation_id, asker, start.at, end.at, asked_of, form.reason.data)
        if not made.is_new:
            return gettext("You have asked for that already. It waits for an answer.")
        names = ", ".join(ask.user.name for ask in made.request.asks)
        template = gettext("Asked by text message: {names}. It is about {start} to {end}.")
        said = (times.said(made.request.starts_at), times.said(made.request.ends_at))
        return template.format(names=names, start=said[0], end=said[1]) + form.remarks(start, end)

    try:
        flash(the_site().write(work), "success")
    except RefusedError as refused:
        form.ends.errors = [refusals.words(refused)]
        with the_site().reading() as op:
            return _page(op, form, _rotation(op, form)), 422
    return redirect(url_for("pages.my_shifts"), 303)


def _page(op: Operation, form: AskForm, rotation: Rotation) -> str:
    form.offer(_colleagues(op, rotation))
    return render_template("me/ask.html", form=form, rotation=rotation)


def _colleagues(op: Operation, rotation: Rotation) -> Sequence[User]:
    team = overrides.colleagues(op, rotation.team_id)
    return overrides.can_be_put(op, (user for user in team.values() if user.id != viewer().id))


def _rotation(op: Operation, form: AskForm) -> Rotation:
    found = op.session.get(Rotation, refusals.identifier(form.rotation.data or ""))
    return found if found is not None else abort(404)


def _instant(text: str) -> datetime | None:
    """An instant in an address; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and 2000 < found.year < 3000 else None
