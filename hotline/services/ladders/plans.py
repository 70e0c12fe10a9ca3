"""A ladder as somebody plans it, checked and put into its rows; and the same as facts for the audit trail."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from hotline.db.models import Ladder, Role, Rotation, Rung, RungTarget, TargetKind, Team, User
from hotline.services.directory import Kind, WrongFieldError, checks
from hotline.services.directory.kind import Facts, Sentence, Values, sentence
from hotline.services.ladders import uses
from hotline.services.on_call import fallbacks
from hotline.services.on_call.targets import Target
from hotline.services.operation import Operation
from hotline.services.reports.words import marked

MOST_RUNGS, MOST_TARGETS, MOST_ROUNDS = 10, 6, 50
SHORTEST_PAUSE, LONGEST_PAUSE, LONGEST_ROUND = 30, 3600, 7200  # seconds


@dataclass(frozen=True, slots=True)
class RungPlan:
    """Ring ``targets`` together, ``after`` seconds from the beginning of the round."""

    after: int
    targets: Sequence[Target]


def rungs_of(row: Ladder) -> list[RungPlan]:
    """The rungs of a ladder as a plan."""
    found, after = [], 0
    for rung in row.rungs:
        after += rung.delay_seconds
        found.append(RungPlan(after, [Target.of(target) for target in rung.targets]))
    return found


def values_of(row: Ladder) -> dict[str, Any]:
    """What :func:`put` takes, of a ladder that is there."""
    return {
        "name": row.name,
        "team": str(row.team_id),
        "repeat_after": row.repeat_after_seconds,
        "repeats": row.repeats,
        "fallback": "" if row.fallback_id is None else str(row.fallback_id),
        "rungs": rungs_of(row),
    }


def put(op: Operation, row: Ladder, values: Values) -> None:
    """Check what was planned and set it. Raises :class:`WrongFieldError`, whose field is where it stands.

    A field of a rung is called ``rungs-1-after``, one of its targets ``rungs-1-targets-0``.
    """
    wanted = checks.name(values["name"])
    checks.only_one(op, row, Ladder.name, wanted, "name")
    team = checks.chosen(op, Team, values["team"], "team", row.team_id)
    pause, repeats = values["repeat_after"], values["repeats"]
    if not SHORTEST_PAUSE <= pause <= LONGEST_PAUSE:
        raise WrongFieldError("repeat_after", sentence(marked("From half a minute to an hour.")))
    if repeats is not None and not 1 <= repeats <= MOST_ROUNDS:
        raise WrongFieldError("repeats", sentence(marked("From 1 to {most} rounds."), most=MOST_ROUNDS))
    fallback = _fallback(op, row, values["fallback"])
    if repeats is not None and fallback is None:
        raise WrongFieldError(
            "repeats",
            sentence(marked("Nothing follows after these rounds. Choose a fallback, or leave this empty.")),
        )
    _check_rungs(op, values["rungs"])
    row.name, row.team_id, row.repeat_after_seconds, row.repeats = wanted, team.id, pause, repeats
    row.fallback_id = None if fallback is None else fallback.id
    if checks.is_new(row) or rungs_of(row) != list(values["rungs"]):
        _put_rungs(op, row, values["rungs"])


def _fallback(op: Operation, row: Ladder, chosen: object) -> Ladder | None:
    """The ladder that follows. Raises :class:`WrongFieldError` for one that leads back to this one."""
    if not chosen:
        return None
    found: Ladder = checks.chosen(op, Ladder, chosen, "fallback", row.fallback_id)
    names: list[str] = []
    for after in fallbacks.rows(found.id, partial(op.session.get_one, Ladder)):
        names.append(after.name)
        if after.id == row.id:
            words = marked("That leads back to this ladder: {way}. Choose another one.")
            raise WrongFieldError("fallback", sentence(words, way=" → ".join(names)))
    return found


def _check_rungs(op: Operation, rungs: Sequence[RungPlan]) -> None:
    if not 1 <= len(rungs) <= MOST_RUNGS:
        raise WrongFieldError("rungs", sentence(marked("A ladder has 1 to {most} steps."), most=MOST_RUNGS))
    earlier, seen = 0, set[Target]()
    for number, rung in enumerate(rungs):
        if not earlier <= rung.after <= LONGEST_ROUND:
            raise WrongFieldError(
                f"rungs-{number}-after",
                sentence(marked("Not before the step above, and within two hours.")),
            )
        earlier = rung.after
        if not 1 <= len(rung.targets) <= MOST_TARGETS:
            raise WrongFieldError(f"rungs-{number}-targets-0", sentence(marked("Choose whom to ring.")))
        for place, target in enumerate(rung.targets):
            why = _why_not(op, target)
            if target in seen:
                why = sentence(marked("That is on the ladder already: nobody is rung twice in a round."))
            if why is not None:
                raise WrongFieldError(f"rungs-{number}-targets-{place}", why)
            seen.add(target)


def _why_not(op: Operation, target: Target) -> Sentence | None:
    """Why a target cannot be chosen, or None."""
    if target.kind is TargetKind.PERSON:
        user = op.session.get(User, target.id)
        if user is None or user.disabled_at is not None:
            return sentence(marked("This account is not there, or is disabled."))
        if user.role is Role.AUDITOR:
            return sentence(marked("{name} is an auditor and takes no incidents."), name=user.name)
        return None
    model: type[Any] = Rotation if target.kind is TargetKind.ON_CALL else Team
    row = op.session.get(model, target.id)
    if row is None or row.ended_at is not None:
        return sentence(marked("Choose one that is there. This one is not, or has ended."))
    if target.kind is TargetKind.DUTY_MANAGER and managers_layer(op, target.id) is None:
        return sentence(marked("{team} has no managers' layer yet. Choose it first."), team=row.name)
    return None


def managers_layer(op: Operation, team_id: uuid.UUID) -> Rotation | None:
    """The layer in which a team's duty manager is on call, if there is one."""
    query = sa.select(Rotation).where(
        Rotation.team_id == team_id, Rotation.is_manager, Rotation.ended_at.is_(None)
    )
    return op.session.scalars(query.order_by(Rotation.position)).first()


