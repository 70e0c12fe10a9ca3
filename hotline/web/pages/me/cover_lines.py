"""Requests for cover as the pages show them: values, with where each stands."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from hotline.db.models import CoverRequest, CoverStatus
from hotline.services.operation import Operation
from hotline.services.planning import cover


@dataclass(frozen=True, slots=True)
class CoverLine:
    """One request as the viewer sees it.

    ``asked_of`` is None for anyone in the team; ``waits_for`` names who has not said no yet.
    """

    id: uuid.UUID
    team: str
    zone: str
    layer: str
    starts_at: datetime
    ends_at: datetime
    answer_by: datetime
    asked_by: str
    asked_of: str | None
    reason: str | None
    status: CoverStatus
    decided_by: str | None
    decided_at: datetime | None
    waits_for: tuple[str, ...]
    is_mine: bool
    i_cover: bool
    i_declined: bool
    is_over: bool

    @property
    def is_open(self) -> bool:
        """True while it can be answered."""
        return self.status is CoverStatus.OPEN


def lines(op: Operation, requests: Iterable[CoverRequest], viewer_id: uuid.UUID) -> list[CoverLine]:
    """These requests, in their order."""
    return [line(op, request, viewer_id) for request in requests]


def line(op: Operation, request: CoverRequest, viewer_id: uuid.UUID) -> CoverLine:
    """One request."""
    declined = {ask.user_id for ask in request.asks if ask.declined_at is not None}
    status = cover.state(op, request)
    return CoverLine(
        id=request.id,
        team=request.rotation.team.name,
        zone=request.rotation.team.time_zone,
        layer=request.rotation.layer,
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        answer_by=request.answer_by,
        asked_by=request.asked_by.name,
        asked_of=None if request.asked_of is None else request.asked_of.name,
        reason=request.reason,
        status=status,
        decided_by=None if request.decided_by is None else request.decided_by.name,
        decided_at=request.decided_at,
        waits_for=tuple(sorted(ask.user.name for ask in request.asks if ask.user_id not in declined)),
        is_mine=request.asked_by_id == viewer_id,
        i_cover=status is CoverStatus.ACCEPTED and request.decided_by_id == viewer_id,
        i_declined=viewer_id in declined,
        is_over=request.ends_at <= op.now,
    )
