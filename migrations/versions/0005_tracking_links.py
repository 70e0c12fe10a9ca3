"""Tracking links."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Apply the change."""


def downgrade() -> None:
    """Take it back."""
