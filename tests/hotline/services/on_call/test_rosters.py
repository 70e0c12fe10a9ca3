"""The roster's rows say who is on call exactly as the pure rules do."""

import uuid
from datetime import time, timedelta

import sqlalchemy as sa

import routing
from hotline.db.models import Ladder, Override, Rotation, User
from hotline.services.on_call.rosters import duties, load_ladder
from hotline.services.operation import Operation
from tests.hotline.house import ADA, BO, DEWI, House


def on_call(house: House) -> dict[tuple[str, str], str | None]:
    def look(op: Operation) -> dict[tuple[str, str], str | None]:
        return {
            (duty.team.name, duty.layer): duty.users[0].phone if duty.users else None for duty in duties(op)
        }

    return house.do(look)


def test_every_layer_of_every_team_is_answered_for(house: House) -> None:
    found = on_call(house)
    assert len(found) == 6
    assert found["Data Platform", "primary"] == DEWI
    assert found["Data Platform", "backup"] == BO


def parts(row: Rotation) -> tuple[routing.Part[uuid.UUID], ...]:
    """The parts of its only version, read by hand."""
    return tuple(
        routing.Part(
            part.time_zone,
            part.starts_on,
            tuple(member.user_id for member in part.members),
            part.cycle_days,
            tuple(routing.HandOff(day, time.fromisoformat(at)) for day, at in part.hand_offs),
        )
        for part in row.versions[0].parts
    )


def test_the_rows_agree_with_the_rules_over_eight_weeks(lite: House) -> None:
    """Every seven hours: what the service resolves is what the rotation's own arithmetic gives."""
    with lite.database.read() as session:
        rows = list(session.scalars(sa.select(Rotation)))
        values = {
            row.id: routing.Rotation(row.id, row.layer, (routing.Version(None, parts(row)),)) for row in rows
        }
    seen = set()
    for _ in range(8 * 24):
        with lite.operation() as op:
            for ladder in op.session.scalars(sa.select(Ladder)):
                _row, value, roster = load_ladder(op, ladder.id)
                for rung in value.rungs:
                    expected = routing.on_call(values[rung.target.id], [], op.now).members
                    assert roster.resolve(rung.target, op.now) == expected
                    seen.add(expected)
        lite.clock.advance(7 * 3600)
    assert len(seen) >= 6, "people took turns"


def test_an_override_holds_for_its_span_and_the_latest_made_wins(house: House) -> None:
    now = house.clock.now()

    def override(op: Operation, phone: str | None, made: int) -> None:
        rotation = op.session.scalars(
            sa.select(Rotation).join(Rotation.team).where(Rotation.layer == "primary").order_by(Rotation.id)
        ).first()
        assert rotation is not None
        user = None if phone is None else op.session.scalars(sa.select(User).where(User.phone == phone)).one()
        op.session.add(
            Override(
                rotation_id=rotation.id,
                user_id=None if user is None else user.id,
                starts_at=now,
                ends_at=now + timedelta(hours=2),
                created_at=now + timedelta(seconds=made),
            )
        )

    before = on_call(house)
    house.do(lambda op: override(op, ADA, 1))
    assert ADA in {phone for (_team, layer), phone in on_call(house).items() if layer == "primary"}
    house.do(lambda op: override(op, None, 2))
    assert None in on_call(house).values()
    house.clock.advance(7200)
    assert on_call(house) == before


def test_a_rung_with_nobody_is_skipped_at_once_and_shouted_about(house: House) -> None:
    def nobody(op: Operation) -> None:
        for rotation in op.session.scalars(sa.select(Rotation).where(Rotation.layer == "primary")):
            op.session.add(
                Override(
                    rotation_id=rotation.id,
                    user_id=None,
                    starts_at=op.now,
                    ends_at=op.now + timedelta(days=1),
                    created_at=op.now,
                )
            )

    house.do(nobody)
    incident = house.report()
    house.worker.tick()
    assert [order.to for order in house.network.calls.values()] == [BO]
    assert "rung-skipped" in house.events(incident)
    assert any("nobody is on call" in order.body for order in house.network.messages.values())
