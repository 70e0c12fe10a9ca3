"""``/incidents/record``: put down a report that reached us otherwise; looked at first, with what it costs."""

import hashlib
import json
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.db.base import new_id
from hotline.db.models import Call, Contract, Product, ReportChannel, User
from hotline.errors import ConflictError, InvalidInputError, NotFoundError
from hotline.phone_numbers import InvalidPhoneNumberError, mask, normalise
from hotline.services.access import Permission
from hotline.services.arrivals import recorded
from hotline.services.arrivals.entitling import NotEntitledError
from hotline.services.arrivals.recorded import Outlook, Report, WrongArrivalError
from hotline.services.callflow import authentication
from hotline.services.operation import Operation
from hotline.services.response import verifying
from hotline.web.pages.arrivals.forms import NO_TIME, ReportForm, identifier
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.me import times
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked, time_zone


class _WrongFieldError(Exception):
    """What was typed in ``field`` cannot be; ``why`` stands beside it."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field, self.why = field, why


class _TakenBackError(Exception):
    """What was recorded only to be looked at is taken back."""

    def __init__(self, outlook: Outlook) -> None:
        super().__init__()
        self.outlook = outlook


@dataclass(frozen=True, slots=True)
class Saved:
    """The incident that was opened, and whether by this very tap; or what saving it would mean."""

    reference: str
    is_new: bool
    outlook: Outlook


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/incidents/record")(record_report)
    blueprint.post("/incidents/record")(save_report)


@needs(Permission.WORK_ON_INCIDENTS)
def record_report() -> ResponseReturnValue:
    """The form; filled in with a call that was missed, if one is named."""
    form = ReportForm(formdata=None, new_id=str(new_id()))
    with the_site().reading() as op:
        call = None
        if "call" in request.args:
            try:
                call = _call(op, request.args["call"])
            except ConflictError as taken:
                return _to_where_it_is(op, request.args["call"], taken)
        if call is None:
            form.arrived.data = times.typed(op.now, time_zone())
        else:
            _fill_in(op, form, call)
        return _page(op, form, call)


@needs(Permission.WORK_ON_INCIDENTS)
def save_report() -> ResponseReturnValue:
    """Show what saving means, then save what was looked at; a second tap finds it saved."""
    form, me = ReportForm(), viewer().id
    with the_site().reading() as op:
        form.offer(verifying.products(op))
    if not form.validate():
        return _again(form, 422)

    def save(op: Operation) -> Saved:
        report = _report(op, form)
        incident, is_new = recorded.record(op, op.session.get_one(User, me), report, form.row_id)
        return Saved(incident.reference, is_new, recorded.outlook(op, incident))

    def save_if_seen(op: Operation) -> Saved:
        saved = save(op)
        if saved.is_new and form.reviewed.data != _digest(form, saved.outlook):
            raise _TakenBackError(saved.outlook)
        return saved

    try:
        saved = the_site().write(save_if_seen)
    except _TakenBackError as looked:
        is_changed = request.form.get("do") == "save"
        form.reviewed.data = _digest(form, looked.outlook)
        return _again(form, 409 if is_changed else 200, looked.outlook, is_changed=is_changed)
    except _WrongFieldError as wrong:
        form[wrong.field].errors = [wrong.why]
        return _again(form, 422)
    except ConflictError as taken:
        with the_site().reading() as op:
            return _to_where_it_is(op, form.call.data or "", taken)
    if saved.is_new:
        flash(gettext("Recorded. Its clock counts from its arrival."), "success")
    else:
        flash(gettext("It was recorded already, as this incident."), "success")
    return redirect(url_for("pages.incident", reference=saved.reference), 303)


def _report(op: Operation, form: ReportForm) -> Report:
    """What was typed. Raises :class:`_WrongFieldError`, and :class:`NotFoundError` for no such call."""
    call = _call_for_saving(op, form.call.data) if form.call.data else None
    contract, product = _contract(op, form)
    report = Report(
        channel=ReportChannel.MISSED_CALL if call is not None else ReportChannel(form.channel.data),
        at=call.created_at if call is not None else _arrived(op, form).at,
        words="\n".join(line.strip() for line in form.words.data.strip().splitlines()),
        contract=contract,
        product=product,
        phone=call.from_phone if call is not None else _phone(form.phone.data),
        call=call,
    )
    try:
        recorded.require_recordable(op, report)
    except WrongArrivalError as wrong:
        raise _WrongFieldError("arrived", str(wrong)) from None
    except NotEntitledError as refused:
        why = (
            gettext(str(refused))
            + " "
            + gettext("Leave the contract empty to keep it as a report to be verified: it then has no clock.")
        )
        raise _WrongFieldError("contract", why) from None
    return report


def _contract(op: Operation, form: ReportForm) -> tuple[Contract | None, Product | None]:
    if not form.contract.data:
        return None, None
    try:
        contract = verifying.contract_of(op, form.contract.data)
    except InvalidInputError as wrong:
        raise _WrongFieldError("contract", str(wrong)) from None
    code = form.product.data
    if not code and len(contract.products) == 1:
        code = contract.products[0].product.code
    if not code:
        raise _WrongFieldError("product", marked("Choose the product."))
    return contract, verifying.product_of(op, code)


def _arrived(op: Operation, form: ReportForm) -> times.Typed:
    meaning = times.read(form.arrived.data or "", time_zone(), op.now)
    if meaning is None:
        raise _WrongFieldError("arrived", NO_TIME)
    return meaning


def _phone(text: str) -> str:
    if not text:
        return ""
    try:
        return normalise(text)
    except InvalidPhoneNumberError as wrong:
        raise _WrongFieldError("phone", str(wrong)) from None


def _call(op: Operation, text: str) -> Call:
    """Raises :class:`NotFoundError` and :class:`ConflictError`."""
    call_id = identifier(text)
    if call_id is None:
        raise NotFoundError(marked("There is no such call."))
    return recorded.missed_call(op, call_id)


def _call_for_saving(op: Operation, text: str) -> Call:
    """The same, also one that this very form has put down: a second tap finds it."""
    call_id = identifier(text)
    call = None if call_id is None else op.session.get(Call, call_id)
    if call is None:
        raise NotFoundError(marked("There is no such call."))
    return call


def _fill_in(op: Operation, form: ReportForm, call: Call) -> None:
    """What the call itself says: when it came, and the contract whose PIN was given or whose number it is."""
    form.call.data, form.channel.data = str(call.id), ReportChannel.MISSED_CALL.value
    form.arrived.data = times.typed(call.created_at, time_zone())
    known = authentication.known_contracts(op, call.from_phone)
    contract = known[0] if len(known) == 1 else None
    if call.authenticated_at is not None and call.contract_id is not None:
        contract = op.session.get_one(Contract, call.contract_id)
    if contract is not None:
        form.contract.data = contract.number
        if len(contract.products) == 1:
            form.product.data = contract.products[0].product.code


def _to_where_it_is(op: Operation, text: str, taken: ConflictError) -> ResponseReturnValue:
    """A colleague was faster: to the incident that the call is on."""
    call_id = identifier(text)
    call = None if call_id is None else op.session.get(Call, call_id)
    found = None if call is None else recorded.incident_of(op, call)
    flash(gettext(str(taken)), "warning")
    if found is None:
        return redirect(url_for("pages.call_list"), 303)
    return redirect(url_for("pages.incident", reference=found.reference), 303)


def _again(
    form: ReportForm, status: int, outlook: Outlook | None = None, *, is_changed: bool = False
) -> ResponseReturnValue:
    with the_site().reading() as op:
        call_id = identifier(form.call.data)
        call = None if call_id is None else op.session.get(Call, call_id)
        return _page(op, form, call, outlook, is_changed=is_changed), status


def _page(
    op: Operation,
    form: ReportForm,
    call: Call | None,
    outlook: Outlook | None = None,
    *,
    is_changed: bool = False,
) -> str:
    form.offer(verifying.products(op))
    meaning = times.read(form.arrived.data or "", time_zone(), op.now)
    arrived = call.created_at if call is not None else None if meaning is None else meaning.at
    return render_template(
        "arrivals/record.html",
        form=form,
        call=call,
        caller=None if call is None else mask(call.from_phone),
        arrived_at=arrived,
        outlook=outlook,
        is_changed=is_changed,
        remark=times.remark(form.arrived.data or "", meaning) if meaning and call is None else None,
        now=op.now,
    )


def _digest(form: ReportForm, outlook: Outlook) -> str:
    """What was typed and what it means: whoever changes either, or waits until it costs more, looks again."""
    typed = {
        name: str(data or "") for name, data in form.data.items() if name not in {"csrf_token", "reviewed"}
    }
    stake = None if outlook.stake is None else str(outlook.stake.amount)
    means = [str(outlook.respond_by), outlook.is_over, stake]
    return hashlib.sha256(json.dumps([typed, means], sort_keys=True).encode()).hexdigest()[:32]
