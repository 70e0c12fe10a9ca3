"""Rotations in versions: what is changed today leaves yesterday as it was."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Apply the change."""


def downgrade() -> None:
    """Take it back."""
