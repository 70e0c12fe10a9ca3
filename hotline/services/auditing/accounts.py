"""The ledger of a contract, worked out again in the order in which it was recorded. No database.

Every entry is priced by what was due before it, not by what stands before it: one that is wrong makes no
other one right. The order is that of the entries' numbers. A miss that has no entry takes its place by the
instant at which it was recorded; workers' clocks may be apart by :data:`APART`, so near ones may swap.
"""

import itertools
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import sla
from hotline.db.models import EntryKind
from hotline.services.auditing.clocks import Clock
from hotline.services.auditing.differences import Difference, Kind, money, plain
from hotline.services.auditing.facts import Books, Row
from hotline.services.auditing.settled import Periods
from hotline.services.auditing.sums import Sums

APART = timedelta(minutes=1)


class Account:
    """What is due, entry by entry."""

    def __init__(self, books: Books, clocks: Mapping[uuid.UUID, Clock], now: datetime) -> None:
        self._books, self._clocks, self._now = books, clocks, now
        self._misses, self._charges = Sums(), Sums()
        self._due: set[uuid.UUID] = set()
        self._periods = Periods(books, clocks, self._charges)
        in_ledger = {row["incident_id"] for row in books.entries if row["kind"] == EntryKind.FINE}
        self._silent = sorted(
            (clock.breached.recorded_at, clock.respond_by, clock.incident_id)
            for clock in clocks.values()
            if clock.breached is not None and clock.incident_id not in in_ledger and clock.is_missed(now)
        )
        self._next = 0

    def differences(self) -> Iterator[Difference]:
        """Compare the whole ledger."""
        for row in self._books.gently(self._books.entries):
            yield from self._count_silent(row["recorded_at"] - APART)
            if row["kind"] == EntryKind.FINE:
                yield from self._fine(row)
            elif row["kind"] == EntryKind.CREDIT:
                yield from self._credit(row)
        yield from self._count_silent(self._now)
        yield from self._periods.missing(self._now)

    def settling_at(self) -> Iterator[datetime]:
        """From when on each period that runs has to have been settled."""
        return self._periods.settling_at()

    def _count_silent(self, until: datetime) -> Iterator[Difference]:
        """Misses without an entry: right where their terms know no fines, else they lack one."""
        while self._next < len(self._silent) and self._silent[self._next][0] <= until:
            recorded_at, _respond_by, incident_id = self._silent[self._next]
            clock = self._clocks[incident_id]
            self._next += 1
            fine = self._price(clock, None)
            self._count(clock, fine, recorded_at)
            if fine is not None:
                due = f"{fine.amount}, miss {fine.ordinal}"
                yield Difference(Kind.FINE, "entry", clock.reference, due, "", clock.incident_id)

    def _fine(self, row: Row) -> Iterator[Difference]:
        incident_id = row["incident_id"]
        clock = self._clocks.get(incident_id)
        if clock is None or incident_id in self._due or not clock.is_missed(self._now):
            yield self._unexpected(row, Kind.FINE)
            return
        self._due.add(incident_id)
        fine = self._price(clock, row)
        self._count(clock, fine, row["recorded_at"])
        if fine is None:
            yield self._unexpected(row, Kind.FINE)
            return
        year = clock.terms.period_of(sla.Period.YEAR, clock.due_on).number
        yield from _entry(
            Kind.FINE, row, clock.reference, clock.incident_id,
            amount=fine.amount, terms_id=clock.terms_id, period=fine.period, ordinal=fine.ordinal,
            day=clock.due_on, contract_year=year, at=clock.respond_by, sentence=fine.explanation,
            record=fine.record,
        )  # fmt: skip
        said = {} if clock.breached is None else clock.breached.data
        for name, right in (("fine", str(fine.amount)), ("ordinal", fine.ordinal)):
            if clock.breached is not None and said.get(name) != right:
                yield Difference(
                    Kind.BREACH, f"breached_{name}", clock.reference, plain(right), plain(said.get(name)),
                    clock.incident_id,
                )  # fmt: skip

    def _price(self, clock: Clock, row: Row | None) -> sla.Fine | None:
        terms = clock.terms
        if terms.rising is None:
            return None
        period = terms.period_of(terms.rising.period, clock.due_on)
        before = self._misses.of(period)
        if row is not None and isinstance(row["ordinal"], int):
            before = min(max(row["ordinal"] - 1, before), before + self._at_about(row, period))
        capped = terms.limits.cap_period(terms.year_starts_on, clock.due_on)
        charged = 0 if capped is None else self._charges.of(capped, terms.currency)
        return sla.assess(terms, clock.respond_by, before, sla.Money(charged, terms.currency))

    def _at_about(self, row: Row, period: sla.ContractPeriod) -> int:
        """How many misses without an entry were recorded at about the time of this one."""
        soon = itertools.takewhile(
            lambda miss: miss[0] <= row["recorded_at"] + APART,
            itertools.islice(self._silent, self._next, None),
        )
        return sum(self._clocks[incident_id].due_on in period for _at, _respond_by, incident_id in soon)

    def _count(self, clock: Clock, fine: sla.Fine | None, recorded_at: datetime) -> None:
        self._misses.add(recorded_at, clock.due_on)
        if fine is not None:
            self._charges.add(recorded_at, clock.due_on, fine.amount.minor, fine.amount.currency)

    def _credit(self, row: Row) -> Iterator[Difference]:
        due = self._periods.due(row, APART)
        if due is None:
            yield self._unexpected(row, Kind.CREDIT)
            return
        day = due.credit.period.ends_on
        self._charges.add(row["recorded_at"], day, due.amount.minor, due.amount.currency)
        terms = due.credit.terms
        record = {**due.credit.record, "revision": due.revision, "credited_before_minor": due.before.minor}
        sentence = due.credit.explanation
        if due.revision > 1 and str(row["sentence"]).startswith(sentence):
            sentence = row["sentence"]  # what a revision adds follows from the amounts, which are compared
        yield from _entry(
            Kind.CREDIT, row, str(due.credit.period), None,
            amount=due.amount, terms_id=due.terms_id, period=due.credit.period, ordinal=due.revision,
            day=day, sentence=sentence, record=record, at=None,
            contract_year=terms.period_of(sla.Period.YEAR, day).number,
        )  # fmt: skip

    def _unexpected(self, row: Row, kind: Kind) -> Difference:
        subject = (
            self._books.reference_of(row["incident_id"])
            if row["incident_id"] is not None
            else f"{row['period_starts_on']} to {row['period_ends_on']}"
        )
        found = f"{money(row['amount'], row['currency'])} (entry {row['sequence']})"
        incident_id = row["incident_id"] if row["incident_id"] in self._books.incidents else None
        return Difference(kind, "entry", subject, "", found, incident_id, row["sequence"])


def _entry(
    kind: Kind,
    row: Row,
    subject: str,
    incident_id: uuid.UUID | None,
    *,
    amount: sla.Money,
    period: sla.ContractPeriod,
    at: datetime | None,
    record: Mapping[str, Any],
    **columns: object,
) -> Iterator[Difference]:
    """What differs between a row of the ledger and what is due; ``at`` is not compared when it is None."""
    sides = [
        ("amount", str(amount), money(row["amount"], row["currency"])),
        ("period_starts_on", period.starts_on, row["period_starts_on"]),
        ("period_ends_on", period.ends_on, row["period_ends_on"]),
        *((name, right, row[name]) for name, right in columns.items()),
    ]
    if at is not None:
        sides.append(("at", at, row["at"]))
    found = dict(row["record"])
    if "arithmetic" not in found:  # written when the ledger did not say yet how an amount came to be
        sides = [side for side in sides if side[0] != "sentence"]
        record = found
    sides += [(f"record.{name}", record.get(name), found.get(name)) for name in sorted({*record, *found})]
    for name, right, left in sides:
        if right != left:
            yield Difference(kind, name, subject, plain(right), plain(left), incident_id, row["sequence"])
