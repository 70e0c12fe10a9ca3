"""Fixtures of the proof: a house at the beginning of the stories, and the seeds that they are made from.

``make proof`` says how many seeds and from which on, by ``HOTLINE_PROOF_SEEDS`` and ``HOTLINE_PROOF_FROM``.
"""

import os
from collections.abc import Iterator
from functools import cache

import pytest

from hotline.clock import ManualClock
from hotline.db.session import Database
from hotline.demo import world
from tests.hotline.house import House, build
from tests.proof.stories import FIRST


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for a ``seed`` runs once for each, one for the ``first_seed`` once.

    Its name says which, so that it can be repeated.
    """
    first, count = (int(os.environ.get(f"HOTLINE_PROOF_{name}", "1")) for name in ("FROM", "SEEDS"))
    for name, seeds in (("seed", range(first, first + count)), ("first_seed", (first,))):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, [pytest.param(seed, id=f"seed-{seed}") for seed in seeds])


@pytest.fixture(scope="session", autouse=True)
def _hash_the_worlds_secrets_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(world, "hash_secret", cache(world.hash_secret))
        yield


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    """The service and its demo world, on SQLite and on PostgreSQL in turn, before anything has happened."""
    database = Database(database_url, synchronous="OFF", pool_size=16)
    yield build(database, ManualClock(FIRST))
    database.close()
