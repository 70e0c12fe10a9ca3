"""The promise: terms with everything in their version, breaches by day, and a ledger that only grows."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from hotline.db import append_only, chain
from hotline.db.base import UtcDateTime, new_id
from hotline.errors import ConfigurationError

revision = "0014"
down_revision = "0013"

_STOPS = ["bridge", "callback", "message", "spoken"]
_NO_LIMITS = {"floor": None, "per_incident": None, "per_period": None}
# Every unique key of these tables, as what makes two rows clash.
_KEPT = {
    "incident_events": ["id = NEW.id"],
    "breaches": ["incident_id = NEW.incident_id"],
    "ledger_entries": [
        "id = NEW.id",
        "contract_id = NEW.contract_id AND sequence = NEW.sequence",
        (
            "contract_id = NEW.contract_id AND kind = NEW.kind AND period_starts_on = NEW.period_starts_on"
            " AND period_ends_on = NEW.period_ends_on AND ordinal = NEW.ordinal"
        ),
        "incident_id = NEW.incident_id AND kind = 'fine' AND NEW.kind = 'fine'",
    ],
}

_contracts = sa.table("contracts", sa.column("id", sa.Uuid()), sa.column("customer_id", sa.Uuid()),
                      sa.column("starts_on", sa.Date()))  # fmt: skip
_customers = sa.table("customers", sa.column("id", sa.Uuid()), sa.column("time_zone"))
_terms = sa.table(
    "contract_terms",
    sa.column("id", sa.Uuid()), sa.column("contract_id", sa.Uuid()), sa.column("version"),
    sa.column("schedule", sa.JSON(none_as_null=True)), sa.column("stops", sa.JSON()),
    sa.column("year_starts_on", sa.Date()), sa.column("time_zone"), sa.column("currency"),
    sa.column("annual_fee"), sa.column("limits", sa.JSON()), sa.column("respond_within_seconds"),
)  # fmt: skip
_incidents = sa.table(
    "incidents",
    sa.column("id", sa.Uuid()), sa.column("contract_id", sa.Uuid()), sa.column("terms_id", sa.Uuid()),
    sa.column("respond_by", UtcDateTime()), sa.column("due_on", sa.Date()),
    sa.column("opened_at", UtcDateTime()), sa.column("verified_at", UtcDateTime()),
)  # fmt: skip
_events = sa.table(
    "incident_events",
    sa.column("id", sa.Uuid()), sa.column("incident_id", sa.Uuid()), sa.column("at", UtcDateTime()),
    sa.column("recorded_at", UtcDateTime()), sa.column("kind"), sa.column("data", sa.JSON()),
)  # fmt: skip
_breaches = sa.table("breaches", sa.column("incident_id", sa.Uuid()), sa.column("missed_on", sa.Date()))
_entries = sa.table(
    "ledger_entries",
    *(sa.column(name, sa.Uuid()) for name in ("id", "contract_id", "incident_id", "entry_id", "terms_id",
                                              "requested_by_id", "approved_by_id")),
    *(sa.column(name) for name in ("kind", "sequence", "contract_year", "ordinal", "amount", "currency",
                                   "sentence", "reason", "previous_hash", "hash")),
    *(sa.column(name, sa.Date()) for name in ("period_starts_on", "period_ends_on", "day")),
    *(sa.column(name, UtcDateTime()) for name in ("at", "recorded_at")),
    sa.column("record", sa.JSON()),
)  # fmt: skip


def upgrade() -> None:
    """Apply the change."""
    _widen_terms()
    with op.batch_alter_table("incidents") as batch:
        batch.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        batch.create_index("ix_incidents_contract_id_due_on", ["contract_id", "due_on"])
    with op.batch_alter_table("breaches") as batch:
        batch.add_column(sa.Column("missed_on", sa.Date(), nullable=True))
    _date_deadlines()
    with op.batch_alter_table("breaches") as batch:
        batch.alter_column("missed_on", existing_type=sa.Date(), nullable=False)
        batch.drop_index("ix_breaches_contract_id")
        batch.create_index("ix_breaches_contract_id_missed_on", ["contract_id", "missed_on"])
    op.create_table(
        "attainment_periods",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("terms_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_attainment_periods_contract_id"),
        sa.ForeignKeyConstraint(["terms_id"], ["contract_terms.id"], name="fk_attainment_periods_terms_id"),
        sa.PrimaryKeyConstraint("contract_id", "starts_on", "ends_on", name="pk_attainment_periods"),
    )
    is_due = sa.text("due_at IS NOT NULL")
    op.create_index(
        "ix_attainment_periods_due_at", "attainment_periods", ["due_at"],
        sqlite_where=is_due, postgresql_where=is_due,
    )  # fmt: skip
    _widen_ledger()
    connection = op.get_bind()
    for table, unique in _KEPT.items():
        for statement in append_only.protect(connection.dialect.name, table, unique):
            op.execute(statement)


def downgrade() -> None:
    """Take it back: fines are numbered by the year. Refused once the ledger holds more than fines."""
    connection = op.get_bind()
    others = sa.select(sa.func.count()).where(_entries.c.kind != "fine")
    if count := connection.execute(others).scalar_one():
        raise ConfigurationError(
            f"Nothing was changed: the ledger holds {count} entries (credits, waivers, payments ...) that "
            "the version before cannot keep. Restore a backup of that version instead."
        )
    for table in _KEPT:
        for statement in append_only.release(connection.dialect.name, table):
            op.execute(statement)
    _narrow_ledger()
    op.drop_index("ix_attainment_periods_due_at", "attainment_periods")
    op.drop_table("attainment_periods")
    with op.batch_alter_table("breaches") as batch:
        batch.drop_index("ix_breaches_contract_id_missed_on")
        batch.create_index("ix_breaches_contract_id", ["contract_id"])
        batch.drop_column("missed_on")
    with op.batch_alter_table("incidents") as batch:
        batch.drop_index("ix_incidents_contract_id_due_on")
        batch.drop_column("due_on")
    connection.execute(sa.delete(_events).where(_events.c.kind == "clock-started"))
    _narrow_terms()


def _widen_terms() -> None:
    connection = op.get_bind()
    with op.batch_alter_table("contract_terms") as batch:
        batch.alter_column("schedule", existing_type=sa.JSON(), nullable=True)
        batch.add_column(sa.Column("stops", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("year_starts_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("time_zone", sa.String(64), nullable=True))
        batch.add_column(sa.Column("currency", sa.String(3), nullable=True))
        batch.add_column(sa.Column("annual_fee", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("attainment", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("limits", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("agreed_at", UtcDateTime(), nullable=True))
        batch.add_column(sa.Column("agreed_by_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("note", sa.Text(), nullable=False, server_default=""))
        batch.create_foreign_key("fk_contract_terms_agreed_by_id", "users", ["agreed_by_id"], ["id"])
    query = (
        sa.select(_terms.c.id, _terms.c.schedule, _contracts.c.starts_on, _customers.c.time_zone)
        .join_from(_terms, _contracts, _contracts.c.id == _terms.c.contract_id)
        .join(_customers, _customers.c.id == _contracts.c.customer_id)
    )
    for terms_id, schedule, starts_on, time_zone in connection.execute(query).all():
        values = {
            "schedule": {"kind": "rising", "period": "year", "currency": schedule["currency"],
                         "steps": schedule["steps"]},
            "stops": _STOPS, "year_starts_on": starts_on, "time_zone": time_zone,
            "currency": schedule["currency"], "limits": _NO_LIMITS,
        }  # fmt: skip
        connection.execute(sa.update(_terms).where(_terms.c.id == terms_id).values(values))
    with op.batch_alter_table("contract_terms") as batch:
        batch.alter_column("stops", existing_type=sa.JSON(), nullable=False)
        batch.alter_column("year_starts_on", existing_type=sa.Date(), nullable=False)
        batch.alter_column("time_zone", existing_type=sa.String(64), nullable=False)
        batch.alter_column("currency", existing_type=sa.String(3), nullable=False)
        batch.alter_column("limits", existing_type=sa.JSON(), nullable=False)
        batch.alter_column("note", existing_type=sa.Text(), server_default=None)


def _narrow_terms() -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(_terms)).mappings().all():
        steps = [_worth(step, row["annual_fee"]) for step in (row["schedule"] or {"steps": [0]})["steps"]]
        schedule = {"kind": "rising", "currency": row["currency"], "steps": steps}
        connection.execute(sa.update(_terms).where(_terms.c.id == row["id"]).values(schedule=schedule))
    with op.batch_alter_table("contract_terms") as batch:
        batch.drop_constraint("fk_contract_terms_agreed_by_id", type_="foreignkey")
        for name in ("stops", "year_starts_on", "time_zone", "currency", "annual_fee", "attainment", "limits",
                     "agreed_at", "agreed_by_id", "note"):  # fmt: skip
            batch.drop_column(name)
        batch.alter_column("schedule", existing_type=sa.JSON(), nullable=False)


def _worth(step: Any, annual_fee: int | None) -> int:
    if isinstance(step, int):
        return step
    return ((annual_fee or 0) * step["basis_points"] * 2 + 10_000) // 20_000


def _date_deadlines() -> None:
    """The local day of each deadline, and the event from which a clock can be worked out again.

    A fine says on which day it was missed: the customer's zone may have been another one then.
    """
    connection = op.get_bind()
    priced = sa.select(_entries.c.incident_id, _entries.c.record)
    missed_on = {
        incident_id: date.fromisoformat(record["missed_on"])
        for incident_id, record in connection.execute(priced)
        if "missed_on" in record
    }
    query = (
        sa.select(_incidents, _terms.c.time_zone, _terms.c.version)
        .join_from(_incidents, _terms, _terms.c.id == _incidents.c.terms_id)
        .where(_incidents.c.respond_by.is_not(None))
    )
    for row in connection.execute(query).mappings().all():
        day = missed_on.get(row["id"]) or _day(row["respond_by"], row["time_zone"])
        connection.execute(sa.update(_incidents).where(_incidents.c.id == row["id"]).values(due_on=day))
        connection.execute(
            sa.update(_breaches).where(_breaches.c.incident_id == row["id"]).values(missed_on=day)
        )
        at = row["verified_at"] or row["opened_at"]
        data = {"contract": str(row["contract_id"]), "terms": str(row["terms_id"]),
                "version": row["version"], "respond_by": row["respond_by"].isoformat()}  # fmt: skip
        connection.execute(
            sa.insert(_events).values(
                id=new_id(), incident_id=row["id"], at=at, recorded_at=at, kind="clock-started", data=data
            )
        )


def _day(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()


def _widen_ledger() -> None:
    with op.batch_alter_table("ledger_entries") as batch:
        batch.drop_constraint("uq_ledger_entries_contract_id_contract_year_ordinal", type_="unique")
        batch.drop_constraint("uq_ledger_entries_incident_id_kind", type_="unique")
        batch.alter_column("incident_id", existing_type=sa.Uuid(), nullable=True)
        batch.alter_column("ordinal", existing_type=sa.Integer(), nullable=True)
        for name in ("entry_id", "terms_id", "requested_by_id", "approved_by_id"):
            batch.add_column(sa.Column(name, sa.Uuid(), nullable=True))
        for name in ("period_starts_on", "period_ends_on", "day"):
            batch.add_column(sa.Column(name, sa.Date(), nullable=True))
        batch.add_column(sa.Column("sequence", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("reason", sa.Text(), nullable=True))
        batch.add_column(sa.Column("previous_hash", sa.String(64), nullable=True))
        batch.add_column(sa.Column("hash", sa.String(64), nullable=True))
    _chain()
    with op.batch_alter_table("ledger_entries") as batch:
        batch.alter_column("sequence", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("day", existing_type=sa.Date(), nullable=False)
        batch.alter_column("previous_hash", existing_type=sa.String(64), nullable=False)
        batch.alter_column("hash", existing_type=sa.String(64), nullable=False)
        batch.create_foreign_key("fk_ledger_entries_entry_id", "ledger_entries", ["entry_id"], ["id"])
        batch.create_foreign_key("fk_ledger_entries_terms_id", "contract_terms", ["terms_id"], ["id"])
        for name in ("requested_by_id", "approved_by_id"):
            batch.create_foreign_key(f"fk_ledger_entries_{name}", "users", [name], ["id"])
        batch.create_unique_constraint("uq_ledger_entries_contract_id_sequence", ["contract_id", "sequence"])
        batch.create_unique_constraint(
            "uq_ledger_entries_numbered",
            ["contract_id", "kind", "period_starts_on", "period_ends_on", "ordinal"],
        )
        batch.create_index("ix_ledger_entries_contract_id_day", ["contract_id", "day"])
        batch.create_index("ix_ledger_entries_incident_id", ["incident_id"])
        batch.create_index("ix_ledger_entries_entry_id", ["entry_id"])
    is_fine = sa.text("kind = 'fine'")
    op.create_index(
        "uq_ledger_entries_fine", "ledger_entries", ["incident_id"], unique=True,
        sqlite_where=is_fine, postgresql_where=is_fine,
    )  # fmt: skip


def _chain() -> None:
    """Number and chain the entries that are there, in the order in which they were written."""
    connection = op.get_bind()
    rows = (
        sa.select(
            _entries,
            _incidents.c.terms_id.label("its_terms"),
            _incidents.c.due_on,
            _terms.c.year_starts_on.label("first_day"),
        )
        .join_from(_entries, _incidents, _incidents.c.id == _entries.c.incident_id)
        .join(_terms, _terms.c.id == _incidents.c.terms_id)
        .order_by(_entries.c.contract_id, _entries.c.recorded_at, _entries.c.at, _entries.c.ordinal)
    )
    heads: dict[uuid.UUID, tuple[int, str]] = defaultdict(lambda: (0, chain.FIRST))
    for row in connection.execute(rows).mappings().all():
        sequence, previous = heads[row["contract_id"]]
        starts_on, ends_on = _year(row["first_day"], row["contract_year"])
        values = {
            "sequence": sequence + 1, "day": row["due_on"], "terms_id": row["its_terms"],
            "period_starts_on": starts_on, "period_ends_on": ends_on,
        }  # fmt: skip
        hashed = chain.digest(previous, _content({**row, **values}))
        connection.execute(
            sa.update(_entries)
            .where(_entries.c.id == row["id"])
            .values(**values, previous_hash=previous, hash=hashed)
        )
        heads[row["contract_id"]] = (sequence + 1, hashed)


def _content(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is chained of an entry, as the ledger had it at this revision."""
    hidden = {"previous_hash", "hash", "its_terms", "due_on", "first_day"}
    return {name: _plain(value) for name, value in row.items() if name not in hidden and value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def _year(first_day: date, number: int) -> tuple[date, date]:
    return _anniversary(first_day, number - 1), _anniversary(first_day, number) - timedelta(days=1)


def _anniversary(first_day: date, years: int) -> date:
    try:
        return first_day.replace(year=first_day.year + years)
    except ValueError:
        return date(first_day.year + years, 3, 1)


def _narrow_ledger() -> None:
    connection = op.get_bind()
    op.drop_index("uq_ledger_entries_fine", "ledger_entries")
    counted: dict[tuple[uuid.UUID, int], int] = defaultdict(int)
    query = sa.select(_entries).order_by(_entries.c.contract_id, _entries.c.sequence)
    numbers = {}
    for row in connection.execute(query).mappings().all():
        counted[row["contract_id"], row["contract_year"]] += 1
        numbers[row["id"]] = counted[row["contract_id"], row["contract_year"]]
    with op.batch_alter_table("ledger_entries") as batch:
        batch.drop_index("ix_ledger_entries_entry_id")
        batch.drop_index("ix_ledger_entries_incident_id")
        batch.drop_index("ix_ledger_entries_contract_id_day")
        batch.drop_constraint("uq_ledger_entries_numbered", type_="unique")
        batch.drop_constraint("uq_ledger_entries_contract_id_sequence", type_="unique")
        for name in ("entry_id", "terms_id", "requested_by_id", "approved_by_id"):
            batch.drop_constraint(f"fk_ledger_entries_{name}", type_="foreignkey")
        for name in ("entry_id", "terms_id", "requested_by_id", "approved_by_id", "period_starts_on",
                     "period_ends_on", "day", "sequence", "reason", "previous_hash", "hash"):  # fmt: skip
            batch.drop_column(name)
    for entry_id, number in numbers.items():
        connection.execute(sa.update(_entries).where(_entries.c.id == entry_id).values(ordinal=number))
    with op.batch_alter_table("ledger_entries") as batch:
        batch.alter_column("incident_id", existing_type=sa.Uuid(), nullable=False)
        batch.alter_column("ordinal", existing_type=sa.Integer(), nullable=False)
        batch.create_unique_constraint(
            "uq_ledger_entries_contract_id_contract_year_ordinal", ["contract_id", "contract_year", "ordinal"]
        )
        batch.create_unique_constraint("uq_ledger_entries_incident_id_kind", ["incident_id", "kind"])
