"""The rising schedule: what each miss of a period costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from sla.currency import exponent_of
from sla.money import Money
from sla.period import Period
from sla.price import FeeShare, Price, price_from_json, price_to_json


@dataclass(frozen=True, slots=True)
class RisingSchedule:
    """The nth miss of a `period` costs step n; beyond the last step, the last step again.

    Raises ValueError without a step, for a negative step, for one that falls below a step of the same kind
    before it, and for an amount in another currency. Amounts and shares of the fee are compared by the terms,
    which know the fee.
    """

    steps: tuple[Price, ...]
    currency: str
    period: Period = Period.YEAR

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError("a schedule of fines needs at least one step")
        require_prices(self.steps, self.currency)
        for lower, upper in pairwise(self.steps):
            if falls(lower, upper):
                raise ValueError(f"fines may not fall from one miss to the next: {lower}, then {upper}")

    def step_for(self, ordinal: int) -> int:
        """The number of the step, from 1, that miss `ordinal` costs; ValueError for an ordinal below 1."""
        if ordinal < 1:
            raise ValueError(f"misses are counted from 1, not {ordinal}")
        return min(ordinal, len(self.steps))

    def price_of(self, ordinal: int) -> Price:
        """The price of miss `ordinal` of a period; ValueError for an ordinal below 1."""
        return self.steps[self.step_for(ordinal) - 1]


def require_prices(prices: tuple[Price, ...], currency: str) -> None:
    """Every price that passes is in `currency` or a share of the fee, and not negative; else ValueError."""
    exponent_of(currency)
    for price in prices:
        if isinstance(price, Money) and price.currency != currency:
            raise ValueError(f"{price} is not in {currency}")
        if isinstance(price, Money) and price.minor < 0:
            raise ValueError(f"a price cannot be negative: {price}")


def falls(before: Price, after: Price) -> bool:
    """Whether two prices of one kind fall."""
    if isinstance(before, Money) and isinstance(after, Money):
        return after < before
    if isinstance(before, FeeShare) and isinstance(after, FeeShare):
        return after.basis_points < before.basis_points
    return False


def schedule_to_json(schedule: RisingSchedule) -> dict[str, object]:
    """Plain JSON values; a step is whole minor units, or basis points of the annual fee."""
    return {
        "kind": "rising",
        "period": schedule.period.value,
        "currency": schedule.currency,
        "steps": [price_to_json(step) for step in schedule.steps],
    }


def schedule_from_json(data: Mapping[str, object]) -> RisingSchedule:
    """The schedule that `schedule_to_json` wrote, equal to the original.

    Raises ValueError for an unknown `kind`, and for a key missing, unknown or of the wrong type.
    """
    if data.get("kind") != "rising":
        raise ValueError(f"no schedule of fines is of the kind {data.get('kind')!r}")
    currency, steps = data.get("currency"), data.get("steps")
    if (
        set(data) != {"kind", "period", "currency", "steps"}
        or not isinstance(currency, str)
        or not isinstance(steps, list)
    ):
        raise ValueError("a rising schedule has a kind, a period, a currency and a list of steps")
    prices = tuple(price_from_json(step, currency) for step in steps)
    return RisingSchedule(prices, currency, Period(str(data["period"])))
