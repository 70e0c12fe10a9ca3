"""Counts and sums by day that are asked for by period, again and again, while they grow. No database."""

from collections import Counter
from datetime import date, datetime
from typing import NamedTuple

import sla


class _Added(NamedTuple):
    recorded_at: datetime
    day: date
    currency: str
    minor: int


class Sums:
    """Amounts in minor units by currency; a count is an amount of ones in the currency ``""``.

    The sum of a period that was asked for once is kept up to date from then on.
    """

    def __init__(self) -> None:
        self._added: list[_Added] = []
        self._kept: Counter[tuple[date, date, str]] = Counter()

    def add(self, recorded_at: datetime, day: date, minor: int = 1, currency: str = "") -> None:
        """Add an amount of a day that was recorded then."""
        self._added.append(_Added(recorded_at, day, currency, minor))
        for starts_on, ends_on, code in self._kept:
            if code == currency and starts_on <= day <= ends_on:
                self._kept[starts_on, ends_on, code] += minor

    def of(self, period: sla.ContractPeriod, currency: str = "", until: datetime | None = None) -> int:
        """The sum of a period, or what was recorded of it ``until`` an instant."""
        if until is not None:
            return self._sum(period, currency, until)
        key = (period.starts_on, period.ends_on, currency)
        if key not in self._kept:
            self._kept[key] = self._sum(period, currency, None)
        return self._kept[key]

    def _sum(self, period: sla.ContractPeriod, currency: str, until: datetime | None) -> int:
        return sum(
            added.minor
            for added in self._added
            if added.currency == currency
            and added.day in period
            and (until is None or added.recorded_at <= until)
        )
