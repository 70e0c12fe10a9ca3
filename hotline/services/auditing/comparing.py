"""Clocks against what was recorded of them: columns of incidents, misses and their events. No database."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from hotline.services.auditing.clocks import Clock
from hotline.services.auditing.differences import Difference, Kind, plain
from hotline.services.auditing.facts import Books, BreachRow

# Within this long after a deadline a miss may still be about to be recorded.
GRACE = timedelta(minutes=2)


def due_at(clock: Clock) -> datetime:
    """From when on a miss of this clock has to have been recorded, unless the customer is told before."""
    return clock.decided + GRACE


def compare(
    books: Books, clocks: Mapping[uuid.UUID, Clock], now: datetime, fined: set[uuid.UUID]
) -> Iterator[Difference]:
    """Every difference of the clocks of a contract; ``fined`` are the incidents with a fine in the ledger."""
    for incident_id, clock in books.gently(clocks.items()):
        yield from clock.trouble
        yield from _columns(books, clock, now)
        yield from _miss(books, clock, now, incident_id in fined)
    for incident_id, row in books.breaches.items():
        if incident_id not in clocks:
            yield Difference(
                Kind.BREACH, "breach", books.reference_of(incident_id), "", plain(row.at), incident_id
            )


def _columns(books: Books, clock: Clock, now: datetime) -> Iterator[Difference]:
    row = books.incidents.get(clock.incident_id)
    if row is None:
        yield Difference(Kind.CLOCK, "incident", clock.reference, clock.reference, "", clock.incident_id)
        return
    told = clock.told()
    expected = (
        (Kind.CLOCK, "contract", books.contract_id, row.contract_id),
        (Kind.CLOCK, "terms", books.version_of(clock.terms_id), books.version_of(row.terms_id)),
        (Kind.CLOCK, "reported_at", clock.reported_at, row.reported_at),
        (Kind.CLOCK, "respond_by", clock.respond_by, row.respond_by),
        (Kind.CLOCK, "due_on", clock.due_on, row.due_on),
        (Kind.TOLD, "told_at", None if told is None else told.at, row.told_at),
        (Kind.TOLD, "told_by", None if told is None else told.by, row.told_by),
    )
    for kind, name, right, found in expected:
        if right != found:
            yield Difference(kind, name, clock.reference, plain(right), plain(found), clock.incident_id)
    if row.breached_at is not None and not clock.is_missed(now):
        yield _not_missed(clock, "breached_at", row.breached_at)


def _miss(books: Books, clock: Clock, now: datetime, is_fined: bool) -> Iterator[Difference]:
    breach, columns = books.breaches.get(clock.incident_id), books.incidents.get(clock.incident_id)
    column = None if columns is None else columns.breached_at
    if not clock.is_missed(now):
        if breach is not None:
            yield _not_missed(clock, "breach", breach.at)
        if clock.breached is not None:
            yield _not_missed(clock, "breached", clock.breached.at)
        return
    is_recorded = breach is not None or clock.breached is not None or column is not None or is_fined
    if not is_recorded:
        if now > due_at(clock):
            yield _differs(clock, Kind.OVERDUE, "breach", clock.respond_by, None)
        return
    if clock.breached is None or clock.breached.at != clock.respond_by:
        found = None if clock.breached is None else clock.breached.at
        yield _differs(clock, Kind.BREACH, "breached", clock.respond_by, found)
    if column != clock.respond_by:
        yield _differs(clock, Kind.BREACH, "breached_at", clock.respond_by, column)
    expected = BreachRow(books.contract_id, clock.respond_by, clock.due_on)
    if breach is None:
        yield _differs(clock, Kind.BREACH, "breach", clock.respond_by, None)
        return
    for name, right, wrong in zip(("contract", "at", "missed_on"), expected, breach, strict=True):
        if right != wrong:
            yield _differs(clock, Kind.BREACH, name, right, wrong)


def _not_missed(clock: Clock, name: str, found: datetime) -> Difference:
    return Difference(Kind.BREACH, name, clock.reference, "", plain(found), clock.incident_id)


def _differs(clock: Clock, kind: Kind, name: str, expected: object, found: object) -> Difference:
    return Difference(kind, name, clock.reference, plain(expected), plain(found), clock.incident_id)
