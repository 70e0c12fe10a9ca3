"""``/me/security/tokens``: tokens by which programs of mine ask the API."""

import uuid

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from hotline.db.models import User
from hotline.services.access import Permission
from hotline.services.accounts import api_tokens
from hotline.services.accounts.api_tokens import LONGEST_LABEL, TooManyTokensError
from hotline.services.operation import Operation
from hotline.web.pages.guard import confirmed, needs, viewer
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked


class TokenForm(FlaskForm):  # type: ignore[misc]
    """What the token is for."""

    label = StringField(
        marked("What is it for?"),
        [InputRequired(marked("Give the token a name.")), Length(max=LONGEST_LABEL)],
        filters=[lambda text: " ".join(text.split()) if text else text],
    )


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/me/security/tokens", endpoint="api_tokens")(my_tokens)
    blueprint.post("/me/security/tokens", endpoint="make_api_token")(make_token)
    blueprint.post("/me/security/tokens/<uuid:token_id>/revoke", endpoint="revoke_api_token")(revoke_token)


@needs(Permission.OWN_ACCOUNT)
@confirmed
def my_tokens() -> ResponseReturnValue:
    """Those that are good, and the form for another."""
    return _page(TokenForm(formdata=None))


@needs(Permission.OWN_ACCOUNT)
@confirmed
def make_token() -> ResponseReturnValue:
    """A new token, shown once."""
    form, me = TokenForm(), viewer().id
    if not form.validate():
        return _page(form), 422

    def work(op: Operation) -> str:
        return api_tokens.create(op, op.session.get_one(User, me), form.label.data)

    try:
        token = the_site().write(work)
    except TooManyTokensError:
        form.label.errors = [marked("There are 20 tokens already: revoke one that is used no more.")]
        return _page(form), 422
    return make_response(_page(TokenForm(formdata=None), token))


@needs(Permission.OWN_ACCOUNT)
def revoke_token(token_id: uuid.UUID) -> ResponseReturnValue:
    """A token is good no more; twice is as good as once."""
    me = viewer().id
    the_site().write(lambda op: api_tokens.revoke(op, token_id, op.session.get_one(User, me)))
    flash(gettext("The token is good no more."), "success")
    return redirect(url_for("pages.api_tokens"), 303)


def _page(form: TokenForm, token: str | None = None) -> str:
    site = the_site()
    with site.reading() as op:
        return render_template(
            "account/api_tokens.html",
            form=form,
            token=token,
            tokens=api_tokens.of_user(op, viewer().id),
            base=site.settings.public_url,
        )
