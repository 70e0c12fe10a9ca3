"""After the acknowledgement: silence is chased, the customer is asked, numbers are tested."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Apply the change."""


def downgrade() -> None:
    """Take it back."""
