"""Hands pytest-alembic our configuration and an empty database of each kind."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.config import Config

from hotline.db import migrate
from hotline.db.session import Database


@pytest.fixture
def alembic_config() -> Config:
    """The configuration that the service itself migrates with."""
    return migrate.configuration()


@pytest.fixture
def alembic_engine(empty_database_url: str) -> Iterator[sa.Engine]:
    """An engine as the service makes it, on an empty database."""
    database = Database(empty_database_url)
    yield database.engine
    database.close()
