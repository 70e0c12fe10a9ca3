"""``hotline demo`` plays its three stories to the end and says what it should; what fails is said."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hotline.demo import closing
from hotline.demo.house import DemoHouse
from hotline.demo.play import DemoFailedError, Play
from hotline.demo.printer import Printer

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_three_stories_are_told_and_the_third_costs_money() -> None:
    told = play("--speed", "25")
    assert re.findall(r"^(One|Two|Three): ", told, re.MULTILINE) == ["One", "Two", "Three"]
    verdicts = re.findall(r"^([✓✗]) (Kept|Missed)[.,]", told, re.MULTILINE)
    assert verdicts == [("✓", "Kept"), ("✓", "Kept"), ("✗", "Missed")]
    assert told.count("USD 12,500.50") >= 3
    assert "1 second here is 25 seconds there." in told
    assert "All three went as told" in told
    for place in ("The ledger", "The timeline of incident", "make run", "http://127.0.0.1:8400", "README.md"):
        assert place in told
    assert max(map(len, told.splitlines())) <= 80
    assert not re.search("482913|704158|159260", told), "a PIN was shown"
    assert told.count("presses ••••••#") == 3


def play(*options: str) -> str:
    """What the demo prints into a pipe; it has to go well and to say nothing else."""
    result = subprocess.run(
        [sys.executable, "-m", "hotline", "demo", *options],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=240,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"},
    )  # fmt: skip
    assert result.stderr == ""
    assert result.returncode == 0, result.stdout
    return result.stdout


def test_what_does_not_happen_fails_the_demo_in_words(house: DemoHouse) -> None:
    play = Play(house, Printer(), patience=0.3)
    with pytest.raises(DemoFailedError, match=r"The moon rises: that should have happened within 0\.3"):
        play.until(lambda: False, "The moon rises")


def test_a_complaint_of_the_network_fails_the_demo(house: DemoHouse) -> None:
    house.emulator.exchange.alert(12200, "nobody knows <Dance>")
    with pytest.raises(DemoFailedError, match="12200 nobody knows <Dance>"):
        Play(house, Printer()).check_network()
    house.emulator.alerts.clear()


def test_a_ledger_without_the_fine_fails_the_demo(house: DemoHouse) -> None:
    with pytest.raises(DemoFailedError, match="0 entries"):
        closing.print_ledger(house, Printer())
