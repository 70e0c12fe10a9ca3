"""Taking back migration 0004 changes nobody's duty: what an override no longer covers is cut from its row."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from hotline.db import migrate
from hotline.db.base import new_id
from hotline.db.models import Override, Rotation, Team
from hotline.db.session import Database

START = datetime(2026, 11, 23, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_ended_and_cancelled_overrides_stay_ended_without_the_columns(database_url: str) -> None:
    database = Database(database_url)
    with database.write() as session:
        team = Team(name="Data", time_zone="UTC")
        rotation = Rotation(team=team, layer="primary", time_zone="UTC")
        session.add(rotation)
        session.flush()
        for cancelled in (None, START + HOUR, START - HOUR, START + 9 * HOUR):
            session.add(
                Override(
                    id=new_id(), rotation_id=rotation.id, starts_at=START, ends_at=START + 4 * HOUR,
                    created_at=START - 2 * HOUR, cancelled_at=cancelled,
                )
            )  # fmt: skip
    database.close()
    migrate.downgrade(database_url, "0003")
    engine = sa.create_engine(database_url)
    rows = sa.table("overrides", sa.column("ends_at", Override.__table__.c.ends_at.type))
    with engine.connect() as connection:
        assert sorted(connection.scalars(sa.select(rows.c.ends_at))) == [
            START + HOUR,
            START + 4 * HOUR,
            START + 4 * HOUR,
        ]
    engine.dispose()
