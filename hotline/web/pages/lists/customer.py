"""One customer: contracts and what they promise, who may call, and what became of their calls."""

import uuid
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hotline.errors import NotFoundError
from hotline.phone_numbers import pretty
from hotline.services import lists
from hotline.services.access import Permission
from hotline.services.lists import customer as customers
from hotline.web.pages.guard import needs
from hotline.web.pages.lists import words
from hotline.web.pages.site import now_of_page, the_site

_RECENT = 10


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/customers/<customer_id>")(customer)


@needs(Permission.SEE_CUSTOMERS)
def customer(customer_id: str) -> ResponseReturnValue:
    """The page of one customer."""
    wanted = _id(customer_id)
    recent = lists.ask(lists.INCIDENTS, {"customer": str(wanted)}, ZoneInfo("UTC"))
    with the_site().reading() as op:
        card = customers.card(op, wanted)
        incidents = lists.page(op, recent, _RECENT)
    return render_template(
        "lists/customer.html",
        card=card,
        incidents=incidents,
        now=now_of_page(),
        day=words.day,
        pretty=pretty,
        plans=words.PLANS,
        covers=words.COVERS,
        statuses=words.STATUSES,
        languages=words.LANGUAGES,
    )


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise NotFoundError("There is no such customer.") from error
