"""A quote: who may buy, what it costs a year, the arithmetic of each line; its address keeps the inputs."""

from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

import sla
from hotline.db.models import Product
from hotline.services.access import Permission
from hotline.services.directory import Sentence
from hotline.services.directory.amounts import EARLIEST, LATEST
from hotline.services.operation import Operation
from hotline.services.quoting import quotes
from hotline.web.pages.admin.words import said
from hotline.web.pages.guard import needs
from hotline.web.pages.lists.words import PLANS, day
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked

_COUNT = "count."


@dataclass(slots=True)
class Inputs:
    """What was asked for in the address, as it was typed, and what is wrong with it by field."""

    plan: str
    day: str
    currency: str
    counts: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/quote")(quote)


@needs(Permission.QUOTE)
def quote() -> ResponseReturnValue:
    """A quote for what stands in the address, or the form alone."""
    with the_site().reading() as op:
        products = _products(op)
        currencies = quotes.currencies(op)
        inputs = _inputs(op, products, currencies)
        found = _ask(op, inputs) if request.args and currencies and not inputs.wrong else None
    is_quote = isinstance(found, sla.Quote)
    page = render_template(
        "quotes/quote.html",
        inputs=inputs,
        products=products,
        names={product.code: product.name for product in products},
        currencies=currencies,
        plans=PLANS,
        found=found if is_quote else None,
        refusal=said(_why(found, inputs)) if isinstance(found, sla.QuoteRefusal) else "",
        day=day,
    )
    return page, 422 if inputs.wrong else 200


def _products(op: Operation) -> list[Product]:
    """What can be bought, and whatever else the address asks for."""
    asked = [name.removeprefix(_COUNT) for name in request.args if name.startswith(_COUNT)]
    query = sa.select(Product).where(sa.or_(Product.ended_at.is_(None), Product.code.in_(asked)))
    return list(op.session.scalars(query.order_by(Product.position, Product.name)))


def _inputs(op: Operation, products: list[Product], currencies: list[str]) -> Inputs:
    given = request.args
    first = "USD" if "USD" in currencies or not currencies else currencies[0]
    found = Inputs(
        given.get("plan", sla.Plan.PREMIER_PLUS.value),
        given.get("day", op.now.date().isoformat()).strip(),
        given.get("currency", first).strip().upper(),
        {product.code: given.get(_COUNT + product.code, "").strip() for product in products},
    )
    if found.plan not in set(sla.Plan):
        found.wrong["plan"] = gettext(marked("Choose a plan."))
    if found.currency not in sla.EXPONENTS:
        found.wrong["currency"] = gettext(marked("Type a currency by its three letters, such as USD."))
    if _day(found.day) is None:
        found.wrong["day"] = gettext(marked("That is no day; write it as 2026-11-22."))
    for code, text in found.counts.items():
        if _count(text) is None:
            found.wrong[_COUNT + code] = gettext(marked("Between 1 and 9999 instances of a product."))
    return found


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None


def _count(text: str) -> int | None:
    """How many; 0 for nothing typed, None for what is no such number."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        return None
    return int(text)


def _ask(op: Operation, inputs: Inputs) -> sla.Quote | sla.QuoteRefusal:
    wanted = {code: count for code, text in inputs.counts.items() if (count := _count(text))}
    on = date.fromisoformat(inputs.day)
    return quotes.ask(op, sla.Plan(inputs.plan), wanted, inputs.currency, on)


def _why(refusal: sla.QuoteRefusal, inputs: Inputs) -> Sentence:
    return quotes.why(refusal, inputs.currency, date.fromisoformat(inputs.day))
