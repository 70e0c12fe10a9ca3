"""Channels: e-mail and webhooks, rules for day and night."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Apply the change."""


def downgrade() -> None:
    """Take it back."""
