"""Trying out one's own numbers: a test page by the rules, or a test of one number."""

import uuid

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import User
from hotline.services.access import Permission
from hotline.services.operation import Operation
from hotline.services.reaching import contacts, self_tests, trials
from hotline.web.pages.contacts.numbers import say
from hotline.web.pages.guard import needs
from hotline.web.pages.words import gettext


def add_routes(blueprint: Blueprint) -> None:
    blueprint.post("/me/test-page")(send_test_page)
    blueprint.post("/me/contacts/<uuid:method_id>/test")(try_number)
    blueprint.post("/me/weekly-test")(volunteer)


@needs(Permission.OWN_ACCOUNT)
def send_test_page() -> ResponseReturnValue:
    """Send a page that says it is a test, by the viewer's rules."""
    say(lambda op, me: _words(trials.start(op, me)))
    return redirect(url_for("pages.contacts", _anchor="trial"), 303)


@needs(Permission.OWN_ACCOUNT)
def try_number(method_id: uuid.UUID) -> ResponseReturnValue:
    """Text and call one number."""

    def work(op: Operation, me: User) -> str:
        return _words(trials.start(op, me, contacts.find(op, me, method_id)))

    say(work)
    return redirect(url_for("pages.contacts", _anchor="trial"), 303)


@needs(Permission.OWN_ACCOUNT)
def volunteer() -> ResponseReturnValue:
    """Take part in the weekly test, or no more; the button says which it was pressed for."""
    wanted = request.form.get("wanted") == "yes"

    def work(op: Operation, me: User) -> str:
        self_tests.take_part(op, me, wanted=wanted)
        if wanted:
            return gettext("Thank you. You are rung when it is your turn.")
        return gettext("You are not rung for the weekly test any more.")

    say(work)
    return redirect(url_for("pages.contacts", _anchor="weekly"), 303)


def _words(has_begun: bool) -> str:
    if has_begun:
        return gettext("A test is on its way. What becomes of it is shown below.")
    return gettext("A test is under way already.")
