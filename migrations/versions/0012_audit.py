"""Audit: what people changed, with before and after; what may end; and letters with a PIN."""

import sqlalchemy as sa
from alembic import op

from hotline.db.base import UtcDateTime
from hotline.db.names import KEY

revision = "0012"
down_revision = "0011"

_THAT_END = ("teams", "customers", "products", "contracts", "callers", "service_numbers")


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(160), nullable=False),
        sa.Column("subject_key", KEY, nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name="fk_audit_entries_actor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entries"),
    )
    op.create_index("ix_audit_entries_at_id", "audit_entries", ["at", "id"])
    op.create_index("ix_audit_entries_kind_subject_id", "audit_entries", ["kind", "subject_id"])
    for table in _THAT_END:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("ended_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("service_numbers") as batch:
        batch.add_column(sa.Column("label", sa.String(60), nullable=True))
    op.create_table(
        "pin_letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("nonce_digest", sa.String(64), nullable=False),
        sa.Column("caller_id", sa.Uuid(), nullable=True),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("issued_by_id", sa.Uuid(), nullable=False),
        sa.Column("shown_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_pin_letters_contract_id"),
        sa.ForeignKeyConstraint(["caller_id"], ["callers.id"], name="fk_pin_letters_caller_id"),
        sa.ForeignKeyConstraint(["issued_by_id"], ["users.id"], name="fk_pin_letters_issued_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_pin_letters"),
        sa.UniqueConstraint("contract_id", "number", name="uq_pin_letters_contract_id_number"),
        sa.UniqueConstraint("nonce_digest", name="uq_pin_letters_nonce_digest"),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("pin_letters")
    with op.batch_alter_table("service_numbers") as batch:
        batch.drop_column("label")
    for table in reversed(_THAT_END):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("ended_at")
    op.drop_table("audit_entries")
