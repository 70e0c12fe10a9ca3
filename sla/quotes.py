"""Quotes: the annual fee that a rate card comes to for what a customer wants, with its arithmetic."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sla.entitlement import ELIGIBLE_PLANS, Plan
from sla.money import Money, total
from sla.rates import RateCard


@dataclass(frozen=True, slots=True)
class QuoteStep:
    """So many instances at one price; ValueError for fewer than one."""

    instances: int
    price: Money

    def __post_init__(self) -> None:
        if type(self.instances) is not int or self.instances < 1:
            raise ValueError(f"a step has one instance at least, not {self.instances!r}")

    @property
    def amount(self) -> Money:
        """Instances times price."""
        return self.price.times(self.instances)

    def __str__(self) -> str:
        """As in `4 x USD 150,000.00 = USD 600,000.00`."""
        return f"{self.instances} x {self.price} = {self.amount}"


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One product: the instances of each tier at its price, together at most `maximum`."""

    product: str
    steps: tuple[QuoteStep, ...]
    maximum: Money

    @property
    def instances(self) -> int:
        """All of them."""
        return sum(step.instances for step in self.steps)

    @property
    def subtotal(self) -> Money:
        """What the steps add up to."""
        return total((step.amount for step in self.steps), self.maximum.currency)

    @property
    def is_capped(self) -> bool:
        """Whether the maximum holds instead of the sum."""
        return self.maximum < self.subtotal

    @property
    def amount(self) -> Money:
        """What the product costs a year."""
        return min(self.subtotal, self.maximum)

    @property
    def arithmetic(self) -> str:
        """All of it in one line of plain ASCII, as in `1 x USD 200,000.00 = USD 200,000.00`."""
        words = ", ".join(str(step) for step in self.steps)
        if len(self.steps) > 1:
            words = f"{words}, together {self.subtotal}"
        return f"{words}, capped at {self.maximum}" if self.is_capped else words


@dataclass(frozen=True, slots=True)
class Quote:
    """The annual fee for some products under a plan on a day, by the rate card of `effective_from`."""

    plan: Plan
    day: date
    effective_from: date
    currency: str
    lines: tuple[QuoteLine, ...]

    @property
    def annual_fee(self) -> Money:
        """What all lines add up to."""
        return total((line.amount for line in self.lines), self.currency)


class QuoteRefusalReason(StrEnum):
    """Why there is no quote, in the order in which it is checked."""

    PLAN_NOT_ELIGIBLE = "plan_not_eligible"
    NOTHING_ASKED = "nothing_asked"
    CARD_NOT_IN_FORCE = "card_not_in_force"
    PRODUCT_NOT_PRICED = "product_not_priced"


@dataclass(frozen=True, slots=True)
class QuoteRefusal:
    """There is no quote, for the first reason found; `product` is the one that the card does not price."""

    reason: QuoteRefusalReason
    product: str | None = None


def quote(card: RateCard, plan: Plan, wanted: Mapping[str, int], day: date) -> Quote | QuoteRefusal:
    """What `wanted`, the number of instances of each product, costs a year by a card on `day`.

    Lines stand in the order of the card. Raises ValueError for fewer instances than one.
    """
    if plan not in ELIGIBLE_PLANS:
        return QuoteRefusal(QuoteRefusalReason.PLAN_NOT_ELIGIBLE)
    if not wanted:
        return QuoteRefusal(QuoteRefusalReason.NOTHING_ASKED)
    if day < card.effective_from:
        return QuoteRefusal(QuoteRefusalReason.CARD_NOT_IN_FORCE)
    for product in wanted:
        if card.rate_of(product) is None:
            return QuoteRefusal(QuoteRefusalReason.PRODUCT_NOT_PRICED, product)
    lines = tuple(
        QuoteLine(
            rate.product,
            tuple(QuoteStep(count, price) for count, price in rate.split(wanted[rate.product])),
            rate.maximum,
        )
        for rate in card.rates
        if rate.product in wanted
    )
    return Quote(plan, day, card.effective_from, card.currency, lines)


def quote_to_json(given: Quote) -> dict[str, object]:
    """Plain JSON values that can be read without this code: every amount is written out, in minor units."""
    return {
        "plan": given.plan.value,
        "day": given.day.isoformat(),
        "effective_from": given.effective_from.isoformat(),
        "currency": given.currency,
        "lines": [_line_to_json(line) for line in given.lines],
        "annual_fee": given.annual_fee.minor,
    }


def quote_from_json(data: Mapping[str, object]) -> Quote:
    """The quote that `quote_to_json` wrote, equal to the original; ValueError for anything else.

    A stored amount that the arithmetic does not come to is refused.
    """
    try:
        currency = str(data["currency"])
        read = Quote(
            Plan(str(data["plan"])),
            date.fromisoformat(data["day"]),  # type: ignore[arg-type]
            date.fromisoformat(data["effective_from"]),  # type: ignore[arg-type]
            currency,
            tuple(_line_from_json(line, currency) for line in data["lines"]),  # type: ignore[attr-defined]
        )
    except (KeyError, TypeError) as wrong:
        raise ValueError(f"this is no quote: {wrong}") from wrong
    if quote_to_json(read) != data:
        raise ValueError("what was stored is not what the arithmetic of the quote comes to")
    return read


def _line_to_json(line: QuoteLine) -> dict[str, object]:
    return {
        "product": line.product,
        "steps": [
            {"instances": step.instances, "price": step.price.minor, "amount": step.amount.minor}
            for step in line.steps
        ],
        "subtotal": line.subtotal.minor,
        "maximum": line.maximum.minor,
        "amount": line.amount.minor,
    }


def _line_from_json(line: Mapping[str, object], currency: str) -> QuoteLine:
    steps = tuple(
        QuoteStep(step["instances"], Money(step["price"], currency))
        for step in line["steps"]  # type: ignore[attr-defined]
    )
    return QuoteLine(str(line["product"]), steps, Money(line["maximum"], currency))  # type: ignore[arg-type]
