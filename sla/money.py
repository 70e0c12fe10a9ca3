"""Money: whole minor units of one currency, never a float."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import total_ordering

from sla.currency import exponent_of

WHOLE_IN_BASIS_POINTS = 10_000


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """Exact: `minor` counts the smallest unit (USD 12.50 is 1250, JPY 12 is 12), and may be negative.

    Adding, subtracting and ordering need one currency: ValueError otherwise. Raises TypeError for a `minor`
    that is not an int (bool and float are refused), ValueError for a currency that ISO 4217 does not know.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        _require_whole(self.minor, "an amount in minor units")
        exponent_of(self.currency)

    def __add__(self, other: "Money") -> "Money":
        self._require_same_currency(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._require_same_currency(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._require_same_currency(other)
        return self.minor < other.minor

    def times(self, count: int) -> "Money":
        """This, `count` times. Raises TypeError if `count` is not an int."""
        _require_whole(count, "a count")
        return Money(self.minor * count, self.currency)

    def share(self, basis_points: int) -> "Money":
        """`basis_points` hundredths of a percent of this, to the minor unit, an exact half away from zero.

        This is how a person rounds on paper, and a credit rounds to the exact opposite of its charge. Raises
        TypeError if `basis_points` is not an int, ValueError if it is negative.
        """
        _require_whole(basis_points, "a share in basis points")
        if basis_points < 0:
            raise ValueError(f"a share is 0 basis points or more, not {basis_points}")
        size = (abs(self.minor) * basis_points * 2 + WHOLE_IN_BASIS_POINTS) // (2 * WHOLE_IN_BASIS_POINTS)
        return Money(size if self.minor >= 0 else -size, self.currency)

    def to_decimal(self) -> Decimal:
        """The exact amount in major units with all its decimals, for a formatter that knows the locale."""
        return Decimal(f"{self.minor}E-{exponent_of(self.currency)}")

    def __str__(self) -> str:
        """Plain ASCII, the same in every locale: `USD 12,500.00`, `JPY 12,500`, `USD -0.05`."""
        return f"{self.currency} {self.to_decimal():,f}"

    def _require_same_currency(self, other: "Money") -> None:
        if not isinstance(other, Money):
            raise TypeError(f"money adds to and compares with money, not {other!r}")
        if self.currency != other.currency:
            raise ValueError(f"{self} and {other} are in different currencies")


def money_from_text(major: str, currency: str) -> Money:
    """Exactly the amount typed in major units, as in `12500`, `12,500.00` or `-0.05`.

    Commas may group thousands, the point marks decimals; there may be fewer decimals than the currency has,
    not more. Raises ValueError for anything else, so that nothing typed is ever rounded.
    """
    exponent = exponent_of(currency)
    typed = re.fullmatch(r"(-?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?", major.strip())
    if typed is None or len(typed[3] or "") > exponent:
        raise ValueError(f"{major!r} is not an amount in {currency}, which has {exponent} decimals")
    minor = int(typed[2].replace(",", "") + (typed[3] or "").ljust(exponent, "0"))
    return Money(-minor if typed[1] else minor, currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of `amounts`, all in `currency`, and zero of it for none; ValueError for another currency."""
    result = Money(0, currency)
    for amount in amounts:
        result = result + amount
    return result


def _require_whole(value: int, what: str) -> None:
    if type(value) is not int:
        raise TypeError(f"{what} is an int, not {value!r}")
