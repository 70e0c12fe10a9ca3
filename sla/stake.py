"""The stake: what one more miss costs a customer's contract, as things stand."""

from dataclasses import dataclass

from sla.attainment import Tally
from sla.credits import settle
from sla.fines import Fine
from sla.money import Money, total
from sla.period import ContractPeriod
from sla.terms import Terms


@dataclass(frozen=True, slots=True)
class Forecast:
    """A period of attainment that runs: the terms that will settle it, and how its incidents stand.

    `tally` counts the incident at stake, and all that are undecided, as kept.
    """

    terms: Terms
    period: ContractPeriod
    tally: Tally
    charged: Money


@dataclass(frozen=True, slots=True)
class Stake:
    """What one more miss costs: its `fine` if the terms have any, and by how much it moves the `credit`.

    `amount` is both together, or what is in its currency of them.
    """

    fine: Fine | None
    credit: Money | None
    amount: Money


def stake(currency: str, fine: Fine | None, forecast: Forecast | None) -> Stake:
    """The fine of one more miss, plus what the miss adds to the credit of the period that runs.

    A cap that covers both covers them together: the fine is charged first. The credit may shrink with a miss
    where the fine uses up the room under a cap; the sum is never below zero. Where the deadline falls into a
    period that is settled in another currency, only `currency` is added up. Raises ValueError for a forecast
    whose tally has no incident left that could be missed.
    """
    credit = None
    if forecast is not None:
        tally = forecast.tally
        missed = Tally(tally.kept - 1, tally.missed + 1)
        after = forecast.charged
        if fine is not None and _uses_up(fine, forecast):
            after = after + fine.amount
        kept = settle(forecast.terms, forecast.period, tally, forecast.charged)
        credit = settle(forecast.terms, forecast.period, missed, after).amount - kept.amount
    parts = [part for part in (None if fine is None else fine.amount, credit) if part is not None]
    return Stake(fine, credit, total((part for part in parts if part.currency == currency), currency))


def _uses_up(fine: Fine, forecast: Forecast) -> bool:
    """Whether the fine counts toward the cap of the period in which the credit will."""
    settling = forecast.terms
    if fine.amount.currency != settling.currency:
        return False
    capped = settling.limits.cap_period(settling.year_starts_on, forecast.period.ends_on)
    return capped is not None and fine.missed_on in capped
