"""Signing in with a password, and out. Whoever has a second factor is asked for it on the next page."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from hotline.db.models import SignInMethod
from hotline.services import accounts
from hotline.services.access import Permission
from hotline.services.accounts import factors, passkeys, sessions
from hotline.services.operation import Operation
from hotline.web.pages.forms import SignInForm
from hotline.web.pages.guard import needs, remember, safe_target, signed_in
from hotline.web.pages.site import the_site

# Where the signed cookie keeps the tokens of what was begun and not finished.
STEP, PASSKEY = "second-step", "passkey"


@dataclass(frozen=True, slots=True)
class Passed:
    """The password was right: a session's token, or that of the second step."""

    token: str
    is_whole: bool


def add_routes(blueprint: Blueprint) -> None:
    blueprint.route("/sign-in", methods=["GET", "POST"])(sign_in)
    blueprint.post("/sign-out")(sign_out)


def sign_in() -> ResponseReturnValue:
    """The form; a right password starts a session and goes where the person wanted to go."""
    form = SignInForm(next=request.args.get("next", ""))
    if current_user.is_authenticated and request.method == "GET":
        return redirect(safe_target(form.next.data))
    if not form.validate_on_submit():
        return page(form, 422 if form.is_submitted() else 200)
    try:
        passed = _check(form.email.data, form.password.data, safe_target(form.next.data))
    except (accounts.SignInRefusedError, accounts.TooManyTriesError) as refusal:
        return page(form, refusal.http_status, str(refusal))
    if not passed.is_whole:
        session[STEP] = passed.token
        return redirect(url_for("pages.second_step"), 303)
    remember(passed.token)
    return redirect(safe_target(form.next.data), 303)


@needs(Permission.OWN_ACCOUNT)
def sign_out() -> ResponseReturnValue:
    """End the session on this browser."""
    ended = signed_in().row.id
    the_site().write(lambda op: sessions.end(op, ended))
    session.clear()
    return redirect(url_for("pages.sign_in"), 303)


def page(form: SignInForm, status: int, refusal: str | None = None) -> ResponseReturnValue:
    """The sign-in page, with why the last try was refused."""
    settings = the_site().settings
    values: dict[str, Any] = {
        "with_passkey": passkeys.are_possible(settings),
        "single_sign_on": settings.oidc_label if settings.oidc_issuer else None,
    }
    return render_template("sign_in.html", form=form, refusal=refusal, **values), status


def address() -> str:
    """The network address that the request came from."""
    return request.remote_addr or "unknown"


def agent() -> str:
    """The browser's description of itself."""
    return request.headers.get("User-Agent", "")


def _check(email: str, password: str, target: str) -> Passed:
    """What the right password leads to. Raises what :mod:`hotline.services.accounts` refuses with."""
    site, where, browser = the_site(), address(), agent()
    attempt = site.write(lambda op: accounts.begin_sign_in(op, email, where))
    if not accounts.password_matches(attempt, password):
        site.write(lambda op: accounts.note_failure(op, attempt, where))
        raise accounts.refused()
    renewed = accounts.renewed_hash(attempt, password)

    def finish(op: Operation) -> Passed:
        user = accounts.finish_sign_in(op, attempt, renewed)
        if factors.of_user(op, user.id).is_any:
            return Passed(factors.begin_step(op, user, target), is_whole=False)
        return Passed(sessions.start(op, user, SignInMethod.PASSWORD, browser, where), is_whole=True)

    return site.write(finish)
