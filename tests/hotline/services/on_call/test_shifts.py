"""Everybody who asks who is on call gets one answer, and shifts add up, whatever the clocks do."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

import routing
from hotline.cli.on_call import as_data
from hotline.db.models import Ladder, Override, Rotation, User
from hotline.services.calendars import schedule
from hotline.services.on_call import neighbours, shifts
from hotline.services.on_call.rosters import duties
from hotline.services.operation import Operation
from hotline.services.response import dispatch
from hotline.services.texting import sms_commands
from tests.hotline.house import BO, DEWI, House

HOUR = timedelta(hours=1)


def scatter_overrides(house: House, dice: random.Random) -> None:
    """Forty overrides over eight weeks: long, short, over each other, with nobody, ended early."""
    with house.operation() as op:
        rotations = list(op.session.scalars(sa.select(Rotation.id).order_by(Rotation.id)))
        people = list(op.session.scalars(sa.select(User.id).order_by(User.id)))
        for number in range(40):
            starts_at = op.now + dice.randrange(-24, 56 * 24) * HOUR
            ends_at = starts_at + dice.randrange(1, 200) * HOUR
            cancelled = dice.choice([None, None, starts_at - HOUR, starts_at + (ends_at - starts_at) / 2])
            op.session.add(
                Override(
                    rotation_id=dice.choice(rotations),
                    user_id=dice.choice([*people, None]),
                    starts_at=starts_at,
                    ends_at=ends_at,
                    created_at=op.now - timedelta(minutes=100 - number),
                    cancelled_at=cancelled,
                )
            )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_phone_page_text_message_and_command_agree_at_any_instant(lite: House, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - no secret
    scatter_overrides(lite, dice)
    seen = set()
    for _ in range(25):
        lite.clock.advance(dice.randrange(1, 40 * 3600))
        with lite.database.read() as session:
            op = Operation(session, lite.clock.now(), lite.settings)
            by_rotation = {duty.rotation_id: [user.id for user in duty.users] for duty in duties(op)}
            drawn = {
                layer.rotation_id: [user.id for user in layer.users]
                for team in schedule.read(op, op.now + HOUR)
                for layer in team.layers
            }
            first = {
                layer.rotation_id: [user.id for user in layer.pieces[0].users]
                for team in schedule.read(op, op.now + HOUR)
                for layer in team.layers
            }
            command = [
                (row["team"], row["layer"], row["name"])
                for row in json.loads(json.dumps(as_data(op, None, op.now)))
            ]
            named = [(duty.team.name, duty.layer, duty.names) for duty in duties(op)]
            bo = lite.user(op, BO)
            text = sms_commands.answer(op, BO, "WHO") or ""
            phone = {}
            for ladder_id in op.session.scalars(sa.select(Ladder.id)):
                _row, value, roster = dispatch.load_ladder(op, ladder_id)
                phone |= {rung.target.id: [*roster.resolve(rung.target, op.now)] for rung in value.rungs}
            mine = {found.duty.rotation_id for found in neighbours.on_duty(op, bo.id)}
            running = {shift.rotation_id for shift in shifts.of(op, bo.id, "UTC").running(op.now)}
            assert drawn == first == phone == by_rotation
            assert command == named
            assert mine == running == {key for key, user_ids in by_rotation.items() if bo.id in user_ids}
            for _team, layer, name in named:
                assert f"{layer} {name or 'NOBODY'}" in text
            seen |= {tuple(user_ids) for user_ids in by_rotation.values()}
    assert () in seen
    assert len(seen) > 4


def test_a_shift_that_runs_is_shown_from_its_start_to_its_end(house: House) -> None:
    house.clock.advance(3600)
    with house.operation() as op:
        found = shifts.of(op, house.user(op, DEWI).id, "Asia/Jakarta")
    (now,) = found.running(op.now)
    assert (now.starts_at, now.ends_at) == (op.now - HOUR, op.now - HOUR + timedelta(days=7))
    assert (now.nights("Asia/Jakarta"), now.weekend_days("Asia/Jakarta")) == (7, 2)
    following = found.next(op.now)
    assert following is not None
    assert following.starts_at == now.ends_at + timedelta(days=7), "Mei has the week between"
    assert all(shift.starts_at < op.now + shifts.AHEAD for shift in found.ahead)


def test_the_hours_of_a_month_are_what_falls_into_it(lite: House) -> None:
    """She has 26 October to 2 November, 9 to 16 and 23 to 30 November, each from 09:00 to 09:00."""
    with lite.operation() as op:
        month = shifts.of(op, lite.user(op, DEWI).id, "Asia/Jakarta").month
    assert month.first == date(2026, 11, 1)
    assert month.hours == 33 + 7 * 24 + 7 * 24
    assert month.hours_so_far == 33 + 7 * 24


def test_an_hour_in_two_layers_at_once_is_one_hour(lite: House) -> None:
    before = lite.do(lambda op: shifts.of(op, lite.user(op, DEWI).id, "Asia/Jakarta").month.hours)
    with lite.operation() as op:
        backup = sa.select(Rotation.id).where(Rotation.layer == "backup").order_by(Rotation.id)
        for rotation_id in op.session.scalars(backup).all():
            op.session.add(
                Override(
                    rotation_id=rotation_id,
                    user_id=lite.user(op, DEWI).id,
                    starts_at=op.now - 2 * HOUR,
                    ends_at=op.now + 2 * HOUR,
                    created_at=op.now,
                )
            )
    after = lite.do(lambda op: shifts.of(op, lite.user(op, DEWI).id, "Asia/Jakarta").month.hours)
    assert after == before + 2, "only the two hours before her own shift are new"


@pytest.mark.parametrize(
    ("day", "length"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)],
)
def test_a_day_is_as_long_as_the_clocks_make_it(day: date, length: int) -> None:
    begins = shifts.day_begins(day, "Europe/Berlin")
    assert shifts.day_begins(day + timedelta(days=1), "Europe/Berlin") - begins == length * HOUR


@pytest.mark.parametrize(
    ("wall", "expected"),
    [
        ("2026-03-29T02:30", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),  # does not exist: forward
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice: the first
    ],
)
def test_a_local_time_that_is_odd_is_resolved_by_the_rule(wall: str, expected: datetime) -> None:
    assert routing.first_instant(datetime.fromisoformat(wall), ZoneInfo("Europe/Berlin")) == expected


def test_nights_and_weekends_are_counted_where_somebody_lives() -> None:
    def shift(start: datetime, hours: float) -> shifts.MyShift:
        begins = start.astimezone(UTC)
        return shifts.MyShift(None, None, "primary", begins, begins + hours * HOUR, False)  # type: ignore[arg-type]

    berlin = ZoneInfo("Europe/Berlin")
    evening = shift(datetime(2026, 11, 20, 18, tzinfo=berlin), 4)  # a Friday, until night begins
    assert (evening.nights("Europe/Berlin"), evening.weekend_days("Europe/Berlin")) == (0, 0)
    longer = shift(datetime(2026, 11, 20, 18, tzinfo=berlin), 6.5)
    assert (longer.nights("Europe/Berlin"), longer.weekend_days("Europe/Berlin")) == (1, 1)
    assert longer.nights("America/New_York") == 0


def test_the_ladder_around_somebody_is_named(house: House) -> None:
    with house.operation() as op:
        (found,) = [
            one
            for one in neighbours.on_duty(op, house.user(op, BO).id)
            if one.duty.team.name == "Data Platform"
        ]
    assert found.is_rung
    assert found.before is not None
    assert found.after is not None
    assert (found.before.names, found.after.layer) == ("Dewi Santoso", "manager")


def test_somebody_without_a_rotation_has_no_shifts_and_knows_it(lite: House) -> None:
    with lite.operation() as op:
        nadia = op.session.scalars(sa.select(User.id).where(User.name.startswith("Nadia"))).one()
        found = shifts.of(op, nadia, "UTC")
    assert (list(found.ahead), found.is_in_a_rotation, found.month.hours) == ([], False, 0)
