"""However odd the rosters are: everybody who asks who is on call, at whatever instant, gets one answer."""

import random
from datetime import UTC, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
import sqlalchemy as sa

import routing
from hotline.cli.on_call import as_data
from hotline.db.models import Ladder, Override, OverrideKind, Rotation, TargetKind, Team, User
from hotline.services.accounts import api_tokens
from hotline.services.calendars import ical, schedule
from hotline.services.coverage import coverage
from hotline.services.on_call import shifts, versions
from hotline.services.on_call.rosters import Roster, duties, load_ladder, load_rotations
from hotline.services.operation import Operation
from hotline.services.texting import sms_commands
from tests.hotline.house import BO, House

HOUR = timedelta(hours=1)
ZONES = ["Asia/Jakarta", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]


def odd_part(dice: random.Random, people: list[Any], now: datetime) -> versions.PartPlan:
    """People, a cycle, hand-offs and hours as they fall."""
    cycle = dice.choice([1, 2, 7, 7, 10])
    hand_offs = {(dice.randrange(cycle), dice.randrange(24)) for _ in range(dice.choice([1, 1, 2, 3]))}
    hours = [
        routing.Hours(day, time(dice.randrange(0, 12)), time(dice.randrange(12, 24)))
        for day in dice.sample(range(7), dice.choice([0, 0, 3, 5]))
    ]
    return versions.planned(
        dice.sample(people, dice.randrange(0, 4)),
        dice.choice(ZONES),
        (now - timedelta(days=dice.randrange(10, 60))).date(),
        *(routing.HandOff(day, time(hour, 30)) for day, hour in sorted(hand_offs)),
        cycle_days=cycle,
        hours=hours,
    )


def scramble(house: House, dice: random.Random) -> None:
    """New versions of every layer, now and to come, and sixty overrides of every kind over them."""
    with house.operation() as op:
        people = list(op.session.scalars(sa.select(User.id).order_by(User.id)))
        by = house.user(op, BO)
        rotations = load_rotations(op)
        for row in rotations:
            for holds_from in sorted(op.now + dice.randrange(0, 40 * 24) * HOUR for _ in range(2)):
                plans = [odd_part(dice, people, op.now) for _ in range(dice.choice([1, 1, 2]))]
                versions.save(op, row, plans, by, holds_from)
        for number in range(60):
            kind = dice.choice(list(OverrideKind))
            starts_at = op.now + dice.randrange(-24, 40 * 24) * HOUR
            ends_at = starts_at + dice.randrange(1, 120) * HOUR
            replaces = kind is OverrideKind.REPLACE
            op.session.add(
                Override(
                    rotation_id=dice.choice(rotations).id,
                    kind=kind,
                    user_id=dice.choice([*people, None] if replaces else people),
                    instead_of_id=dice.choice([None, dice.choice(people)]) if replaces else None,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    created_at=op.now - timedelta(minutes=100 - number),
                    cancelled_at=dice.choice([None, None, starts_at + (ends_at - starts_at) / 2]),
                )
            )


