"""The floor of the deadline sweep: bare statements, a batch a transaction, the same rows left behind."""

import json
from datetime import datetime
from typing import Any

from bench.floor.driver import Bare, new_id, run, values

_DUE = (
    "SELECT id, contract_id, terms_id, respond_by FROM incidents WHERE told_at IS NULL"
    " AND breached_at IS NULL AND respond_by IS NOT NULL AND respond_by <= ?"
    " ORDER BY respond_by, id LIMIT 500"
)
_MARK = (
    "UPDATE incidents SET breached_at = respond_by, next_warning_at = NULL, next_news_at = ?"
    " WHERE told_at IS NULL AND breached_at IS NULL AND id IN "
)
_MISSES = "SELECT max(ordinal) FROM ledger_entries WHERE contract_id = ? AND contract_year = 2"
_BREACHES = "INSERT INTO breaches (incident_id, contract_id, at, recorded_at) VALUES "
_ENTRIES = (
    "INSERT INTO ledger_entries (id, kind, contract_id, incident_id, contract_year, ordinal, amount,"
    " currency, at, recorded_at, sentence, record) VALUES "
)
_EVENTS = "INSERT INTO incident_events (id, incident_id, at, recorded_at, kind, data) VALUES "
_SENTENCE = "The promised answer by 09:30 was missed for the third time in contract year 2: USD 200,000.00."
_RECORD = json.dumps({"rule": "rising", "ordinal": 3, "steps": [5_000_000, 10_000_000, 20_000_000]})
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
        counted = {contract: _misses(bare, cursor, contract) for contract in {row[1] for row in due}}
        breaches, entries, events = [], [], []
        for incident, contract, _terms, deadline in due:
            counted[contract] += 1
            breaches.append((incident, contract, deadline, when))
            entry = (bare.id(new_id()), "fine", contract, incident, 2, counted[contract], 20_000_000, "USD")
            entries.append((*entry, deadline, when, _SENTENCE, _RECORD))
            events.append((bare.id(new_id()), incident, deadline, when, "breached", _DATA))
        run(bare, cursor, _MARK + values(1, len(due)), (when, *(row[0] for row in due)))
        for statement, rows in ((_BREACHES, breaches), (_ENTRIES, entries), (_EVENTS, events)):
            parameters = [part for row in rows for part in row]
            run(bare, cursor, statement + values(len(rows), len(rows[0])), parameters)
    return len(due)


def _misses(bare: Bare, cursor: Any, contract: Any) -> int:
    return run(bare, cursor, _MISSES, (contract,)).fetchone()[0] or 0
