"""Contact methods: a person may have several numbers; the one number that a user had becomes the first."""

import logging
from typing import Any

import sqlalchemy as sa
from alembic import op

import hotline.db.base

revision = "0003"
down_revision = "0002"

_IN_USE = sa.text("verified_at IS NOT NULL AND removed_at IS NULL")
_KEPT = sa.text("removed_at IS NULL")
_instant = hotline.db.base.UtcDateTime()
_users = sa.table(
    "users", sa.column("id", sa.Uuid()), sa.column("phone"), sa.column("phone_failed_at", _instant)
)
_methods = sa.table(
    "contact_methods",
    sa.column("id", sa.Uuid()),
    sa.column("user_id", sa.Uuid()),
    sa.column("kind"),
    sa.column("label"),
    sa.column("value"),
    sa.column("position"),
    sa.column("created_at", _instant),
    sa.column("verified_at", _instant),
    sa.column("failed_at", _instant),
    sa.column("removed_at", _instant),
    sa.column("code_tries"),
)


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "contact_methods",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", _instant, nullable=False),
        sa.Column("verified_at", _instant, nullable=True),
        sa.Column("verified_by", sa.String(length=32), nullable=True),
        sa.Column("failed_at", _instant, nullable=True),
        sa.Column("removed_at", _instant, nullable=True),
        sa.Column("code_nonce", sa.String(length=32), nullable=True),
        sa.Column("code_by", sa.String(length=32), nullable=True),
        sa.Column("code_sent_at", _instant, nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_contact_methods_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_methods")),
    )
    op.create_index(
        "uq_contact_methods_value_verified",
        "contact_methods",
        ["value"],
        unique=True,
        sqlite_where=_IN_USE,
        postgresql_where=_IN_USE,
    )
    op.create_index(
        "uq_contact_methods_user_id_value",
        "contact_methods",
        ["user_id", "value"],
        unique=True,
        sqlite_where=_KEPT,
        postgresql_where=_KEPT,
    )
    op.create_table(
        "notification_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("delay_minutes", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("method_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["method_id"], ["contact_methods.id"], name=op.f("fk_notification_rules_method_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notification_rules_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_rules")),
        sa.UniqueConstraint("user_id", "position", name=op.f("uq_notification_rules_user_id_position")),
    )
    op.create_index(op.f("ix_notification_rules_method_id"), "notification_rules", ["method_id"])
    _copy_numbers(op.get_bind())
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_index(batch_op.f("ix_users_phone"))
        batch_op.drop_column("phone_failed_at")
        batch_op.drop_column("phone")


def downgrade() -> None:
    """Take it back: the first number of each person stays, the others are lost.

    What the code before knows no name for goes too: one row that it cannot read would stop its outbox.
    """
    _forget_unknown_kinds()
    with op.batch_alter_table("users") as batch_op:
        batch_op.add_column(sa.Column("phone", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("phone_failed_at", _instant, nullable=True))
        batch_op.create_index(batch_op.f("ix_users_phone"), ["phone"])
    connection = op.get_bind()
    kept: set[Any] = set()
    query = sa.select(_methods.c.user_id, _methods.c.value, _methods.c.failed_at).where(_IN_USE)
    for user_id, value, failed_at in connection.execute(
        query.order_by(_methods.c.position, _methods.c.id)
    ).all():
        if user_id not in kept:
            kept.add(user_id)
            change = sa.update(_users).where(_users.c.id == user_id)
            connection.execute(change.values(phone=value, phone_failed_at=failed_at))
    op.drop_table("notification_rules")
    op.drop_table("contact_methods")


def _forget_unknown_kinds() -> None:
    for kept in ("calls", "messages"):
        op.execute(
            f"DELETE FROM outbox WHERE subject_id IN (SELECT id FROM {kept} WHERE kind IN ('code', 'test'))"  # noqa: S608
        )
        op.execute(f"DELETE FROM {kept} WHERE kind IN ('code', 'test')")  # noqa: S608
    op.execute("DELETE FROM outbox WHERE effect = 'ring'")
    op.execute("UPDATE messages SET kind = 'reply' WHERE kind = 'account'")


def _copy_numbers(connection: sa.Connection) -> None:
    """Each number becomes a verified one of its user. One that two users share stays the first's; the
    other's waits for its code, as the database lets a verified number be one person's only."""
    now = connection.execute(sa.select(sa.func.current_timestamp(type_=_instant))).scalar_one()
    query = sa.select(_users.c.id, _users.c.phone, _users.c.phone_failed_at)
    given: set[str] = set()
    for user_id, phone, failed_at in connection.execute(
        query.where(_users.c.phone.is_not(None)).order_by(_users.c.id)
    ).all():
        if phone in given:
            logging.getLogger("alembic").warning("user %s shares a number, which waits for its code", user_id)
        connection.execute(
            sa.insert(_methods).values(
                id=hotline.db.base.new_id(),
                user_id=user_id,
                kind="phone",
                label="Mobile",
                value=phone,
                position=0,
                created_at=now,
                verified_at=None if phone in given else now,
                failed_at=failed_at,
                code_tries=0,
            )
        )
        given.add(phone)
