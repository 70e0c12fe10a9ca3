"""Channels: e-mail and webhooks, rules for day and night, texts that leave together.

Taking it back drops e-mail addresses, webhooks and what was sent to them, and every rule that held by
day or by night only; texts that waited for one another leave each by itself.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_PHONES = sa.text("verified_at IS NOT NULL AND removed_at IS NULL")
_ONE_OWNER = sa.text("verified_at IS NOT NULL AND removed_at IS NULL AND kind <> 'webhook'")
_VERIFIED = "uq_contact_methods_value_verified"


def upgrade() -> None:
    """Apply the change."""
    op.drop_index(_VERIFIED, "contact_methods")
    with op.batch_alter_table("contact_methods") as batch:
        batch.alter_column(
            "value", existing_type=sa.String(64), type_=sa.String(500), existing_nullable=False
        )
        batch.add_column(sa.Column("sealed_secret", sa.Text(), nullable=True))
    _index(_ONE_OWNER)
    op.create_table(
        "nights",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_nights_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_nights")),
    )
    with op.batch_alter_table("notification_rules") as batch:
        batch.add_column(sa.Column("hours", sa.String(32), nullable=False, server_default="always"))
    with op.batch_alter_table("notification_rules") as batch:
        batch.alter_column("hours", existing_type=sa.String(32), server_default=None)
    with op.batch_alter_table("messages") as batch:
        batch.add_column(sa.Column("channel", sa.String(32), nullable=False, server_default="sms"))
        batch.add_column(sa.Column("method_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("bundle_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(batch.f("fk_messages_method_id"), "contact_methods", ["method_id"], ["id"])
        batch.create_foreign_key(batch.f("fk_messages_bundle_id"), "messages", ["bundle_id"], ["id"])
        batch.create_index(batch.f("ix_messages_bundle_id"), ["bundle_id"])
    with op.batch_alter_table("messages") as batch:
        batch.alter_column("channel", existing_type=sa.String(32), server_default=None)


def downgrade() -> None:
    """Take it back."""
    op.execute(
        "DELETE FROM outbox WHERE effect IN ('send-mail', 'post-webhook') OR (effect = 'ring' AND subject_id"
        " IN (SELECT id FROM contact_methods WHERE kind <> 'phone'))"
    )
    op.execute("UPDATE outbox SET status = 'pending' WHERE status = 'bundled'")
    op.execute("DELETE FROM messages WHERE channel <> 'sms'")
    op.execute("UPDATE messages SET bundle_id = NULL")
    with op.batch_alter_table("messages") as batch:
        batch.drop_index(batch.f("ix_messages_bundle_id"))
        batch.drop_constraint(batch.f("fk_messages_bundle_id"), type_="foreignkey")
        batch.drop_constraint(batch.f("fk_messages_method_id"), type_="foreignkey")
        for name in ("bundle_id", "method_id", "channel"):
            batch.drop_column(name)
    op.execute(
        "DELETE FROM notification_rules WHERE hours <> 'always' OR channel NOT IN ('sms', 'call')"
        " OR method_id IN (SELECT id FROM contact_methods WHERE kind <> 'phone')"
    )
    with op.batch_alter_table("notification_rules") as batch:
        batch.drop_column("hours")
    op.drop_table("nights")
    op.execute("DELETE FROM contact_methods WHERE kind <> 'phone'")
    op.drop_index(_VERIFIED, "contact_methods")
    with op.batch_alter_table("contact_methods") as batch:
        batch.drop_column("sealed_secret")
        batch.alter_column(
            "value", existing_type=sa.String(500), type_=sa.String(64), existing_nullable=False
        )
    _index(_PHONES)


def _index(where: sa.TextClause) -> None:
    op.create_index(
        _VERIFIED,
        "contact_methods",
        ["value"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )
