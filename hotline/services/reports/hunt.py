"""Who is being rung for incidents, since when, and who is next: the hunt as people see it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from hotline.db.models import Call, CallKind, Incident, Ladder, Rotation, Rung, Team, User
from hotline.services.operation import Operation

# A worker looks every second; later than this nobody climbs the ladder.
_TARDY = timedelta(seconds=15)


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
    ladders = _ladders(op, {incident.ladder_id for incident in found})
    return {
        incident.id: _hunt(op, incident, ladders[incident.ladder_id], ringing.get(incident.id, []))
        for incident in found
    }


@dataclass(frozen=True, slots=True)
class _Ladder:
    """Names, and the layers by their places from the lowest."""

    team: str
    name: str
    layers: list[tuple[int, str]] = field(default_factory=list)


def _hunt(op: Operation, incident: Incident, ladder: _Ladder, calls: Sequence[tuple[str, datetime]]) -> Hunt:
    ahead = [place for place, _ in ladder.layers if place >= incident.rung]
    next_layers = [layer for place, layer in ladder.layers if ahead and place == ahead[0]]
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
        is_new_round=is_planned and incident.round > 0 and ahead == [place for place, _ in ladder.layers],
    )


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
        sa.select(Ladder.id, Team.name, Ladder.name, Rung.position, Rotation.layer)
        .join(Team, Team.id == Ladder.team_id)
        .outerjoin(Rung, Rung.ladder_id == Ladder.id)
        .outerjoin(Rotation, Rotation.id == Rung.rotation_id)
        .where(Ladder.id.in_(ids))
        .order_by(Rung.position)
    )
    found: dict[uuid.UUID, _Ladder] = {}
    for ladder_id, team, name, place, layer in op.session.execute(query):
        ladder = found.setdefault(ladder_id, _Ladder(team, name))
        if layer is not None:
            ladder.layers.append((place, layer))
    return found
