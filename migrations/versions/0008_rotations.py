"""Rotations in versions: what is changed today leaves yesterday as it was.

Taking it back keeps the first part of the version that is in force now, which is all that fits the
columns of before; overrides that add, remove or replace one of several are dropped.
"""

from datetime import UTC, datetime, time

import sqlalchemy as sa
from alembic import op

from hotline.db.base import UtcDateTime, new_id

revision = "0008"
down_revision = "0007"

_ROTATIONS = sa.table(
    "rotations",
    sa.column("id", sa.Uuid()),
    sa.column("time_zone"),
    sa.column("starts_on", sa.Date()),
    sa.column("hand_off", sa.Time()),
    sa.column("shift_days"),
)
_OLD_MEMBERS = sa.table(
    "rotation_members",
    sa.column("rotation_id", sa.Uuid()),
    sa.column("position"),
    sa.column("user_id", sa.Uuid()),
)
_VERSIONS = sa.table(
    "rotation_versions",
    sa.column("id", sa.Uuid()),
    sa.column("rotation_id", sa.Uuid()),
    sa.column("number"),
    sa.column("holds_from", UtcDateTime()),
    sa.column("holds_until", UtcDateTime()),
    sa.column("created_at", UtcDateTime()),
)
_PARTS = sa.table(
    "rotation_parts",
    sa.column("id", sa.Uuid()),
    sa.column("version_id", sa.Uuid()),
    sa.column("position"),
    sa.column("name"),
    sa.column("time_zone"),
    sa.column("starts_on", sa.Date()),
    sa.column("cycle_days"),
    sa.column("hand_offs", sa.JSON()),
    sa.column("hours", sa.JSON()),
)
_MEMBERS = sa.table(
    "part_members",
    sa.column("part_id", sa.Uuid()),
    sa.column("position"),
    sa.column("user_id", sa.Uuid()),
)
_OVERRIDES = sa.table(
    "overrides", sa.column("id", sa.Uuid()), sa.column("kind"), sa.column("instead_of_id", sa.Uuid())
)
_COVER = sa.table("cover_requests", sa.column("override_id", sa.Uuid()))


