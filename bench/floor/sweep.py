"""The floor of the deadline sweep: bare statements, a batch a transaction, the same rows left behind."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from bench.floor.driver import Bare, new_id, run, values
from sla import Period, contract_period

_JAKARTA = timezone(timedelta(hours=7))
_DUE = (
    "SELECT id, contract_id, terms_id, respond_by FROM incidents WHERE told_at IS NULL"
    " AND breached_at IS NULL AND respond_by IS NOT NULL AND respond_by <= ?"
    " ORDER BY respond_by, id LIMIT 500"
)
_MARK = (
    "UPDATE incidents SET breached_at = respond_by, next_warning_at = NULL, next_news_at = ?"
    " WHERE told_at IS NULL AND breached_at IS NULL AND id IN "
)
_YEARS = "SELECT id, year_starts_on FROM contract_terms WHERE id IN "
_MISSES = (
    "SELECT contract_id, count(*) FROM breaches WHERE missed_on >= ? AND missed_on <= ? AND contract_id IN "
)
_HEADS = (
    "SELECT contract_id, sequence, hash FROM ledger_entries WHERE (contract_id, sequence) IN"
    " (SELECT contract_id, max(sequence) FROM ledger_entries WHERE contract_id IN {} GROUP BY contract_id)"
)
_BREACHES = "INSERT INTO breaches (incident_id, contract_id, at, recorded_at, missed_on) VALUES "
_COLUMNS = (
    *("id", "kind", "contract_id", "incident_id", "terms_id", "sequence", "contract_year"),
    *("period_starts_on", "period_ends_on", "ordinal", "amount", "currency", "day", "at", "recorded_at"),
    *("sentence", "record"),
)
_ENTRIES = f"INSERT INTO ledger_entries ({', '.join(_COLUMNS)}, previous_hash, hash) VALUES "
_EVENTS = "INSERT INTO incident_events (id, incident_id, at, recorded_at, kind, data) VALUES "
_SENTENCE = (
    "Miss 3 of contract year 2 (2026-01-01 to 2026-12-31), on 2026-11-23 Asia/Jakarta, costs USD 200,000.00:"
    " step 3 of 3, by terms version 1."
)
_RECORD = json.dumps(
    {
        "kind": "rising", "terms_version": 1, "respond_by": "2026-11-23T02:30:00+00:00",
        "missed_on": "2026-11-23", "time_zone": "Asia/Jakarta", "period": "year", "period_number": 2,
        "period_starts_on": "2026-01-01", "period_ends_on": "2026-12-31", "ordinal": 3, "step": 3, "steps": 3,
        "annual_fee_minor": None, "charged_before_minor": 0, "amount_minor": 20_000_000, "currency": "USD",
        "arithmetic": [{"rule": "step", "amount_minor": 20_000_000}],
    }
)  # fmt: skip
_DATA = json.dumps({"fine": "USD 200,000.00", "ordinal": 3})


def is_due(bare: Bare, cursor: Any, at: datetime) -> bool:
    """The idle check: one statement, no transaction of its own."""
    return bool(run(bare, cursor, _DUE, (bare.moment(at),)).fetchall())


def sweep(bare: Bare, at: datetime) -> int:
    """Breach and fine up to 500 clocks in one transaction; returns how many."""
    with bare.transaction() as cursor:
        when = bare.moment(at)
        due = run(bare, cursor, _DUE, (when,)).fetchall()
        if not due:
            return 0
        years = _years(bare, cursor, {row[2] for row in due})
        stand = _stand(bare, cursor, {row[1]: years[row[2]] for row in due})
        breaches, entries, events = [], [], []
        for incident, contract, terms, deadline in due:
            day = _day(deadline)
            misses, sequence, previous = stand[contract]
            entry = (
                *(bare.id(new_id()), "fine", contract, incident, terms, sequence + 1, 2, *years[terms]),
                *(misses + 1, 20_000_000, "USD", day, deadline, when, _SENTENCE, _RECORD),
            )
            hashed = _hash(previous, entry)
            stand[contract] = (misses + 1, sequence + 1, hashed)
            breaches.append((incident, contract, deadline, when, day))
            entries.append((*entry, previous, hashed))
            events.append((bare.id(new_id()), incident, deadline, when, "breached", _DATA))
        run(bare, cursor, _MARK + values(1, len(due)), (when, *(row[0] for row in due)))
        for statement, rows in ((_BREACHES, breaches), (_ENTRIES, entries), (_EVENTS, events)):
            parameters = [part for row in rows for part in row]
            run(bare, cursor, statement + values(len(rows), len(rows[0])), parameters)
    return len(due)


def _years(bare: Bare, cursor: Any, terms: set[Any]) -> dict[Any, tuple[str, str]]:
    """The first and the last day of each contract's second year, by its terms."""
    found = {}
    for terms_id, starts_on in run(bare, cursor, _YEARS + values(1, len(terms)), tuple(terms)).fetchall():
        first = date.fromisoformat(str(starts_on))
        second = contract_period(first, Period.YEAR, first + timedelta(days=400))
        found[terms_id] = (second.starts_on.isoformat(), second.ends_on.isoformat())
    return found


def _stand(bare: Bare, cursor: Any, contracts: dict[Any, tuple[str, str]]) -> dict[Any, tuple[int, int, str]]:
    """Of each contract the misses of its year, and the number and the hash of its last entry."""
    misses: dict[Any, int] = {}
    for year in set(contracts.values()):
        mine = [contract for contract, its in contracts.items() if its == year]
        statement = _MISSES + values(1, len(mine)) + " GROUP BY contract_id"
        misses.update(run(bare, cursor, statement, (*year, *mine)).fetchall())
    statement = _HEADS.format(values(1, len(contracts)))
    heads = {row[0]: row[1:] for row in run(bare, cursor, statement, tuple(contracts)).fetchall()}
    return {one: (misses.get(one, 0), *heads.get(one, (0, "0" * 64))) for one in contracts}


def _day(deadline: Any) -> str:
    instant = datetime.fromisoformat(str(deadline))
    instant = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
    return instant.astimezone(_JAKARTA).date().isoformat()


def _hash(previous: str, entry: tuple[Any, ...]) -> str:
    content = dict(zip(_COLUMNS, map(str, entry), strict=True))
    text = json.dumps({"previous": previous, **content}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
