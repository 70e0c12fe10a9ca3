"""Taking over, putting somebody on call and ending that early: one winner, everybody told, nothing lost."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.db.base import new_id
from hotline.db.models import ContactMethod, Override, OverrideKind, Rotation, Team, User
from hotline.errors import NotFoundError
from hotline.services.on_call.rosters import Roster, duties, load_rotations
from hotline.services.operation import Operation
from hotline.services.planning import overrides, planning
from hotline.services.planning.overrides import Refusal, RefusedError
from hotline.services.planning.plans import OverridePlan
from tests.hotline.house import ADA, BO, DEWI, NADIA, SITI, House, at_once

MEI = "+6590000105"
JOOST = "+31610000106"
HOUR = timedelta(hours=1)


def rotation(op: Operation, layer: str = "primary", team: str = "Data Platform") -> uuid.UUID:
    query = sa.select(Rotation.id).join(Team).where(Rotation.layer == layer, Team.name == team)
    return op.session.scalars(query).one()


def who(house: House, layer: str = "primary", at: datetime | None = None) -> str | None:
    def look(op: Operation) -> str | None:
        found = {(duty.team.name, duty.layer): duty.users for duty in duties(op, at=at)}
        users = found["Data Platform", layer]
        return users[0].phone if users else None

    answer: str | None = house.do(look)
    return answer


def take(house: House, phone: str, instead_of: str | None = DEWI, lasting: timedelta | None = None) -> Any:
    def work(op: Operation) -> overrides.TakenOver:
        shown = None if instead_of is None else house.user(op, instead_of).id
        return overrides.take_over(op, rotation(op), house.user(op, phone), shown, lasting)

    return house.do(work)


def put(
    house: House,
    phone: str | None,
    start: timedelta,
    end: timedelta,
    by: str = SITI,
    reason: str | None = None,
    nobody_confirmed: bool = False,
) -> Override | None:
    def work(op: Operation) -> Override | None:
        person = None if phone is None else house.user(op, phone).id
        return put_in(op, house, person, (start, end), by, reason, nobody_confirmed)

    made: Override | None = house.do(work)
    return made


def put_in(
    op: Operation,
    house: House,
    user_id: uuid.UUID | None,
    span: tuple[timedelta, timedelta],
    by: str = SITI,
    reason: str | None = None,
    nobody_confirmed: bool = False,
) -> Override | None:
    """A manager looks and saves; None when that changes nobody's duty."""
    starts_at, ends_at = op.now + span[0], op.now + span[1]
    plan = OverridePlan(
        new_id(), rotation(op), OverrideKind.REPLACE, user_id, None, starts_at, ends_at, reason
    )
    outcome = planning.look(op, plan, house.user(op, by))
    if outcome.is_nothing:
        return None
    planning.save(op, plan, house.user(op, by), outcome.digest, gaps_confirmed=nobody_confirmed)
    return op.session.get_one(Override, plan.id)


def end(house: House, override: Override, by: str) -> bool:
    done: bool = house.do(lambda op: overrides.end(op, override.id, house.user(op, by)))
    return done


def refused(act: Any, *args: Any, **options: Any) -> Refusal:
    with pytest.raises(RefusedError) as caught:
        act(*args, **options)
    return caught.value.why


def texts(house: House, phone: str) -> list[str]:
    return [message.body for message in house.messages(phone)]


def test_a_colleague_takes_over_to_the_end_of_the_shift_and_everybody_is_told(house: House) -> None:
    taken = take(house, BO)
    assert taken.is_new
    assert who(house) == BO
    assert who(house, at=taken.until) == MEI, "the turn after is the rotation's own"
    assert any("Bo Lindqvist piket menggantikan Anda" in text for text in texts(house, DEWI))
    assert any("Bo Lindqvist took over" in text for text in texts(house, SITI))
    assert texts(house, BO) == []


def test_a_second_tap_changes_nothing_and_tells_nobody_again(house: House) -> None:
    take(house, BO)
    sent = house.count(type(house.outbox()[0]))
    house.clock.advance(3)
    assert not take(house, BO).is_new
    assert house.count(Override) == 1
    assert house.count(type(house.outbox()[0])) == sent


