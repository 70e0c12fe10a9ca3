"""What is wrong with the rosters of the next 30 days is found, once, the worst first."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from hotline.db.models import ContactMethod, Leave, LeaveSource, Override, Rotation, Team, User
from hotline.services.coverage import coverage, fairness
from hotline.services.coverage.coverage import Kind, Problem
from hotline.services.operation import Operation
from tests.hotline.house import BO, DEWI, SITI, House

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def problems(house: House, *kinds: Kind) -> list[Problem]:
    found = house.do(lambda op: coverage.read(op).problems)
    return [problem for problem in found if problem.kind in kinds]


def layer(op: Operation, team: str = "Data Platform", name: str = "primary") -> Rotation:
    query = sa.select(Rotation).join(Team).where(Team.name == team, Rotation.layer == name)
    return op.session.scalars(query).one()


def put(op: Operation, row: Rotation, user: User | None, start: datetime, end: datetime) -> None:
    op.session.add(
        Override(
            rotation_id=row.id,
            user_id=None if user is None else user.id,
            starts_at=start,
            ends_at=end,
            created_at=op.now,
        )
    )


def away(op: Operation, user: User, start: datetime, end: datetime) -> None:
    source = LeaveSource(user_id=user.id, label="HR", created_at=op.now, created_by_id=user.id)
    op.session.add(source)
    op.session.flush()
    op.session.add(Leave(source_id=source.id, starts_at=start, ends_at=end, summary="Bali"))


def test_the_demo_world_has_no_hole_and_its_rotations_of_one_are_named(house: House) -> None:
    assert problems(house, Kind.GAP, Kind.NO_ANSWER, Kind.UNREACHABLE, Kind.ON_LEAVE) == []
    alone = problems(house, Kind.ALONE)
    assert {problem.rotation.layer for problem in alone if problem.rotation} == {"manager"}
    assert all(problem.user and problem.spans == () for problem in alone)


def test_a_gap_of_a_layer_is_found_with_its_hours_and_stretches_that_touch_are_one(house: House) -> None:
    with house.operation() as op:
        start = op.now + 4 * DAY
        put(op, layer(op), None, start, start + HOUR)
        put(op, layer(op), None, start + HOUR, start + 3 * HOUR)
        put(op, layer(op), None, start + 10 * DAY, start + 11 * DAY)
    (gap,) = problems(house, Kind.GAP)
    assert gap.spans == ((start, start + 3 * HOUR), (start + 10 * DAY, start + 11 * DAY))
    assert problems(house, Kind.NO_ANSWER) == [], "the layers above still answer"


def test_a_ladder_is_silent_only_where_every_rung_is(house: House) -> None:
    with house.operation() as op:
        start = op.now + 2 * DAY
        for number, name in enumerate(("primary", "backup", "manager")):
            put(op, layer(op, name=name), None, start + number * HOUR, start + 5 * HOUR)
    found = problems(house, Kind.NO_ANSWER)
    assert [problem.spans for problem in found] == [((start + 2 * HOUR, start + 5 * HOUR),)]
    first = house.do(lambda op: coverage.read(op).problems)[0]
    assert first.kind is Kind.NO_ANSWER, "the worst is the first"


def test_who_cannot_be_rung_is_named_with_their_shifts(house: House) -> None:
    with house.operation() as op:
        dewi = house.user(op, DEWI).id
        op.session.execute(
            sa.update(ContactMethod).where(ContactMethod.user_id == dewi).values(verified_at=None)
        )
    (found,) = problems(house, Kind.UNREACHABLE)
    assert found.user is not None
    assert found.user.id == dewi
    assert found.starts_at == house.clock.now()


def test_a_disabled_account_with_a_place_is_named_and_not_twice(house: House) -> None:
    with house.operation() as op:
        house.user(op, BO).disabled_at = op.now
    assert {problem.user.name for problem in problems(house, Kind.DISABLED) if problem.user} == {
        "Bo Lindqvist"
    }
    assert problems(house, Kind.UNREACHABLE) == []


def test_leave_within_a_shift_is_named_for_just_that_time(house: House) -> None:
    with house.operation() as op:
        dewi = house.user(op, DEWI)
        away(op, dewi, op.now + 2 * DAY, op.now + 3 * DAY)
        away(op, dewi, op.now + 6 * DAY, op.now + 9 * DAY)  # her shift ends after seven days
        start = op.now
    (found,) = problems(house, Kind.ON_LEAVE)
    assert found.spans == ((start + 2 * DAY, start + 3 * DAY), (start + 6 * DAY, start + 7 * DAY))


def test_somebody_on_call_in_two_layers_or_two_teams_at_once_is_named_once_a_pair(house: House) -> None:
    before = len(problems(house, Kind.DOUBLE))
    with house.operation() as op:
        start, siti = op.now + DAY, house.user(op, SITI)
        put(op, layer(op), siti, start, start + 2 * HOUR)
        put(op, layer(op), siti, start + 5 * HOUR, start + 6 * HOUR)
    mine = [one for one in problems(house, Kind.DOUBLE) if one.rotation and one.rotation.layer == "primary"]
    found = [one for one in mine if one.other and one.other.team.name == "Data Platform"]
    assert [one.spans for one in found] == [((start, start + 2 * HOUR), (start + 5 * HOUR, start + 6 * HOUR))]
    assert len(problems(house, Kind.DOUBLE)) > before


def test_a_fixed_number_of_queries_however_many_rotations(lite: House) -> None:
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    with lite.database.read() as session:
        sa.event.listen(session.get_bind(), "before_cursor_execute", counted)
        coverage.read(Operation(session, lite.clock.now(), lite.settings))
        sa.event.remove(session.get_bind(), "before_cursor_execute", counted)
    assert 0 < count <= 20


def test_shares_add_up_to_the_time_there_is(house: House) -> None:
    with house.operation() as op:
        teams = {found.team.name: found for found in fairness.read(op)}
        platform = teams["Data Platform"]
        three_layers = 3 * 30 * 24
        assert sum(share.values["hours"] for share in platform.shares) == three_layers
        dewi = next(share for share in platform.shares if share.user.phone == DEWI)
        # 23 November to 23 December, week about: 23 to 30 November, 7 to 14 and 21 to 23 December.
        assert dewi.values == {
            "hours": 16 * 24,
            "nights": 16,
            "weekend_days": 4,
            "shifts": 3,
            "night_pages": 0,
        }
        siti = next(share for share in platform.shares if share.user.phone == SITI)
        assert siti.far["hours"] == 1, "she carries her layer alone"
        assert platform.mean("hours") == three_layers / len(platform.shares)
        assert platform.most("hours") == 30 * 24


def test_pages_at_night_count_where_the_person_lives(house: House) -> None:
    house.clock.advance(14 * 3600)  # 23:00 in Jakarta
    house.report()
    house.worker.tick()
    house.clock.advance(1)
    with house.operation() as op:
        found = {
            share.user.phone: share.values["night_pages"]
            for team in fairness.read(op, is_past=True)
            if team.team.name == "Data Platform"
            for share in team.shares
        }
    assert found[DEWI] == 1
    assert found[BO] == 0


def test_the_past_is_told_by_the_roster_of_then(house: House) -> None:
    with house.operation() as op:
        past = {
            share.user.phone: share.values["hours"]
            for team in fairness.read(op, is_past=True)
            if team.team.name == "Data Platform"
            for share in team.shares
        }
    assert past[SITI] == 90 * 24
    assert past[DEWI] + past[house_mei(house)] == 90 * 24


def house_mei(house: House) -> str:
    with house.operation() as op:
        return op.session.scalars(sa.select(User.phone).where(User.name == "Mei Tan")).one() or ""
