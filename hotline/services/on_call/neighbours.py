"""Who is rung before and after somebody who is on call: the ladder around them, as it stands now."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from hotline.db.models import Ladder, Rotation, Rung, RungTarget, TargetKind
from hotline.services.on_call.rosters import Duty, called, duties, names, people, resolver
from hotline.services.on_call.targets import Target
from hotline.services.operation import Operation


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A rung of the ladder: what it rings, and whom that means now (None: nobody)."""

    layer: str
    names: str | None


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Where somebody is on call now, and the rungs around: None at an end of the ladder.

    Both are None too when no ladder rings this layer, which ``is_rung`` says.
    """

    duty: Duty
    before: Neighbour | None
    after: Neighbour | None
    is_rung: bool


def on_duty(op: Operation, user_id: uuid.UUID) -> list[OnDuty]:
    """Every layer in which somebody is on call now; a fixed number of queries."""
    mine = [duty for duty in duties(op) if any(user.id == user_id for user in duty.users)]
    query = (
        sa.select(Ladder)
        .where(Ladder.team_id.in_({duty.team.id for duty in mine}), Ladder.ended_at.is_(None))
        .options(selectinload(Ladder.rungs).selectinload(Rung.targets).joinedload(RungTarget.rotation))
        .order_by(Ladder.name)
    )
    ladders = [ladder.rungs for ladder in op.session.scalars(query)]
    rungs = _rungs(op, [rung for ladder in ladders for rung in ladder])
    return [_around(op, duty, ladders, rungs) for duty in mine]


def _rungs(op: Operation, rungs: Sequence[Rung]) -> Mapping[Rung, Neighbour]:
    rows = [target for rung in rungs for target in rung.targets]
    found, words = resolver(op, rows), called(op, rows)
    members = {target: found.resolve(Target.of(target), op.now) for target in rows}
    users = people(op, (user_id for ids in members.values() for user_id in ids))
    return {
        rung: Neighbour(
            " / ".join(words[Target.of(target)] for target in rung.targets),
            names(
                users[user_id]
                for user_id in dict.fromkeys(one for target in rung.targets for one in members[target])
            ),
        )
        for rung in rungs
    }


def _around(
    op: Operation, duty: Duty, ladders: Sequence[Sequence[Rung]], rungs: Mapping[Rung, Neighbour]
) -> OnDuty:
    rotation = op.session.get_one(Rotation, duty.rotation_id)  # read by now
    for ladder in ladders:
        for place, rung in enumerate(ladder):
            if any(_rings(target, rotation) for target in rung.targets):
                before = rungs[ladder[place - 1]] if place else None
                after = rungs[ladder[place + 1]] if place + 1 < len(ladder) else None
                return OnDuty(duty, before, after, is_rung=True)
    return OnDuty(duty, None, None, is_rung=False)


def _rings(target: RungTarget, rotation: Rotation) -> bool:
    """Whether a target rings whoever is on call in a layer."""
    if target.kind is TargetKind.ON_CALL:
        return target.rotation_id == rotation.id
    is_managers = target.kind is TargetKind.DUTY_MANAGER
    return target.team_id == rotation.team_id and rotation.is_manager is is_managers
