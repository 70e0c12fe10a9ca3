"""Leave, from calendar feeds; and the feeds that we give."""

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Apply the change."""


def downgrade() -> None:
    """Take it back."""
