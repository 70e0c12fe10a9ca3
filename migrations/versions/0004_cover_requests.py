"""Cover requests."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply the change."""


def downgrade() -> None:
    """Take it back."""
