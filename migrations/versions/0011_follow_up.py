"""After the acknowledgement: silence is chased, the customer is asked, numbers are tested."""

import sqlalchemy as sa
from alembic import op

import hotline.db.base

revision = "0011"
down_revision = "0010"

_TIME = hotline.db.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Apply the change. What somebody has at this moment is looked after from now on."""
    with op.batch_alter_table("incidents") as batch:
        batch.add_column(sa.Column("next_chase_at", _TIME, nullable=True))
        batch.add_column(sa.Column("reopened_at", _TIME, nullable=True))
        batch.create_index(
            "ix_incidents_next_chase_at",
            ["next_chase_at"],
            sqlite_where=sa.text("next_chase_at IS NOT NULL"),
            postgresql_where=sa.text("next_chase_at IS NOT NULL"),
        )
    op.execute("UPDATE incidents SET next_chase_at = owned_since WHERE status = 'acknowledged'")
    with op.batch_alter_table("contact_methods") as batch:
        batch.add_column(sa.Column("failures", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("flagged_at", _TIME, nullable=True))
    with op.batch_alter_table("users") as batch:
        batch.add_column(sa.Column("volunteer_since", _TIME, nullable=True))
    op.create_table(
        "solved_asks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=True),
        sa.Column("answered_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_solved_asks_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_solved_asks")),
    )
    with op.batch_alter_table("solved_asks") as batch:
        batch.create_index(batch.f("ix_solved_asks_incident_id"), ["incident_id"])
        batch.create_index("ix_solved_asks_phone_asked_at", ["phone", "asked_at"])
    op.create_table(
        "self_tests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slot", _TIME, nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("started_by_id", sa.Uuid(), nullable=True),
        sa.Column("answer_by", _TIME, nullable=False),
        sa.Column("next_at", _TIME, nullable=True),
        sa.Column("finished_at", _TIME, nullable=True),
        sa.Column("result", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_self_tests_user_id")),
        sa.ForeignKeyConstraint(["started_by_id"], ["users.id"], name=op.f("fk_self_tests_started_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_tests")),
        sa.UniqueConstraint("slot", name=op.f("uq_self_tests_slot")),
    )
    with op.batch_alter_table("self_tests") as batch:
        batch.create_index(batch.f("ix_self_tests_user_id"), ["user_id"])
        batch.create_index(
            "ix_self_tests_next_at",
            ["next_at"],
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )


def downgrade() -> None:
    """Take it back: what is to be sent of it is not sent, and kinds get names that older code knows."""
    for kept in ("calls", "messages"):
        op.execute(
            "UPDATE outbox SET status = 'expired' WHERE status = 'pending'"  # noqa: S608 - two names of ours
            f" AND subject_id IN (SELECT id FROM {kept} WHERE kind IN ('chase', 'self-test'))"
        )
    op.execute("UPDATE calls SET kind = 'join' WHERE kind = 'chase'")
    op.execute("UPDATE calls SET kind = 'test' WHERE kind = 'self-test'")
    op.execute("UPDATE messages SET kind = 'taken' WHERE kind = 'chase'")
    op.execute("UPDATE messages SET kind = 'test' WHERE kind = 'self-test'")
    op.drop_table("self_tests")
    op.drop_table("solved_asks")
    with op.batch_alter_table("users") as batch:
        batch.drop_column("volunteer_since")
    with op.batch_alter_table("contact_methods") as batch:
        batch.drop_column("flagged_at")
        batch.drop_column("failures")
    with op.batch_alter_table("incidents") as batch:
        batch.drop_index("ix_incidents_next_chase_at")
        batch.drop_column("reopened_at")
        batch.drop_column("next_chase_at")
