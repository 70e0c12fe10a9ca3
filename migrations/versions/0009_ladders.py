"""Ladders: whom a rung rings, what comes after the last, and which ladder a contract's product has.

Taking it back keeps of every rung the first layer that it rings; rungs that ring people and teams alone
are dropped, for the columns of before have no room for them. The rungs that are left keep their order.
"""

import sqlalchemy as sa
from alembic import op

from hotline.db.base import UtcDateTime

revision = "0009"
down_revision = "0008"

_RUNGS = sa.table(
    "rungs",
    sa.column("ladder_id", sa.Uuid()),
    sa.column("position", sa.Integer()),
    sa.column("rotation_id", sa.Uuid()),
)
_TARGETS = sa.table(
    "rung_targets",
    sa.column("ladder_id", sa.Uuid()),
    sa.column("position", sa.Integer()),
    sa.column("place", sa.Integer()),
    sa.column("kind", sa.String()),
    sa.column("rotation_id", sa.Uuid()),
)
_ROTATIONS = sa.table("rotations", sa.column("layer", sa.String()), sa.column("is_manager", sa.Boolean()))
_ONE_TARGET = (
    "(kind = 'on_call' AND rotation_id IS NOT NULL AND user_id IS NULL AND team_id IS NULL)"
    " OR (kind = 'person' AND user_id IS NOT NULL AND rotation_id IS NULL AND team_id IS NULL)"
    " OR (kind IN ('team', 'duty_manager') AND team_id IS NOT NULL"
    " AND rotation_id IS NULL AND user_id IS NULL)"
)


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "rung_targets",
        sa.Column("ladder_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("rotation_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(_ONE_TARGET, name=op.f("ck_rung_targets_one_target")),
        sa.ForeignKeyConstraint(
            ["ladder_id", "position"],
            ["rungs.ladder_id", "rungs.position"],
            name=op.f("fk_rung_targets_ladder_id_position"),
        ),
        sa.ForeignKeyConstraint(["rotation_id"], ["rotations.id"], name=op.f("fk_rung_targets_rotation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_rung_targets_user_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_rung_targets_team_id")),
        sa.PrimaryKeyConstraint("ladder_id", "position", "place", name=op.f("pk_rung_targets")),
    )
    op.get_bind().execute(
        sa.insert(_TARGETS).from_select(
            ["ladder_id", "position", "place", "kind", "rotation_id"],
            sa.select(
                _RUNGS.c.ladder_id,
                _RUNGS.c.position,
                sa.literal(0),
                sa.literal("on_call"),
                _RUNGS.c.rotation_id,
            ),
        )
    )
    with op.batch_alter_table("rungs") as batch:
        batch.drop_constraint(batch.f("fk_rungs_rotation_id"), type_="foreignkey")
        batch.drop_column("rotation_id")
    with op.batch_alter_table("rotations") as batch:
        batch.add_column(sa.Column("is_manager", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.get_bind().execute(
        sa.update(_ROTATIONS).where(sa.func.lower(_ROTATIONS.c.layer) == "manager").values(is_manager=True)
    )
    with op.batch_alter_table("rotations") as batch:
        batch.alter_column("is_manager", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("ladders") as batch:
        batch.add_column(sa.Column("repeats", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("fallback_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("ended_at", UtcDateTime(), nullable=True))
        batch.create_foreign_key(batch.f("fk_ladders_fallback_id"), "ladders", ["fallback_id"], ["id"])
    with op.batch_alter_table("contract_products") as batch:
        batch.add_column(sa.Column("ladder_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(batch.f("fk_contract_products_ladder_id"), "ladders", ["ladder_id"], ["id"])
    with op.batch_alter_table("incidents") as batch:
        batch.add_column(sa.Column("ladder_since", sa.Integer(), nullable=False, server_default="0"))
        for name in ("first_ladder_id", "stands_in_for_id"):
            batch.add_column(sa.Column(name, sa.Uuid(), nullable=True))
            batch.create_foreign_key(batch.f(f"fk_incidents_{name}"), "ladders", [name], ["id"])
    with op.batch_alter_table("incidents") as batch:
        batch.alter_column("ladder_since", existing_type=sa.Integer(), server_default=None)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("incidents") as batch:
        for name in ("first_ladder_id", "stands_in_for_id"):
            batch.drop_constraint(batch.f(f"fk_incidents_{name}"), type_="foreignkey")
            batch.drop_column(name)
        batch.drop_column("ladder_since")
    with op.batch_alter_table("contract_products") as batch:
        batch.drop_constraint(batch.f("fk_contract_products_ladder_id"), type_="foreignkey")
        batch.drop_column("ladder_id")
    with op.batch_alter_table("ladders") as batch:
        batch.drop_constraint(batch.f("fk_ladders_fallback_id"), type_="foreignkey")
        for name in ("ended_at", "fallback_id", "repeats"):
            batch.drop_column(name)
    with op.batch_alter_table("rotations") as batch:
        batch.drop_column("is_manager")
    with op.batch_alter_table("rungs") as batch:
        batch.add_column(sa.Column("rotation_id", sa.Uuid(), nullable=True))
    _take_back()
    op.drop_table("rung_targets")
    op.get_bind().execute(sa.delete(_RUNGS).where(_RUNGS.c.rotation_id.is_(None)))
    with op.batch_alter_table("rungs") as batch:
        batch.alter_column("rotation_id", existing_type=sa.Uuid(), nullable=False)
        batch.create_foreign_key(batch.f("fk_rungs_rotation_id"), "rotations", ["rotation_id"], ["id"])


def _take_back() -> None:
    connection = op.get_bind()
    layers = sa.select(_TARGETS).where(_TARGETS.c.kind == "on_call").order_by(_TARGETS.c.place.desc())
    for target in connection.execute(layers).all():
        connection.execute(
            sa.update(_RUNGS)
            .where(_RUNGS.c.ladder_id == target.ladder_id, _RUNGS.c.position == target.position)
            .values(rotation_id=target.rotation_id)
        )
