"""Prices: what a miss or a band costs, as an amount or as a share of the annual fee."""

from dataclasses import dataclass
from typing import TypeAlias

from sla.money import WHOLE_IN_BASIS_POINTS, Money


@dataclass(frozen=True, slots=True)
class FeeShare:
    """`basis_points` hundredths of a percent of the annual fee. ValueError unless between 0 and 10,000."""

    basis_points: int

    def __post_init__(self) -> None:
        if type(self.basis_points) is not int:
            raise TypeError(f"a share is whole basis points, not {self.basis_points!r}")
        if not 0 <= self.basis_points <= WHOLE_IN_BASIS_POINTS:
            raise ValueError(f"a share is 0 to {WHOLE_IN_BASIS_POINTS} basis points, not {self.basis_points}")

    def __str__(self) -> str:
        """As in `2.5 % of the annual fee`."""
        return f"{percent(self.basis_points)} of the annual fee"


Price: TypeAlias = Money | FeeShare


def percent(basis_points: int) -> str:
    """Basis points as an exact percentage: `90 %`, `2.5 %`, `0.05 %`."""
    whole, rest = divmod(basis_points, 100)
    decimals = f".{rest:02}".rstrip("0") if rest else ""
    return f"{whole}{decimals} %"


def worth(price: Price, annual_fee: Money | None) -> Money:
    """What a price comes to. Raises ValueError for a share of a fee that is not known."""
    if isinstance(price, Money):
        return price
    if annual_fee is None:
        raise ValueError(f"{price} cannot be worked out: no annual fee is agreed")
    return annual_fee.share(price.basis_points)


def price_to_json(price: Price) -> object:
    """Whole minor units, or `{"basis_points": n}` of the annual fee."""
    return price.minor if isinstance(price, Money) else {"basis_points": price.basis_points}


def price_from_json(data: object, currency: str) -> Price:
    """What `price_to_json` wrote; ValueError for anything else."""
    try:
        if not isinstance(data, dict):
            return Money(data, currency)  # type: ignore[arg-type]
        if set(data) != {"basis_points"}:
            raise ValueError(f"a share has basis points and nothing else, not {data!r}")
        return FeeShare(data["basis_points"])
    except TypeError as wrong:
        raise ValueError(f"a price is whole minor units or basis points: {wrong}") from wrong
