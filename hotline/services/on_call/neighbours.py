"""Who is rung before and after somebody who is on call: the ladder around them, as it stands now."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from hotline.db.models import Ladder
from hotline.services.on_call.rosters import Duty, duties
from hotline.services.operation import Operation


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Where somebody is on call now, and the duties on the rungs around: None at an end of the ladder.

    Both are None too when no ladder rings this layer, which ``is_rung`` says.
    """

    duty: Duty
    before: Duty | None
    after: Duty | None
    is_rung: bool


def on_duty(op: Operation, user_id: uuid.UUID) -> list[OnDuty]:
    """Every layer in which somebody is on call now; a fixed number of queries."""
    found = duties(op)
    by_rotation = {duty.rotation_id: duty for duty in found}
    mine = [duty for duty in found if any(user.id == user_id for user in duty.users)]
    teams = {duty.team.id for duty in mine}
    query = sa.select(Ladder).where(Ladder.team_id.in_(teams)).options(selectinload(Ladder.rungs))
    orders = [
        [rung.rotation_id for rung in ladder.rungs]
        for ladder in op.session.scalars(query.order_by(Ladder.name))
    ]
    return [_around(duty, by_rotation, orders) for duty in mine]


def _around(
    duty: Duty, by_rotation: Mapping[uuid.UUID, Duty], orders: Sequence[Sequence[uuid.UUID]]
) -> OnDuty:
    order = next((order for order in orders if duty.rotation_id in order), None)
    if order is None:
        return OnDuty(duty, None, None, is_rung=False)
    place = order.index(duty.rotation_id)
    before = by_rotation[order[place - 1]] if place else None
    after = by_rotation[order[place + 1]] if place + 1 < len(order) else None
    return OnDuty(duty, before, after, is_rung=True)
