"""An admin and somebody's account: role, disabling, signing out, and a lost second factor."""

import uuid
from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import Role
from hotline.errors import ConflictError
from hotline.services.access import Permission
from hotline.services.accounts import events, factors, people, sessions
from hotline.services.operation import Operation
from hotline.web.pages.account.forms import ROLE_NAMES, RoleForm
from hotline.web.pages.account.happenings import describe
from hotline.web.pages.admin.people import administered
from hotline.web.pages.guard import confirmed, needs, viewer
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked

Work = Callable[[Operation, uuid.UUID], str]
Switch = Callable[[Operation, uuid.UUID, uuid.UUID], bool]


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/people/<uuid:person_id>")(person)
    blueprint.post("/people/<uuid:person_id>/role")(change_role)
    blueprint.post("/people/<uuid:person_id>/disable")(disable_person)
    blueprint.post("/people/<uuid:person_id>/enable")(enable_person)
    blueprint.post("/people/<uuid:person_id>/sign-out")(sign_person_out)
    blueprint.post("/people/<uuid:person_id>/reset-second-factor")(reset_second_factor)


@needs(Permission.MANAGE_PEOPLE)
def person(person_id: uuid.UUID) -> ResponseReturnValue:
    """Who it is, what their account may, and what happened to it."""
    return _page(person_id, None, 200)


@needs(Permission.MANAGE_PEOPLE)
@confirmed
def change_role(person_id: uuid.UUID) -> ResponseReturnValue:
    """Give somebody another role, unless it was changed since the page was drawn."""
    form = RoleForm()
    if not form.validate_on_submit():
        return _page(person_id, form, 422)
    role, shown = Role(form.role.data), form.was.data

    def work(op: Operation, me: uuid.UUID) -> str:
        present = people.find(op, person_id).role
        if shown and present not in (shown, role.value):
            raise ConflictError(
                marked("Somebody changed the role meanwhile. Nothing was changed; look once more.")
            )
        is_new = people.set_role(op, person_id, role, me)
        return gettext("The role was changed.") if is_new else gettext("That is the role already.")

    return _act(person_id, work)


@needs(Permission.MANAGE_PEOPLE)
@confirmed
def disable_person(person_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody signs in no more."""
    return _switch(
        person_id, people.disable, gettext("The account is disabled."), gettext("It was disabled already.")
    )


@needs(Permission.MANAGE_PEOPLE)
@confirmed
def enable_person(person_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody may sign in again."""
    return _switch(
        person_id, people.enable, gettext("The account is enabled."), gettext("It was enabled already.")
    )


@needs(Permission.MANAGE_PEOPLE)
@confirmed
def sign_person_out(person_id: uuid.UUID) -> ResponseReturnValue:
    """End every session of somebody."""

    def work(op: Operation, me: uuid.UUID) -> str:
        ended = sessions.revoke_all(op, people.find(op, person_id).id, me)
        return gettext("Signed out everywhere.") if ended else gettext("They were signed in nowhere.")

    return _act(person_id, work)


@needs(Permission.MANAGE_PEOPLE)
@confirmed
def reset_second_factor(person_id: uuid.UUID) -> ResponseReturnValue:
    """Somebody lost their telephone: their password alone opens the account until they set up anew."""

    def work(op: Operation, me: uuid.UUID) -> str:
        if not factors.of_user(op, people.find(op, person_id).id).is_any:
            return gettext("There is no second factor.")
        factors.reset(op, person_id, me)
        return gettext("The second factor was reset, and they were signed out everywhere.")

    return _act(person_id, work)


def _switch(person_id: uuid.UUID, switch: Switch, done: str, already: str) -> ResponseReturnValue:
    """Turn something on or off, and say whether it was so already."""
    return _act(person_id, lambda op, me: done if switch(op, person_id, me) else already)


def _act(person_id: uuid.UUID, work: Work) -> ResponseReturnValue:
    """Do ``work`` as the viewer and say what came of it, or why not."""
    me = viewer().id
    try:
        flash(the_site().write(lambda op: work(op, me)), "success")
    except ConflictError as refusal:
        flash(gettext(str(refusal)), "warning")
    return redirect(url_for("pages.person", person_id=person_id), 303)


def _page(person_id: uuid.UUID, form: RoleForm | None, status: int) -> ResponseReturnValue:
    with the_site().reading() as op:
        user = people.find(op, person_id)
        values = {
            "person": user,
            "role": ROLE_NAMES[user.role],
            "has": factors.of_user(op, user.id),
            "open_sessions": sessions.of_user(op, user.id),
            "happened": [describe(line) for line in events.latest(op, user.id)],
            **administered(op, user.id),
        }
    form = form or RoleForm(formdata=None, role=user.role.value, was=user.role.value)
    return render_template("account/person.html", form=form, **values), status
