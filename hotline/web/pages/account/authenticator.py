"""Setting up the authenticator app, and taking it away."""

import segno
from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import SignInMethod, User
from hotline.errors import ConflictError
from hotline.services import accounts
from hotline.services.access import Permission
from hotline.services.accounts import authenticators, factors
from hotline.services.operation import Operation
from hotline.web.pages.account.forms import CodeForm
from hotline.web.pages.account.recovery import show_codes
from hotline.web.pages.guard import confirmed, needs, signed_in, viewer
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked

_WRONG = marked("This code is wrong. Wait until the app shows the next one, and type that.")


def add_routes(blueprint: Blueprint) -> None:
    blueprint.route("/me/security/authenticator", methods=["GET", "POST"])(authenticator)
    blueprint.post("/me/security/authenticator/remove")(remove_authenticator)


@needs(Permission.OWN_ACCOUNT)
@confirmed
def authenticator() -> ResponseReturnValue:
    """A QR code for the app; the app's first code puts it in force."""
    form, me = CodeForm(), viewer().id
    secret = the_site().write(lambda op: authenticators.offer(op, op.session.get_one(User, me)))
    if secret is None:  # it is in force, for instance because this is a second tap
        return redirect(url_for("pages.recovery_codes"), 303)
    refusal, status = None, 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            is_on, codes = _turn_on(form.code.data)
        except accounts.TooManyTriesError as error:
            return _page(form, secret, error.http_status, str(error))
        if is_on:
            flash(gettext("From now on signing in asks for a code of your app."), "success")
            return redirect(url_for("pages.security"), 303) if codes is None else show_codes(codes)
        refusal = _WRONG
    return _page(form, secret, status, refusal)


@needs(Permission.OWN_ACCOUNT)
@confirmed
def remove_authenticator() -> ResponseReturnValue:
    """Forget the app; twice is as good as once."""
    me = viewer().id
    try:
        gone = the_site().write(lambda op: factors.turn_off_app(op, op.session.get_one(User, me)))
    except ConflictError as refusal:
        flash(gettext(str(refusal)), "warning")
    else:
        flash(gettext("The app was removed.") if gone else gettext("It was gone already."), "success")
    return redirect(url_for("pages.security"), 303)


def _turn_on(code: str) -> tuple[bool, str | None]:
    """Whether the code was right, and the token to read the recovery codes with, if they are new."""
    who = signed_in()

    def work(op: Operation) -> tuple[bool, str | None]:
        user = op.session.get_one(User, who.user.id)
        if not factors.turn_on_app(op, user, code):
            return False, None
        return True, factors.after_adding(op, user.id, who.row.id, SignInMethod.CODE)

    return the_site().write(work)


def _page(form: CodeForm, secret: str, status: int, refusal: str | None) -> ResponseReturnValue:
    picture = segno.make(authenticators.address(secret, viewer().email), micro=False)
    page = render_template(
        "account/authenticator.html",
        form=form,
        refusal=refusal,
        picture=picture.svg_data_uri(scale=5, border=4, light="#fff", dark="#000"),
        secret=" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
    )
    return page, status
