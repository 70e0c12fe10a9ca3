"""My e-mail addresses and webhooks: adding one, and a webhook's secret. The rest is as for numbers."""

import uuid

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from hotline.db.models import ContactMethod, User
from hotline.errors import HotlineError, NotFoundError
from hotline.services.access import Permission
from hotline.services.operation import Operation
from hotline.services.reaching import addresses
from hotline.web.pages.contacts.forms import EmailForm, WebhookForm
from hotline.web.pages.contacts.numbers import in_transaction
from hotline.web.pages.contacts.refusals import in_words
from hotline.web.pages.guard import confirmed, needs
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext


def add_routes(blueprint: Blueprint) -> None:
    blueprint.route("/me/contacts/add-email", methods=["GET", "POST"])(add_email)
    blueprint.route("/me/contacts/add-webhook", methods=["GET", "POST"])(add_webhook)
    blueprint.post("/me/contacts/<uuid:method_id>/secret")(new_secret)


@needs(Permission.OWN_ACCOUNT)
@confirmed
def add_email() -> ResponseReturnValue:
    """Type an address; its code goes out at once, and the next page asks for it."""
    if not the_site().settings.sends_mail:
        raise NotFoundError("No e-mail is sent from here.")
    form, refusal = EmailForm(), None
    if form.validate_on_submit():
        label, email = form.label.data, form.email.data
        try:
            method_id = in_transaction(lambda op, me: addresses.add_email(op, me, label, email).id)
        except HotlineError as error:
            refusal = error
        else:
            return redirect(url_for("pages.verify_number", method_id=method_id), 303)
    return _page(gettext("Add an e-mail address"), form, refusal)


@needs(Permission.OWN_ACCOUNT)
@confirmed
def add_webhook() -> ResponseReturnValue:
    """Type an address of a chat tool; its secret is shown, and the code is posted there."""
    form, refusal = WebhookForm(), None
    if form.validate_on_submit():
        label, url = form.label.data, form.url.data

        def work(op: Operation, me: User) -> tuple[uuid.UUID, str | None]:
            method, secret = addresses.add_webhook(op, me, label, url)
            return method.id, secret

        try:
            method_id, secret = in_transaction(work)
        except HotlineError as error:
            refusal = error
        else:
            if secret is None:
                return redirect(url_for("pages.verify_number", method_id=method_id), 303)
            return _shown_once(method_id, secret)
    return _page(gettext("Add a chat webhook"), form, refusal)


@needs(Permission.OWN_ACCOUNT)
@confirmed
def new_secret(method_id: uuid.UUID) -> ResponseReturnValue:
    """Another secret, which holds at once; of two taps the later one's, which is the page that stays."""
    return _shown_once(method_id, in_transaction(lambda op, me: addresses.new_secret(op, me, method_id)))


def _shown_once(method_id: uuid.UUID, secret: str) -> ResponseReturnValue:
    with the_site().reading() as op:
        method = op.session.get_one(ContactMethod, method_id)
        return render_template("contacts/secret.html", number=method, secret=secret)


def _page(title: str, form: FlaskForm, refusal: HotlineError | None) -> ResponseReturnValue:
    status = refusal.http_status if refusal is not None else 422 if form.is_submitted() else 200
    words = None if refusal is None else in_words(refusal)
    return render_template("contacts/add_address.html", title=title, form=form, refusal=words), status
