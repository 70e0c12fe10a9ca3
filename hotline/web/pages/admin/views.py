"""The pages of the directory: lists, one thing with all that belongs to it, new, change, end, bring back."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import Caller, Contract, Customer, ServiceNumber, Team
from hotline.errors import NotFoundError
from hotline.phone_numbers import mask
from hotline.services import directory
from hotline.services.access import Permission
from hotline.services.arrivals import keys
from hotline.services.directory import overview, pin_letters, steps
from hotline.services.directory.teams import ladders_of, rotations_of
from hotline.services.lists import audit
from hotline.services.lists.customer import TermsLine, terms_lines
from hotline.services.operation import Operation
from hotline.services.statements import sending
from hotline.web.pages.admin import ending, words
from hotline.web.pages.admin.desks import DESKS, Desk, desk
from hotline.web.pages.admin.editing import Work, edit
from hotline.web.pages.guard import needs
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked

WEBHOOKS = (
    (marked("A call comes in"), "/twilio/voice"),
    (marked("Primary handler fails"), "/twilio/voice/fallback"),
    (marked("Call status changes"), "/twilio/calls"),
    (marked("A message comes in"), "/twilio/sms"),
)
STEPS: Mapping[steps.Step, str] = {
    steps.Step.CONTRACT: marked("A contract: number, plan, cover and products"),
    steps.Step.PROMISE: marked("What is promised, and what a miss costs"),
    steps.Step.CALLERS: marked("Who may call"),
    steps.Step.NUMBER: marked("A number to dial"),
    steps.Step.LETTER: marked("The letter with the PIN"),
    steps.Step.CALL: marked("A first test call that gave the PIN"),
}
# Things whose own page is that of what they belong to.
_AT_PARENT = {"callers": "contract_id", "recipients": "contract_id"}


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/admin")(admin)
    blueprint.get("/admin/<place>")(admin_list)
    blueprint.route("/admin/<place>/new", methods=["GET", "POST"])(admin_new)
    blueprint.get("/admin/<place>/<uuid:row_id>")(admin_row)
    blueprint.route("/admin/<place>/<uuid:row_id>/change", methods=["GET", "POST"])(admin_change)
    blueprint.post("/admin/<place>/<uuid:row_id>/end")(admin_end)
    blueprint.post("/admin/<place>/<uuid:row_id>/back")(admin_back)


@needs(Permission.MANAGE_SERVICE)
def admin() -> ResponseReturnValue:
    """Everything there is, how many of it, and what is wrong."""
    with the_site().reading() as op:
        found = overview.read(op)
    return render_template("admin/overview.html", found=found, said=words.said, mend=mend)


@needs(Permission.MANAGE_SERVICE)
def admin_list(place: str) -> ResponseReturnValue:
    """Every thing of a kind: those of today, and behind them those that ended."""
    here = _ending(place)
    with the_site().reading() as op:
        model: Any = here.kind.model
        rows = [_line(op, here, row) for row in op.session.scalars(sa.select(model))]
    rows.sort(key=lambda line: (line["ended_at"] is not None, line["called"].casefold()))
    columns = [(name, words.field(name)) for name in here.columns]
    return render_template("admin/list.html", desk=here, rows=rows, columns=columns)


@needs(Permission.MANAGE_SERVICE)
def admin_row(place: str, row_id: uuid.UUID) -> ResponseReturnValue:
    """One thing, what belongs to it, how to end it, and what changed here."""
    here = _ending(place)
    with the_site().reading() as op:
        row = directory.find(op, here.kind, row_id)
        line = _line(op, here, row)
        more = _MORE[place](op, row) if place in _MORE else {}
        holds = [words.said(reason) for reason in here.kind.holds(op, row)]
        returns = [words.said(reason) for reason in here.kind.returns(op, row)]
        history = audit.of_row(op, here.kind.name, row_id)
    facts = words.between({}, line["facts"])
    return render_template(
        "admin/row.html",
        desk=here,
        line=line,
        facts=facts,
        holds=holds,
        returns=returns,
        history=history,
        words=words,
        mask=mask,
        **more,
    )


@needs(Permission.MANAGE_SERVICE)
def admin_new(place: str) -> ResponseReturnValue:
    """A new thing, looked at before it is saved."""
    here, of = desk(place), request.args.get("of", "")
    cancel = url_for("pages.admin_list", place=place)
    if here.parent_kind is not None:
        with the_site().reading() as op:
            cancel = _page_of(here.parent + "s", here.parent_of(op, of).id)
    return edit(Work(here, None, here.new, lambda row_id: _after(here, row_id), cancel, of))


@needs(Permission.MANAGE_SERVICE)
def admin_change(place: str, row_id: uuid.UUID) -> ResponseReturnValue:
    """Other values for a thing, looked at before they are saved."""
    here = _ending(place)
    with the_site().reading() as op:
        name = here.kind.called(directory.find(op, here.kind, row_id))
    return edit(
        Work(
            here,
            row_id,
            gettext("Change {name}").format(name=name),
            lambda changed: _after(here, changed),
            _page_of(place, row_id),
        )
    )


@needs(Permission.MANAGE_SERVICE)
def admin_end(place: str, row_id: uuid.UUID) -> ResponseReturnValue:
    """It ends; nothing is deleted."""
    return ending.end(_ending(place).kind, row_id, _page_of(place, row_id))


@needs(Permission.MANAGE_SERVICE)
def admin_back(place: str, row_id: uuid.UUID) -> ResponseReturnValue:
    """It can be chosen again."""
    return ending.bring_back(_ending(place).kind, row_id, _page_of(place, row_id))


def mend(trouble: overview.Trouble) -> str:
    """Where a trouble is mended."""
    if trouble.where is overview.Where.NOTHING:
        return url_for("pages.admin_new", place="numbers")
    if trouble.where is overview.Where.PERSON:
        return url_for("pages.person", person_id=trouble.row_id)
    places = {one.kind.name: place for place, one in DESKS.items()}
    return url_for("pages.admin_row", place=places[trouble.where.value], row_id=trouble.row_id)


def _ending(place: str) -> Desk:
    """A desk whose things have pages of their own. Raises :class:`NotFoundError`."""
    here = desk(place)
    if not here.ending:
        raise NotFoundError(marked("There is nothing at this address."))
    return here


def _page_of(place: str, row_id: uuid.UUID) -> str:
    return url_for("pages.admin_row", place=place, row_id=row_id)


def _after(here: Desk, row_id: uuid.UUID) -> str:
    """Where to go once a row is saved: its page, or that of what it belongs to."""
    if here.place not in _AT_PARENT:
        return _page_of(here.place, row_id)
    with the_site().reading() as op:
        row = directory.find(op, here.kind, row_id)
        return _page_of("contracts", getattr(row, _AT_PARENT[here.place]))


def _line(op: Operation, here: Desk, row: Any) -> dict[str, Any]:
    """A row as lists show it: its facts in words, telephone numbers masked unless customers dial them."""
    facts = dict(here.kind.facts(op, row))
    if here.place != "numbers":
        facts = {name: mask(found) if name in here.kind.phones else found for name, found in facts.items()}
    shown = {name: words.value(name, found) for name, found in facts.items()}
    return {
        "id": row.id,
        "called": here.kind.called(row),
        "facts": facts,
        "shown": shown,
        "ended_at": row.ended_at,
    }


def _of_team(op: Operation, team: Team) -> dict[str, Any]:
    return {
        "rotations": list(op.session.scalars(rotations_of(team))),
        "ladders": list(op.session.scalars(ladders_of(team))),
    }


def _of_number(_op: Operation, _number: ServiceNumber) -> dict[str, Any]:
    base = the_site().settings.public_url
    return {"webhooks": [(gettext(name), base + path) for name, path in WEBHOOKS]}


def _of_customer(op: Operation, customer: Customer) -> dict[str, Any]:
    contracts = sa.select(Contract).where(Contract.customer_id == customer.id).order_by(Contract.number)
    numbers = sa.select(ServiceNumber).where(ServiceNumber.customer_id == customer.id)
    return {
        "contracts": list(op.session.scalars(contracts)),
        "numbers": list(op.session.scalars(numbers.order_by(ServiceNumber.phone))),
        "lines": pin_letters.lines_of(op, customer.id),
        "steps": steps.of_customer(op, customer),
        "step_names": STEPS,
    }


def _of_contract(op: Operation, contract: Contract) -> dict[str, Any]:
    terms: list[TermsLine] = terms_lines(op, contract)
    return {
        "customer": op.session.get_one(Customer, contract.customer_id),
        "terms": terms,
        "callers": list(contract.callers),
        "recipients": sending.recipients_of(op, contract.id),
        "letters": pin_letters.of_contract(op, contract.id),
        "has_pin": bool(contract.pin_hash),
        "good_keys": sum(row.ended_at is None for row in keys.of_contract(op, contract.id)),
    }


def _of_caller(op: Operation, caller: Caller) -> dict[str, Any]:
    return {"contract": op.session.get_one(Contract, caller.contract_id)}


_MORE: Mapping[str, Callable[[Operation, Any], dict[str, Any]]] = {
    "teams": _of_team,
    "numbers": _of_number,
    "customers": _of_customer,
    "contracts": _of_contract,
    "callers": _of_caller,
    "recipients": _of_caller,
}
