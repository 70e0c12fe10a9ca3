"""What the service does with a history, in memory: it keeps the counts, and `sla` says what they cost."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import sla
from tests.sla.oracle import Entry


def terms_of(columns: Mapping[str, Any]) -> sla.Terms:
    """Terms as `contract_terms` keeps them."""
    currency, fee = columns["currency"], columns["annual_fee"]
    rising, attainment = columns["schedule"], columns["attainment"]
    return sla.Terms(
        version=columns["version"],
        effective_from=columns["effective_from"],
        respond_within=timedelta(seconds=columns["respond_within_seconds"]),
        warn_at=tuple(Fraction(share) for share in columns["warn_at"]),
        year_starts_on=columns["year_starts_on"],
        time_zone=columns["time_zone"],
        currency=currency,
        annual_fee=None if fee is None else sla.Money(fee, currency),
        rising=None if rising is None else sla.schedule_from_json(rising),
        attainment=None if attainment is None else sla.attainment_from_json(attainment),
        limits=sla.limits_from_json(columns["limits"], currency),
        stops=frozenset(sla.Stop(stop) for stop in columns["stops"]),
    )


class House:
    """Takes the events of a history one by one, as the oracle does."""

    def __init__(self, versions: Iterable[Mapping[str, Any]]) -> None:
        self.versions = [terms_of(version) for version in versions]
        self.terms: dict[Hashable, sla.Terms] = {}
        self.clocks: dict[Hashable, sla.ResponseClock] = {}
        self.told: dict[Hashable, datetime] = {}
        self.due: dict[Hashable, date] = {}
        self.missed: set[Hashable] = set()
        self.misses: Counter[date] = Counter()
        self.entries: list[Entry] = []

    def start(self, incident: Hashable, _contract: Hashable, reported_at: datetime) -> None:
        terms = sla.terms_in_force(self.versions, reported_at)
        assert terms is not None
        self.terms[incident], self.clocks[incident] = terms, terms.clock(reported_at)
        self.due[incident] = terms.day_of(self.clocks[incident].respond_by)

    def tell(self, incident: Hashable, at: datetime) -> None:
        self.told.setdefault(incident, at)

    def take_back(self, incident: Hashable) -> None:
        self.told.pop(incident, None)

    def notice(self, incident: Hashable) -> None:
        clock, terms, day = self.clocks[incident], self.terms[incident], self.due[incident]
        if incident in self.missed or not clock.is_breached(self.told.get(incident), clock.respond_by):
            return
        self.missed.add(incident)
        if terms.rising is not None:
            period = terms.period_of(terms.rising.period, day)
            before = sum(count for missed_on, count in self.misses.items() if missed_on in period)
            capped = terms.limits.cap_period(terms.year_starts_on, day)
            fine = sla.assess(terms, clock.respond_by, before, self._charged(capped, terms.currency))
            assert fine is not None
            assert (fine.missed_on, fine.period) == (day, period)
            self._write("fine", incident, day, fine.amount, terms, period, fine.ordinal)
        self.misses[day] += 1

    def settle(self, _contract: Hashable, day: date) -> None:
        agreed = sla.attainment_terms(self.versions, day)
        if agreed is None:
            return
        terms, period = agreed
        due = [incident for incident, due_on in self.due.items() if due_on in period]
        missed = sum(incident in self.missed for incident in due)
        span = (period.starts_on, period.ends_on)
        before = [entry for entry in self.entries if entry.kind == "credit" and entry.period == span]
        credited = sla.Money(sum(entry.amount for entry in before), terms.currency)
        capped = terms.limits.cap_period(terms.year_starts_on, period.ends_on)
        charged = self._charged(capped, terms.currency)
        if capped is not None:
            charged = charged - credited
        credit = sla.settle(terms, period, sla.Tally(len(due) - missed, missed), charged, credited)
        if credit.amount != credited:
            difference = credit.amount - credited
            self._write("credit", None, period.ends_on, difference, terms, period, len(before) + 1)

    def waive(self, contract: Hashable, incident: Hashable, day: date, amount: int, currency: str) -> None:
        self.entries.append(Entry("waiver", contract, incident, day, -amount, currency))

    def _charged(self, capped: sla.ContractPeriod | None, currency: str) -> sla.Money:
        if capped is None:
            return sla.Money(0, currency)
        return sla.total(
            (
                sla.Money(entry.amount, currency)
                for entry in self.entries
                if entry.kind != "waiver" and entry.currency == currency and entry.day in capped
            ),
            currency,
        )

    def _write(
        self,
        kind: str,
        incident: Hashable | None,
        day: date,
        amount: sla.Money,
        terms: sla.Terms,
        period: sla.ContractPeriod,
        ordinal: int,
    ) -> None:
        span = (period.starts_on, period.ends_on)
        self.entries.append(
            Entry(
                kind, "contract", incident, day, amount.minor, amount.currency, terms.version, span, ordinal
            )
        )
