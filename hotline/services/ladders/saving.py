"""Saving a ladder, so that somebody answers now; and setting whose layer is the duty manager's."""

import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from hotline.db.models import Ladder, Rotation, Team, User
from hotline.services import audit, directory
from hotline.services.directory import checks
from hotline.services.directory.teams import TEAMS
from hotline.services.ladders.answers import UnansweredError, is_unanswered
from hotline.services.ladders.plans import LADDERS, managers_layer
from hotline.services.operation import Operation
from hotline.services.planning import answering


@dataclass(frozen=True, slots=True)
class Draft:
    """A ladder as ``actor_id`` wants it; ``row_id`` is None for a new one, which gets ``new_id``.

    ``seen`` is the version of the row that they looked at.
    """

    actor_id: uuid.UUID
    row_id: uuid.UUID | None
    values: dict[str, Any]
    seen: str = ""
    new_id: uuid.UUID | None = None


def save(op: Operation, draft: Draft) -> directory.Change:
    """:func:`put`, unless nobody could be rung then: raises :class:`UnansweredError`, and all is lost."""
    change = put(op, draft)
    if not change.was_there and is_unanswered(op, change.row_id):
        raise UnansweredError
    return change


def put(op: Operation, draft: Draft) -> directory.Change:
    """Make a ladder or change one, with its audit entry; open incidents go on with it where they were.

    Who changes rosters or ladders waits for whoever does so just now, so that no two make a ring of
    fallbacks, or leave nobody, together. Raises ``WrongFieldError``, ``StaleError`` and ``NotFoundError``.
    """
    answering.lock(op)
    op.session.execute(sa.select(Ladder.id).order_by(Ladder.id).with_for_update(key_share=True)).all()
    if draft.row_id is None:
        change = directory.create(op, LADDERS, draft.actor_id, draft.values, draft.new_id)
    else:
        change = directory.change(op, LADDERS, draft.actor_id, draft.row_id, draft.values, draft.seen)
    op.session.flush()
    return change


def set_managers_layer(op: Operation, actor: User, team_id: uuid.UUID, rotation_id: str) -> bool:
    """From now on whoever is on call in this layer is the team's duty manager; False when it was so.

    Raises ``WrongFieldError`` for a layer that is not there, ``NotFoundError`` for such a team and
    ``RefusedError`` when a ladder in use would be left without anybody who can be rung now.
    """
    team = directory.find(op, TEAMS, team_id)
    with answering.kept_up(op):
        before = managers_layer(op, team.id)
        wanted = checks.chosen(op, Rotation, rotation_id, "layer") if rotation_id else None
        if wanted is not None and wanted.team_id != team.id:
            wanted = checks.chosen(op, Rotation, "", "layer")
        op.session.execute(sa.update(Rotation).where(Rotation.team_id == team.id).values(is_manager=False))
        if wanted is not None:
            op.session.execute(sa.update(Rotation).where(Rotation.id == wanted.id).values(is_manager=True))
        op.session.expire_all()
    return audit.record(
        op,
        actor,
        "changed",
        "team",
        team_id,
        op.session.get_one(Team, team_id).name,
        before={"managers_layer": None if before is None else before.layer},
        after={"managers_layer": None if wanted is None else wanted.layer},
    )