def test_of_two_who_take_over_at_once_one_wins_and_the_other_is_told_who(house: House) -> None:
    def attempt(phone: str) -> Any:
        try:
            return take(house, phone)
        except RefusedError as error:
            return error.why, error.who, error.since

    results = at_once(lambda: attempt(BO), lambda: attempt(ADA))
    (lost,) = [result for result in results if isinstance(result, tuple)]
    winner = {BO: "Bo Lindqvist", ADA: "Ada Okafor"}[who(house) or ""]
    assert lost == (Refusal.CHANGED, winner, house.clock.now())
    assert house.count(Override) == 1


def test_taking_over_for_some_hours_ends_by_itself(house: House) -> None:
    take(house, BO, lasting=4 * HOUR)
    now = house.clock.now()
    assert who(house, at=now + 4 * HOUR - timedelta(seconds=1)) == BO
    assert who(house, at=now + 4 * HOUR) == DEWI


def test_only_people_of_the_team_and_managers_take_over(house: House) -> None:
    assert refused(take, house, JOOST) is Refusal.NOT_IN_TEAM
    assert take(house, NADIA).is_new, "an admin may plan rosters"


def test_whoever_cannot_be_rung_is_not_put_on_call(house: House) -> None:
    with house.operation() as op:
        op.session.execute(sa.delete(ContactMethod).where(ContactMethod.value == BO))
        op.session.execute(
            sa.update(ContactMethod).where(ContactMethod.value == ADA).values(failed_at=op.now - HOUR)
        )
        op.session.execute(sa.update(User).where(User.name == "Mei Tan").values(disabled_at=op.now))
        bo = op.session.scalars(sa.select(User.id).where(User.name == "Bo Lindqvist")).one()

    def put_bo(op: Operation) -> None:
        put_in(op, house, bo, (timedelta(0), HOUR))

    assert refused(house.do, put_bo) is Refusal.NO_NUMBER
    assert refused(put, house, ADA, HOUR, 2 * HOUR) is Refusal.BAD_NUMBER
    assert refused(put, house, MEI, HOUR, 2 * HOUR) is Refusal.DISABLED
    assert house.count(Override) == 0


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        (2 * HOUR, HOUR, Refusal.BACKWARDS),
        (HOUR, HOUR, Refusal.BACKWARDS),
        (-2 * HOUR, -HOUR, Refusal.PAST),
        (-HOUR, HOUR, Refusal.PAST),
        (HOUR, timedelta(days=91), Refusal.TOO_LONG),
        (timedelta(days=400), timedelta(days=401), Refusal.TOO_FAR),
    ],
)
def test_a_span_that_makes_no_sense_is_refused(
    lite: House, start: timedelta, end: timedelta, why: Refusal
) -> None:
    assert refused(put, lite, BO, start, end) is why
    assert lite.count(Override) == 0


def test_what_began_a_moment_ago_begins_now(lite: House) -> None:
    made = put(lite, BO, timedelta(minutes=-10), HOUR)
    assert made is not None
    assert made.starts_at == lite.clock.now()


def test_a_manager_puts_somebody_on_call_and_both_are_told(house: House) -> None:
    made = put(house, BO, HOUR, 2 * HOUR, reason="Dewi flies")
    assert made is not None
    assert (made.created_by_id, made.reason) == (made.created_by_id, "Dewi flies")
    assert [who(house, at=house.clock.now() + hours * HOUR) for hours in (0, 1, 2)] == [DEWI, BO, DEWI]
    assert any("Siti Rahmawati put you on call" in text for text in texts(house, BO))
    assert any("Bo Lindqvist piket menggantikan Anda" in text for text in texts(house, DEWI))
    assert put(house, BO, HOUR, 2 * HOUR) is None, "the second time it is so already"
    assert house.count(Override) == 1


def test_an_engineer_puts_nobody_else_on_call(house: House) -> None:
    assert refused(put, house, ADA, HOUR, 2 * HOUR, by=BO) is Refusal.NOT_YOURS


def test_nobody_needs_a_confirmation_and_is_shouted_about(house: House) -> None:
    assert refused(put, house, None, HOUR, 2 * HOUR) is Refusal.NOBODY
    assert put(house, None, HOUR, 2 * HOUR, nobody_confirmed=True) is not None
    assert who(house, at=house.clock.now() + HOUR) is None
    for phone in (SITI, NADIA, DEWI):
        assert any("NOBODY" in text or "TIDAK ADA" in text for text in texts(house, phone)), phone


