"""Who was asked to take an incident, or for a word about it, and what became of each text and call.

A page that was sent at three in the morning and reached nobody must be seen to have reached nobody: so
each person stands here with everything that went to them, and whether any of it arrived.
"""

import enum
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from hotline.db.models import (
    ContactMethod,
    Effect,
    Incident,
    OutboxItem,
    OutboxStatus,
    User,
)
from hotline.phone_numbers import mask
from hotline.services.operation import Operation
from hotline.services.reports.evidence import Item
from hotline.services.reports.words import marked, said

_PAGES = ("page", "hand-over", "chase")


class Reached(enum.StrEnum):
    """Whether what went to somebody arrived."""

    YES = "yes"  # a text was delivered, or a call was picked up
    NOT_YET = "not yet"  # something is still on its way
    NO = "no"  # all of it came to nothing


@dataclass(frozen=True, slots=True)
class Paged:
    """Somebody who was paged, and everything that went to them, oldest first."""

    user_id: uuid.UUID
    name: str
    reached: Reached
    parts: tuple[Item, ...]


def paged(op: Operation, incident: Incident, items: Sequence[Item], language: str) -> tuple[Paged, ...]:
    """Everybody who was paged, in the order of their first page; two queries. ``items`` are the evidence."""
    theirs: dict[uuid.UUID, list[Item]] = {}
    for item in sorted((*_sent(items), *_to_come(op, incident, language)), key=lambda item: item.at):
        if item.user_id is not None:
            theirs.setdefault(item.user_id, []).append(item)
    query = sa.select(User.id, User.name).where(User.id.in_(theirs))
    names: dict[uuid.UUID, str] = {row[0]: row[1] for row in op.session.execute(query)}
    return tuple(
        Paged(user_id, names[user_id], _reached(parts), tuple(parts)) for user_id, parts in theirs.items()
    )


def _sent(items: Sequence[Item]) -> list[Item]:
    kinds = {f"{way}-{kind}" for way in ("call", "message") for kind in _PAGES}
    return [item for item in items if item.kind in kinds]


def _to_come(op: Operation, incident: Incident, language: str) -> list[Item]:
    """Calls of people's rules whose time has not come."""
    query = (
        sa.select(OutboxItem, ContactMethod, User.name)
        .join(ContactMethod, ContactMethod.id == OutboxItem.subject_id)
        .join(User, User.id == ContactMethod.user_id)
        .where(
            OutboxItem.incident_id == incident.id,
            OutboxItem.effect == Effect.RING,
            OutboxItem.status == OutboxStatus.PENDING,
        )
    )
    return [
        Item(
            row.next_attempt_at,
            row.id,
            "call-planned",
            method.user_id,
            said(marked("{name} ({phone}) is rung then."), language, name=name, phone=mask(method.value)),
            said(marked("Waits for its time, as their rules say."), language),
            False,
            False,
        )
        for row, method, name in op.session.execute(query)
    ]


def _reached(parts: Sequence[Item]) -> Reached:
    if any(part.has_arrived for part in parts):
        return Reached.YES
    return Reached.NO if all(part.is_over for part in parts) else Reached.NOT_YET
