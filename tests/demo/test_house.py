"""The house stands while it is wanted, on its own ports, and is gone afterwards."""

import socket
import threading
from pathlib import Path

import pytest
import requests

from hotline.demo.house import DemoHouse
from hotline.errors import ConfigurationError
from hotline.services.on_call.rosters import duties


def test_pages_and_telephones_are_there(house: DemoHouse) -> None:
    assert requests.get(house.url + "/sign-in", timeout=10).status_code == 200
    lines = requests.get(house.emulator_url + "/emulator/numbers", timeout=10).json()["numbers"]
    assert {line["phone_number"] for line in lines} == {"+6531590100", "+6531590101", "+622150100200"}
    assert {line["status_callback"] for line in lines} == {house.url + "/twilio/calls"}


def test_somebody_is_on_call_in_every_layer(house: DemoHouse) -> None:
    with house.operation() as op:
        assert [duty.layer for duty in duties(op) if duty.users] == [
            "primary", "backup", "manager"] * 2  # fmt: skip


def test_the_pace_can_change_and_the_worker_goes_on(house: DemoHouse) -> None:
    url = house.emulator_url + "/emulator/clock"
    assert requests.post(url, json={"speed": 50}, timeout=10).json()["speed"] == 50
    assert requests.post(url, json={"speed": 0}, timeout=10).status_code == 400
    assert house.clock.speed == 50


def test_a_kept_folder_is_opened_again(tmp_path: Path) -> None:
    for _ in range(2):
        with DemoHouse(0, 0, 1, tmp_path) as house, house.operation() as op:
            assert len(duties(op)) == 6


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with DemoHouse(0, 0, 1, tmp_path) as house:
        url = house.url
    left = [thread for thread in set(threading.enumerate()) - before if not thread.daemon]
    assert left == []
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=2)


@pytest.mark.parametrize(("place", "option"), [(0, "--port"), (1, "--emulator-port")])
def test_a_port_that_is_taken_is_named_with_its_option(tmp_path: Path, place: int, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = [0, 0]
        ports[place] = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"Port {ports[place]} .* with {option}"):
            DemoHouse(ports[0], ports[1], 1, tmp_path).__enter__()


def test_the_house_is_taken_down_when_the_play_fails(tmp_path: Path) -> None:
    house = DemoHouse(0, 0, 1, tmp_path)
    with pytest.raises(KeyboardInterrupt), house:
        raise KeyboardInterrupt
    with pytest.raises(requests.ConnectionError):
        requests.get(house.url, timeout=2)
