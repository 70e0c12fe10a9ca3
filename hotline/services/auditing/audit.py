"""One audit of one contract: read its facts, work out what has to be, and say what differs."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.services.auditing import clocks, comparing, reading
from hotline.services.auditing.accounts import Account
from hotline.services.auditing.clocks import Clock
from hotline.services.auditing.differences import Difference, Kind
from hotline.services.auditing.facts import Books, Pause
from hotline.services.ledger.soundness import Walk

_UNREADABLE = (ValueError, TypeError, LookupError)


@dataclass(frozen=True, slots=True)
class Result:
    """What an audit found, and of how much.

    ``look_again`` is the next instant at which something has to have been recorded, if any is in sight.
    ``is_whole``: everything was compared; not so when something could not be read.
    """

    differences: tuple[Difference, ...]
    incidents: int
    entries: int
    look_again: datetime | None = None
    is_whole: bool = True


def audit(session: Session, contract_id: uuid.UUID, now: datetime, pause: Pause = lambda: None) -> Result:
    """Audit a contract by what ``session`` sees, which is one instant's state, at ``now``.

    ``pause`` is called again and again, so that long work gives way. Nothing is written. What cannot be read
    is a difference itself; trouble with the database is raised.
    """
    found: list[Difference] = []
    incidents = entries = 0
    try:
        books = reading.read(session, contract_id, pause)
        incidents, entries = len(books.incidents), len(books.entries)
        running = dict(_clocks(session, books, found))
        account = Account(books, running, now)
        found += _differences(books, running, account, now)
    except _UNREADABLE as error:
        found.append(Difference(Kind.UNREADABLE, "contract", "contract", "", str(error)[:500]))
        return Result(tuple(found), incidents, entries, is_whole=False)
    coming = [
        comparing.due_at(clock)
        for clock in running.values()
        if not clock.is_kept() and clock.breached is None
    ]
    later = [at for at in (*coming, *account.settling_at()) if at > now]
    return Result(tuple(found), incidents, entries, min(later, default=None))


def _clocks(session: Session, books: Books, found: list[Difference]) -> Iterator[tuple[uuid.UUID, Clock]]:
    for incident_id, events in books.gently(reading.timelines(session, books)):
        answer = clocks.replay(books, incident_id, events)
        if isinstance(answer, Difference):
            found.append(answer)
        else:
            yield incident_id, answer


def _differences(
    books: Books, running: dict[uuid.UUID, Clock], account: Account, now: datetime
) -> Iterator[Difference]:
    fined = {row["incident_id"] for row in books.entries if row["kind"] == "fine"}
    yield from comparing.compare(books, running, now, fined)
    yield from account.differences()
    yield from _soundness(books)


def _soundness(books: Books) -> Iterator[Difference]:
    """Whether the chain holds and people's entries fit those before: as ``hotline ledger verify`` says."""
    walk = Walk()
    for row in books.gently(books.entries):
        known = row["incident_id"] if row["incident_id"] in books.incidents else None
        for words in walk.step(row):
            subject = f"entry {row['sequence']}"
            yield Difference(Kind.CHAIN, "entry", subject, "", words, known, row["sequence"])
