"""Tracking links."""

import sqlalchemy as sa
from alembic import op

import hotline.db.base

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "tracking_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("sent_to", sa.String(length=64), nullable=False),
        sa.Column("issued_at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.Column("expires_at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.Column("revoked_at", hotline.db.base.UtcDateTime(), nullable=True),
        sa.Column("revoked_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_tracking_links_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"], ["users.id"], name=op.f("fk_tracking_links_revoked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracking_links")),
        sa.UniqueConstraint("code", name=op.f("uq_tracking_links_code")),
    )
    op.create_index("ix_tracking_links_incident_id", "tracking_links", ["incident_id"])
    op.create_index(
        "ix_tracking_links_in_force",
        "tracking_links",
        ["incident_id", "sent_to"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_tracking_links_in_force", table_name="tracking_links")
    op.drop_index("ix_tracking_links_incident_id", table_name="tracking_links")
    op.drop_table("tracking_links")
