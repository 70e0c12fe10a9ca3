"""What a page of a long list costs, and how fast the whole of it is written as a file.

The floor is the same statement, run by the driver alone, its rows fetched and thrown away.
"""

import statistics
import time
from collections.abc import Callable
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bench.cost import Cost
from bench.history import History, seed_history
from bench.measure import Say
from bench.plan import Scale
from bench.seed import settings_for
from bench.stores import Store
from hotline.clock import SystemClock
from hotline.db.session import Database
from hotline.services import lists
from hotline.services.lists.search import search
from hotline.services.operation import Operation

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Look(Cost):
    """One look at a list; its floor is its statements alone."""

    what: str
    backend: str

    def figures(self) -> dict[str, Any]:
        """Everything, for programs."""
        return {"look": self.what, "database": self.backend, **self.times()}


FIRST, MIDDLE, RARE, CALLS, CUSTOMER, REFERENCE, NAME, PHONE, FILE = (
    "incidents, first page",
    "incidents, a page in the middle",
    "incidents, a filter that nothing fits",
    "calls, a page in the middle",
    "incidents of one customer",
    "search, a reference",
    "search, a customer's name",
    "search, the end of a phone number",
    "incidents, a file of them all",
)
LOOKS = (FIRST, MIDDLE, RARE, CALLS, CUSTOMER, REFERENCE, NAME, PHONE, FILE)


def looks(store: Store, scale: Scale, say: Say) -> list[Look]:
    """Every look on one database."""
    say(f"{store.backend}: {scale.history:,} incidents and {3 * scale.history:,} calls")
    history = store.seeded("history", partial(seed_history, count=scale.history))
    with closing(Database(store.copy("history", "history_looked_at"))) as database:

        @contextmanager
        def reading() -> Any:
            with database.read() as session:
                yield Operation(session, SystemClock().now(), settings_for("sqlite:///unused.db"))

        actions = _actions(reading, history)
        return [
            Look(*_measure(database, actions[what], 1 if what == FILE else scale.looks), what, store.backend)
            for what in LOOKS
        ]


def _actions(reading: Any, history: History) -> dict[str, Callable[[], object]]:
    def page(listing: Any, **asked: str) -> object:
        with reading() as op:
            return lists.page(op, lists.ask(listing, asked, UTC))

    def find(words: str) -> object:
        with reading() as op:
            return search(op, words, customers=True)

    half = str(history.middle.date())
    first_of_half = page(lists.INCIDENTS, to=half)
    calls_of_half = page(lists.CALLS, to=half)
    return {
        FIRST: partial(page, lists.INCIDENTS),
        MIDDLE: partial(page, lists.INCIDENTS, after=first_of_half.after),  # type: ignore[attr-defined]
        RARE: partial(page, lists.INCIDENTS, q="nobody is called so"),
        CALLS: partial(page, lists.CALLS, after=calls_of_half.after),  # type: ignore[attr-defined]
        CUSTOMER: partial(page, lists.INCIDENTS, customer=str(history.customer_id)),
        REFERENCE: partial(find, history.reference),
        NAME: partial(find, "customer 7"),
        PHONE: partial(find, "9999"),
        FILE: lambda: sum(len(part) for part in lists.as_csv(reading, lists.ask(lists.INCIDENTS, {}, UTC))),
    }


def _measure(database: Database, action: Callable[[], object], times: int) -> tuple[float, float]:
    """Medians of the action, and of its statements run again by the driver."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, text: str, values: Any, *_: Any) -> None:
        statements.append((text, values))

    if times > 1:
        action()  # statements are compiled once
    sa.event.listen(database.engine, "before_cursor_execute", note)
    action()
    sa.event.remove(database.engine, "before_cursor_execute", note)
    with database.engine.connect() as connection:
        cursor = connection.connection.cursor()

        def run() -> None:
            for text, values in statements:
                cursor.execute(text, values)
                cursor.fetchall()

        floor = _median(run, times)
    return _median(action, times), floor


def _median(action: Callable[[], object], times: int) -> float:
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        spent.append(time.perf_counter() - began)
    return statistics.median(spent) * 1000
