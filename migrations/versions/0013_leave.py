"""Leave, from calendar feeds; the feeds that we give; tokens for programs; and what coverage has told."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from hotline.db.base import UtcDateTime

revision = "0013"
down_revision = "0012"

_TABLES = ("gap_alarms", "watches", "api_tokens", "calendar_feeds", "leaves", "leave_sources")


def _key(table: str, column: str, of: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{of}.id"], name=f"fk_{table}_{column}")


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "leave_sources",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("sealed_url", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("next_read_at", UtcDateTime(), nullable=True),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("etag", sa.String(200), nullable=True),
        sa.Column("problem", sa.String(32), nullable=True),
        sa.Column("failing_since", UtcDateTime(), nullable=True),
        _key("leave_sources", "user_id", "users"),
        _key("leave_sources", "team_id", "teams"),
        _key("leave_sources", "created_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name="pk_leave_sources"),
    )
    for column in ("user_id", "team_id", "next_read_at"):
        op.create_index(f"ix_leave_sources_{column}", "leave_sources", [column])
    op.create_table(
        "leaves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("summary", sa.String(200), nullable=False),
        _key("leaves", "source_id", "leave_sources"),
        sa.PrimaryKeyConstraint("id", name="pk_leaves"),
    )
    op.create_index("ix_leaves_source_id", "leaves", ["source_id"])
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_read_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        _key("calendar_feeds", "user_id", "users"),
        _key("calendar_feeds", "team_id", "teams"),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_feeds"),
        sa.UniqueConstraint("token_digest", name="uq_calendar_feeds_token_digest"),
    )
    op.create_index("ix_calendar_feeds_user_id", "calendar_feeds", ["user_id"])
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(60), nullable=False),
        sa.Column("hint", sa.String(8), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_used_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        _key("api_tokens", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("token_digest", name="uq_api_tokens_token_digest"),
    )
    op.create_index("ix_api_tokens_user_id", "api_tokens", ["user_id"])
    watches = op.create_table(
        "watches",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_watches"),
    )
    op.create_index("ix_watches_due_at", "watches", ["due_at"])
    op.execute(sa.insert(watches).values(name="gaps", due_at=datetime(2000, 1, 1, tzinfo=UTC)))
    op.create_table(
        "gap_alarms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rotation_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        _key("gap_alarms", "rotation_id", "rotations"),
        sa.PrimaryKeyConstraint("id", name="pk_gap_alarms"),
    )
    op.create_index("ix_gap_alarms_rotation_id", "gap_alarms", ["rotation_id"])


def downgrade() -> None:
    """Take it back."""
    for table in _TABLES:
        op.drop_table(table)
