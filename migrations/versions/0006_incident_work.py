"""Incident work."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Apply the change."""


def downgrade() -> None:
    """Take it back."""
