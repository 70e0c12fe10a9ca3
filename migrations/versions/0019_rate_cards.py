"""Rate cards, from which annual fees are quoted."""

import sqlalchemy as sa
from alembic import op

from hotline.db.base import UtcDateTime

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "rate_cards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("card", sa.JSON(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("entered_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["entered_by_id"], ["users.id"], name="fk_rate_cards_entered_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rate_cards"),
        sa.UniqueConstraint("currency", "effective_from", name="uq_rate_cards_currency_effective_from"),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("rate_cards")
