"""What an audit works with: the facts of one contract, as they were read, without a database."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

import sla

Row = Mapping[str, Any]
Pause = Callable[[], None]
Item = TypeVar("Item")
_STEP = 500


class Event(NamedTuple):
    """A line of an incident's timeline."""

    id: uuid.UUID
    kind: str
    at: datetime
    recorded_at: datetime
    data: Mapping[str, Any]


class Columns(NamedTuple):
    """What stands in an incident's row about its clock: to be compared, never believed."""

    reference: str
    contract_id: uuid.UUID | None
    terms_id: uuid.UUID | None
    reported_at: datetime
    respond_by: datetime | None
    due_on: date | None
    told_at: datetime | None
    told_by: str | None
    breached_at: datetime | None


class BreachRow(NamedTuple):
    """A recorded miss."""

    contract_id: uuid.UUID
    at: datetime
    missed_on: date


@dataclass(slots=True)
class Books:
    """Everything about one contract at one instant. ``entries`` are rows of the ledger by their sequence.

    ``pause`` is called again and again by whoever works through them, so that long work gives way.
    """

    contract_id: uuid.UUID
    pause: Pause
    terms: dict[uuid.UUID, sla.Terms] = field(default_factory=dict)
    incidents: dict[uuid.UUID, Columns] = field(default_factory=dict)
    breaches: dict[uuid.UUID, BreachRow] = field(default_factory=dict)
    entries: list[Row] = field(default_factory=list)

    def gently(self, items: Iterable[Item]) -> Iterator[Item]:
        """The same items, with pauses."""
        for place, item in enumerate(items):
            if place % _STEP == 0:
                self.pause()
            yield item

    def reference_of(self, incident_id: uuid.UUID | None) -> str:
        """The reference of an incident, for people; its id where it is not known."""
        columns = None if incident_id is None else self.incidents.get(incident_id)
        return str(incident_id) if columns is None else columns.reference

    def version_of(self, terms_id: object) -> str:
        """A version of the terms, for people; the id of one that is not of this contract."""
        found = self.terms.get(terms_id) if isinstance(terms_id, uuid.UUID) else None
        return "" if terms_id is None else str(terms_id) if found is None else f"version {found.version}"