def upgrade() -> None:
    """Apply the change."""
    _create()
    _fill()
    op.drop_table("rotation_members")
    with op.batch_alter_table("rotations") as batch:
        batch.add_column(sa.Column("ended_at", UtcDateTime(), nullable=True))
        for name in ("starts_on", "hand_off", "shift_days"):
            batch.drop_column(name)
    with op.batch_alter_table("overrides") as batch:
        batch.add_column(sa.Column("kind", sa.String(32), nullable=False, server_default="replace"))
        batch.add_column(sa.Column("instead_of_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(batch.f("fk_overrides_instead_of_id"), "users", ["instead_of_id"], ["id"])
    with op.batch_alter_table("overrides") as batch:
        batch.alter_column("kind", existing_type=sa.String(32), server_default=None)


def downgrade() -> None:
    """Take it back."""
    connection = op.get_bind()
    of_one = sa.or_(_OVERRIDES.c.kind != "replace", _OVERRIDES.c.instead_of_id.is_not(None))
    gone = sa.select(_OVERRIDES.c.id).where(of_one)
    connection.execute(sa.update(_COVER).where(_COVER.c.override_id.in_(gone)).values(override_id=None))
    connection.execute(sa.delete(_OVERRIDES).where(of_one))
    with op.batch_alter_table("overrides") as batch:
        batch.drop_constraint(batch.f("fk_overrides_instead_of_id"), type_="foreignkey")
        batch.drop_column("instead_of_id")
        batch.drop_column("kind")
    with op.batch_alter_table("rotations") as batch:
        batch.drop_column("ended_at")
        batch.add_column(sa.Column("starts_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("hand_off", sa.Time(), nullable=True))
        batch.add_column(sa.Column("shift_days", sa.Integer(), nullable=True))
    op.create_table(
        "rotation_members",
        sa.Column("rotation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rotation_id"], ["rotations.id"], name=op.f("fk_rotation_members_rotation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_rotation_members_user_id")),
        sa.PrimaryKeyConstraint("rotation_id", "position", name=op.f("pk_rotation_members")),
    )
    _take_back()
    with op.batch_alter_table("rotations") as batch:
        for name, kind in (("starts_on", sa.Date()), ("hand_off", sa.Time()), ("shift_days", sa.Integer())):
            batch.alter_column(name, existing_type=kind, nullable=False)
    op.drop_index(op.f("ix_part_members_user_id"), "part_members")
    for name in ("part_members", "rotation_parts", "rotation_versions"):
        op.drop_table(name)


def _create() -> None:
    op.create_table(
        "rotation_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rotation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("holds_from", UtcDateTime(), nullable=True),
        sa.Column("holds_until", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(300), nullable=True),
        sa.ForeignKeyConstraint(
            ["rotation_id"], ["rotations.id"], name=op.f("fk_rotation_versions_rotation_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_rotation_versions_created_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotation_versions")),
        sa.UniqueConstraint("rotation_id", "number", name=op.f("uq_rotation_versions_rotation_id_number")),
    )
    op.create_table(
        "rotation_parts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("cycle_days", sa.Integer(), nullable=False),
        sa.Column("hand_offs", sa.JSON(), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["rotation_versions.id"], name=op.f("fk_rotation_parts_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotation_parts")),
        sa.UniqueConstraint("version_id", "position", name=op.f("uq_rotation_parts_version_id_position")),
    )
    op.create_table(
        "part_members",
        sa.Column("part_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["part_id"], ["rotation_parts.id"], name=op.f("fk_part_members_part_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_part_members_user_id")),
        sa.PrimaryKeyConstraint("part_id", "position", name=op.f("pk_part_members")),
    )
    op.create_index(op.f("ix_part_members_user_id"), "part_members", ["user_id"])


def _fill() -> None:
    """Every rotation becomes one version, in force from ever, of one part."""
    connection = op.get_bind()
    now = datetime.now(UTC)
    for row in connection.execute(sa.select(_ROTATIONS)).all():
        version_id, part_id = new_id(), new_id()
        connection.execute(
            sa.insert(_VERSIONS).values(id=version_id, rotation_id=row.id, number=1, created_at=now)
        )
        connection.execute(
            sa.insert(_PARTS).values(
                id=part_id,
                version_id=version_id,
                position=0,
                name="",
                time_zone=row.time_zone,
                starts_on=row.starts_on,
                cycle_days=row.shift_days,
                hand_offs=[[0, row.hand_off.isoformat("seconds" if row.hand_off.second else "minutes")]],
                hours=[],
            )
        )
        members = sa.select(_OLD_MEMBERS).where(_OLD_MEMBERS.c.rotation_id == row.id)
        for member in connection.execute(members).all():
            connection.execute(
                sa.insert(_MEMBERS).values(part_id=part_id, position=member.position, user_id=member.user_id)
            )


def _take_back() -> None:
    connection, now = op.get_bind(), datetime.now(UTC)
    for rotation_id in connection.scalars(sa.select(_ROTATIONS.c.id)).all():
        latest = (
            sa.select(_VERSIONS.c.id)
            .where(
                _VERSIONS.c.rotation_id == rotation_id,
                sa.or_(_VERSIONS.c.holds_from.is_(None), _VERSIONS.c.holds_from <= now),
                sa.or_(_VERSIONS.c.holds_until.is_(None), _VERSIONS.c.holds_until > now),
            )
            .order_by(_VERSIONS.c.number.desc())
            .limit(1)
            .scalar_subquery()
        )
        part = connection.execute(
            sa.select(_PARTS).where(_PARTS.c.version_id == latest).order_by(_PARTS.c.position).limit(1)
        ).first()
        if part is None:
            values = {"starts_on": datetime.now(UTC).date(), "hand_off": time(9), "shift_days": 7}
        else:
            values = {
                "starts_on": part.starts_on,
                "hand_off": time.fromisoformat(part.hand_offs[0][1]),
                "shift_days": max(1, part.cycle_days // len(part.hand_offs)),
            }
        connection.execute(sa.update(_ROTATIONS).where(_ROTATIONS.c.id == rotation_id).values(**values))
        if part is None:
            continue
        members = sa.select(_MEMBERS).where(_MEMBERS.c.part_id == part.id)
        for member in connection.execute(members).all():
            connection.execute(
                sa.insert(_OLD_MEMBERS).values(
                    rotation_id=rotation_id, position=member.position, user_id=member.user_id
                )
            )
