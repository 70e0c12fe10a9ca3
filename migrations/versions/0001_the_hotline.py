"""The hotline."""

import sqlalchemy as sa
from alembic import op

import hotline.db.base

revision = "0001"
down_revision = None


RUNNING = "breached_at IS NULL AND respond_by IS NOT NULL AND (told_at IS NULL OR told_at > respond_by)"


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "customers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("name", name=op.f("uq_customers_name")),
    )
    op.create_table(
        "products",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("code", name=op.f("uq_products_code")),
        sa.UniqueConstraint("name", name=op.f("uq_products_name")),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("name", name=op.f("uq_teams_name")),
    )
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "throttles",
        sa.Column("scope", sa.String(length=120), nullable=False),
        sa.Column("since", hotline.db.base.UtcDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_throttles")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("phone_failed_at", hotline.db.base.UtcDateTime(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_phone"), ["phone"], unique=False)

    op.create_table(
        "webhook_replies",
        sa.Column("sid", sa.String(length=34), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("sid", "step", name=op.f("pk_webhook_replies")),
    )
    op.create_table(
        "ladders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("repeat_after_seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_ladders_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladders")),
        sa.UniqueConstraint("name", name=op.f("uq_ladders_name")),
    )
    op.create_table(
        "rotations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("layer", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("hand_off", sa.Time(), nullable=False),
        sa.Column("shift_days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_rotations_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotations")),
        sa.UniqueConstraint("team_id", "layer", name=op.f("uq_rotations_team_id_layer")),
    )
    op.create_table(
        "contracts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("pin_hash", sa.String(length=200), nullable=False),
        sa.Column("plan", sa.String(length=32), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("cover_from", sa.Date(), nullable=True),
        sa.Column("cover_until", sa.Date(), nullable=True),
        sa.Column("ladder_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_contracts_customer_id")),
        sa.ForeignKeyConstraint(["ladder_id"], ["ladders.id"], name=op.f("fk_contracts_ladder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contracts")),
        sa.UniqueConstraint("number", name=op.f("uq_contracts_number")),
    )
    with op.batch_alter_table("contracts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contracts_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "overrides",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rotation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.Column("ends_at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.Column("created_at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["rotation_id"], ["rotations.id"], name=op.f("fk_overrides_rotation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_overrides_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overrides")),
    )
    with op.batch_alter_table("overrides", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_overrides_rotation_id"), ["rotation_id"], unique=False)

    op.create_table(
        "rotation_members",
        sa.Column("rotation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rotation_id"], ["rotations.id"], name=op.f("fk_rotation_members_rotation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_rotation_members_user_id")),
        sa.PrimaryKeyConstraint("rotation_id", "position", name=op.f("pk_rotation_members")),
    )
    op.create_table(
        "rungs",
        sa.Column("ladder_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("delay_seconds", sa.Integer(), nullable=False),
        sa.Column("rotation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["ladder_id"], ["ladders.id"], name=op.f("fk_rungs_ladder_id")),
        sa.ForeignKeyConstraint(["rotation_id"], ["rotations.id"], name=op.f("fk_rungs_rotation_id")),
        sa.PrimaryKeyConstraint("ladder_id", "position", name=op.f("pk_rungs")),
    )
    op.create_table(
        "service_numbers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("support_number", sa.String(length=20), nullable=True),
        sa.Column("ladder_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_service_numbers_customer_id")
        ),
        sa.ForeignKeyConstraint(["ladder_id"], ["ladders.id"], name=op.f("fk_service_numbers_ladder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_numbers")),
        sa.UniqueConstraint("phone", name=op.f("uq_service_numbers_phone")),
    )
    op.create_table(
        "callers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_callers_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callers")),
        sa.UniqueConstraint("contract_id", "phone", name=op.f("uq_callers_contract_id_phone")),
    )
    with op.batch_alter_table("callers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_callers_phone"), ["phone"], unique=False)

    op.create_table(
        "contract_products",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("instances", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_contract_products_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_contract_products_product_id")
        ),
        sa.PrimaryKeyConstraint("contract_id", "product_id", name=op.f("pk_contract_products")),
    )
    op.create_table(
        "contract_terms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("respond_within_seconds", sa.Integer(), nullable=False),
        sa.Column("warn_at", sa.JSON(), nullable=False),
        sa.Column("schedule", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_contract_terms_contract_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_terms")),
        sa.UniqueConstraint("contract_id", "version", name=op.f("uq_contract_terms_contract_id_version")),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("service_number_id", sa.Uuid(), nullable=False),
        sa.Column("ladder_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("caller_phone", sa.String(length=64), nullable=False),
        sa.Column("notify_phone", sa.String(length=20), nullable=True),
        sa.Column("reported_at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.Column("opened_at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.Column("verified_at", hotline.db.base.UtcDateTime(), nullable=True),
        sa.Column("finished_at", hotline.db.base.UtcDateTime(), nullable=True),
        sa.Column("callback_requested_at", hotline.db.base.UtcDateTime(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", hotline.db.base.UtcDateTime(), nullable=True),
        sa.Column("accepted_by", sa.String(length=20), nullable=True),
        sa.Column("terms_id", sa.Uuid(), nullable=True),
        sa.Column("respond_by", hotline.db.base.UtcDateTime(), nullable=True),
        sa.Column("told_at", hotline.db.base.UtcDateTime(), nullable=True),
        sa.Column("told_by", sa.String(length=32), nullable=True),
        sa.Column("breached_at", hotline.db.base.UtcDateTime(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("next_rung_at", hotline.db.base.UtcDateTime(), nullable=True),
        sa.Column("next_warning_at", hotline.db.base.UtcDateTime(), nullable=True),
        sa.Column("next_news_at", hotline.db.base.UtcDateTime(), nullable=True),
        sa.Column("notices", sa.Integer(), nullable=False),
        sa.Column("next_notice_at", hotline.db.base.UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "status = 'open' OR status = 'cancelled' OR owner_id IS NOT NULL", name=op.f("ck_incidents_owned")
        ),
        sa.CheckConstraint(
            "verified_at IS NULL OR contract_id IS NOT NULL", name=op.f("ck_incidents_verified_has_contract")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_incidents_contract_id")),
        sa.ForeignKeyConstraint(["ladder_id"], ["ladders.id"], name=op.f("fk_incidents_ladder_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_incidents_owner_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_incidents_product_id")),
        sa.ForeignKeyConstraint(
            ["service_number_id"], ["service_numbers.id"], name=op.f("fk_incidents_service_number_id")
        ),
        sa.ForeignKeyConstraint(["terms_id"], ["contract_terms.id"], name=op.f("fk_incidents_terms_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("reference", name=op.f("uq_incidents_reference")),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index(
            "ix_incidents_next_news_at",
            ["next_news_at"],
            unique=False,
            sqlite_where=sa.text("next_news_at IS NOT NULL"),
            postgresql_where=sa.text("next_news_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_incidents_next_notice_at",
            ["next_notice_at"],
            unique=False,
            sqlite_where=sa.text("next_notice_at IS NOT NULL"),
            postgresql_where=sa.text("next_notice_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_incidents_next_rung_at",
            ["next_rung_at"],
            unique=False,
            sqlite_where=sa.text("next_rung_at IS NOT NULL"),
            postgresql_where=sa.text("next_rung_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_incidents_next_warning_at",
            ["next_warning_at"],
            unique=False,
            sqlite_where=sa.text("next_warning_at IS NOT NULL"),
            postgresql_where=sa.text("next_warning_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_incidents_running",
            ["respond_by"],
            unique=False,
            sqlite_where=sa.text(RUNNING),
            postgresql_where=sa.text(RUNNING),
        )
        batch_op.create_index(
            "ix_incidents_unfinished",
            ["contract_id"],
            unique=False,
            sqlite_where=sa.text("status IN ('open', 'acknowledged')"),
            postgresql_where=sa.text("status IN ('open', 'acknowledged')"),
        )

    op.create_table(
        "breaches",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_breaches_contract_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_breaches_incident_id")),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_breaches")),
    )
    with op.batch_alter_table("breaches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_breaches_contract_id"), ["contract_id"], unique=False)

    op.create_table(
        "incident_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_incident_events_actor_id")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_events_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_events")),
    )
    with op.batch_alter_table("incident_events", schema=None) as batch_op:
        batch_op.create_index("ix_incident_events_timeline", ["incident_id", "at"], unique=False)

    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("contract_year", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.Column("recorded_at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_ledger_entries_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_ledger_entries_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint(
            "contract_id",
            "contract_year",
            "ordinal",
            name=op.f("uq_ledger_entries_contract_id_contract_year_ordinal"),
        ),
        sa.UniqueConstraint("incident_id", "kind", name=op.f("uq_ledger_entries_incident_id_kind")),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_sid", sa.String(length=34), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("from_phone", sa.String(length=64), nullable=False),
        sa.Column("to_phone", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.Column("settled_at", hotline.db.base.UtcDateTime(), nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_messages_incident_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_messages_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("message_sid", name=op.f("uq_messages_message_sid")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_messages_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("effect", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("created_at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.Column("next_attempt_at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.Column("give_up_at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.Column("claimed_until", hotline.db.base.UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_outbox_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_dedupe_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_due",
            ["next_attempt_at"],
            unique=False,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )
        batch_op.create_index(batch_op.f("ix_outbox_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "pages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("created_at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_pages_incident_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_pages_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
        sa.UniqueConstraint("incident_id", "user_id", name=op.f("uq_pages_incident_id_user_id")),
    )
    with op.batch_alter_table("pages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pages_user_id"), ["user_id"], unique=False)

    op.create_table(
        "calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_sid", sa.String(length=34), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("from_phone", sa.String(length=64), nullable=False),
        sa.Column("to_phone", sa.String(length=64), nullable=False),
        sa.Column("created_at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.Column("answered_at", hotline.db.base.UtcDateTime(), nullable=True),
        sa.Column("ended_at", hotline.db.base.UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("service_number_id", sa.Uuid(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("contract_key", sa.String(length=80), nullable=True),
        sa.Column("known_caller", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("silences", sa.Integer(), nullable=False),
        sa.Column("authenticated_at", hotline.db.base.UtcDateTime(), nullable=True),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("page_id", sa.Uuid(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("held_since", hotline.db.base.UtcDateTime(), nullable=True),
        sa.Column("offered_at", hotline.db.base.UtcDateTime(), nullable=True),
        sa.Column("wish", sa.String(length=32), nullable=True),
        sa.Column("bridged_at", hotline.db.base.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_calls_contract_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_calls_incident_id")),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_calls_page_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["calls.id"], name=op.f("fk_calls_parent_id")),
        sa.ForeignKeyConstraint(
            ["service_number_id"], ["service_numbers.id"], name=op.f("fk_calls_service_number_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_calls_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("call_sid", name=op.f("uq_calls_call_sid")),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calls_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(
            "ix_calls_live",
            ["created_at"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index("ix_calls_parent_id", ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_calls_to_phone"), ["to_phone"], unique=False)

    op.create_table(
        "recordings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recording_sid", sa.String(length=34), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", hotline.db.base.UtcDateTime(), nullable=False),
        sa.Column("duration", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("url", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_recordings_call_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_recordings_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordings")),
        sa.UniqueConstraint("recording_sid", name=op.f("uq_recordings_recording_sid")),
    )
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recordings_incident_id"), ["incident_id"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recordings_incident_id"))

    op.drop_table("recordings")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calls_to_phone"))
        batch_op.drop_index("ix_calls_parent_id")
        batch_op.drop_index(
            "ix_calls_live",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_calls_incident_id"))

    op.drop_table("calls")
    with op.batch_alter_table("pages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pages_user_id"))

    op.drop_table("pages")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_subject_id"))
        batch_op.drop_index(batch_op.f("ix_outbox_incident_id"))
        batch_op.drop_index(
            "ix_outbox_due",
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )

    op.drop_table("outbox")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_messages_incident_id"))

    op.drop_table("messages")
    op.drop_table("ledger_entries")
    with op.batch_alter_table("incident_events", schema=None) as batch_op:
        batch_op.drop_index("ix_incident_events_timeline")

    op.drop_table("incident_events")
    with op.batch_alter_table("breaches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_breaches_contract_id"))

    op.drop_table("breaches")
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_incidents_unfinished",
            sqlite_where=sa.text("status IN ('open', 'acknowledged')"),
            postgresql_where=sa.text("status IN ('open', 'acknowledged')"),
        )
        batch_op.drop_index(
            "ix_incidents_running",
            sqlite_where=sa.text(RUNNING),
            postgresql_where=sa.text(RUNNING),
        )
        batch_op.drop_index(
            "ix_incidents_next_warning_at",
            sqlite_where=sa.text("next_warning_at IS NOT NULL"),
            postgresql_where=sa.text("next_warning_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_incidents_next_rung_at",
            sqlite_where=sa.text("next_rung_at IS NOT NULL"),
            postgresql_where=sa.text("next_rung_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_incidents_next_notice_at",
            sqlite_where=sa.text("next_notice_at IS NOT NULL"),
            postgresql_where=sa.text("next_notice_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_incidents_next_news_at",
            sqlite_where=sa.text("next_news_at IS NOT NULL"),
            postgresql_where=sa.text("next_news_at IS NOT NULL"),
        )

    op.drop_table("incidents")
    op.drop_table("contract_terms")
    op.drop_table("contract_products")
    with op.batch_alter_table("callers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_callers_phone"))

    op.drop_table("callers")
    op.drop_table("service_numbers")
    op.drop_table("rungs")
    op.drop_table("rotation_members")
    with op.batch_alter_table("overrides", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_overrides_rotation_id"))

    op.drop_table("overrides")
    with op.batch_alter_table("contracts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contracts_customer_id"))

    op.drop_table("contracts")
    op.drop_table("rotations")
    op.drop_table("ladders")
    op.drop_table("webhook_replies")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_users_phone"))

    op.drop_table("users")
    op.drop_table("throttles")
    op.drop_table("heartbeats")
    op.drop_table("teams")
    op.drop_table("products")
    op.drop_table("customers")
