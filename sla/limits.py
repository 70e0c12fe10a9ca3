"""Limits: the least that a fine is, and the most that an incident or a period may cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sla.money import Money
from sla.period import ContractPeriod, Period, contract_period
from sla.schedule import require_prices


class Applied(NamedTuple):
    """One step of how an amount came to be: the `rule`, what it set the amount to, and its words."""

    rule: str
    amount: Money
    words: str


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `amount` in a `period` of the contract."""

    amount: Money
    period: Period


@dataclass(frozen=True, slots=True)
class Limits:
    """Each is optional. In the order in which they are applied:

    1. `floor`: a fine or credit above zero is at least this much.
    2. `per_incident`: a fine is at most this much.
    3. `per_period`: fines and credits whose day lies in one period are together at most this much. What was
       charged counts as it was charged: a waiver makes no room for more. The cap wins over the floor.

    Raises ValueError for a negative limit, two currencies, or a floor above a cap.
    """

    floor: Money | None = None
    per_incident: Money | None = None
    per_period: Cap | None = None

    def __post_init__(self) -> None:
        given = self._given()
        if given:
            require_prices(given, given[0].currency)
        if self.floor is not None and min(given) < self.floor:
            raise ValueError(f"the floor, {self.floor}, is above a cap")

    @property
    def currency(self) -> str | None:
        """The one currency of all of them; None without a limit."""
        given = self._given()
        return given[0].currency if given else None

    def _given(self) -> tuple[Money, ...]:
        cap = None if self.per_period is None else self.per_period.amount
        return tuple(limit for limit in (self.floor, self.per_incident, cap) if limit is not None)

    def cap_period(self, year_starts_on: date, day: date) -> ContractPeriod | None:
        """The period whose cap covers `day`; None without such a cap."""
        if self.per_period is None:
            return None
        return contract_period(year_starts_on, self.per_period.period, day)

    def apply(
        self, amount: Money, charged: Money, *, is_incident: bool, credited: Money | None = None
    ) -> list[Applied]:
        """The limits that change `amount`, in order; the last one's amount is what is owed.

        `charged` is what was charged before in the period of the cap, without what the same thing was
        `credited` before: for that the cap always has room. Not one is applied to zero.
        """
        applied: list[Applied] = []
        if amount.minor == 0:
            return applied
        if self.floor is not None and amount < self.floor:
            amount = self.floor
            applied.append(Applied("floor", amount, f"raised to the floor of {amount}"))
        if is_incident and self.per_incident is not None and self.per_incident < amount:
            amount = self.per_incident
            applied.append(Applied("cap_incident", amount, f"limited to {amount} an incident"))
        if self.per_period is not None:
            cap = self.per_period
            room = max(cap.amount - charged, Money(0, amount.currency))
            left = room if credited is None else max(room, credited)
            if left < amount:
                which = "" if left == room else ", which was credited before,"
                since = f"{charged} of at most {cap.amount} a contract {cap.period} was charged before"
                applied.append(Applied("cap_period", left, f"limited to {left}{which} since {since}"))
        return applied


def limits_to_json(limits: Limits) -> dict[str, object]:
    """Plain JSON values in whole minor units; a limit that is not set is null."""
    cap = limits.per_period
    return {
        "floor": None if limits.floor is None else limits.floor.minor,
        "per_incident": None if limits.per_incident is None else limits.per_incident.minor,
        "per_period": None if cap is None else {"amount": cap.amount.minor, "period": cap.period.value},
    }


def limits_from_json(data: Mapping[str, object], currency: str) -> Limits:
    """The limits that `limits_to_json` wrote, equal to the original; ValueError for anything else."""
    if set(data) != {"floor", "per_incident", "per_period"}:
        raise ValueError("limits have a floor, a cap per incident and a cap per period")
    cap = data["per_period"]
    if cap is not None and (not isinstance(cap, dict) or set(cap) != {"amount", "period"}):
        raise ValueError("a cap per period has an amount and a period")
    try:
        return Limits(
            _money(data["floor"], currency),
            _money(data["per_incident"], currency),
            None if cap is None else Cap(Money(cap["amount"], currency), Period(str(cap["period"]))),
        )
    except TypeError as wrong:
        raise ValueError(f"a limit is whole minor units: {wrong}") from wrong


def _money(minor: object, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)  # type: ignore[arg-type]
