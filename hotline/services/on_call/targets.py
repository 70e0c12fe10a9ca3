"""Whom a target of a rung means at an instant: one answer for the phone, the warnings and the dry run.

- **on call**: whoever is on call in one layer, first first;
- **person**: that person, on duty or not;
- **team**: everybody with a turn in any layer of the team as it is planned at that instant, those on call
  first. Not only those on call: whoever rings the whole team has rung them already. Without the managers'
  layer, so that the duty manager can be a later step;
- **duty manager**: whoever is on call in the layer of the team that is marked as the managers'.

Layers that have ended mean nobody.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hotline.db.models import Rotation, RungTarget, TargetKind
from hotline.services.on_call import versions

Found = tuple[uuid.UUID, ...]
OnCall = Callable[[uuid.UUID, datetime], Found]


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a rung rings: ``id`` is that of a rotation, a person or a team, as ``kind`` says."""

    kind: TargetKind
    id: uuid.UUID

    @classmethod
    def of(cls, row: RungTarget) -> "Target":
        """The value of a row."""
        found = row.rotation_id or row.user_id or row.team_id
        if found is None:
            raise ValueError("a target of a rung means nobody at all")
        return cls(row.kind, found)


class Resolver:
    """Resolves targets at any instant. Raises ``KeyError`` for a layer or a team that it was not given."""

    def __init__(self, on_call: OnCall, rotations: Iterable[Rotation], teams: Iterable[uuid.UUID]) -> None:
        self._on_call = on_call
        self._rows: dict[uuid.UUID, Rotation] = {}
        self._layers: dict[uuid.UUID, list[Rotation]] = {team_id: [] for team_id in teams}
        for row in sorted(rotations, key=lambda row: (row.position, row.layer)):
            self._rows[row.id] = row
            self._layers.setdefault(row.team_id, []).append(row)

    def resolve(self, target: Target, at: datetime) -> Found:
        """The ids of the people to ring, whom to ring first first, each once; empty is nobody."""
        if target.kind is TargetKind.PERSON:
            return (target.id,)
        if target.kind is TargetKind.ON_CALL:
            return self._now(self._rows[target.id], at)
        layers = [row for row in self._layers[target.id] if _is_there(row, at)]
        if target.kind is TargetKind.DUTY_MANAGER:
            return _each_once(self._now(row, at) for row in layers if row.is_manager)
        team = [row for row in layers if not row.is_manager]
        return _each_once([*(self._now(row, at) for row in team), *(_with_a_turn(row, at) for row in team)])

    def _now(self, row: Rotation, at: datetime) -> Found:
        return self._on_call(row.id, at) if _is_there(row, at) else ()


def _is_there(row: Rotation, at: datetime) -> bool:
    return row.ended_at is None or at < row.ended_at


def _with_a_turn(row: Rotation, at: datetime) -> Sequence[uuid.UUID]:
    version = versions.at(row, at)
    return [] if version is None else [seat.user_id for part in version.parts for seat in part.members]


def _each_once(found: Iterable[Iterable[uuid.UUID]]) -> Found:
    return tuple(dict.fromkeys(user_id for group in found for user_id in group))
