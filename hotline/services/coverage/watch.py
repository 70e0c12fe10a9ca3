"""Managers hear of holes before the night does: at once of a gap within 48 hours, and every Monday of all.

What is due stands in ``watches``. Whoever sweeps holds the row, writes the messages and puts the row off in
one transaction: of two workers one does it, and one that dies leaves it due.
"""

import uuid
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

import routing
from hotline.db.models import GapAlarm, Rotation, Team, Watch
from hotline.services import rows
from hotline.services.coverage import coverage
from hotline.services.coverage.coverage import Kind
from hotline.services.on_call import telling
from hotline.services.on_call.rosters import Roster, load_rotations
from hotline.services.operation import Operation
from hotline.speech import Prompt
from routing import first_instant

GAPS, WEEKLY = "gaps", "weekly:"
NEAR = timedelta(hours=48)
_EVERY = timedelta(minutes=5)
_LOOKING = timedelta(days=coverage.DAYS)
_MONDAY, _AT = 0, time(9)
# A message about the week is of use for a day, an alarm as long as the gap is not over.
_WEEKLY_LIFETIME = timedelta(hours=24)
_ALARM_LIFETIME = timedelta(hours=6)


def sweep(op: Operation) -> int:
    """Do what is due; returns how many messages that were."""
    query = sa.select(Watch).where(Watch.due_at <= op.now).order_by(Watch.name)
    told = 0
    for row in op.session.scalars(query.with_for_update(skip_locked=True)).all():
        if row.name == GAPS:
            _know_the_zones(op)
            row.due_at = op.now + _EVERY
            told += _gaps(op)
        else:
            zone = row.name.removeprefix(WEEKLY)
            due_at, row.due_at = row.due_at, next_monday(op.now, zone)
            told += _weekly(op, zone, due_at)
    op.session.flush()
    return told


def next_monday(now: datetime, zone: str) -> datetime:
    """The next Monday 09:00 in ``zone``, later than now."""
    tz = ZoneInfo(zone)
    day = now.astimezone(tz).date()
    day += timedelta(days=(_MONDAY - day.weekday()) % 7)
    at = first_instant(datetime.combine(day, _AT), tz)
    return at if at > now else first_instant(datetime.combine(day + timedelta(days=7), _AT), tz)


def _know_the_zones(op: Operation) -> None:
    """Every zone in which there is a team has its Monday."""
    zones = op.session.scalars(sa.select(Team.time_zone).where(Team.ended_at.is_(None)).distinct())
    for zone in zones.all():
        rows.run(op, _KNOW, name=WEEKLY + zone, due_at=next_monday(op.now, zone))


def _gaps(op: Operation) -> int:
    """Tell the managers of every gap that begins within 48 hours, once while it lasts as it was."""
    found = [row for row in load_rotations(op) if row.team.ended_at is None]
    roster = Roster(op, found)
    alarms = _standing(op)
    told = 0
    for row in found:
        mine = alarms.get(row.id, [])
        if not mine and not roster.gaps(row.id, op.now, op.now + NEAR):
            continue
        gaps = roster.gaps(row.id, op.now, op.now + _LOOKING)  # to know how long they last
        for alarm in mine:
            if not any(gap.starts_at < alarm.ends_at and alarm.starts_at < gap.ends_at for gap in gaps):
                alarm.closed_at = op.now
        for gap in gaps:
            if gap.starts_at < op.now + NEAR and not any(_is_known(op, gap, alarm) for alarm in mine):
                alarm_id = rows.insert(
                    op,
                    GapAlarm,
                    rotation_id=row.id,
                    starts_at=gap.starts_at,
                    ends_at=gap.ends_at,
                    told_at=op.now,
                )
                told += _tell(op, row, gap.starts_at, gap.ends_at, f"sms.gap:{alarm_id}")
    return told


def _standing(op: Operation) -> dict[uuid.UUID, list[GapAlarm]]:
    """The alarms of gaps that were not filled and are not over, by rotation."""
    query = sa.select(GapAlarm).where(GapAlarm.closed_at.is_(None), GapAlarm.ends_at > op.now)
    found: dict[uuid.UUID, list[GapAlarm]] = {}
    for alarm in op.session.scalars(query):
        found.setdefault(alarm.rotation_id, []).append(alarm)
    return found


def _is_known(op: Operation, gap: routing.Gap, alarm: GapAlarm) -> bool:
    """Whether an alarm told of all of the gap; one without an end in sight does not grow by the hour."""
    if alarm.closed_at is not None or not alarm.starts_at <= gap.starts_at < alarm.ends_at:
        return False
    return gap.ends_at <= alarm.ends_at or gap.ends_at >= op.now + _LOOKING


def _tell(op: Operation, row: Rotation, starts_at: datetime, ends_at: datetime, key: str) -> int:
    from_ = telling.sender(op, row.team)
    told = 0
    for user in telling.in_charge(op):
        prompt = telling.about("sms.gap", row, (starts_at, ends_at), user, link=_link(op))
        told += telling.text(op, user, from_, prompt, f"{key}:{user.id}", _ALARM_LIFETIME)
    return told


def _weekly(op: Operation, zone: str, due_at: datetime) -> int:
    """Tell the managers how the next 30 days look for the teams of a time zone."""
    report = coverage.read(op)
    teams = [team for team in report.teams if team.time_zone == zone]
    if not teams:
        return 0
    problems = [one for one in report.problems if one.team.time_zone == zone]
    gaps = sum(one.kind in (Kind.GAP, Kind.NO_ANSWER) for one in problems)
    from_, subject = telling.sender(op, teams[0]), Prompt.of("letter.coverage_subject")
    told = 0
    for user in telling.in_charge(op):
        key = f"coverage.week:{zone}:{due_at.isoformat()}:{user.id}"
        prompt = Prompt.of(
            "sms.coverage_week" if problems else "sms.coverage_fine",
            teams=", ".join(sorted(team.name for team in teams))[:60],
            **({"gaps": str(gaps), "others": str(len(problems) - gaps)} if problems else {}),
            link=_link(op),
        )
        told += telling.text(op, user, from_, prompt, key, _WEEKLY_LIFETIME)
        told += telling.mail(op, user, from_, subject, prompt, key, _WEEKLY_LIFETIME)
    return told


def _link(op: Operation) -> str:
    return f"{op.settings.public_url}/coverage"


def _knowing(insert: Any) -> Any:
    statement = insert(Watch).values(name=sa.bindparam("name"), due_at=sa.bindparam("due_at"))
    return statement.on_conflict_do_nothing(index_elements=[Watch.name])


_KNOW = rows.on_conflict(_knowing)
