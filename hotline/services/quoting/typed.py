"""Rate cards as they are typed: for each product lines of prices and the most that it costs."""

import re
import uuid
from dataclasses import dataclass

import sla
from hotline.services.directory import amounts
from hotline.services.directory.kind import WrongFieldError, sentence
from hotline.services.reports.words import marked

_LINE = re.compile(r"([0-9]{1,4})\s*:\s*(\S.*)")


@dataclass(frozen=True, slots=True)
class TypedRate:
    """What was typed for one product."""

    product_id: uuid.UUID
    code: str
    tiers: str | None
    maximum: str | None


def tiers_field(product_id: uuid.UUID) -> str:
    """The name of the field with a product's prices."""
    return f"tiers_{product_id.hex}"


def maximum_field(product_id: uuid.UUID) -> str:
    """The name of the field with the most that a product costs."""
    return f"maximum_{product_id.hex}"


def rate(typed: TypedRate, currency: str) -> sla.ProductRate | None:
    """What a product costs; None when nothing was typed for it. Raises :class:`WrongFieldError`."""
    field = tiers_field(typed.product_id)
    maximum = amounts.positive(typed.maximum, currency, maximum_field(typed.product_id))
    tiers: list[sla.Tier] = []
    for number, line in amounts.lines(typed.tiers):
        tiers.append(_tier(line, number, currency, field, tiers))
    if not tiers and maximum is None:
        return None
    if not tiers:
        raise WrongFieldError(field, sentence(marked("Write the prices, or leave the most empty as well.")))
    if maximum is None:
        raise WrongFieldError(
            maximum_field(typed.product_id), sentence(marked("Type the most that the product costs a year."))
        )
    if maximum < tiers[0].price:
        raise WrongFieldError(
            maximum_field(typed.product_id),
            sentence(marked("That is less than one instance, {price}."), price=tiers[0].price),
        )
    return sla.ProductRate(typed.code, tuple(tiers), maximum)


def _tier(line: str, number: int, currency: str, field: str, before: list[sla.Tier]) -> sla.Tier:
    found = _LINE.fullmatch(line)
    price = None if found is None else amounts.amount(found[2], currency)
    if found is None or price is None:
        words = marked(
            "Line {line}: write from which instance on, a colon and the price of each, such as 2: 180,000."
        )
        raise WrongFieldError(field, sentence(words, line=number))
    first = int(found[1])
    if not before and (first != 1 or price.minor == 0):
        words = marked("Line {line}: prices begin with instance 1, which is not free.")
        raise WrongFieldError(field, sentence(words, line=number))
    if before and first <= before[-1].first:
        words = marked("Line {line} does not begin after the line before it.")
        raise WrongFieldError(field, sentence(words, line=number))
    return sla.Tier(first, price)


def tier_lines(rate: sla.ProductRate) -> str:
    """Prices as they are typed."""
    return "\n".join(f"{tier.first}: {tier.price.to_decimal():,f}" for tier in rate.tiers)
