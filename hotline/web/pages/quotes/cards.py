"""The form of a rate card: two fields for each product, and what quotes would become."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

import sla
from hotline.db.models import Product, RateCard
from hotline.services.directory import Change, WrongFieldError
from hotline.services.operation import Operation
from hotline.services.quoting import cards, typed
from hotline.web.pages.admin.forms import DayField, Edited
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked

_EXAMPLES = (1, 2, 3, 5, 10)


class RateCardForm(Edited):
    """A rate card; the fields of the products are added by :func:`form_of`."""

    currency = StringField(
        marked("Currency"),
        [InputRequired(marked("Type a currency by its three letters, such as USD.")), Length(max=10)],
    )
    effective_from = DayField(
        marked("In force from"), [InputRequired(marked("Type the day from which it is in force."))]
    )


def form_of(op: Operation, row: RateCard | None) -> type[RateCardForm]:
    """The form with prices and the most for every product that has not ended, or is priced already."""
    priced = set() if row is None else {rate["product"] for rate in row.card["rates"]}
    fields: dict[str, Any] = {}
    for product in _products(op):
        if product.ended_at is not None and product.code not in priced:
            continue
        prices = gettext(marked("{product}: prices of an instance a year")).format(product=product.name)
        most = gettext(marked("{product}: the most it costs a year")).format(product=product.name)
        fields[typed.tiers_field(product.id)] = TextAreaField(prices, [Length(max=1000)])
        fields[typed.maximum_field(product.id)] = StringField(most, [Length(max=40)])
    return type("RateCardWithProductsForm", (RateCardForm,), fields)


def fill(row: RateCard) -> dict[str, Any]:
    """What the form shows of a card."""
    with the_site().reading() as op:
        return _shown(op, sla.rate_card_from_json(row.card))


def begin(op: Operation) -> dict[str, Any]:
    """A new card is the last one from the next month on; the first one has no price yet."""
    last = cards.latest(op)
    if last is None:
        return {"currency": "USD", "effective_from": cards.today(op)}
    next_month = (cards.today(op).replace(day=1) + timedelta(days=32)).replace(day=1)
    return {**_shown(op, last), "effective_from": next_month}


def _shown(op: Operation, card: sla.RateCard) -> dict[str, Any]:
    found: dict[str, Any] = {"currency": card.currency, "effective_from": card.effective_from}
    for product in _products(op):
        rate = card.rate_of(product.code)
        if rate is not None:
            found[typed.tiers_field(product.id)] = typed.tier_lines(rate)
            found[typed.maximum_field(product.id)] = f"{rate.maximum.to_decimal():,f}"
    return found


def _products(op: Operation) -> list[Product]:
    return list(op.session.scalars(sa.select(Product).order_by(Product.position, Product.name)))


def read(form: Edited) -> dict[str, Any]:
    """What was typed; prices and maximum by the product's id."""
    data = form.data
    rates = {
        uuid.UUID(hex=name.removeprefix("tiers_")): (text, data[name.replace("tiers_", "maximum_")])
        for name, text in data.items()
        if name.startswith("tiers_")
    }
    return {"currency": data["currency"], "effective_from": data["effective_from"], "rates": rates}


def show(form: Edited, change: Change | None) -> Mapping[str, Any]:
    """What some numbers of instances would cost, before and after."""
    if change is None:
        return {}
    with the_site().reading() as op:
        try:
            card = cards.read(op, read(form))
        except WrongFieldError:  # the review says so itself
            return {}
        others = [one for one in cards.present(op) if one.effective_from != card.effective_from]
        names = {product.code: product.name for product in _products(op)}
    before = sla.rate_card_in_force(others, card.currency, card.effective_from)
    examples = [
        (names.get(rate.product, rate.product), count, _fee(before, rate.product, count), fee)
        for rate in card.rates
        for count in _EXAMPLES
        if (fee := _fee(card, rate.product, count)) is not None
    ]
    return {"examples": examples, "before": before}


def _fee(card: sla.RateCard | None, product: str, count: int) -> sla.Money | None:
    if card is None:
        return None
    found = sla.quote(card, sla.Plan.PREMIER_PLUS, {product: count}, card.effective_from)
    return found.annual_fee if isinstance(found, sla.Quote) else None
