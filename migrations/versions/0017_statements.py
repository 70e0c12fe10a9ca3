"""Statements of service credits, numbered, with their lines and recipients."""

import sqlalchemy as sa
from alembic import op

from hotline.db import append_only
from hotline.db.base import UtcDateTime

revision = "0017"
down_revision = "0016"

_SAME_PERIOD = (
    "contract_id = NEW.contract_id AND currency = NEW.currency AND kind = NEW.kind"
    " AND starts_on = NEW.starts_on"
)
_KEPT = {
    "statements": (
        "id = NEW.id",
        "number = NEW.number",
        "year = NEW.year AND serial = NEW.serial",
        _SAME_PERIOD,
    ),
    "statement_lines": ("id = NEW.id", "entry_id = NEW.entry_id AND kind = NEW.kind"),
}


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("customers") as batch:
        batch.add_column(sa.Column("locale", sa.String(24), nullable=True))
    with op.batch_alter_table("contracts") as batch:
        batch.add_column(
            sa.Column("sends_statements", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    _create_statements()
    _create_sending()
    _plan_what_is_there()
    for table, unique in _KEPT.items():
        for statement in append_only.protect(op.get_bind().dialect.name, table, unique):
            op.execute(statement)


def downgrade() -> None:
    """Take it back: statements that were drawn up are lost, the ledger is not."""
    connection = op.get_bind()
    for table in _KEPT:
        for statement in append_only.release(connection.dialect.name, table):
            op.execute(statement)
    connection.execute(
        sa.text("DELETE FROM outbox WHERE subject_id IN (SELECT message_id FROM statement_mails)")
    )
    for table in ("statement_mails", "statement_sendings", "statement_recipients", "statement_schedule",
                  "statement_numbers", "statement_lines", "statements"):  # fmt: skip
        op.drop_table(table)
    connection.execute(sa.text("DELETE FROM messages WHERE kind = 'statement'"))
    with op.batch_alter_table("contracts") as batch:
        batch.drop_column("sends_statements")
    with op.batch_alter_table("customers") as batch:
        batch.drop_column("locale")


def _create_statements() -> None:
    op.create_table(
        "statements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("opening", sa.BigInteger(), nullable=False),
        sa.Column("moved", sa.BigInteger(), nullable=False),
        sa.Column("closing", sa.BigInteger(), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.Column("last_hash", sa.String(64), nullable=False),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.Column("drawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_statements_contract_id"),
        sa.ForeignKeyConstraint(["drawn_by_id"], ["users.id"], name="fk_statements_drawn_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_statements"),
        sa.UniqueConstraint("number", name="uq_statements_number"),
        sa.UniqueConstraint("year", "serial", name="uq_statements_year_serial"),
        sa.UniqueConstraint("contract_id", "currency", "kind", "starts_on", name="uq_statements_period"),
    )
    op.create_index("ix_statements_drawn_at_id", "statements", ["drawn_at", "id"])
    op.create_table(
        "statement_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name="fk_statement_lines_statement_id"),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entries.id"], name="fk_statement_lines_entry_id"),
        sa.PrimaryKeyConstraint("id", name="pk_statement_lines"),
        sa.UniqueConstraint("entry_id", "kind", name="uq_statement_lines_once"),
    )
    op.create_index("ix_statement_lines_statement_id", "statement_lines", ["statement_id"])
    op.create_table(
        "statement_numbers",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name="pk_statement_numbers"),
    )
    op.create_table(
        "statement_schedule",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_statement_schedule_contract_id"),
        sa.PrimaryKeyConstraint("contract_id", name="pk_statement_schedule"),
    )
    is_due = sa.text("due_at IS NOT NULL")
    op.create_index(
        "ix_statement_schedule_due_at", "statement_schedule", ["due_at"],
        sqlite_where=is_due, postgresql_where=is_due,
    )  # fmt: skip


def _create_sending() -> None:
    op.create_table(
        "statement_recipients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name="fk_statement_recipients_contract_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_statement_recipients"),
    )
    op.create_index("ix_statement_recipients_contract_id", "statement_recipients", ["contract_id"])
    op.create_table(
        "statement_sendings",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.id"], name="fk_statement_sendings_statement_id"
        ),
        sa.ForeignKeyConstraint(["sent_by_id"], ["users.id"], name="fk_statement_sendings_sent_by_id"),
        sa.PrimaryKeyConstraint("statement_id", "round", name="pk_statement_sendings"),
    )
    op.create_table(
        "statement_mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id", "round"], ["statement_sendings.statement_id", "statement_sendings.round"],
            name="fk_statement_mails_sending",
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["statement_recipients.id"],
            name="fk_statement_mails_recipient_id",
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_statement_mails_message_id"),
        sa.PrimaryKeyConstraint("id", name="pk_statement_mails"),
        sa.UniqueConstraint("message_id", name="uq_statement_mails_message_id"),
        sa.UniqueConstraint("statement_id", "round", "recipient_id", name="uq_statement_mails_once"),
    )  # fmt: skip


def _plan_what_is_there() -> None:
    """Contracts with entries are looked at by the first worker, which finds out what is due when."""
    op.execute(
        sa.text(
            "INSERT INTO statement_schedule (contract_id, due_at) "
            "SELECT contract_id, MIN(recorded_at) FROM ledger_entries GROUP BY contract_id"
        )
    )
