"""What a manager may plan: an override, a swap, an end, another version of a layer, a layer, its end."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from hotline.db.models import OverrideKind
from hotline.services.on_call.versions import PartPlan


@dataclass(frozen=True, slots=True)
class OverridePlan:
    """Put somebody on call for a span, or take somebody off; see :class:`hotline.db.models.Override`.

    ``id`` is that of the row to be: whoever sends it twice makes one.
    """

    id: uuid.UUID
    rotation_id: uuid.UUID
    kind: OverrideKind
    user_id: uuid.UUID | None
    instead_of_id: uuid.UUID | None
    starts_at: datetime
    ends_at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's time on call in a layer."""

    rotation_id: uuid.UUID
    user_id: uuid.UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SwapPlan:
    """Two people exchange their turns: two overrides, both or none."""

    id: uuid.UUID
    one: Turn
    other: Turn
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class EndPlan:
    """An override ends now, or never begins."""

    override_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class VersionPlan:
    """A layer is another from ``holds_from`` on; None is from the instant of saving."""

    id: uuid.UUID
    rotation_id: uuid.UUID
    parts: Sequence[PartPlan]
    holds_from: datetime | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """A team gets one more layer, the last, from ``holds_from`` on; None is from the instant of saving."""

    id: uuid.UUID
    team_id: uuid.UUID
    name: str
    parts: Sequence[PartPlan]
    holds_from: datetime | None


@dataclass(frozen=True, slots=True)
class LayerEnd:
    """A layer is not any more, from now on; what it was stays."""

    rotation_id: uuid.UUID


Plan: TypeAlias = OverridePlan | SwapPlan | EndPlan | VersionPlan | LayerPlan | LayerEnd
