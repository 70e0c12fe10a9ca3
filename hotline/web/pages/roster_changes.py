"""Quick changes of who is on call now, made on the page of all teams: take over, end an override."""

from datetime import timedelta

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import User
from hotline.services.access import Permission
from hotline.services.operation import Operation
from hotline.services.planning import overrides
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.me import refusals, times
from hotline.web.pages.words import gettext

HOURS = (1, 4, 8, 12)
_USUAL = timedelta(hours=8)
_BACK = {"shifts": "pages.my_shifts", "me": "pages.me"}


def add_routes(blueprint: Blueprint) -> None:
    blueprint.post("/on-call/<rotation_id>/take")(take_over)
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


def _back() -> ResponseReturnValue:
    return redirect(url_for(_BACK.get(request.form.get("back", ""), "pages.on_call")), 303)
