"""How reports arrive: by call, text, page, API, or found later; and the keys of customers' programs."""

import sqlalchemy as sa
from alembic import op

import hotline.db.base

revision = "0018"
down_revision = "0017"

_TIME = hotline.db.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Apply the change. Until now every incident began with a call."""
    with op.batch_alter_table("incidents") as batch:
        batch.add_column(sa.Column("channel", sa.String(32), nullable=False, server_default="call"))
        batch.add_column(sa.Column("summary", sa.String(1000), nullable=True))
    with op.batch_alter_table("incidents") as batch:
        batch.alter_column("channel", existing_type=sa.String(32), server_default=None)
    op.create_table(
        "contract_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(60), nullable=False),
        sa.Column("hint", sa.String(4), nullable=False),
        sa.Column("key_digest", sa.String(64), nullable=False),
        sa.Column("nonce_digest", sa.String(64), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("last_used_at", _TIME, nullable=True),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_contract_keys_contract_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_contract_keys_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_keys")),
        sa.UniqueConstraint("key_digest", name=op.f("uq_contract_keys_key_digest")),
        sa.UniqueConstraint("nonce_digest", name=op.f("uq_contract_keys_nonce_digest")),
    )
    op.create_index(op.f("ix_contract_keys_contract_id"), "contract_keys", ["contract_id"])
    op.create_table(
        "report_origins",
        sa.Column("origin", sa.String(120), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_report_origins_incident_id")
        ),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_report_origins")),
    )
    op.create_index(op.f("ix_report_origins_incident_id"), "report_origins", ["incident_id"])


def downgrade() -> None:
    """Take it back. Incidents stay, whatever they began with; older code takes them all for calls."""
    op.drop_table("report_origins")
    op.drop_table("contract_keys")
    with op.batch_alter_table("incidents") as batch:
        batch.drop_column("summary")
        batch.drop_column("channel")
