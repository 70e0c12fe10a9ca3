"""Reading all facts about one contract as they stood at one instant, in steps that let others go first."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hotline.db.models import Breach, ContractTerms, Incident, IncidentEvent, LedgerEntry
from hotline.db.session import Database
from hotline.services.auditing import clocks
from hotline.services.auditing.facts import Books, BreachRow, Columns, Event, Pause
from hotline.services.promise.promises import terms_of

_STEP = 1_000
_EVENTS = IncidentEvent.__table__.c
_INCIDENTS = Incident.__table__.c
_COLUMNS = [_INCIDENTS[name] for name in ("id", *Columns._fields)]
_EVENT = [_EVENTS[name] for name in ("incident_id", *Event._fields)]
_AT_ONCE = 500


@contextmanager
def snapshot(database: Database) -> Iterator[Session]:
    """A session in which every query sees the database as it stood at the first."""
    with database.read() as session:
        if not database.is_sqlite:  # there a transaction is one anyway
            session.connection(
                execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            )
        yield session


def read(session: Session, contract_id: uuid.UUID, pause: Pause = lambda: None) -> Books:
    """Everything about a contract. Raises ValueError for terms that cannot be read."""
    books = Books(contract_id, pause)
    for row in session.scalars(
        sa.select(ContractTerms)
        .where(ContractTerms.contract_id == contract_id)
        .order_by(ContractTerms.version)
    ):
        books.terms[row.id] = terms_of(row)
    _read_incidents(session, books)
    _read_strays(session, books)
    breaches = sa.select(Breach.incident_id, *(getattr(Breach, name) for name in BreachRow._fields))
    of_its_own = Breach.contract_id == contract_id
    for incident_id, *rest in _steps(session, books, breaches.where(of_its_own)):
        books.breaches[incident_id] = BreachRow(*rest)
    entries = sa.select(*LedgerEntry.__table__.columns).where(LedgerEntry.contract_id == contract_id)
    for row in _steps(session, books, entries.order_by(LedgerEntry.sequence)):
        books.entries.append(row._asdict())
    return books


def _read_incidents(session: Session, books: Books) -> None:
    query = sa.select(*_COLUMNS).where(_INCIDENTS.contract_id == books.contract_id)
    for incident_id, *rest in _steps(session, books, query):
        books.incidents[incident_id] = Columns(*rest)


def timelines(session: Session, books: Books) -> Iterator[tuple[uuid.UUID, list[Event]]]:
    """Each incident with the events that tell of its clock; so many at a time, and then forgotten."""
    ids = sorted(books.incidents)
    for start in range(0, len(ids), _AT_ONCE):
        part: dict[uuid.UUID, list[Event]] = {
            incident_id: [] for incident_id in ids[start : start + _AT_ONCE]
        }
        query = sa.select(*_EVENT).where(_EVENTS.incident_id.in_(part), _EVENTS.kind.in_(clocks.KINDS))
        for incident_id, *rest in _steps(session, books, query):
            part[incident_id].append(Event(*rest))
        yield from part.items()


def _read_strays(session: Session, books: Books) -> None:
    """Incidents that are no longer of the contract, while a clock of it once began for them.

    Those without any contract are few; those with a miss or a fine are found by it.
    """
    started = sa.and_(
        _EVENTS.kind == clocks.STARTED, IncidentEvent.data["contract"].as_string() == str(books.contract_id)
    )
    of_nobody = (
        sa.select(_INCIDENTS.id)
        .join(IncidentEvent.__table__, _EVENTS.incident_id == _INCIDENTS.id)
        .where(_INCIDENTS.contract_id.is_(None), started)
    )
    strays = set(session.scalars(of_nobody))
    for model in (Breach, LedgerEntry):
        of_another = (
            sa.select(_INCIDENTS.id)
            .join(model, model.incident_id == _INCIDENTS.id)
            .where(model.contract_id == books.contract_id, _INCIDENTS.contract_id != books.contract_id)
        )
        strays |= set(session.scalars(of_another))
    if strays:
        rows = sa.select(*_COLUMNS).where(_INCIDENTS.id.in_(strays))
        for incident_id, *rest in session.execute(rows):
            books.incidents[incident_id] = Columns(*rest)


def _steps(session: Session, books: Books, query: sa.Select[Any]) -> Iterator[Any]:
    """The rows of a query, with a pause for others after every step."""
    result = session.connection().execute(query, execution_options={"yield_per": _STEP})
    for part in result.partitions():
        yield from part
        books.pause()
