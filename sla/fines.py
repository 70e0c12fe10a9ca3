"""Fines: what one missed deadline costs, and why, in words and in fields."""

from dataclasses import dataclass
from datetime import date, datetime

from sla.money import Money
from sla.schedule import fine_for
from sla.terms import Terms
from sla.year import ContractYear


@dataclass(frozen=True, slots=True)
class Fine:
    """One miss, priced: it can be worked out again from the terms, the deadline and the ordinal alone.

    `ordinal` counts the misses of `contract_year` from 1; `missed_on` is the local day of the deadline.
    """

    ordinal: int
    amount: Money
    contract_year: ContractYear
    missed_on: date
    respond_by: datetime
    terms: Terms

    @property
    def explanation(self) -> str:
        """One sentence in plain ASCII that a customer's lawyer can check against the contract."""
        year = self.contract_year
        return (
            f"Miss {self.ordinal} of contract year {year.number} ({year.starts_on} to {year.ends_on}), "
            f"on {self.missed_on} {self.terms.time_zone}, costs {self.amount}: "
            f"{self._step_in_words()} of terms version {self.terms.version}."
        )

    @property
    def record(self) -> dict[str, str | int]:
        """The same for machines: JSON values only, days and instants in ISO 8601, money in minor units."""
        return {
            "kind": "rising",
            "terms_version": self.terms.version,
            "respond_by": self.respond_by.isoformat(),
            "missed_on": self.missed_on.isoformat(),
            "time_zone": self.terms.time_zone,
            "contract_year": self.contract_year.number,
            "year_starts_on": self.contract_year.starts_on.isoformat(),
            "year_ends_on": self.contract_year.ends_on.isoformat(),
            "ordinal": self.ordinal,
            "step": self.terms.schedule.step_for(self.ordinal),
            "steps": len(self.terms.schedule.steps),
            "amount_minor": self.amount.minor,
            "currency": self.amount.currency,
        }

    def _step_in_words(self) -> str:
        last = len(self.terms.schedule.steps)
        repeats = ", the last, which repeats," if self.ordinal > last else ""
        return f"step {self.terms.schedule.step_for(self.ordinal)} of {last}{repeats}"


def assess(terms: Terms, respond_by: datetime, previous_misses_in_year: int) -> Fine:
    """The fine for missing the deadline `respond_by` (UTC), the next miss of its contract year.

    The caller counts the earlier misses in `terms.year_of(respond_by)`, each under its own terms; the count
    begins again with each contract year. `terms` are those of the incident, fixed when it was opened.
    Raises ValueError for a negative count, a deadline not in UTC or before the contract starts.
    """
    ordinal = previous_misses_in_year + 1
    amount = fine_for(terms.schedule, ordinal)
    return Fine(ordinal, amount, terms.year_of(respond_by), terms.day_of(respond_by), respond_by, terms)
