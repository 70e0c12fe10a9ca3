"""A demo world that is up, twenty times as fast as the machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.demo.house import DemoHouse


@pytest.fixture
def house(tmp_path: Path) -> Iterator[DemoHouse]:
    """The demo world on ports of its own; its telephone network has nothing to complain about."""
    with DemoHouse(0, 0, 20, tmp_path) as house:
        yield house
    assert house.emulator.alerts == []
