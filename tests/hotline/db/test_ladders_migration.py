"""Ladders with one layer a rung get targets, and of targets what fits the columns of before is taken back."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hotline.db import migrate
from hotline.db.models import (
    Ladder,
    Role,
    Rotation,
    Rung,
    RungTarget,
    TargetKind,
    Team,
    User,
)


def test_targets_come_and_go_with_their_rungs(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url)
    engine = sa.create_engine(empty_database_url)
    with Session(engine) as session, session.begin():
        team = Team(name="Data", time_zone="UTC")
        user = User(
            name="Bo", email="bo@example.com", role=Role.ENGINEER, time_zone="UTC", language="en",
            password_hash="x",
        )  # fmt: skip
        session.add_all([team, user])
        session.flush()
        primary, manager = (
            Rotation(team_id=team.id, layer=name, time_zone="UTC", is_manager=name == "Manager")
            for name in ("primary", "Manager")
        )
        session.add_all([primary, manager])
        session.flush()
        row = Ladder(name="Night", team_id=team.id, repeats=3)
        session.add(row)
        session.flush()
        row.fallback_id = row.id
        bo = {"kind": TargetKind.PERSON, "user_id": user.id}
        row.rungs = [
            Rung(
                position=0,
                delay_seconds=0,
                targets=[RungTarget(place=0, **bo), RungTarget(place=1, rotation_id=primary.id)],
            ),
            Rung(position=1, delay_seconds=60, targets=[RungTarget(**bo)]),
            Rung(position=2, delay_seconds=90, targets=[RungTarget(rotation_id=manager.id)]),
        ]
    migrate.downgrade(empty_database_url, "0008")
    query = (
        "SELECT rungs.position, delay_seconds, layer FROM rungs JOIN rotations ON rotations.id = rotation_id"
    )
    with engine.connect() as connection:
        left = [tuple(found) for found in connection.execute(sa.text(query + " ORDER BY rungs.position"))]
    assert left == [(0, 0, "primary"), (2, 90, "Manager")]
    migrate.upgrade(empty_database_url)
    with Session(engine) as session:
        targets = session.scalars(sa.select(RungTarget).order_by(RungTarget.position)).all()
        assert [(one.position, one.place, one.kind) for one in targets] == [
            (0, 0, TargetKind.ON_CALL),
            (2, 0, TargetKind.ON_CALL),
        ]
        marked = session.scalars(sa.select(Rotation.layer).where(Rotation.is_manager)).all()
        assert marked == ["Manager"]
        (ladder,) = session.scalars(sa.select(Ladder)).all()
        assert (ladder.repeats, ladder.fallback_id, ladder.ended_at) == (None, None, None)
    engine.dispose()
