"""Signing in and out."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user

from hotline.db.models import User
from hotline.services import accounts
from hotline.services.access import Permission
from hotline.web.pages.forms import SignInForm
from hotline.web.pages.guard import needs, safe_target, start_session
from hotline.web.pages.site import the_site


def add_routes(blueprint: Blueprint) -> None:
    blueprint.route("/sign-in", methods=["GET", "POST"])(sign_in)
    blueprint.post("/sign-out")(sign_out)


def sign_in() -> ResponseReturnValue:
    """The form; a right password starts a session and goes where the person wanted to go."""
    form = SignInForm(next=request.args.get("next", ""))
    if current_user.is_authenticated and request.method == "GET":
        return redirect(safe_target(form.next.data))
    if not form.validate_on_submit():
        return _form(form, 422 if form.is_submitted() else 200)
    try:
        user = _check(form.email.data, form.password.data)
    except (accounts.SignInRefusedError, accounts.TooManyTriesError) as refusal:
        return _form(form, refusal.http_status, str(refusal))
    start_session(user, the_site().clock.now())
    return redirect(safe_target(form.next.data), 303)


@needs(Permission.OWN_ACCOUNT)
def sign_out() -> ResponseReturnValue:
    """End the session on this browser."""
    logout_user()
    session.clear()
    return redirect(url_for("pages.sign_in"), 303)


def _check(email: str, password: str) -> User:
    site = the_site()
    address = request.remote_addr or "unknown"
    attempt = site.write(lambda op: accounts.begin_sign_in(op, email, address))
    if not accounts.password_matches(attempt, password):
        raise accounts.refused()
    return site.write(lambda op: accounts.finish_sign_in(op, attempt, password))


def _form(form: SignInForm, status: int, refusal: str | None = None) -> ResponseReturnValue:
    return render_template("sign_in.html", form=form, refusal=refusal), status
