"""``/admin/contracts/<id>/keys``: keys with which a customer's programs report, made and ended."""

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import Contract
from hotline.errors import ConflictError
from hotline.services import directory
from hotline.services.access import Permission
from hotline.services.accounts.tokens import new_token
from hotline.services.arrivals import keys
from hotline.services.arrivals.keys import TooManyKeysError
from hotline.services.directory.contracts import CONTRACTS
from hotline.web.pages.arrivals.forms import KeyForm
from hotline.web.pages.guard import confirmed, needs, viewer
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/admin/contracts/<uuid:row_id>/keys")(contract_keys)
    blueprint.post("/admin/contracts/<uuid:row_id>/keys")(make_contract_key)
    blueprint.post("/admin/contracts/<uuid:row_id>/keys/<uuid:key_id>/end")(end_contract_key)


@needs(Permission.MANAGE_SERVICE)
@confirmed
def contract_keys(row_id: uuid.UUID) -> ResponseReturnValue:
    """Every key, and the form for another."""
    return _page(row_id, _new_form())


@needs(Permission.MANAGE_SERVICE)
@confirmed
def make_contract_key(row_id: uuid.UUID) -> ResponseReturnValue:
    """The key of this form's nonce, shown now; a second tap shows the same one."""
    form, me = KeyForm(), viewer().id
    if not form.validate():
        return _page(row_id, form), 422
    nonce = form.nonce.data
    try:
        key = the_site().write(lambda op: keys.make(op, me, row_id, form.label.data, nonce))
    except TooManyKeysError as many:
        form.label.errors = [str(many)]
        return _page(row_id, form), 422
    except ConflictError as refusal:
        flash(gettext(str(refusal)), "warning")
        return redirect(url_for("pages.contract_keys", row_id=row_id), 303)
    page = _page(row_id, _new_form(), key)
    return page, 200, {"Cache-Control": "no-store, private, max-age=0", "Pragma": "no-cache"}


@needs(Permission.MANAGE_SERVICE)
@confirmed
def end_contract_key(row_id: uuid.UUID, key_id: uuid.UUID) -> ResponseReturnValue:
    """A key is good no more; twice is as good as once."""
    me = viewer().id
    the_site().write(lambda op: keys.end(op, me, row_id, key_id))
    flash(gettext("The key is good no more: a program that still shows it is refused."), "success")
    return redirect(url_for("pages.contract_keys", row_id=row_id), 303)


def _page(row_id: uuid.UUID, form: KeyForm, key: str | None = None) -> str:
    site = the_site()
    with site.reading() as op:
        contract: Contract = directory.find(op, CONTRACTS, row_id)
        return render_template(
            "arrivals/keys.html",
            form=form,
            contract=contract,
            customer=contract.customer,
            rows=keys.of_contract(op, row_id),
            products=[entry.product for entry in contract.products],
            key=key,
            base=site.settings.public_url,
        )


def _new_form() -> KeyForm:
    return KeyForm(formdata=None, nonce=new_token())
