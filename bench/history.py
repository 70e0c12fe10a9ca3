"""A long history in bulk: finished incidents of many customers, each with three calls."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.seed import Prepared, World, _call, _customer, _incident, _sid, begin, write
from hotline.db.models import Call, CallKind, Customer, Incident
from hotline.db.session import Database
from hotline.demo.offers import SHARED_NUMBER
from hotline.services.response.references import check_digit

_CUSTOMERS = 200
_COPIES = 25


@dataclass(frozen=True, slots=True)
class History:
    """Incidents, some at a time; ``middle`` is halfway. A customer and a reference to look for."""

    middle: datetime
    customer_id: uuid.UUID
    reference: str


def seed_history(database: Database, url: str, count: int) -> History:
    """``count`` incidents and three times as many calls, up to now. A few are written, the rest copied."""
    w = begin(database, url)
    began = w.now - timedelta(minutes=count)
    promised = [_customer(w) for _ in range(_CUSTOMERS)]
    customer_id = w.rows[Customer][0]["id"]
    reference = ""
    for number in range(count // _COPIES):
        at = began + timedelta(minutes=number * _COPIES)
        reference = f"{10_000 + number}-{check_digit(str(10_000 + number))}"
        _past(w, at, reference, *promised[number % len(promised)])
    database.run(partial(write, w=w))
    database.run(_copy)
    return History(began + timedelta(minutes=count // 2), customer_id, reference)


def _past(
    w: World, at: datetime, reference: str, phone: str, contract_id: uuid.UUID, terms_id: uuid.UUID
) -> None:
    row = _incident(w, contract_id, terms_id, at)
    row |= {"reference": reference, "told_at": at, "caller_phone": phone}
    w.add(Incident, **row | {"finished_at": at if int(reference[-1]) > 2 else None})
    for kind in (CallKind.INBOUND, CallKind.PAGE, CallKind.CALLBACK):
        call = _call(w, Prepared(_sid(), phone, SHARED_NUMBER), kind)
        w.add(Call, **call | {"created_at": at, "ended_at": at}, incident_id=row["id"])


def _copy(session: Session) -> None:
    """The database writes the copies by itself: the same instants again, so that ties are many."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    new_id = sa.literal_column("lower(hex(randomblob(16)))" if is_sqlite else "gen_random_uuid()")
    for table, fresh in ((Incident.__table__, "reference"), (Call.__table__, "call_sid")):
        originals = sa.select(table).where(table.c[fresh].is_not(None)).subquery()
        for number in range(1, _COPIES):
            other = sa.null() if fresh == "call_sid" else sa.literal(str(number)) + originals.c.reference
            columns = [
                new_id if name == "id" else other if name == fresh else originals.c[name]
                for name in table.c.keys()  # noqa: SIM118 - a collection of columns, not of names
            ]
            limited = sa.select(*columns)
            if fresh == "reference":
                limited = limited.where(sa.func.length(originals.c.reference) <= len("10000-0"))
            session.execute(
                sa.insert(table).from_select(list(table.c.keys()), limited, include_defaults=False)
            )
