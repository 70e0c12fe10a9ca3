"""Contract years: the stretch over which misses are counted."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class ContractYear:
    """Year `number` of a contract, counted from 1, from `starts_on` to `ends_on`, both days included."""

    number: int
    starts_on: date
    ends_on: date


def contract_year(starts_on: date, day: date) -> ContractYear:
    """The one contract year that holds `day`; the years of a contract tile the calendar from `starts_on` on.

    A year begins on the anniversary of `starts_on`. A contract that began on 29 February has its anniversary
    on 1 March in years without that day: no contract year is shorter than 365 days.
    Raises ValueError if `day` is before the contract starts.
    """
    if day < starts_on:
        raise ValueError(f"{day} is before the contract starts on {starts_on}")
    years = day.year - starts_on.year
    if day < _anniversary(starts_on, years):
        years -= 1
    ends_on = _anniversary(starts_on, years + 1) - timedelta(days=1)
    return ContractYear(years + 1, _anniversary(starts_on, years), ends_on)


def _anniversary(starts_on: date, years: int) -> date:
    try:
        return starts_on.replace(year=starts_on.year + years)
    except ValueError:
        return date(starts_on.year + years, 3, 1)
