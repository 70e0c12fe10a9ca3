"""One's own language, time zone and password: ``/me/settings``."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import User
from hotline.errors import InvalidInputError
from hotline.services import accounts, pins
from hotline.services.access import Permission
from hotline.services.accounts import new_passwords, passwords
from hotline.services.operation import Operation
from hotline.web.pages.account.forms import PasswordForm, SettingsForm
from hotline.web.pages.guard import needs, signed_in, viewer
from hotline.web.pages.sign_in import address
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked


def add_routes(blueprint: Blueprint) -> None:
    blueprint.route("/me/settings", methods=["GET", "POST"])(settings)
    blueprint.post("/me/settings/password")(change_password)


@needs(Permission.OWN_ACCOUNT)
def settings() -> ResponseReturnValue:
    """Language and time zone, and the form for the password."""
    me = viewer()
    form = SettingsForm(language=me.language, time_zone=me.time_zone)
    if not form.validate_on_submit():
        return _page(form, PasswordForm(formdata=None), 422 if form.is_submitted() else 200)
    language, time_zone = form.language.data, form.time_zone.data

    def work(op: Operation) -> None:
        user = op.session.get_one(User, me.id)
        user.language, user.time_zone = language, time_zone

    the_site().write(work)
    me.language, me.time_zone = language, time_zone  # what is said next is said in the new language
    flash(gettext("Saved."), "success")
    return redirect(url_for("pages.settings"), 303)


@needs(Permission.OWN_ACCOUNT)
def change_password() -> ResponseReturnValue:
    """A new password, for whoever knows the old one; every other browser is signed out."""
    form, me = PasswordForm(), viewer()
    if not form.validate_on_submit():
        return _page(_settings_of(me), form, 422)
    try:
        _change(form.current.data, form.new.data)
    except accounts.SignInRefusedError as refusal:
        form.current.errors = [str(refusal)]
        return _page(_settings_of(me), form, 422)
    except InvalidInputError as refusal:
        form.new.errors = [str(refusal)]
        return _page(_settings_of(me), form, 422)
    flash(gettext("Your password was changed, and every other browser signed out."), "success")
    return redirect(url_for("pages.settings"), 303)


def _change(current: str, new: str) -> None:
    """Check, hash, then replace: the slow parts are in no transaction. Raises what the form explains."""
    site, who, where = the_site(), signed_in(), address()
    new_passwords.must_be_good(new, who.user.name, who.user.email)
    attempt = site.write(lambda op: passwords.begin_confirmation(op, who.user, where))
    if not passwords.password_matches(attempt, current):
        raise accounts.SignInRefusedError(marked("That is not your password."))
    hashed = pins.hash_secret(new)

    def work(op: Operation) -> None:
        passwords.finish_sign_in(op, attempt)
        new_passwords.change(op, who.user.id, who.user.password_hash, hashed, who.row.id)

    site.write(work)


def _settings_of(user: User) -> SettingsForm:
    return SettingsForm(formdata=None, language=user.language, time_zone=user.time_zone)


def _page(form: SettingsForm, password: PasswordForm, status: int) -> ResponseReturnValue:
    page = render_template(
        "account/settings.html",
        form=form,
        password=password,
        by_name=viewer().email,
    )
    return page, status
