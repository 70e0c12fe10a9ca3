"""Accounts."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply the change."""


def downgrade() -> None:
    """Take it back."""
