"""Incident work: handing over, transcripts, and who listened to what."""

import sqlalchemy as sa
from alembic import op

import hotline.db.base

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "handovers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("asked_at", hotline.db.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("settled_at", hotline.db.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("unanswered_at", hotline.db.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_handovers_incident_id")),
        sa.ForeignKeyConstraint(["from_id"], ["users.id"], name=op.f("fk_handovers_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["users.id"], name=op.f("fk_handovers_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    with op.batch_alter_table("handovers") as batch:
        batch.create_index(batch.f("ix_handovers_incident_id"), ["incident_id"])
        batch.create_index(batch.f("ix_handovers_to_id"), ["to_id"])
        batch.create_index(
            "uq_handovers_unsettled",
            ["incident_id"],
            unique=True,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )
    op.create_table(
        "listenings",
        sa.Column("recording_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("at", hotline.db.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["recording_id"], ["recordings.id"], name=op.f("fk_listenings_recording_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_listenings_user_id")),
        sa.PrimaryKeyConstraint("recording_id", "user_id", name=op.f("pk_listenings")),
    )
    with op.batch_alter_table("recordings") as batch:
        batch.add_column(sa.Column("transcript", sa.Text(), nullable=True))
        batch.add_column(
            sa.Column("transcribed_at", hotline.db.base.UtcDateTime(timezone=True), nullable=True)
        )
        batch.add_column(sa.Column("transcriber_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(batch.f("fk_recordings_transcriber_id"), "users", ["transcriber_id"], ["id"])
    with op.batch_alter_table("incidents") as batch:
        batch.add_column(sa.Column("owned_since", hotline.db.base.UtcDateTime(timezone=True), nullable=True))
    op.execute("UPDATE incidents SET owned_since = accepted_at")


def downgrade() -> None:
    """Take it back: the owner keeps what was to be handed over; kinds get names that older code knows."""
    for kept in ("calls", "messages"):
        op.execute(
            "UPDATE outbox SET status = 'expired' WHERE status = 'pending'"  # noqa: S608 - two names of ours
            f" AND subject_id IN (SELECT id FROM {kept} WHERE kind = 'hand-over')"
        )
    op.execute("UPDATE calls SET kind = 'join' WHERE kind = 'hand-over'")
    op.execute("UPDATE calls SET outcome = 'abandoned' WHERE outcome = 'turned-away'")
    op.execute("UPDATE messages SET kind = 'taken' WHERE kind IN ('hand-over', 'forwarded')")
    with op.batch_alter_table("incidents") as batch:
        batch.drop_column("owned_since")
    with op.batch_alter_table("recordings") as batch:
        batch.drop_constraint(batch.f("fk_recordings_transcriber_id"), type_="foreignkey")
        batch.drop_column("transcriber_id")
        batch.drop_column("transcribed_at")
        batch.drop_column("transcript")
    op.drop_table("listenings")
    op.drop_table("handovers")
