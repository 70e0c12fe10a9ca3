"""Leave and holidays: calendars that people give us, read again every few hours, and who is away when.

Leave changes nobody's duty by itself. It is shown wherever a roster is, and coverage names whoever is on call
meanwhile. A calendar that cannot be read keeps what it said last, and its owner sees why.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from hotline.db.models import Leave, LeaveSource, Team, User
from hotline.errors import InvalidInputError, NotFoundError
from hotline.services import audit
from hotline.services.access import Permission, may
from hotline.services.accounts import sealing
from hotline.services.calendars import leave_files
from hotline.services.calendars.leave_files import UnusableCalendarError
from hotline.services.operation import Operation

EVERY, AGAIN = timedelta(hours=3), timedelta(hours=1)
# A worker that died while it read: another one may try after this.
LEASE = timedelta(minutes=5)
MOST_SOURCES = 5
_LONGEST_URL = 2_000


class SourceRefusedError(InvalidInputError):
    """A calendar was not taken; ``problem`` says why in a word, the pages say it in words."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"The calendar was not taken: {problem}.")
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Due:
    """A calendar to read now: ``url`` and what it was when it was read last."""

    source_id: uuid.UUID
    url: str
    etag: str | None


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is away, or a team has a holiday."""

    starts_at: datetime
    ends_at: datetime
    summary: str


def add_address(op: Operation, by: User, label: str, url: str, team: Team | None = None) -> LeaveSource:
    """A calendar at an address: ``by``'s own leave, or the holidays of ``team``. It is read soon.

    The same address twice is one. Raises :class:`SourceRefusedError`.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in {"https", "http"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if url.startswith("webcal://"):
        return add_address(op, by, label, "https://" + url.removeprefix("webcal://"), team)
    if not is_whole or len(url) > _LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise SourceRefusedError("address")
    if parts.scheme != "https" and not op.settings.webhook_networks:
        raise SourceRefusedError("not-https")
    kept = _check(op, by, team)
    for source in kept:
        if source.sealed_url is not None and sealing.unseal(op, source.sealed_url) == url:
            return source
    return _add(op, by, label, team, sealed_url=sealing.seal(op, url), next_read_at=op.now)


def add_file(op: Operation, by: User, label: str, data: bytes, team: Team | None = None) -> LeaveSource:
    """A calendar as a file, read at once. Raises :class:`SourceRefusedError`."""
    kept = _check(op, by, team)
    try:
        entries = leave_files.parse(data, by.time_zone if team is None else team.time_zone, op.now)
    except UnusableCalendarError as unusable:
        raise SourceRefusedError(unusable.problem) from None
    label = " ".join(label.split())[:80]
    for source in kept:
        if source.sealed_url is None and source.label == label:  # the same file again, or a newer one
            _replace(op, source, entries)
            return source
    source = _add(op, by, label, team, read_at=op.now)
    _replace(op, source, entries)
    return source


def remove(op: Operation, source_id: uuid.UUID, by: User) -> bool:
    """Forget a calendar and what it said; False when that was done. Raises :class:`NotFoundError`."""
    source = op.session.get(LeaveSource, source_id, with_for_update={"of": LeaveSource})
    if source is None or not _may_change(source, by):
        raise NotFoundError("There is no such calendar.")
    if source.removed_at is not None:
        return False
    source.removed_at, source.next_read_at = op.now, None
    op.session.execute(sa.delete(Leave).where(Leave.source_id == source.id))
    _record(op, by, source, "ended")
    return True


def read_again(op: Operation, source_id: uuid.UUID, by: User) -> None:
    """Read an address at the next opportunity. Raises :class:`NotFoundError`."""
    source = op.session.get(LeaveSource, source_id)
    if source is None or source.removed_at is not None or not _may_change(source, by):
        raise NotFoundError("There is no such calendar.")
    if source.sealed_url is not None:
        source.next_read_at = op.now


def sources_of(op: Operation, user: User) -> list[LeaveSource]:
    """Somebody's own calendars, the oldest first."""
    return _kept(op, LeaveSource.user_id == user.id)


def sources_of_teams(op: Operation) -> list[LeaveSource]:
    """The calendars of all teams' holidays."""
    return _kept(op, LeaveSource.team_id.is_not(None))


def claim(op: Operation) -> Due | None:
    """The next calendar that is due, which nobody else reads meanwhile; None when none is."""
    source = op.session.scalars(
        sa.select(LeaveSource)
        .where(LeaveSource.next_read_at <= op.now, LeaveSource.removed_at.is_(None))
        .order_by(LeaveSource.next_read_at)
        .limit(1)
        .with_for_update(skip_locked=True, of=LeaveSource)
    ).first()
    if source is None or source.sealed_url is None:
        return None
    source.next_read_at = op.now + LEASE
    try:
        return Due(source.id, sealing.unseal(op, source.sealed_url), source.etag)
    except sealing.SealBrokenError:
        _failed(op, source, "address")
        return claim(op)


def keep(op: Operation, source_id: uuid.UUID, data: bytes | None, etag: str | None) -> None:
    """What an address gave; ``data`` is None when it is as before."""
    source = op.session.get_one(
        LeaveSource,
        source_id,
        with_for_update={"of": LeaveSource},
        populate_existing=True,
        options=[joinedload(LeaveSource.user), joinedload(LeaveSource.team)],
    )
    if source.removed_at is not None:
        return
    if data is not None:
        try:
            entries = leave_files.parse(data, _zone(source), op.now)
        except UnusableCalendarError as unusable:
            _failed(op, source, unusable.problem)
            return
        _replace(op, source, entries)
    # What repeats is worked out for a year ahead, so once a day it is read whole.
    is_fresh = op.now - (source.read_at or op.now) < timedelta(days=1)
    source.etag = etag if data is not None or is_fresh else None
    source.problem, source.failing_since = None, None
    source.next_read_at = op.now + EVERY
    if data is not None:
        source.read_at = op.now


def give_up(op: Operation, source_id: uuid.UUID, problem: str) -> None:
    """An address could not be read: it is tried again in an hour, and what it said is kept."""
    source = op.session.get_one(LeaveSource, source_id, with_for_update={"of": LeaveSource})
    if source.removed_at is None:
        _failed(op, source, problem)


def of_people(
    op: Operation, user_ids: Iterable[uuid.UUID], start: datetime, end: datetime
) -> dict[uuid.UUID, list[Away]]:
    """When these people are away within [start, end), in order; only those who are."""
    query = sa.select(LeaveSource.user_id, Leave).where(LeaveSource.user_id.in_(set(user_ids)))
    return _found(op, query, start, end)


def of_teams(op: Operation, start: datetime, end: datetime) -> dict[uuid.UUID, list[Away]]:
    """The holidays of every team that touch [start, end), in order."""
    return _found(
        op, sa.select(LeaveSource.team_id, Leave).where(LeaveSource.team_id.is_not(None)), start, end
    )


def overlap(away: Sequence[Away], start: datetime, end: datetime) -> list[Away]:
    """The parts of these that lie within [start, end)."""
    return [
        Away(max(one.starts_at, start), min(one.ends_at, end), one.summary)
        for one in away
        if one.starts_at < end and start < one.ends_at
    ]


def _found(
    op: Operation, query: "sa.Select[uuid.UUID | None, Leave]", start: datetime, end: datetime
) -> dict[uuid.UUID, list[Away]]:
    query = (
        query.join(Leave, Leave.source_id == LeaveSource.id)
        .where(LeaveSource.removed_at.is_(None), Leave.starts_at < end, Leave.ends_at > start)
        .order_by(Leave.starts_at, Leave.id)
    )
    found: dict[uuid.UUID, list[Away]] = {}
    for owner, row in op.session.execute(query):
        if owner is not None:
            found.setdefault(owner, []).append(Away(row.starts_at, row.ends_at, row.summary))
    return found


def _check(op: Operation, by: User, team: Team | None) -> list[LeaveSource]:
    """What the owner has already. Raises :class:`SourceRefusedError`, :class:`NotFoundError`."""
    if team is not None and not may(by.role, Permission.PLAN_ROSTERS):
        raise NotFoundError("There is no such team.")
    owner = User if team is None else Team
    op.session.execute(
        sa.select(owner.id).where(owner.id == (by.id if team is None else team.id)).with_for_update()
    )
    kept = sources_of(op, by) if team is None else _kept(op, LeaveSource.team_id == team.id)
    if len(kept) >= MOST_SOURCES:
        raise SourceRefusedError("enough")
    return kept


def _add(op: Operation, by: User, label: str, team: Team | None, **values: Any) -> LeaveSource:
    source = LeaveSource(
        user_id=by.id if team is None else None,
        team_id=None if team is None else team.id,
        label=" ".join(label.split())[:80],
        created_at=op.now,
        created_by_id=by.id,
        **values,
    )
    op.session.add(source)
    op.session.flush()
    _record(op, by, source, "created")
    return source


def _replace(op: Operation, source: LeaveSource, entries: Sequence[leave_files.Entry]) -> None:
    op.session.execute(sa.delete(Leave).where(Leave.source_id == source.id))
    op.session.add_all(
        Leave(source_id=source.id, starts_at=entry.starts_at, ends_at=entry.ends_at, summary=entry.summary)
        for entry in entries
    )
    source.read_at = op.now
    op.session.flush()


def _failed(op: Operation, source: LeaveSource, problem: str) -> None:
    source.problem = problem
    source.failing_since = source.failing_since or op.now
    source.next_read_at = op.now + AGAIN
    op.session.flush()


def _kept(op: Operation, whose: "sa.ColumnElement[bool]") -> list[LeaveSource]:
    query = (
        sa.select(LeaveSource)
        .where(whose, LeaveSource.removed_at.is_(None))
        .options(joinedload(LeaveSource.team))
        .order_by(LeaveSource.created_at, LeaveSource.id)
    )
    return list(op.session.scalars(query))


def _may_change(source: LeaveSource, by: User) -> bool:
    if source.team_id is None:
        return source.user_id == by.id
    return may(by.role, Permission.PLAN_ROSTERS)


def _zone(source: LeaveSource) -> str:
    owner = source.user or source.team
    return "UTC" if owner is None else owner.time_zone


def _record(op: Operation, by: User, source: LeaveSource, action: str) -> None:
    """What is changed for a team is in the trail; one's own leave is nobody's business."""
    if source.team_id is not None:
        audit.record(
            op, by, action, "holiday calendar", source.id, source.label, after={"label": source.label}
        )
