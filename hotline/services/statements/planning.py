"""Planning: whoever writes an entry has its contract looked at when a statement may be due."""

import uuid
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from hotline.db.models import Contract, StatementSchedule
from hotline.services import rows
from hotline.services.operation import Operation
from hotline.services.promise import promises
from hotline.services.statements import periods


def _planning(insert: Callable[[type[StatementSchedule]], Any]) -> Any:
    table = StatementSchedule.__table__.c
    values = {name: sa.bindparam(name, type_=table[name].type) for name in ("contract_id", "due_at")}
    statement = insert(StatementSchedule).values(values)
    return statement.on_conflict_do_update(
        index_elements=["contract_id"],
        set_={"due_at": statement.excluded.due_at},
        where=sa.or_(table.due_at.is_(None), table.due_at > statement.excluded.due_at),
    )


_PLAN = rows.on_conflict(_planning)


def plan(op: Operation, entries: Iterable[tuple[uuid.UUID, date, datetime]]) -> None:
    """Entries of these days, whose rules fired then, were written to contracts that the caller has locked."""
    found = list(entries)
    ids = {contract_id for contract_id, _day, _at in found}
    versions = promises.versions_of(op, ids)
    begin = sa.select(Contract.id, Contract.starts_on).where(Contract.id.in_(ids))
    years = {
        contract_id: periods.years_of(starts_on, versions[contract_id])
        for contract_id, starts_on in op.session.execute(begin)
    }
    earliest: dict[uuid.UUID, datetime] = {}
    for contract_id, day, at in found:
        look_at = periods.look_at(day, at, years[contract_id])
        earliest[contract_id] = min(look_at, earliest.get(contract_id, look_at))
    for contract_id in sorted(earliest):
        rows.run(op, _PLAN, contract_id=contract_id, due_at=earliest[contract_id])
