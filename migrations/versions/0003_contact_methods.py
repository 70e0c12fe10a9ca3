"""Contact methods."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply the change."""


def downgrade() -> None:
    """Take it back."""
