"""What every view is handed: the database, the clock and the settings, and how to start an operation."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from flask import Flask, current_app, g
from sqlalchemy.orm import Session

from hotline.clock import Clock
from hotline.db.session import Database
from hotline.services.operation import Operation
from hotline.settings import Settings

Result = TypeVar("Result")
_KEY = "hotline-site"


@dataclass(frozen=True, slots=True)
class Site:
    """The installation that the pages show."""

    database: Database
    clock: Clock
    settings: Settings

    @contextmanager
    def reading(self) -> Iterator[Operation]:
        """An operation that keeps nothing it changes."""
        with self.database.read() as session:
            yield Operation(session, self.clock.now(), self.settings)

    def write(self, work: Callable[[Operation], Result]) -> Result:
        """Do ``work`` and commit, or keep nothing when it raises. The database may ask to do it again."""

        def once(session: Session) -> Result:
            return work(Operation(session, self.clock.now(), self.settings))

        return self.database.run(once)


def install(app: Flask, site: Site) -> None:
    """Make ``site`` the one that :func:`the_site` finds."""
    app.extensions[_KEY] = site


def the_site() -> Site:
    """The installation that answers the present request."""
    found = current_app.extensions[_KEY]
    if not isinstance(found, Site):
        raise TypeError("the pages were not registered with register()")
    return found


def now_of_page() -> datetime:
    """The instant that a page is drawn for: read once a request, so that its times agree."""
    if "hotline_now" not in g:
        g.hotline_now = the_site().clock.now()
    found: datetime = g.hotline_now
    return found
