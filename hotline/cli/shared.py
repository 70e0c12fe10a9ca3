"""What several commands need: settings, a database that is up to date, an operation, a table."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from hotline.app import create_clock, create_database
from hotline.db import migrate
from hotline.errors import ConfigurationError
from hotline.services.operation import Operation
from hotline.settings import Settings, load_settings

AsJson = typer.Option(False, "--json", help="Print JSON, for programs.")


def ready_settings() -> Settings:
    """The settings, once the database is at the newest revision. Raises :class:`ConfigurationError`."""
    settings = load_settings()
    if not migrate.is_current(settings.database_url):
        raise ConfigurationError("The database is not up to date. Run: hotline db upgrade")
    return settings


@contextmanager
def operation(settings: Settings, *, write: bool = False) -> Iterator[Operation]:
    """One unit of work from the command line."""
    database = create_database(settings)
    try:
        with database.write() if write else database.read() as session:
            yield Operation(session, create_clock(settings).now(), settings)
    finally:
        database.close()


def print_json(value: Any) -> None:
    """JSON as programs want it."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table that fits the terminal."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console().print(table)
