"""Helpers for whoever edits a rotation: an order that keeps the present turn, and the next hand-off."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import routing
from hotline.db.models import Rotation
from hotline.services.on_call import versions
from hotline.services.on_call.versions import PartPlan


def keeping(plans: Sequence[PartPlan], rotation: Rotation, at: datetime) -> list[PartPlan]:
    """The same parts, the order of each turned so that who has the turn at ``at`` goes on having it.

    The people follow each other as before. A part without any of those, or closed at ``at``, stays as it is.
    """
    present = routing.on_call(versions.value(rotation), [], at).members
    return [_turned(plan, present, at) for plan in plans]


def next_hand_off(rotation: Rotation, after: datetime) -> datetime:
    """When the turn passes on next by the rotation alone; ``after`` itself when it never does."""
    return routing.on_call(versions.value(rotation), [], after).until or after


def _turned(plan: PartPlan, present: Sequence[uuid.UUID], at: datetime) -> PartPlan:
    members = plan.part.members
    for place in range(len(members)):
        part = replace(plan.part, members=(*members[place:], *members[:place]))
        if any(turn.since <= at < turn.until and turn.member in present for turn in part.turns(at, at)):
            return replace(plan, part=part)
    return plan
