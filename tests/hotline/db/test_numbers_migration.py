"""The one number that a user had before 0003 becomes the first of their contact methods, and comes back."""

import sqlalchemy as sa

from hotline.db import migrate
from hotline.db.base import new_id

_USER = sa.text(
    "INSERT INTO users (id, name, email, role, password_hash, phone, phone_failed_at, language, time_zone)"
    " VALUES (:id, :name, :email, 'engineer', 'x', :phone, :failed, 'en', 'UTC')"
).bindparams(sa.bindparam("id", type_=sa.Uuid()))
_FAILED = "2026-11-20 10:00:00+00:00"


def test_numbers_move_to_their_own_table_and_back(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url, "0002")
    engine = sa.create_engine(empty_database_url)
    people = [("ada", "+6281", None), ("bo", "+6282", _FAILED), ("cy", None, None), ("dee", "+6281", None)]
    with engine.begin() as connection:
        for name, phone, failed in people:
            values = {"id": new_id(), "name": name, "email": name, "phone": phone, "failed": failed}
            connection.execute(_USER, values)
    migrate.upgrade(empty_database_url, "0003")
    query = sa.text(
        "SELECT users.name, value, label, position, verified_at IS NOT NULL, failed_at IS NOT NULL"
        " FROM contact_methods JOIN users ON users.id = user_id ORDER BY users.name"
    )
    with engine.connect() as connection:
        found = [(*row[:4], bool(row[4]), bool(row[5])) for row in connection.execute(query)]
    assert found == [
        ("ada", "+6281", "Mobile", 0, True, False),
        ("bo", "+6282", "Mobile", 0, True, True),
        ("dee", "+6281", "Mobile", 0, False, False),
    ], "a number that two shared is verified for one of them only"
    migrate.downgrade(empty_database_url, "0002")
    with engine.connect() as connection:
        rows = connection.execute(
            sa.text("SELECT name, phone, phone_failed_at FROM users ORDER BY name")
        ).all()
    assert [(name, phone, failed is not None) for name, phone, failed in rows] == [
        ("ada", "+6281", False),
        ("bo", "+6282", True),
        ("cy", None, False),
        ("dee", None, False),
    ]
    engine.dispose()
