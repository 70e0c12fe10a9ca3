"""Periods of a contract: the stretches in which misses are counted, attainment is measured and caps hold."""

from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from enum import StrEnum

_MONTHS_A_YEAR = 12


class Period(StrEnum):
    """How long a period is; each begins on the day of the month on which the contract's year begins."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        """Its length in months."""
        return _MONTHS[self]


_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: _MONTHS_A_YEAR}


@dataclass(frozen=True, slots=True)
class ContractPeriod:
    """Period `number` of a contract, counted from 1, from `starts_on` to `ends_on`, both days included."""

    kind: Period
    number: int
    starts_on: date
    ends_on: date

    def __str__(self) -> str:
        """As in `contract year 2 (2027-03-01 to 2028-02-29)`."""
        return f"contract {self.kind} {self.number} ({self.starts_on} to {self.ends_on})"

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


def contract_period(year_starts_on: date, kind: Period, day: date) -> ContractPeriod:
    """The one period of a kind that holds `day`; periods tile the calendar from `year_starts_on` on.

    A period begins on the day of the month of `year_starts_on`, and on the first of the next month where a
    month lacks that day: a year that began on 29 February has its anniversary on 1 March, so no contract year
    is shorter than 365 days. The last period that `date` can count ends with 9999-12-31. Raises ValueError if
    `day` is before `year_starts_on`.
    """
    if day < year_starts_on:
        raise ValueError(f"{day} is before the contract's years start on {year_starts_on}")
    months = (day.year - year_starts_on.year) * _MONTHS_A_YEAR + day.month - year_starts_on.month
    place = months // kind.months
    if day < _start(year_starts_on, place * kind.months):  # that one begins later in the month of `day`
        place -= 1
    starts_on = _start(year_starts_on, place * kind.months)
    ends_on = _last_day_before(year_starts_on, (place + 1) * kind.months)
    return ContractPeriod(kind, place + 1, starts_on, ends_on)


def _month(year_starts_on: date, months: int) -> tuple[int, int]:
    """The year and the month, so many months after the first."""
    years, month = divmod(year_starts_on.month - 1 + months, _MONTHS_A_YEAR)
    return year_starts_on.year + years, month + 1


def _start(year_starts_on: date, months: int) -> date:
    """The day on which the period begins that comes after so many months."""
    year, month = _month(year_starts_on, months)
    try:
        return year_starts_on.replace(year=year, month=month)
    except ValueError:  # the month lacks that day; no December does, so there is a month after it
        return date(year, month + 1, 1)


def _last_day_before(year_starts_on: date, months: int) -> date:
    year, _month_of_year = _month(year_starts_on, months)
    return date.max if year > MAXYEAR else _start(year_starts_on, months) - timedelta(days=1)
