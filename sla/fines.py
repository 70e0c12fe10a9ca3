"""Fines: what one missed deadline costs, and why, in words and in fields."""

from dataclasses import dataclass
from datetime import date, datetime

from sla.limits import Applied
from sla.money import Money
from sla.period import ContractPeriod
from sla.price import FeeShare, Price
from sla.schedule import RisingSchedule
from sla.terms import Terms


@dataclass(frozen=True, slots=True)
class Fine:
    """One miss, priced: it can be worked out again from the terms, the deadline and two numbers.

    `ordinal` counts the misses of `period` from 1; `missed_on` is the local day of the deadline. `arithmetic`
    leads from the step of the schedule to `amount`, limit by limit; `charged` is what the period of the cap
    had cost before.
    """

    ordinal: int
    amount: Money
    period: ContractPeriod
    missed_on: date
    respond_by: datetime
    terms: Terms
    schedule: RisingSchedule
    arithmetic: tuple[Applied, ...]
    charged: Money

    @property
    def explanation(self) -> str:
        """One sentence in plain ASCII that a customer's lawyer can check against the contract."""
        return (
            f"Miss {self.ordinal} of {self.period}, on {self.missed_on} {self.terms.time_zone}, "
            f"costs {self.amount}: {told(self.arithmetic)}, by terms version {self.terms.version}."
        )

    @property
    def record(self) -> dict[str, object]:
        """The same for machines: JSON values only, days and instants in ISO 8601, money in minor units."""
        return {
            "kind": "rising",
            "terms_version": self.terms.version,
            "respond_by": self.respond_by.isoformat(),
            "missed_on": self.missed_on.isoformat(),
            "time_zone": self.terms.time_zone,
            **period_record(self.period),
            "ordinal": self.ordinal,
            "step": self.schedule.step_for(self.ordinal),
            "steps": len(self.schedule.steps),
            **money_record(self.terms, self.arithmetic, self.charged),
        }


def assess(
    terms: Terms, respond_by: datetime, previous_misses: int, charged: Money | None = None
) -> Fine | None:
    """The fine for missing the deadline `respond_by` (UTC), the next miss of its period; None without fines.

    `previous_misses` are those whose day lies in the same period (`Terms.period_of`), whatever their terms;
    the count begins again with each period. `charged` is what the period of the cap (`Limits.cap_period`) was
    charged before, nothing by default. `terms` are those of the incident, fixed when it was reported. Raises
    ValueError for a negative count, a deadline not in UTC or before the contract's years start.
    """
    schedule = terms.rising
    missed_on = terms.day_of(respond_by)
    if schedule is None:
        return None
    period = terms.period_of(schedule.period, missed_on)
    ordinal = previous_misses + 1
    price = schedule.price_of(ordinal)
    amount = terms.worth(price)
    charged = Money(0, terms.currency) if charged is None else charged
    step, steps = schedule.step_for(ordinal), len(schedule.steps)
    repeats = ", the last, which repeats" if ordinal > steps else ""
    words = f"step {step} of {steps}{repeats}{share_words(price, terms, amount)}"
    first = Applied("step", amount, words)
    arithmetic = (first, *terms.limits.apply(amount, charged, is_incident=True))
    return Fine(
        ordinal, arithmetic[-1].amount, period, missed_on, respond_by, terms, schedule, arithmetic, charged
    )


def told(arithmetic: tuple[Applied, ...]) -> str:
    """The words of every step, in order."""
    return ", ".join(step.words for step in arithmetic)


def share_words(price: Price, terms: Terms, amount: Money) -> str:
    """How a share of the fee was worked out, after a blank; nothing for an amount."""
    if not isinstance(price, FeeShare):
        return ""
    return f" ({price}, {terms.annual_fee}: {amount})"


def period_record(period: ContractPeriod) -> dict[str, object]:
    """A period for machines."""
    return {
        "period": period.kind.value,
        "period_number": period.number,
        "period_starts_on": period.starts_on.isoformat(),
        "period_ends_on": period.ends_on.isoformat(),
    }


def money_record(terms: Terms, arithmetic: tuple[Applied, ...], charged: Money) -> dict[str, object]:
    """How an amount came to be, for machines."""
    fee = terms.annual_fee
    return {
        "annual_fee_minor": None if fee is None else fee.minor,
        "charged_before_minor": charged.minor,
        "arithmetic": [{"rule": step.rule, "amount_minor": step.amount.minor} for step in arithmetic],
        "amount_minor": arithmetic[-1].amount.minor,
        "currency": terms.currency,
    }
