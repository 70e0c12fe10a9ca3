"""Rate cards: what a year of premier support costs, by product and number of instances."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sla.money import Money
from sla.schedule import require_prices


@dataclass(frozen=True, slots=True)
class Tier:
    """From instance number `first` on, counted from 1, each instance costs `price` a year."""

    first: int
    price: Money

    def __post_init__(self) -> None:
        if type(self.first) is not int or self.first < 1:
            raise ValueError(f"instances are counted from 1, not {self.first!r}")


@dataclass(frozen=True, slots=True)
class ProductRate:
    """What a product costs: each instance the price of its own tier, all together at most `maximum`.

    A further instance never lowers the fee. Raises ValueError without a product or a tier, for tiers that do
    not begin with instance 1 or do not rise, for two currencies, a negative price, a first instance that is
    free, and a maximum below the price of one instance.
    """

    product: str
    tiers: tuple[Tier, ...]
    maximum: Money

    def __post_init__(self) -> None:
        if not isinstance(self.product, str) or not self.product.strip():
            raise ValueError("a rate is for a product")
        if not self.tiers or self.tiers[0].first != 1:
            raise ValueError(f"the prices of {self.product} begin with instance 1")
        if any(later.first <= earlier.first for earlier, later in pairwise(self.tiers)):
            raise ValueError(f"the tiers of {self.product} begin one after the other")
        one = self.tiers[0].price
        require_prices((*(tier.price for tier in self.tiers), self.maximum), one.currency)
        if one.minor == 0:
            raise ValueError(f"the first instance of {self.product} is not free")
        if self.maximum < one:
            raise ValueError(f"the maximum of {self.product}, {self.maximum}, is below one instance, {one}")

    @property
    def currency(self) -> str:
        """The one currency of its prices."""
        return self.maximum.currency

    def split(self, instances: int) -> tuple[tuple[int, Money], ...]:
        """How many of so many instances fall into each tier that is reached, with its price."""
        if type(instances) is not int or instances < 1:
            raise ValueError(f"one instance of {self.product} at least, not {instances!r}")
        ends = (*(tier.first for tier in self.tiers[1:]), instances + 1)
        counts = [
            (min(end, instances + 1) - tier.first, tier.price)
            for tier, end in zip(self.tiers, ends, strict=True)
        ]
        return tuple((count, price) for count, price in counts if count > 0)


@dataclass(frozen=True, slots=True)
class RateCard:
    """The prices of one currency from the day `effective_from` on, one rate a product.

    Raises ValueError without a rate, for a product that stands twice, and for a rate in another currency.
    """

    currency: str
    effective_from: date
    rates: tuple[ProductRate, ...]

    def __post_init__(self) -> None:
        if not self.rates:
            raise ValueError("a rate card prices one product at least")
        products = [rate.product for rate in self.rates]
        if len(set(products)) != len(products):
            raise ValueError(f"a product stands on a rate card once, not as in {', '.join(products)}")
        for rate in self.rates:
            if rate.currency != self.currency:
                raise ValueError(f"the rate of {rate.product} is in {rate.currency}, not in {self.currency}")

    def rate_of(self, product: str) -> ProductRate | None:
        """The rate of a product; None when the card does not price it."""
        return next((rate for rate in self.rates if rate.product == product), None)


def rate_card_in_force(cards: Iterable[RateCard], currency: str, day: date) -> RateCard | None:
    """The card of a currency that took effect last by `day`; None if none has. Of one day, the last given."""
    found: RateCard | None = None
    for card in cards:
        if card.currency != currency or card.effective_from > day:
            continue
        if found is None or card.effective_from >= found.effective_from:
            found = card
    return found


def rate_card_to_json(card: RateCard) -> dict[str, object]:
    """Plain JSON values; prices in whole minor units, the day in ISO 8601."""
    return {
        "currency": card.currency,
        "effective_from": card.effective_from.isoformat(),
        "rates": [
            {
                "product": rate.product,
                "tiers": [{"first": tier.first, "price": tier.price.minor} for tier in rate.tiers],
                "maximum": rate.maximum.minor,
            }
            for rate in card.rates
        ],
    }


def rate_card_from_json(data: Mapping[str, object]) -> RateCard:
    """The card that `rate_card_to_json` wrote, equal to the original; ValueError for anything else."""
    try:
        currency, rates = data["currency"], data["rates"]
        if set(data) != {"currency", "effective_from", "rates"} or not isinstance(rates, list):
            raise ValueError("a rate card has a currency, a first day and a list of rates")
        if not isinstance(currency, str):
            raise TypeError(f"a currency is text, not {currency!r}")
        starts_on = date.fromisoformat(data["effective_from"])  # type: ignore[arg-type]
        return RateCard(currency, starts_on, tuple(_rate(rate, currency) for rate in rates))
    except (KeyError, TypeError) as wrong:
        raise ValueError(f"this is no rate card: {wrong}") from wrong


def _rate(data: Mapping[str, object], currency: str) -> ProductRate:
    product, tiers, maximum = data["product"], data["tiers"], data["maximum"]
    if set(data) != {"product", "tiers", "maximum"} or not isinstance(tiers, list):
        raise ValueError("a rate has a product, a list of tiers and a maximum")
    if any(set(tier) != {"first", "price"} for tier in tiers):
        raise ValueError("a tier has a first instance and a price")
    return ProductRate(
        product,  # type: ignore[arg-type]
        tuple(Tier(tier["first"], Money(tier["price"], currency)) for tier in tiers),
        Money(maximum, currency),  # type: ignore[arg-type]
    )