def test_ending_an_override_early_keeps_its_row_and_tells_who_is_back(house: House) -> None:
    made = put(house, BO, timedelta(0), 6 * HOUR)
    assert made is not None
    began = house.clock.now()
    house.clock.advance(3600)
    assert end(house, made, BO), "the person whom it puts on call may end it"
    assert who(house) == DEWI
    kept = house.one(Override)
    assert (kept.starts_at, kept.ends_at) == (began, began + 6 * HOUR)
    assert kept.cancelled_at == house.clock.now()
    assert who(house, at=began) == BO, "who was on call stays known"
    assert any("Anda kembali piket" in text for text in texts(house, DEWI))
    assert not end(house, made, BO), "the second tap finds it ended"


def test_an_override_that_is_cancelled_before_it_begins_never_holds(house: House) -> None:
    made = put(house, BO, HOUR, 2 * HOUR)
    assert made is not None
    assert end(house, made, SITI)
    assert who(house, at=house.clock.now() + HOUR) == DEWI
    assert any("Siti Rahmawati ended your override" in text for text in texts(house, BO))


def test_a_bystander_ends_no_override_and_nobody_ends_what_is_not_there(house: House) -> None:
    made = put(house, BO, HOUR, 2 * HOUR)
    assert made is not None
    assert refused(end, house, made, ADA) is Refusal.NOT_YOURS
    with pytest.raises(NotFoundError):
        house.do(lambda op: overrides.end(op, uuid.uuid4(), house.user(op, SITI)))
    with pytest.raises(NotFoundError):
        house.do(lambda op: overrides.locked(op, uuid.uuid4()))


def test_only_a_manager_ends_an_override_where_nobody_would_be_left(house: House) -> None:
    put(house, None, HOUR, 3 * HOUR, nobody_confirmed=True)
    made = put(house, BO, HOUR, 2 * HOUR)
    assert made is not None
    assert refused(end, house, made, BO) is Refusal.NOBODY
    assert who(house, at=house.clock.now() + HOUR) == BO
    assert end(house, made, SITI)
    assert who(house, at=house.clock.now() + HOUR) is None


def test_a_double_booking_is_known(lite: House) -> None:
    def look(op: Operation) -> list[str]:
        rows = overrides.elsewhere(
            op, lite.user(op, BO).id, op.now, op.now + HOUR, but=rotation(op, "primary")
        )
        return [f"{row.team.name} {row.layer}" for row in rows]

    assert "Data Platform backup" in lite.do(look)


def test_who_is_on_call_takes_as_many_queries_for_many_people_as_for_few(lite: House) -> None:
    def count(op: Operation) -> int:
        found: list[str] = []

        def heard(*args: Any) -> None:
            found.append(args[2])

        engine = lite.database.engine
        sa.event.listen(engine, "before_cursor_execute", heard)
        duties(op)
        sa.event.remove(engine, "before_cursor_execute", heard)
        return len(found)

    with lite.database.read() as session:
        few = count(Operation(session, lite.clock.now(), lite.settings))
    put(lite, MEI, timedelta(0), HOUR)
    take(lite, ADA, instead_of=MEI)
    with lite.database.read() as session:
        many = count(Operation(session, lite.clock.now(), lite.settings))
    assert few == many <= 7


def test_an_ended_override_resolves_alike_at_every_minute(lite: House) -> None:
    """The timetable that pages draw and the answer that the phone asks for are the same throughout."""
    made = put(lite, BO, timedelta(0), 5 * HOUR)
    assert made is not None
    put(lite, ADA, HOUR, 3 * HOUR)
    lite.clock.advance(2 * 3600)
    end(lite, made, SITI)
    start = lite.clock.now() - 3 * HOUR
    with lite.operation() as op:
        rows = load_rotations(op)
        roster = Roster(op, rows)
        for row in rows:
            table = roster.timetable(row.id, start, start + timedelta(hours=9))
            for minute in range(9 * 60):
                at = start + timedelta(minutes=minute)
                assert table.members_at(at) == roster.resolve(row.id, at)
