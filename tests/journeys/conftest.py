"""A stage for every story: on both databases where they may differ, else on SQLite."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest

from hotline.clock import ManualClock
from hotline.demo import world
from tests.journeys.stage import Stage


def pytest_itemcollected(item: pytest.Item) -> None:
    """Stories belong to the whole run."""
    item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", autouse=True)
def _hash_the_worlds_secrets_once() -> Iterator[None]:
    """Hashing is slow on purpose; the secrets of the demo world are the same in every story."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world, "hash_secret", cache(world.hash_secret))
        yield


@pytest.fixture
def stage(database_url: str, clock: ManualClock) -> Iterator[Stage]:
    """The service, a worker and the emulator at 09:00 in Jakarta, on SQLite and on PostgreSQL in turn.

    Alerts of the network, and calls and messages that the story does not announce, fail it.
    """
    with _set(database_url, clock) as stage:
        yield stage


@pytest.fixture
def sqlite_stage(sqlite_url: str, clock: ManualClock) -> Iterator[Stage]:
    """The same on SQLite alone, for stories in which the database plays no part."""
    with _set(sqlite_url, clock) as stage:
        yield stage


@pytest.fixture
def stage_with(sqlite_url: str, clock: ManualClock) -> Iterator[Callable[..., Stage]]:
    """Sets a stage with settings of the story's own: ``stage_with(outgoing=False)``."""
    stages: list[Stage] = []

    def set_up(**settings: Any) -> Stage:
        stages.append(Stage(sqlite_url, clock, **settings))
        return stages[-1]

    yield set_up
    for stage in stages:
        try:
            stage.check()
        finally:
            stage.close()


@contextmanager
def _set(database_url: str, clock: ManualClock) -> Iterator[Stage]:
    stage = Stage(database_url, clock)
    try:
        yield stage
        stage.check()
    finally:
        stage.close()
