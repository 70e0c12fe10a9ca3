"""A table of nothing in particular, with ties and gaps, and the list of it."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from hotline.db.base import UtcDateTime
from hotline.services.lists import ask
from hotline.services.lists.listing import Listing, Order, Sort

THINGS = sa.Table(
    "things",
    sa.MetaData(),
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("at", UtcDateTime(), nullable=True),
    sa.Column("day", sa.Date(), nullable=True),
    sa.Column("word", sa.String(20).with_variant(sa.String(20, collation="C"), "postgresql")),
)
UTC_ZONE = ZoneInfo("UTC")
FIRST = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass(frozen=True)
class Thing:
    id: uuid.UUID
    word: str | None


LIST = Listing(
    name="things",
    select=sa.select(THINGS.c.id, THINGS.c.word),
    id=THINGS.c.id,
    make=Thing,
    sorts={
        "at": Sort(THINGS.c.at, may_be_empty=True),
        "day": Sort(THINGS.c.day, Order.DAY, may_be_empty=True),
        "word": Sort(THINGS.c.word, Order.TEXT, may_be_empty=True),
    },
    sort="at",
    descending=True,
    filters={
        "word": lambda typed, _zone: THINGS.c.word == typed,
        "from": lambda typed, _zone: THINGS.c.day >= sa.cast(typed, sa.Date()),
        "to": lambda typed, _zone: THINGS.c.day <= sa.cast(typed, sa.Date()),
    },
    columns={"id": lambda row: row.id.hex, "word": lambda row: row.word},
)


def question(**parameters):
    return ask(LIST, parameters, UTC_ZONE)
