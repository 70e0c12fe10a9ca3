"""Administering people: a new account, details, a password to begin with, and their numbers."""

import secrets
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.errors import HotlineError, NotFoundError
from hotline.services import directory, pins
from hotline.services.access import Permission
from hotline.services.accounts import challenges, new_passwords, people
from hotline.services.directory import people as directory_people
from hotline.services.lists import audit
from hotline.services.operation import Operation
from hotline.web.pages.admin import words
from hotline.web.pages.admin.desks import NEW_PERSON, PERSON
from hotline.web.pages.admin.editing import Work, edit
from hotline.web.pages.admin.forms import PersonsNumberForm
from hotline.web.pages.guard import confirmed, needs, viewer
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext

_PASSWORD = "password-for"  # noqa: S105 - what a challenge is for


def add_routes(blueprint: Blueprint) -> None:
    blueprint.route("/people/new", methods=["GET", "POST"])(new_person)
    blueprint.route("/people/<uuid:person_id>/details", methods=["GET", "POST"])(person_details)
    blueprint.get("/people/<uuid:person_id>/password")(ask_new_password)
    blueprint.post("/people/<uuid:person_id>/password")(give_password)
    blueprint.route("/people/<uuid:person_id>/numbers/new", methods=["GET", "POST"])(enter_number)
    blueprint.post("/people/<uuid:person_id>/numbers/<uuid:method_id>/remove")(remove_persons_number)


@needs(Permission.MANAGE_PEOPLE)
@confirmed
def new_person() -> ResponseReturnValue:
    """An account, looked at before it is made; a password is the next step."""
    more = {}
    if request.method == "POST":  # nobody knows it, so nobody can sign in with it
        more = {"password_hash": pins.hash_secret(secrets.token_urlsafe(32))}
    return edit(Work(NEW_PERSON, None, NEW_PERSON.new, _of, url_for("pages.people"), more=more))


@needs(Permission.MANAGE_PEOPLE)
@confirmed
def person_details(person_id: uuid.UUID) -> ResponseReturnValue:
    """Name, e-mail address, language and zone, looked at before they are saved."""
    return edit(Work(PERSON, person_id, PERSON.new, _of, _of(person_id)))


@needs(Permission.MANAGE_PEOPLE)
@confirmed
def ask_new_password(person_id: uuid.UUID) -> ResponseReturnValue:
    """What a new password means, and the button that makes it."""

    def work(op: Operation) -> tuple[Any, str]:
        found = people.find(op, person_id)
        return found, challenges.begin(op, _PASSWORD, {"person": str(person_id)}, viewer().id)

    person, token = the_site().write(work)
    return render_template("admin/password.html", person=person, token=token, password=None)


@needs(Permission.MANAGE_PEOPLE)
@confirmed
def give_password(person_id: uuid.UUID) -> ResponseReturnValue:
    """Make the password of this page's token; a second tap, within ten minutes, makes the same one."""
    me, token = viewer().id, request.form.get("ticket", "")
    site = the_site()
    with site.reading() as op:
        person = people.find(op, person_id)
        begun = challenges.find(op, _PASSWORD, token)
        password = new_passwords.of_token(op, token)
    if begun is None or begun.user_id != me or begun.data.get("person") != str(person_id):
        flash(gettext("That page was too old. Nothing was changed; press the button once more."), "warning")
        return redirect(_of(person_id), 303)
    hashed = pins.hash_secret(password)

    def work(op: Operation) -> None:
        people.set_password(op, person_id, hashed, me)

    site.write(work)
    return render_template("admin/password.html", person=person, token=None, password=password)


@needs(Permission.MANAGE_PEOPLE)
@confirmed
def enter_number(person_id: uuid.UUID) -> ResponseReturnValue:
    """Say that a number is theirs: it is used at once."""
    form = PersonsNumberForm()
    if not form.validate_on_submit():
        return _number_page(form, person_id, 422 if form.is_submitted() else 200)
    me, label, phone = viewer().id, form.label.data, form.phone.data
    try:
        is_new = the_site().write(lambda op: directory_people.enter_number(op, me, person_id, label, phone))
    except directory.WrongFieldError as wrong:
        form[wrong.field].errors = [words.said(wrong.why)]
        return _number_page(form, person_id, 422)
    said = gettext("The number is entered. It is used from now on.")
    flash(said if is_new else gettext("That number is theirs already."), "success")
    return redirect(_of(person_id), 303)


@needs(Permission.MANAGE_PEOPLE)
@confirmed
def remove_persons_number(person_id: uuid.UUID, method_id: uuid.UUID) -> ResponseReturnValue:
    """Take a number away; its owner is told by text."""
    me = viewer().id
    try:
        is_new = the_site().write(lambda op: directory_people.remove_number(op, me, person_id, method_id))
    except NotFoundError:
        raise
    except HotlineError:
        flash(gettext("It is their last number and they are on a roster: enter another first."), "warning")
    else:
        done = gettext("The number is removed.")
        flash(done if is_new else gettext("It was removed already."), "success")
    return redirect(_of(person_id), 303)


def administered(op: Operation, person_id: uuid.UUID) -> dict[str, Any]:
    """What somebody's page shows an admin beside the account itself."""
    return {
        "rostered": directory_people.where_rostered(op, person_id),
        "methods": directory_people.methods_of(op, person_id),
        "history": audit.of_row(op, "person", person_id),
        "words": words,
    }


def _number_page(form: PersonsNumberForm, person_id: uuid.UUID, status: int) -> ResponseReturnValue:
    with the_site().reading() as op:
        person = people.find(op, person_id)
    wrong = [field for field in form if field.errors and field.name != "csrf_token"]
    page = render_template("admin/number.html", form=form, person=person, wrong=wrong)
    return page, status


def _of(person_id: uuid.UUID) -> str:
    return url_for("pages.person", person_id=person_id)
