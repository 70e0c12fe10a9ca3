"""Adjustments of the ledger that people ask for and approve."""

import sqlalchemy as sa
from alembic import op

from hotline.db.base import UtcDateTime

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "adjustments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("is_for_two", sa.Boolean(), nullable=False),
        sa.Column("requested_by_id", sa.Uuid(), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("decision", sa.String(length=32), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("written_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "decision IS NULL OR decision <> 'approved' OR NOT is_for_two"
            " OR decided_by_id <> requested_by_id",
            name=op.f("ck_adjustments_two_people"),
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL) AND (written_id IS NULL OR decision = 'approved')",
            name=op.f("ck_adjustments_decided_once"),
        ),
        *(
            sa.ForeignKeyConstraint([name], [target], name=f"fk_adjustments_{name}")
            for name, target in {
                "contract_id": "contracts.id",
                "entry_id": "ledger_entries.id",
                "requested_by_id": "users.id",
                "decided_by_id": "users.id",
                "written_id": "ledger_entries.id",
            }.items()
        ),
        sa.PrimaryKeyConstraint("id", name="pk_adjustments"),
        sa.UniqueConstraint("written_id", name="uq_adjustments_written_id"),
    )
    waits = sa.text("decision IS NULL")
    op.create_index(
        "ix_adjustments_waiting", "adjustments", ["requested_at"], sqlite_where=waits, postgresql_where=waits
    )
    op.create_index("ix_adjustments_contract_id_requested_at", "adjustments", ["contract_id", "requested_at"])


def downgrade() -> None:
    """Take it back. What was written into the ledger stays there."""
    op.drop_table("adjustments")
