"""Lists."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Apply the change."""


def downgrade() -> None:
    """Take it back."""
