"""The letter with a PIN: asked for, made once, shown once, printed."""

import uuid

from flask import Blueprint, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from hotline.db.models import Contract, Customer
from hotline.errors import ConflictError
from hotline.phone_numbers import pretty
from hotline.services import directory, pins
from hotline.services.access import Permission
from hotline.services.accounts.tokens import new_token
from hotline.services.directory import pin_letters
from hotline.services.directory.contracts import CONTRACTS
from hotline.services.operation import Operation
from hotline.web.pages.admin.forms import LetterForm
from hotline.web.pages.guard import confirmed, needs, viewer
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked, speak_to

_NONCE = "pin-letter"


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/admin/contracts/<uuid:row_id>/pin")(ask_pin_letter)
    blueprint.post("/admin/contracts/<uuid:row_id>/pin")(issue_pin_letter)
    blueprint.get("/admin/contracts/<uuid:row_id>/pin/letter")(pin_letter)


@needs(Permission.MANAGE_SERVICE)
@confirmed
def ask_pin_letter(row_id: uuid.UUID) -> ResponseReturnValue:
    """What a new PIN means, for whom it is, and the button. The nonce of the PIN waits in the session."""
    session[_NONCE] = {"nonce": new_token(), "of": str(row_id)}
    return _ask(row_id, None, 200)


@needs(Permission.MANAGE_SERVICE)
@confirmed
def issue_pin_letter(row_id: uuid.UUID) -> ResponseReturnValue:
    """Make the PIN that belongs to the nonce of this browser; a second tap finds it made."""
    form, me, nonce = LetterForm(), viewer().id, _nonce(row_id)
    if nonce is None:
        return redirect(url_for("pages.ask_pin_letter", row_id=row_id), 303)
    _fill(form, row_id)
    if not form.validate() or not (form.seen.data or "").isdigit():
        return _ask(row_id, form, 422)
    caller_id, seen = _caller(form), int(form.seen.data)
    site = the_site()
    with site.reading() as op:
        pin = pin_letters.pin_of(op, directory.find(op, CONTRACTS, row_id).id, nonce)
    hashed = pins.hash_secret(pin)  # slow on purpose, so in no transaction
    try:
        site.write(lambda op: pin_letters.issue(op, me, row_id, nonce, hashed, seen, caller_id))
    except ConflictError as refusal:
        flash(gettext(str(refusal)), "warning")
        return redirect(_contract(row_id), 303)
    return redirect(url_for("pages.pin_letter", row_id=row_id), 303)


@needs(Permission.MANAGE_SERVICE)
@confirmed
def pin_letter(row_id: uuid.UUID) -> ResponseReturnValue:
    """The letter, in the customer's language, the first time; afterwards that it was shown."""
    me, nonce = viewer().id, _nonce(row_id)
    found = None
    if nonce is not None:
        found = the_site().write(lambda op: pin_letters.show(op, row_id, nonce, me))
    if found is None:
        flash(
            gettext(
                "A PIN is shown once. If its letter was not printed, issue another: it replaces the first."
            ),
            "warning",
        )
        return redirect(_contract(row_id), 303)
    with the_site().reading() as op:
        zone = directory.find(op, CONTRACTS, row_id).customer.time_zone
    speak_to(found.language, zone)
    page = render_template("admin/letter.html", letter=found, row_id=row_id)
    return page, 200, {"Cache-Control": "no-store, private, max-age=0", "Pragma": "no-cache"}


def _ask(row_id: uuid.UUID, form: LetterForm | None, status: int) -> ResponseReturnValue:
    with the_site().reading() as op:
        contract: Contract = directory.find(op, CONTRACTS, row_id)
        customer = op.session.get_one(Customer, contract.customer_id)
        letters = pin_letters.of_contract(op, row_id)
        lines = pin_letters.lines_of(op, customer.id)
        has_pin = bool(contract.pin_hash)
    if form is None:
        form = LetterForm(formdata=None, seen=str(len(letters)))
        _fill(form, row_id)
    page = render_template(
        "admin/pin.html",
        form=form,
        contract=contract,
        customer=customer,
        letters=letters,
        lines=[pretty(line) for line in lines],
        has_pin=has_pin,
    )
    return page, status


def _fill(form: LetterForm, row_id: uuid.UUID) -> None:
    with the_site().reading() as op:
        callers = _callers(op, row_id)
    company = SelectChoice("", gettext(marked("The company")))
    form.caller.choices = [company, *(SelectChoice(str(one), name) for one, name in callers)]


def _callers(op: Operation, row_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    contract: Contract = directory.find(op, CONTRACTS, row_id)
    return [(caller.id, caller.name) for caller in contract.callers if caller.ended_at is None]


def _caller(form: LetterForm) -> uuid.UUID | None:
    try:
        return uuid.UUID(form.caller.data or "")
    except ValueError:
        return None


def _nonce(row_id: uuid.UUID) -> str | None:
    kept = session.get(_NONCE) or {}
    return str(kept["nonce"]) if kept.get("of") == str(row_id) else None


def _contract(row_id: uuid.UUID) -> str:
    return url_for("pages.admin_row", place="contracts", row_id=row_id)