def _put_rungs(op: Operation, row: Ladder, rungs: Sequence[RungPlan]) -> None:
    if not checks.is_new(row):
        row.rungs.clear()
        op.session.flush()
    earlier = 0
    for position, rung in enumerate(rungs):
        targets = [_row(target, place) for place, target in enumerate(rung.targets)]
        row.rungs.append(Rung(position=position, delay_seconds=rung.after - earlier, targets=targets))
        earlier = rung.after


def _row(target: Target, place: int) -> RungTarget:
    column = {TargetKind.ON_CALL: "rotation_id", TargetKind.PERSON: "user_id"}.get(target.kind, "team_id")
    return RungTarget(place=place, kind=target.kind, **{column: target.id})


def facts(op: Operation, row: Ladder) -> Facts:
    """A ladder as the audit trail keeps it."""
    fallback = None if row.fallback_id is None else op.session.get_one(Ladder, row.fallback_id).name
    return {
        "name": row.name,
        "team": op.session.get_one(Team, row.team_id).name,
        "rungs": [
            f"{clock(rung.after)} {' + '.join(_said(op, target) for target in rung.targets)}"
            for rung in rungs_of(row)
        ],
        "repeat_after": clock(row.repeat_after_seconds),
        "rounds": row.repeats,
        "fallback": fallback,
    }


def clock(seconds: int) -> str:
    """Minutes and seconds, such as ``2:00``."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def _said(op: Operation, target: Target) -> str:
    if target.kind is TargetKind.PERSON:
        return op.session.get_one(User, target.id).name
    if target.kind is TargetKind.ON_CALL:
        rotation = op.session.get_one(Rotation, target.id)
        return f"{rotation.layer} ({rotation.team.name})"
    team = op.session.get_one(Team, target.id)
    return f"everybody of {team.name}" if target.kind is TargetKind.TEAM else f"duty manager ({team.name})"


def _returns(op: Operation, row: Ladder) -> list[Sentence]:
    """What has to be back before the ladder: its team, and what follows on it."""
    team = op.session.get_one(Team, row.team_id)
    after = None if row.fallback_id is None else op.session.get_one(Ladder, row.fallback_id)
    return [
        sentence(marked("{name} has ended. Bring it back first."), name=one.name)
        for one in (team, after)
        if one is not None and one.ended_at is not None
    ]


LADDERS: Kind[Ladder] = Kind(
    "ladder",
    Ladder,
    called=lambda row: row.name,
    facts=facts,
    put=put,
    holds=uses.holds,
    returns=_returns,
)
