"""``/ladders/dry-run``: what would happen if a customer called at a given minute; the address says it all."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from hotline.db.models import Contract, Ladder, Product
from hotline.errors import NotFoundError
from hotline.services.access import Permission
from hotline.services.accounts.people import time_zones
from hotline.services.ladders import assigning
from hotline.services.ladders.rehearsing import Rehearsal, rehearse
from hotline.services.ladders.taking import ladder_of_contract
from hotline.services.operation import Operation
from hotline.web.pages.guard import needs, viewer_may
from hotline.web.pages.ladders import words
from hotline.web.pages.me.times import read as read_time
from hotline.web.pages.me.times import remark, typed
from hotline.web.pages.site import now_of_page, the_site
from hotline.web.pages.words import gettext, time_zone


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks: ``of`` is ``ladder:<id>`` or ``contract:<id>:<product id>``."""

    of: str
    at: str
    zone: str
    ring_on: bool


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/ladders/dry-run")(dry_run)


@needs(Permission.SEE_INCIDENTS)
def dry_run() -> ResponseReturnValue:
    """Pick a ladder, or a contract and a product, and an instant; see who would be rung and who would not."""
    asked = _asked()
    meaning = read_time(asked.at, asked.zone, now_of_page())
    wrong, found = None, None
    with the_site().reading() as op:
        groups = _choices(op)
        if meaning is None:
            wrong = gettext("That is no day and time.")
        elif asked.of:
            try:
                found = _rehearsed(op, asked, meaning.at)
            except NotFoundError:
                wrong = gettext("That ladder or contract is not there.")
    page = render_template(
        "ladders/dry_run.html",
        asked=asked,
        groups=groups,
        zones=time_zones(),
        found=found,
        wrong=wrong,
        oddity=None if meaning is None else remark(asked.at, meaning),
        rings_for=the_site().settings.ring_seconds,
        words=words,
    )
    return page, 422 if wrong else 200


def _asked() -> Asked:
    zone = request.args.get("zone", time_zone())
    zone = zone if zone in time_zones() else "UTC"
    now = typed(now_of_page(), zone)
    of = request.args.get("of", "")
    return Asked(of, request.args.get("at") or now, zone, request.args.get("phones") == "ring-on")


def _rehearsed(op: Operation, asked: Asked, at: datetime) -> Rehearsal:
    """Raises :class:`NotFoundError` for what is not there, or is not for the viewer."""
    rings_for = None if asked.ring_on else timedelta(seconds=op.settings.ring_seconds)
    kind, *ids = asked.of.split(":")
    rows = [_id(one) for one in ids]
    if kind == "ladder" and len(rows) == 1:
        if op.session.get(Ladder, rows[0]) is None:
            raise NotFoundError("There is no such ladder.")
        return rehearse(op, rows[0], at, rings_for=rings_for)
    if kind == "contract" and len(rows) == 2 and viewer_may("see customers"):
        contract, product = op.session.get(Contract, rows[0]), op.session.get(Product, rows[1])
        if contract is not None and product is not None:
            ladder_id = ladder_of_contract(contract, product)
            return rehearse(op, ladder_id, at, contract=contract, rings_for=rings_for)
    raise NotFoundError("There is no such contract.")


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFoundError("That is no id.") from None


def _choices(op: Operation) -> list[tuple[str, list[tuple[str, str]]]]:
    """The ladders; and for those who may see customers their contracts, product by product."""
    rows = op.session.scalars(sa.select(Ladder).where(Ladder.ended_at.is_(None)).order_by(Ladder.name))
    found = [(gettext("Ladder"), [(f"ladder:{row.id}", row.name) for row in rows])]
    if viewer_may("see customers"):
        of_contracts = [
            (
                f"contract:{contract.id}:{entry.product_id}",
                f"{contract.customer.name}, {contract.number}: {entry.product.name}",
            )
            for contract in assigning.contracts(op)
            for entry in contract.products
        ]
        found.append((gettext("Contract and product"), of_contracts))
    return found
