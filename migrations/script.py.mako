<%!
    def without_remarks(body):
        return "\n".join(line for line in body.splitlines() if not line.lstrip().startswith("# ###")).strip()
%>\
"""${message[0].upper() + message[1:]}."""

import sqlalchemy as sa
from alembic import op
% if imports:

${imports}
% endif

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Apply the change."""
    ${without_remarks(upgrades) if upgrades else "pass"}


def downgrade() -> None:
    """Take the change back."""
    ${without_remarks(downgrades) if downgrades else "pass"}
