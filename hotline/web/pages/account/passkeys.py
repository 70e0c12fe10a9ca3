"""Passkeys on the pages: sign in with one, add one, remove one.

A script asks the device; what it answers is sent as a form like any other.
"""

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import SignInMethod, User
from hotline.errors import ConflictError
from hotline.services.access import Permission
from hotline.services.accounts import factors, passkeys, sessions
from hotline.services.accounts.passwords import TooManyTriesError
from hotline.services.operation import Operation
from hotline.web.pages import sign_in
from hotline.web.pages.account.forms import NewPasskeyForm, PasskeyForm
from hotline.web.pages.account.recovery import show_codes
from hotline.web.pages.forms import SignInForm
from hotline.web.pages.guard import confirmed, needs, remember, safe_target, signed_in, viewer
from hotline.web.pages.sign_in import PASSKEY, address, agent
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext


def add_routes(blueprint: Blueprint) -> None:
    blueprint.post("/sign-in/passkey/options")(passkey_options)
    blueprint.post("/sign-in/passkey")(passkey_sign_in)
    blueprint.post("/confirm/passkey/options")(own_passkey_options)
    blueprint.route("/me/security/passkeys/new", methods=["GET", "POST"])(add_passkey)
    blueprint.post("/me/security/passkeys/new/options")(new_passkey_options)
    blueprint.post("/me/security/passkeys/<uuid:passkey_id>/remove")(remove_passkey)


def passkey_options() -> ResponseReturnValue:
    """What a stranger's device is asked: any passkey that it has for this site."""
    where = address()

    def work(op: Operation) -> tuple[str, str]:
        passkeys.count_try(op, where)
        return passkeys.begin_proving(op)

    return _options(*the_site().write(work))


def passkey_sign_in() -> ResponseReturnValue:
    """A right answer of the device starts a session: it holds the key, and it checked the person."""
    form, site, token = PasskeyForm(), the_site(), session.pop(PASSKEY, None)
    credential, where, browser = form.credential.data or "", address(), agent()
    begun = site.write(lambda op: passkeys.begun_proving(op, token))

    def work(op: Operation) -> str:
        user = passkeys.prove(op, begun, credential)
        return sessions.start(op, user, SignInMethod.PASSKEY, browser, where)

    try:
        opened = site.write(work)
    except (passkeys.PasskeyRefusedError, TooManyTriesError) as refusal:
        return sign_in.page(SignInForm(formdata=None, next=form.next.data), 401, str(refusal))
    remember(opened)
    return redirect(safe_target(form.next.data), 303)


@needs(Permission.OWN_ACCOUNT)
def own_passkey_options() -> ResponseReturnValue:
    """What the viewer's device is asked, to confirm that it is them."""
    me = viewer().id
    return _options(*the_site().write(lambda op: passkeys.begin_proving(op, me)))


@needs(Permission.OWN_ACCOUNT)
@confirmed
def new_passkey_options() -> ResponseReturnValue:
    """What the viewer's device is asked, to make a passkey."""
    me = viewer()
    return _options(*the_site().write(lambda op: passkeys.begin_adding(op, me)))


@needs(Permission.OWN_ACCOUNT)
@confirmed
def add_passkey() -> ResponseReturnValue:
    """Name a passkey and have the device make it. The first second factor brings recovery codes."""
    form, site, who = NewPasskeyForm(), the_site(), signed_in()
    if not passkeys.are_possible(site.settings):
        return redirect(url_for("pages.security"))
    if not form.validate_on_submit():
        return _new_page(form, 422 if form.is_submitted() else 200)
    token, credential, name = session.pop(PASSKEY, None), form.credential.data, form.name.data.strip()
    begun = site.write(lambda op: passkeys.begun_adding(op, token))

    def work(op: Operation) -> str | None:
        user = op.session.get_one(User, who.user.id)
        passkeys.add(op, user, begun, credential, name)
        return factors.after_adding(op, user.id, who.row.id, SignInMethod.PASSKEY)

    try:
        codes = site.write(work)
    except (passkeys.PasskeyRefusedError, ConflictError) as refusal:
        return _new_page(form, refusal.http_status, str(refusal))
    flash(gettext("The passkey was added."), "success")
    return redirect(url_for("pages.security"), 303) if codes is None else show_codes(codes)


@needs(Permission.OWN_ACCOUNT)
@confirmed
def remove_passkey(passkey_id: uuid.UUID) -> ResponseReturnValue:
    """Forget a passkey; twice is as good as once."""
    me = viewer().id

    def work(op: Operation) -> str | None:
        return factors.remove_passkey(op, op.session.get_one(User, me), passkey_id)

    try:
        name = the_site().write(work)
    except ConflictError as refusal:
        flash(gettext(str(refusal)), "warning")
    else:
        flash(gettext("The passkey was removed.") if name else gettext("It was gone already."), "success")
    return redirect(url_for("pages.security"), 303)


def _options(token: str, options: str) -> ResponseReturnValue:
    session[PASSKEY] = token
    return Response(options, mimetype="application/json")


def _new_page(form: NewPasskeyForm, status: int, refusal: str | None = None) -> ResponseReturnValue:
    return render_template("account/new_passkey.html", form=form, refusal=refusal), status
