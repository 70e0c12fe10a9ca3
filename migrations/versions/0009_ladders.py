"""Ladders: whom a rung rings, what comes after the last, and which ladder a contract has."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Apply the change."""


def downgrade() -> None:
    """Take it back."""
