"""Fresh databases, migrated once and then copied: a test pays milliseconds for one of its own."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from hotline.db import migrate
from tests.support.postgresql import Server

BACKENDS = ("sqlite", "postgresql")
_TEMPLATE = "hotline_template"


class SqliteDatabases:
    """Databases in files, copied from one that was migrated when it was first needed."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def empty(self, directory: Path) -> str:
        """The URL of a database without tables."""
        return f"sqlite:///{directory / 'hotline.db'}"

    def migrated(self, directory: Path) -> str:
        """The URL of a database with every table and no row."""
        shutil.copyfile(self._template, directory / "hotline.db")
        return self.empty(directory)

    @cached_property
    def _template(self) -> Path:
        migrate.upgrade(self.empty(self._directory))
        file = self._directory / "hotline.db"
        if file.with_name(file.name + "-wal").exists():
            raise RuntimeError("the template was not closed: a part of it is still in its log")
        return file


class PostgresqlDatabases:
    """Databases on one server, copied from one that was migrated when it was first needed."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._numbers = itertools.count(1)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The URL of a database without tables, dropped afterwards."""
        with self._copy_of("template0") as url:
            yield url

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """The URL of a database with every table and no row, dropped afterwards."""
        with self._copy_of(self._template) as url:
            yield url

    @contextmanager
    def _copy_of(self, template: str) -> Iterator[str]:
        name = f"hotline_test_{next(self._numbers)}"
        url = self.server.create(name, template)
        try:
            yield url
        finally:
            self.server.drop(name)

    @cached_property
    def _template(self) -> str:
        migrate.upgrade(self.server.create(_TEMPLATE))
        return _TEMPLATE
