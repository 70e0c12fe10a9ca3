"""Lists: the keys of names, and the indexes by which the lists are walked."""

import sqlalchemy as sa
from alembic import op

from hotline.db.names import LONGEST_KEY, fold

revision = "0007"
down_revision = "0006"

_NAMED = ("users", "customers", "callers")
_WALKED = (
    ("incidents", ("reported_at", "id")),
    ("incidents", ("respond_by", "id")),
    ("incidents", ("finished_at", "id")),
    ("incidents", ("contract_id", "reported_at")),
    ("incidents", ("owner_id", "reported_at")),
    ("incidents", ("caller_phone",)),
    ("calls", ("created_at", "id")),
    ("calls", ("user_id", "created_at")),
    ("messages", ("created_at", "id")),
    ("messages", ("user_id", "created_at")),
    ("ledger_entries", ("at", "id")),
)


def upgrade() -> None:
    """Apply the change."""
    for table in _NAMED:
        key = sa.String(LONGEST_KEY).with_variant(sa.String(LONGEST_KEY, collation="C"), "postgresql")
        op.add_column(table, sa.Column("name_key", key, nullable=True))
        _fill(table)
        with op.batch_alter_table(table) as batch:
            batch.alter_column("name_key", existing_type=key, nullable=False)
            batch.create_index(f"ix_{table}_name_key", ["name_key"])
    for table, columns in _WALKED:
        op.create_index(_name(table, columns), table, list(columns))


def downgrade() -> None:
    """Take it back."""
    for table, columns in reversed(_WALKED):
        op.drop_index(_name(table, columns), table)
    for table in reversed(_NAMED):
        with op.batch_alter_table(table) as batch:
            batch.drop_index(f"ix_{table}_name_key")
            batch.drop_column("name_key")


def _name(table: str, columns: tuple[str, ...]) -> str:
    return f"ix_{table}_{'_'.join(columns)}"


def _fill(table: str) -> None:
    rows = sa.table(table, sa.column("id", sa.Uuid()), sa.column("name"), sa.column("name_key"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(rows.c.id, rows.c.name)).all():
        connection.execute(sa.update(rows).where(rows.c.id == row.id).values(name_key=fold(row.name)))
