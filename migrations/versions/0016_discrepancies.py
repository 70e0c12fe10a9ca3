"""What the auditor found, and who explained it."""

import sqlalchemy as sa
from alembic import op

from hotline.db.base import UtcDateTime

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "discrepancies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(160), nullable=False),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("first_seen", UtcDateTime(), nullable=False),
        sa.Column("last_seen", UtcDateTime(), nullable=False),
        sa.Column("gone_at", UtcDateTime(), nullable=True),
        sa.Column("alarmed_at", UtcDateTime(), nullable=True),
        sa.Column("explained_at", UtcDateTime(), nullable=True),
        sa.Column("explained_by_id", sa.Uuid(), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_discrepancies_contract_id"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_discrepancies_incident_id"),
        sa.ForeignKeyConstraint(["explained_by_id"], ["users.id"], name="fk_discrepancies_explained_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_discrepancies"),
        sa.UniqueConstraint("contract_id", "fingerprint", name="uq_discrepancies_contract_id_fingerprint"),
    )
    op.create_index("ix_discrepancies_first_seen_id", "discrepancies", ["first_seen", "id"])
    stands = sa.text("gone_at IS NULL AND explained_at IS NULL")
    op.create_index(
        "ix_discrepancies_standing", "discrepancies", ["contract_id"],
        sqlite_where=stands, postgresql_where=stands,
    )  # fmt: skip
    op.create_table(
        "contract_audits",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("audited_at", UtcDateTime(), nullable=True),
        sa.Column("incidents", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_contract_audits_contract_id"),
        sa.PrimaryKeyConstraint("contract_id", name="pk_contract_audits"),
    )
    op.create_index("ix_contract_audits_next_at", "contract_audits", ["next_at"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("contract_audits")
    op.drop_table("discrepancies")
