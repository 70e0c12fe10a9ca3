"""Numbers without a hole: the row of the year is the lock; a number comes with its statement or not."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from hotline.db.models import StatementNumber
from hotline.services import rows
from hotline.services.operation import Operation


def _counting(insert: Callable[[type[StatementNumber]], Any]) -> Any:
    table = StatementNumber.__table__.c
    statement = insert(StatementNumber).values(year=sa.bindparam("the_year", type_=sa.Integer()), last=1)
    counted = statement.on_conflict_do_update(index_elements=["year"], set_={"last": table.last + 1})
    return counted.returning(table.last)


_COUNT = rows.on_conflict(_counting)


def take(op: Operation, year: int) -> tuple[int, str]:
    """The next serial of a year and the number made of it; whoever asks meanwhile waits for our commit."""
    serial = int(rows.run(op, _COUNT, the_year=year).scalar_one())
    return serial, f"SC-{year}-{serial:06d}"
