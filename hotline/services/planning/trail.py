"""Rotations in the audit trail: their parts as lines that people read."""

from collections.abc import Sequence
from datetime import datetime

from hotline.db.models import Rotation, User
from hotline.services import audit
from hotline.services.on_call.versions import PartPlan
from hotline.services.operation import Operation

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
Facts = dict[str, object]


def facts(op: Operation, parts: Sequence[PartPlan], holds_from: datetime, reason: str | None) -> Facts:
    """A version: its parts, from when it holds, and why."""
    return {"parts": lines(op, parts), "holds_from": holds_from.isoformat(), "reason": reason}


def lines(op: Operation, parts: Sequence[PartPlan]) -> list[str]:
    """A line for each part: who in turn, how long, when it passes on, where, and within which hours."""
    found = []
    for plan in parts:
        part = plan.part
        names = ", ".join(op.session.get_one(User, member).name for member in part.members)
        hand_offs = ", ".join(f"day {one.day + 1} {one.at:%H:%M}" for one in part.hand_offs)
        hours = ", ".join(f"{_DAYS[one.weekday]} {one.begins:%H:%M}-{one.ends:%H:%M}" for one in part.hours)
        line = f"{names}; {part.cycle_days} days from {part.starts_on}, {hand_offs}; {part.time_zone}"
        found.append(": ".join(filter(None, (plan.name, line))) + (f"; {hours}" if hours else ""))
    return found


def record(op: Operation, by: User, row: Rotation, action: str, before: Facts | None, after: Facts) -> None:
    """What somebody did to a layer."""
    subject = f"{row.team.name}, {row.layer}"
    audit.record(op, by, action, "rotation", row.id, subject, before=before, after=after)
