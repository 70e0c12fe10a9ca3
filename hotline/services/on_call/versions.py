"""Versions of a rotation: a change of the roster is a new version from an instant on; what was, stays."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import sqlalchemy as sa

import routing
from hotline.db.base import new_id
from hotline.db.models import (
    Override,
    PartMember,
    Rotation,
    RotationPart,
    RotationVersion,
    User,
)
from hotline.errors import InvalidInputError
from hotline.services.operation import Operation


@dataclass(frozen=True, slots=True)
class PartPlan:
    """A part as somebody plans it: its name, and the part itself over the ids of users."""

    name: str
    part: "routing.Part[uuid.UUID]"


def planned(
    members: Iterable[uuid.UUID],
    time_zone: str,
    starts_on: date,
    *hand_offs: routing.HandOff,
    cycle_days: int = 7,
    hours: Iterable[routing.Hours] = (),
    name: str = "",
) -> PartPlan:
    """A part: weekly at nine unless it is said otherwise. Raises :class:`InvalidInputError`."""
    try:
        part = routing.Part(
            time_zone,
            starts_on,
            tuple(members),
            cycle_days,
            hand_offs or (routing.HandOff(0, time(9)),),
            tuple(hours),
        )
    except ValueError as wrong:
        raise InvalidInputError(str(wrong)) from None
    return PartPlan(name, part)


def begin(op: Operation, rotation: Rotation, plans: Sequence[PartPlan], by: User | None = None) -> None:
    """The first version of a new rotation, which holds from ever."""
    op.session.add(_row(op, rotation, 1, None, plans, by, None))
    op.session.flush()


def save(
    op: Operation,
    rotation: Rotation,
    plans: Sequence[PartPlan],
    by: User,
    holds_from: datetime,
    reason: str | None = None,
    version_id: uuid.UUID | None = None,
) -> RotationVersion:
    """A new version from ``holds_from`` on; whatever was to hold from then on does not.

    The caller holds the rotation's lock and has it loaded afresh. What held before ``holds_from`` is
    untouched. Raises :class:`InvalidInputError` for an instant before now: the past is not moved.
    """
    if holds_from < op.now:
        raise InvalidInputError("A roster cannot be changed in the past.")
    for version in rotation.versions:
        if version.holds_until is None or version.holds_until > holds_from:
            version.holds_until = max(holds_from, version.holds_from or holds_from)
    number = max((version.number for version in rotation.versions), default=0) + 1
    row = _row(op, rotation, number, holds_from, plans, by, reason)
    row.id = version_id or new_id()
    op.session.add(row)
    op.session.flush()
    return row


def at(rotation: Rotation, instant: datetime) -> RotationVersion | None:
    """The version that holds at ``instant``; None before the first."""
    return next((version for version in rotation.versions if _holds(version, instant)), None)


def plans_of(version: RotationVersion) -> list[PartPlan]:
    """The parts of a version, to look at or to change."""
    return [PartPlan(row.name, _part(row)) for row in version.parts]


def value(rotation: Rotation) -> "routing.Rotation[uuid.UUID]":
    """A rotation as :mod:`routing` decides over it."""
    return routing.Rotation(
        rotation.id,
        rotation.layer,
        tuple(
            routing.Version(version.holds_from, tuple(_part(row) for row in version.parts))
            for version in rotation.versions
            if not _never_held(version)
        ),
    )


def override_value(row: Override) -> "routing.Override[uuid.UUID] | None":
    """An override as :mod:`routing` decides over it; None for one that never held."""
    if row.holds_until <= row.starts_at:
        return None
    kind = routing.OverrideKind(row.kind.value)
    return routing.Override(
        row.rotation_id, row.user_id, row.starts_at, row.holds_until, kind, row.instead_of_id
    )


def member_ids(rotation: Rotation, now: datetime) -> list[uuid.UUID]:
    """Everybody who has a place in it now or in a version to come, each once, in their order."""
    return list(
        dict.fromkeys(
            member.user_id
            for version in rotation.versions
            if not _never_held(version) and (version.holds_until is None or version.holds_until > now)
            for part in version.parts
            for member in part.members
        )
    )


def has_place(op: Operation, user_id: uuid.UUID) -> bool:
    """Whether somebody has a place in any rotation, now or in a version to come."""
    query = places(op.now).where(PartMember.user_id == user_id).limit(1)
    return op.session.execute(query).first() is not None


def places(now: datetime) -> sa.Select[uuid.UUID]:
    """The ids of everybody who has a place in a rotation now or later, one row a place."""
    return (
        sa.select(PartMember.user_id)
        .join(RotationPart, RotationPart.id == PartMember.part_id)
        .join(RotationVersion, RotationVersion.id == RotationPart.version_id)
        .join(Rotation, Rotation.id == RotationVersion.rotation_id)
        .where(
            Rotation.ended_at.is_(None),
            sa.or_(RotationVersion.holds_until.is_(None), RotationVersion.holds_until > now),
            sa.or_(
                RotationVersion.holds_from.is_(None),
                RotationVersion.holds_until.is_(None),
                RotationVersion.holds_from < RotationVersion.holds_until,
            ),
        )
    )


def _row(
    op: Operation,
    rotation: Rotation,
    number: int,
    holds_from: datetime | None,
    plans: Sequence[PartPlan],
    by: User | None,
    reason: str | None,
) -> RotationVersion:
    return RotationVersion(
        rotation=rotation,
        number=number,
        holds_from=holds_from,
        created_at=op.now,
        created_by_id=None if by is None else by.id,
        reason=reason,
        parts=[
            RotationPart(
                position=position,
                name=plan.name,
                time_zone=plan.part.time_zone,
                starts_on=plan.part.starts_on,
                cycle_days=plan.part.cycle_days,
                hand_offs=[[entry.day, _text(entry.at)] for entry in plan.part.hand_offs],
                hours=[[entry.weekday, _text(entry.begins), _text(entry.ends)] for entry in plan.part.hours],
                members=[
                    PartMember(position=place, user_id=user_id)
                    for place, user_id in enumerate(plan.part.members)
                ],
            )
            for position, plan in enumerate(plans)
        ],
    )


def _part(row: RotationPart) -> "routing.Part[uuid.UUID]":
    return routing.Part(
        row.time_zone,
        row.starts_on,
        tuple(member.user_id for member in row.members),
        row.cycle_days,
        tuple(routing.HandOff(day, time.fromisoformat(text)) for day, text in row.hand_offs),
        tuple(
            routing.Hours(weekday, time.fromisoformat(begins), time.fromisoformat(ends))
            for weekday, begins, ends in row.hours
        ),
    )


def _text(at_time: time) -> str:
    return at_time.isoformat("seconds" if at_time.second else "minutes")


def _holds(version: RotationVersion, instant: datetime) -> bool:
    begun = version.holds_from is None or version.holds_from <= instant
    return begun and (version.holds_until is None or instant < version.holds_until)


def _never_held(version: RotationVersion) -> bool:
    return version.holds_from is not None and version.holds_until == version.holds_from
