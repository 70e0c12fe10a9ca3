"""The second page of signing in: a code of the app, a recovery code, or a passkey."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from hotline.services import accounts
from hotline.services.accounts import factors, passkeys, sessions
from hotline.services.operation import Operation
from hotline.web.pages.account.forms import CodeForm
from hotline.web.pages.guard import remember
from hotline.web.pages.sign_in import STEP, address, agent
from hotline.web.pages.site import the_site
from hotline.web.pages.words import marked

_WRONG = marked("This code is wrong, or was used before. Wait for the next one.")


def add_routes(blueprint: Blueprint) -> None:
    blueprint.route("/sign-in/second", methods=["GET", "POST"])(second_step)


def second_step() -> ResponseReturnValue:
    """Ask for the second factor; with it, a session starts. Ten minutes after the password it is too late."""
    form, token = CodeForm(), session.get(STEP)
    with the_site().reading() as op:
        waiting = factors.whose_step(op, token)
        has = None if waiting is None else factors.of_user(op, waiting[0].id)
    if token is None or waiting is None or has is None:
        session.pop(STEP, None)
        return redirect(url_for("pages.sign_in"), 303)
    user, target = waiting
    refusal, status = None, 200
    if form.validate_on_submit():
        try:
            opened = _check(token, form.code.data)
        except accounts.TooManyTriesError as error:
            refusal, status = str(error), error.http_status
        else:
            if opened is not None:
                remember(opened)
                return redirect(target, 303)
            refusal, status = _WRONG, 401
    elif form.is_submitted():
        status = 422
    page = render_template(
        "account/second_step.html",
        form=form,
        has=has,
        with_passkey=bool(has.passkeys) and passkeys.are_possible(the_site().settings),
        by_recovery="recovery" in request.args or not has.has_app,
        email=user.email,
        target=target,
        refusal=refusal,
    )
    return page, status


def _check(token: str, typed: str) -> str | None:
    """The token of the new session, or None for a wrong code."""
    where, browser = address(), agent()

    def work(op: Operation) -> str | None:
        waiting = factors.whose_step(op, token)
        method = None if waiting is None else factors.try_code(op, waiting[0].id, typed)
        if waiting is None or method is None or not factors.finish_step(op, token):
            return None
        return sessions.start(op, waiting[0], method, browser, where)

    return the_site().write(work)