def in_calendar(data: bytes, at: datetime) -> set[str]:
    """The summaries of what runs at an instant."""
    return {
        str(event["SUMMARY"])
        for event in icalendar.Calendar.from_ical(data).walk("VEVENT")
        if event["DTSTART"].dt <= at < event["DTEND"].dt
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_phone_pages_texts_commands_programs_and_calendars_agree(lite: House, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - no secret
    scramble(lite, dice)
    token = lite.do(lambda op: api_tokens.create(op, lite.user(op, BO), "test"))
    client, shown = lite.app.test_client(), {"Authorization": f"Bearer {token}"}
    seen, sizes = set(), set()
    for _ in range(12):
        lite.clock.advance(dice.randrange(1, 50 * 3600))
        now = lite.clock.now()
        with lite.database.read() as session:
            op = Operation(session, now, lite.settings)
            told = duties(op)
            truth = {duty.rotation_id: tuple(user.id for user in duty.users) for duty in told}
            page = {
                layer.rotation_id: tuple(user.id for user in layer.users)
                for team in schedule.read(op, now + HOUR)
                for layer in team.layers
            }
            phone = {}
            for ladder_id in op.session.scalars(sa.select(Ladder.id)):
                _row, value, resolver = load_ladder(op, ladder_id)
                for rung in value.rungs:
                    if rung.target.kind is TargetKind.ON_CALL:
                        phone[rung.target.id] = resolver.resolve(rung.target, now)
            report = coverage.read(op)
            covered = {key: table.members_at(now) for key, table in report.tables.items()}
            gaps = {
                problem.rotation.id
                for problem in report.problems
                if problem.kind is coverage.Kind.GAP and problem.rotation and problem.spans[0][0] <= now
            }
            assert truth == page == covered
            assert truth.items() >= phone.items()
            assert phone
            assert gaps == {key for key, members in truth.items() if not members}
            text = sms_commands.answer(op, BO, "WHO") or ""
            assert all(f"{duty.layer} {duty.names or 'NOBODY'}" in text for duty in told)
            named = [(duty.team.name, duty.layer, duty.names) for duty in told]
            assert [(row["team"], row["layer"], row["name"]) for row in as_data(op, None, now)] == named
            bo = lite.user(op, BO)
            mine = {
                f"On call: {duty.team.name}, {duty.layer}"
                for duty in told
                if bo.id in {user.id for user in duty.users}
            }
            assert in_calendar(ical.of_person(op, bo), now) == mine
            for team in session.scalars(sa.select(Team)):
                assert in_calendar(ical.of_team(op, team, bo), now) == {
                    f"{user.name}: {duty.layer} ({team.name})"
                    for duty in told
                    if duty.team.id == team.id
                    for user in duty.users
                }
        answer = client.get("/api/v1/on-call", headers=shown).get_json()
        assert [
            (row["team"], row["layer"], ", ".join(member["name"] for member in row["members"]) or None)
            for row in answer["on_call"]
        ] == named
        seen |= set(truth.values())
        sizes |= {len(members) for members in truth.values()}
    assert sizes >= {0, 1, 2}
    assert len(seen) > 6


@pytest.mark.parametrize("seed", [4, 5])
def test_a_calendar_and_the_list_of_shifts_agree_with_the_resolver_instant_by_instant(
    lite: House, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 - no secret
    scramble(lite, dice)
    with lite.operation() as op:
        rows = load_rotations(op)
        roster = Roster(op, rows)
        bo = lite.user(op, BO)
        events = list(icalendar.Calendar.from_ical(ical.of_person(op, bo)).walk("VEVENT"))
        listed = shifts.between(op, op.now - ical.BACK, op.now + ical.AHEAD)
        assert len({str(event["UID"]) for event in events}) == len(events) > 3
        edges = {event[name].dt.astimezone(UTC) for event in events for name in ("DTSTART", "DTEND")}
        instants = {edge + shift for edge in edges for shift in (-timedelta(seconds=1), timedelta())}
        instants |= {op.now + dice.randrange(-30 * 24, 90 * 24) * HOUR for _ in range(100)}
        for at in sorted(instants):
            if not op.now - ical.BACK <= at < op.now + ical.AHEAD:
                continue
            truth = {row.id: set(roster.resolve(row.id, at)) for row in rows}
            running = {
                row.id: {
                    user_id
                    for user_id, mine in turns.items()
                    if any(one.starts_at <= at < one.ends_at for one in mine)
                }
                for row, turns in listed
            }
            assert running == truth
            count = sum(event["DTSTART"].dt <= at < event["DTEND"].dt for event in events)
            assert count == sum(bo.id in members for members in truth.values())
    assert rows
    assert isinstance(rows[0], Rotation)
