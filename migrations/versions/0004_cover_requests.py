"""Cover requests, and who made or ended an override."""

import sqlalchemy as sa
from alembic import op

import hotline.db.base

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("overrides") as batch_op:
        batch_op.add_column(sa.Column("created_by_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("cancelled_at", hotline.db.base.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("cancelled_by_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_overrides_created_by_id"), "users", ["created_by_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_overrides_cancelled_by_id"), "users", ["cancelled_by_id"], ["id"]
        )
    _create_cover_requests()
    op.create_table(
        "cover_asks",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("declined_at", hotline.db.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["cover_requests.id"], name=op.f("fk_cover_asks_request_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_cover_asks_user_id")),
        sa.PrimaryKeyConstraint("request_id", "user_id", name=op.f("pk_cover_asks")),
    )
    op.create_index(op.f("ix_cover_asks_user_id"), "cover_asks", ["user_id"])


def downgrade() -> None:
    """Take it back. What an override no longer covers is cut from its row, so that nobody's duty changes."""
    op.execute("UPDATE messages SET kind = 'reply' WHERE kind = 'roster'")  # a name the code before knows
    op.drop_index(op.f("ix_cover_asks_user_id"), "cover_asks")
    op.drop_table("cover_asks")
    op.drop_index("ix_cover_requests_open", "cover_requests")
    op.drop_index(op.f("ix_cover_requests_asked_by_id"), "cover_requests")
    op.drop_index(op.f("ix_cover_requests_rotation_id"), "cover_requests")
    op.drop_table("cover_requests")
    op.execute("DELETE FROM overrides WHERE cancelled_at <= starts_at")
    op.execute("UPDATE overrides SET ends_at = cancelled_at WHERE cancelled_at < ends_at")
    with op.batch_alter_table("overrides") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_overrides_cancelled_by_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_overrides_created_by_id"), type_="foreignkey")
        for name in ("cancelled_by_id", "cancelled_at", "reason", "created_by_id"):
            batch_op.drop_column(name)


def _create_cover_requests() -> None:
    instant = hotline.db.base.UtcDateTime()
    op.create_table(
        "cover_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rotation_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", instant, nullable=False),
        sa.Column("ends_at", instant, nullable=False),
        sa.Column("answer_by", instant, nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_of_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", instant, nullable=True),
        sa.Column("override_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["rotation_id"], ["rotations.id"], name=op.f("fk_cover_requests_rotation_id")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_cover_requests_asked_by_id")),
        sa.ForeignKeyConstraint(["asked_of_id"], ["users.id"], name=op.f("fk_cover_requests_asked_of_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_cover_requests_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["override_id"], ["overrides.id"], name=op.f("fk_cover_requests_override_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover_requests")),
    )
    op.create_index(op.f("ix_cover_requests_rotation_id"), "cover_requests", ["rotation_id"])
    op.create_index(op.f("ix_cover_requests_asked_by_id"), "cover_requests", ["asked_by_id"])
    is_open = sa.text("status = 'open'")
    op.create_index(
        "ix_cover_requests_open",
        "cover_requests",
        ["answer_by"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
