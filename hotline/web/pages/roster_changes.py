"""Changes of who is on call, made on the page of all teams: take over, put somebody, end an override."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import Override, Rotation, User
from hotline.services.access import Permission
from hotline.services.on_call import overrides
from hotline.services.on_call.overrides import RefusedError
from hotline.services.operation import Operation
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.me import refusals, times
from hotline.web.pages.me.forms import PutForm
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, time_zone

HOURS = (1, 4, 8, 12)
_NOBODY = "nobody"
_USUAL = timedelta(hours=8)
_BACK = {"shifts": "pages.my_shifts", "me": "pages.me"}


def add_routes(blueprint: Blueprint) -> None:
    blueprint.post("/on-call/<rotation_id>/take")(take_over)
    blueprint.get("/on-call/<rotation_id>/put")(put_form)
    blueprint.post("/on-call/<rotation_id>/put")(put_on_call)
    blueprint.post("/overrides/<override_id>/end")(end_override)


@needs(Permission.WORK_ON_INCIDENTS)
def take_over(rotation_id: str) -> ResponseReturnValue:
    """I take it now, from whom the page showed; whoever that was and the managers are told."""
    rotation, me = refusals.identifier(rotation_id), viewer().id
    shown = request.form.get("instead_of", "")
    instead_of = refusals.identifier(shown) if shown else None
    hours = request.form.get("hours", "")
    lasting = timedelta(hours=int(hours)) if hours in {str(number) for number in HOURS} else None

    def work(op: Operation) -> str:
        user = op.session.get_one(User, me)
        taken = overrides.take_over(op, rotation, user, instead_of, lasting)
        until = taken.until
        template = (
            gettext("You are on call now: {layer}, until {end}.")
            if taken.is_new
            else gettext("You are on call there already: {layer}, until {end}.")
        )
        end = gettext("further notice") if until is None else times.said(until)
        extra = refusals.also_elsewhere(op, user, taken.rotation, op.now, until or op.now + _USUAL)
        return template.format(layer=taken.rotation.layer, end=end) + extra

    refusals.try_to(work)
    return _back()


@needs(Permission.PLAN_ROSTERS)
def put_form(rotation_id: str) -> ResponseReturnValue:
    """The form for the next hours."""
    form = PutForm(formdata=None)
    with the_site().reading() as op:
        form.starts.data = times.typed(op.now, time_zone())
        form.ends.data = times.typed(op.now + _USUAL, time_zone())
        return _page(op, form, rotation_id)


@needs(Permission.PLAN_ROSTERS)
def put_on_call(rotation_id: str) -> ResponseReturnValue:
    """Put somebody, or with the consequence confirmed nobody, on call for a span."""
    form = PutForm()
    with the_site().reading() as op:
        rotation = _rotation(op, rotation_id)
        form.offer(_candidates(op))
        meanings = form.span(op) if form.validate() else None
        if meanings is None:
            return _page(op, form, rotation_id), 422
    start, end = meanings
    me, chosen = viewer().id, form.whom.data

    def work(op: Operation) -> str:
        person = None if chosen == _NOBODY else op.session.get_one(User, refusals.identifier(chosen))
        made = overrides.put(
            op,
            rotation.id,
            person,
            start.at,
            end.at,
            op.session.get_one(User, me),
            form.reason.data or None,
            nobody_confirmed=form.nobody.data,
        )
        return _said(op, rotation, person, made, start, end) + form.remarks(start, end)

    try:
        flash(the_site().write(work), "warning" if chosen == _NOBODY else "success")
    except RefusedError as refused:
        is_about_the_person = refused.who is not None or refused.why is overrides.Refusal.NOBODY
        (form.whom if is_about_the_person else form.ends).errors = [refusals.words(refused)]
        with the_site().reading() as op:
            return _page(op, form, rotation_id), 422
    return redirect(url_for("pages.on_call"), 303)


@needs(Permission.OWN_ACCOUNT)
def end_override(override_id: str) -> ResponseReturnValue:
    """End it now, or cancel it before it begins."""
    override, me = refusals.identifier(override_id), viewer().id

    def work(op: Operation) -> str:
        if overrides.end(op, override, op.session.get_one(User, me)):
            return gettext("The override has ended. Everybody whose duty changed has been told.")
        return gettext("The override had ended already.")

    refusals.try_to(work)
    return _back()


def _said(
    op: Operation,
    rotation: Rotation,
    person: User | None,
    made: Override | None,
    start: times.Typed,
    end: times.Typed,
) -> str:
    who = gettext("Nobody") if person is None else person.name
    if made is None:
        return gettext("{name} is on call then already. Nothing was changed.").format(name=who)
    template = gettext("{name} is on call for {layer} from {start} to {end}.")
    span = {"start": times.said(made.starts_at), "end": times.said(made.ends_at)}
    told = template.format(name=who, layer=rotation.layer, **span)
    if person is None:
        return told
    return told + refusals.also_elsewhere(op, person, rotation, made.starts_at, made.ends_at)


def _page(op: Operation, form: PutForm, rotation_id: str) -> str:
    form.offer(_candidates(op))
    return render_template("me/put.html", form=form, rotation=_rotation(op, rotation_id))


def _rotation(op: Operation, rotation_id: str) -> Rotation:
    found = op.session.get(Rotation, refusals.identifier(rotation_id))
    return found if found is not None else abort(404)


def _candidates(op: Operation) -> list[User]:
    """Everybody who can be rung and may take incidents: a manager may choose from every team."""
    return overrides.can_be_put(op, op.session.scalars(sa.select(User).order_by(User.name, User.id)))


def _back() -> ResponseReturnValue:
    return redirect(url_for(_BACK.get(request.form.get("back", ""), "pages.on_call")), 303)
