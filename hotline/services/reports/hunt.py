"""Who is being rung for incidents, since when, and who is next: the hunt as people see it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from hotline.db.models import (
    Call,
    CallKind,
    Incident,
    Ladder,
    Rotation,
    RungTarget,
    TargetKind,
    Team,
    User,
)
from hotline.services.operation import Operation

# A worker looks every second; later than this nobody climbs the ladder.
_TARDY = timedelta(seconds=15)
_WHOLE = aliased(Team)
_CALLED = sa.func.coalesce(Rotation.layer, User.name, _WHOLE.name)
_RUNG = sa.or_(
    Rotation.id == RungTarget.rotation_id,
    sa.and_(
        RungTarget.kind == TargetKind.DUTY_MANAGER,
        Rotation.team_id == RungTarget.team_id,
        Rotation.is_manager,
        Rotation.ended_at.is_(None),
    ),
)


@dataclass(frozen=True, slots=True)
class Hunt:
    """The hunt for one incident at ``op.now``, over when somebody has it.

    ``ringing`` names the people whose telephones ring, since ``since``. ``next_layer`` is rung at
    ``next_at`` unless somebody takes it first; ``is_new_round`` when the ladder then starts again,
    ``is_overdue`` when that should have happened by now.
    """

    team: str
    ladder: str
    ringing: tuple[str, ...] = ()
    since: datetime | None = None
    next_at: datetime | None = None
    next_layer: str | None = None
    is_new_round: bool = False
    is_overdue: bool = False


def hunts(op: Operation, found: Sequence[Incident]) -> dict[uuid.UUID, Hunt]:
    """The hunt of each incident by its id, in two queries."""
    ringing = _ringing(op, [incident.id for incident in found])
    ladders = _ladders(op, {key for one in found for key in (one.ladder_id, one.stands_in_for_id) if key})
    return {incident.id: _hunt(op, incident, ladders, ringing.get(incident.id, [])) for incident in found}


@dataclass(frozen=True, slots=True)
class _Ladder:
    """Names, and the layers by their places from the lowest."""

    team: str
    name: str
    repeats: int | None
    fallback_id: uuid.UUID | None
    layers: list[tuple[int, str]] = field(default_factory=list)


def _hunt(
    op: Operation,
    incident: Incident,
    ladders: Mapping[uuid.UUID, _Ladder],
    calls: Sequence[tuple[str, datetime]],
) -> Hunt:
    ladder = ladders[incident.ladder_id]
    coming = _coming(incident, ladders)
    ahead = [place for place, _ in coming.layers if place >= incident.rung]
    next_layers = [layer for place, layer in coming.layers if ahead and place == ahead[0]]
    is_planned = incident.next_rung_at is not None and bool(next_layers)
    return Hunt(
        ladder.team,
        ladder.name,
        ringing=tuple(name for name, _ in calls),
        since=min((since for _, since in calls), default=None),
        next_at=incident.next_rung_at,
        next_layer=" / ".join(next_layers) if is_planned else None,
        is_overdue=is_planned
        and incident.next_rung_at is not None
        and op.now - incident.next_rung_at > _TARDY,
        is_new_round=is_planned and incident.round > 0 and ahead == [place for place, _ in coming.layers],
    )


def _coming(incident: Incident, ladders: Mapping[uuid.UUID, _Ladder]) -> _Ladder:
    """The ladder that the next rung belongs to: the fallback once this one was climbed often enough.

    One that stood in for a round gives the hunt back.
    """
    at_home = incident.rung == 0 and incident.stands_in_for_id is not None
    ladder = ladders[incident.stands_in_for_id or incident.ladder_id if at_home else incident.ladder_id]
    is_over = (
        incident.rung == 0
        and ladder.repeats is not None
        and incident.round - incident.ladder_since >= ladder.repeats
    )
    return ladders[ladder.fallback_id] if is_over and ladder.fallback_id is not None else ladder


def _ringing(op: Operation, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[tuple[str, datetime]]]:
    query = (
        sa.select(Call.incident_id, User.name, Call.created_at)
        .join(User, User.id == Call.user_id)
        .where(Call.incident_id.in_(ids), Call.kind == CallKind.PAGE, Call.ended_at.is_(None))
        .order_by(Call.created_at, Call.id)
    )
    found: dict[uuid.UUID, list[tuple[str, datetime]]] = {}
    for incident_id, name, since in op.session.execute(query):
        if incident_id is not None:
            found.setdefault(incident_id, []).append((name, since))
    return found


def _ladders(op: Operation, ids: set[uuid.UUID]) -> dict[uuid.UUID, _Ladder]:
    query = (
        sa.select(Ladder, Team.name, RungTarget.position, _CALLED)
        .join(Team, Team.id == Ladder.team_id)
        .outerjoin(RungTarget, RungTarget.ladder_id == Ladder.id)
        .outerjoin(Rotation, _RUNG)
        .outerjoin(User, User.id == RungTarget.user_id)
        .outerjoin(_WHOLE, _WHOLE.id == RungTarget.team_id)
        .where(sa.or_(Ladder.id.in_(ids), Ladder.id.in_(_follows(ids))))
        .order_by(RungTarget.position, RungTarget.place)
    )
    found: dict[uuid.UUID, _Ladder] = {}
    for row, team, place, layer in op.session.execute(query):
        ladder = found.setdefault(row.id, _Ladder(team, row.name, row.repeats, row.fallback_id))
        if layer is not None:
            ladder.layers.append((place, layer))
    return found


def _follows(ids: set[uuid.UUID]) -> "sa.Select[uuid.UUID | None]":
    return sa.select(Ladder.fallback_id).where(Ladder.id.in_(ids), Ladder.fallback_id.is_not(None))
