"""Clocks, worked out again from the timeline of an incident and the versions of the terms. No database.

The deadline is the arrival of the report plus what the version promised that was in force then. It is kept
when the customer was told by then in a way that stops the clock, and it was not taken back.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import sla
from hotline.services.auditing.differences import Difference, Kind, plain
from hotline.services.auditing.facts import Books, Event

STARTED, TOLD, RETRACTED, BREACHED = "clock-started", "told", "told-retracted", "breached"
ARRIVED = ("reported", "called-silently", "tried-to-report")
KINDS = (*ARRIVED, STARTED, TOLD, RETRACTED, BREACHED)


@dataclass(frozen=True, slots=True)
class Telling:
    """The customer was told at ``at``; ``taken_back`` is when it was put on record that they were not."""

    at: datetime
    recorded_at: datetime
    by: str
    taken_back: datetime | None


@dataclass(slots=True)
class Clock:
    """One clock. ``started`` and ``breach_recorded`` are when that was put on record."""

    incident_id: uuid.UUID
    reference: str
    reported_at: datetime
    started: datetime
    terms_id: uuid.UUID
    terms: sla.Terms
    respond_by: datetime
    due_on: date
    tellings: tuple[Telling, ...] = ()
    breached: Event | None = None
    trouble: list[Difference] = field(default_factory=list)

    def told(self, until: datetime | None = None) -> Telling | None:
        """The telling that stood at an instant of recording, by default the one that stands."""
        for telling in reversed(self.tellings):
            if until is not None and telling.recorded_at > until:
                continue
            if telling.taken_back is None or (until is not None and telling.taken_back > until):
                return telling
        return None

    def is_kept(self, until: datetime | None = None) -> bool:
        """Whether the customer was told in time, by what was on record at an instant."""
        told = self.told(until)
        return told is not None and told.at <= self.respond_by and told.by in self.terms.stops

    def is_missed(self, now: datetime) -> bool:
        """Whether the deadline has passed in vain."""
        return not self.is_kept() and self.respond_by <= now

    @property
    def decided(self) -> datetime:
        """From when on it can be recorded how it came out: the last of what made it so."""
        instants = [self.started]
        if not self.is_kept():
            instants.append(self.respond_by)
        instants += [telling.taken_back or telling.recorded_at for telling in self.tellings]
        return max(instants)


def replay(books: Books, incident_id: uuid.UUID, events: Sequence[Event]) -> Clock | Difference:
    """The clock of an incident of the contract, or a difference where none can be told."""
    reference = books.reference_of(incident_id)
    by_kind: dict[str, list[Event]] = {}
    for event in events:
        by_kind.setdefault(event.kind, []).append(event)
    started = by_kind.get(STARTED, [])
    if not started:
        return _trouble(incident_id, reference, STARTED, "1", "0")
    if len(started) > 1:
        return _trouble(incident_id, reference, STARTED, "1", str(len(started)))
    arrived = [event for kind in ARRIVED for event in by_kind.get(kind, [])]
    if not arrived:
        return _trouble(incident_id, reference, "reported", "1", "0")
    reported_at = min(arrived, key=lambda event: event.id).at
    return _clock(books, incident_id, reference, reported_at, started[0], by_kind)


def _clock(
    books: Books,
    incident_id: uuid.UUID,
    reference: str,
    reported_at: datetime,
    started: Event,
    by_kind: dict[str, list[Event]],
) -> Clock | Difference:
    terms = sla.terms_in_force(books.terms.values(), reported_at)
    if terms is None:
        return _trouble(incident_id, reference, "terms", plain(started.data.get("version")), "")
    terms_id = next(row_id for row_id, one in books.terms.items() if one is terms)
    respond_by = reported_at + terms.respond_within
    clock = Clock(
        incident_id, reference, reported_at, started.recorded_at, terms_id, terms, respond_by,
        terms.day_of(respond_by),
    )  # fmt: skip
    said = {
        "contract": (str(books.contract_id), started.data.get("contract")),
        "terms": (str(terms_id), started.data.get("terms")),
        "reported_at": (reported_at.isoformat(), started.data.get("reported_at", reported_at.isoformat())),
        "respond_by": (respond_by.isoformat(), started.data.get("respond_by")),
    }
    for name, (expected, found) in said.items():
        if expected != found:
            clock.trouble.append(Difference(Kind.CLOCK, name, reference, expected, plain(found), incident_id))
    _tell(clock, by_kind.get(TOLD, []), by_kind.get(RETRACTED, []))
    breaches = by_kind.get(BREACHED, [])
    clock.breached = breaches[0] if breaches else None
    if len(breaches) > 1:
        clock.trouble.append(_trouble(incident_id, reference, BREACHED, "1", str(len(breaches))))
    return clock


def _tell(clock: Clock, told: list[Event], retracted: list[Event]) -> None:
    """Pair every telling with what took it back: one can be taken back only before the next is made."""
    told.sort(key=lambda event: (event.at, event.id))
    retracted.sort(key=lambda event: (event.at, event.id))
    if len(retracted) not in {len(told), len(told) - 1}:
        clock.trouble.append(
            _trouble(clock.incident_id, clock.reference, RETRACTED, str(len(told)), str(len(retracted)))
        )
    clock.tellings = tuple(
        Telling(
            event.at,
            event.recorded_at,
            str(event.data.get("by")),
            retracted[place].recorded_at if place < len(retracted) else None,
        )
        for place, event in enumerate(told)
    )


def _trouble(incident_id: uuid.UUID, reference: str, name: str, expected: str, found: str) -> Difference:
    return Difference(Kind.EVENTS, name, reference, expected, found, incident_id)
