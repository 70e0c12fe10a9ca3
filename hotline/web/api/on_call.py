"""``GET /api/v1/on-call`` and ``GET /api/v1/shifts``: who answers, then and meanwhile."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Response, jsonify, request

from hotline.db.models import Team, User
from hotline.services.access import Permission
from hotline.services.coverage import coverage
from hotline.services.on_call import rosters, shifts
from hotline.services.operation import Operation
from hotline.web.api.caller import admit
from hotline.web.api.problems import ProblemError
from hotline.web.pages.site import the_site

LONGEST = timedelta(days=100)
_USUAL = timedelta(days=30)


def on_call() -> Response:
    """Who is on call in every layer, now or ``at``; of one ``team``, in one ``layer``."""
    admit(Permission.SEE_INCIDENTS)
    _only("team", "layer", "at")
    with the_site().reading() as op:
        at = _instant("at") or op.now
        rows = [row for row in rosters.duties(op, _team(op), at) if _is_asked(row.layer)]
        _refuse_unknown_layer(bool(rows))
        return jsonify(
            at=_text(at),
            on_call=[
                {
                    "team": row.team.name,
                    "time_zone": row.team.time_zone,
                    "layer": row.layer,
                    "members": [_person(user) for user in row.users],
                    "since": _text(row.since),
                    "until": _text(row.until),
                    "override": row.is_override,
                }
                for row in rows
            ],
        )


def shifts_between() -> Response:
    """Every shift that touches [``from``, ``until``), whole, and the gaps in it, by layer."""
    admit(Permission.SEE_INCIDENTS)
    _only("team", "layer", "from", "until")
    with the_site().reading() as op:
        start = _instant("from") or op.now
        end = _instant("until") or start + _USUAL
        if end <= start:
            raise ProblemError(400, "until is not after from.", "until")
        if end - start > LONGEST:
            raise ProblemError(400, "Ask for at most 100 days at once.", "until")
        team_id = _team(op)
        found = [one for one in shifts.between(op, start, end, team_id) if _is_asked(one[0].layer)]
        _refuse_unknown_layer(bool(found))
        roster = rosters.Roster(op, [row for row, _turns in found])
        users = rosters.people(op, (user_id for _row, turns in found for user_id in turns))
        layers = []
        for row, turns in found:
            gaps = coverage.gaps_in(roster.timetable(row.id, start, end))
            layers.append(
                {
                    "team": row.team.name,
                    "time_zone": row.team.time_zone,
                    "layer": row.layer,
                    "shifts": _shifts(turns, users),
                    "gaps": [{"starts_at": _text(since), "ends_at": _text(until)} for since, until in gaps],
                }
            )
        return jsonify({"from": _text(start), "until": _text(end), "layers": layers})


def _shifts(
    turns: Mapping[uuid.UUID, list[shifts.MyShift]], users: Mapping[uuid.UUID, User]
) -> list[dict[str, Any]]:
    entries = [
        {
            "member": _person(users[user_id]),
            "starts_at": _text(shift.starts_at),
            "ends_at": _text(shift.ends_at),
            "override": shift.is_override,
        }
        for user_id, mine in turns.items()
        for shift in mine
    ]
    return sorted(entries, key=lambda entry: (str(entry["starts_at"]), str(entry["member"])))


def _person(user: User) -> dict[str, str]:
    return {"id": str(user.id), "name": user.name}


def _team(op: Operation) -> uuid.UUID | None:
    """The team that is asked for, by its whole name or its id; None is all of them."""
    asked = request.args.get("team")
    if asked is None:
        return None
    try:
        which = Team.id == uuid.UUID(asked)
    except ValueError:
        which = Team.name == asked
    found = None if "\0" in asked else op.session.scalar(sa.select(Team.id).where(which))
    if found is None:
        raise ProblemError(404, "There is no such team.", "team")
    return found


def _is_asked(layer: str) -> bool:
    return request.args.get("layer") in (None, layer)


def _refuse_unknown_layer(is_known: bool) -> None:
    if not is_known and request.args.get("layer") is not None:
        raise ProblemError(404, "There is no such layer.", "layer")


def _instant(name: str) -> datetime | None:
    text = request.args.get(name)
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 2000 <= at.year < 2200:
        raise ProblemError(
            400, f"{name} wants a date, a time and an offset, such as 2026-11-23T09:00:00Z.", name
        )
    return at.astimezone(UTC)


def _only(*known: str) -> None:
    """A parameter that is mistyped would silently answer another question."""
    for name in request.args:
        if name not in known:
            raise ProblemError(400, f"There is no parameter {name[:40]!r} here.", name[:40])


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
