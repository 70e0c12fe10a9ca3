"""Random histories cost what an independent oracle says: the same breaches, ordinals, amounts and sums."""

from collections import Counter
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla import require_succession, total
from sla.money import Money
from tests.sla.histories import CONTRACT, History, history
from tests.sla.house import House, terms_of
from tests.sla.oracle import Oracle, replay


def require_agreement(story: History) -> Oracle:
    """What we make of a history is what the oracle does, line by line; returns the oracle."""
    house = House(story.versions)
    for name, *arguments in story.events:
        getattr(house, name)(*arguments)
    oracle = replay({CONTRACT: story.versions}, story.events)
    assert house.missed == oracle.breached()
    assert house.due == {incident: clock.due_on for incident, clock in oracle.clocks.items()}
    assert house.entries == oracle.entries
    for currency, minor in oracle.owed(CONTRACT).items():
        amounts = [Money(entry.amount, currency) for entry in house.entries if entry.currency == currency]
        assert total(amounts, currency) == Money(minor, currency)
    return oracle


def seen(oracle: Oracle, counted: Counter[str]) -> None:
    """Count what a history was about, so that a run can prove that it met the rare things too."""
    counted["incidents"] += len(oracle.clocks)
    counted["misses"] += len(oracle.breached())
    for entry in oracle.entries:
        counted[entry.kind] += 1
        if entry.kind == "credit":
            counted["revisions"] += entry.ordinal != 1
            counted["taken back"] += entry.amount < 0
        if entry.kind == "fine":
            counted["later misses"] += entry.ordinal != 1
            counted["fines of nothing"] += entry.amount == 0


@settings(max_examples=80, deadline=None, derandomize=True, database=None)
@given(st.randoms(use_true_random=False), st.integers(1, 40))
def test_a_random_history_costs_what_the_oracle_says(random: Random, incidents: int) -> None:
    require_agreement(history(random, incidents))


@pytest.mark.parametrize(
    "histories", [pytest.param(300, id="many"), pytest.param(3_400, id="very-many", marks=pytest.mark.slow)]
)
def test_histories_by_the_thousand_cost_what_the_oracle_says(histories: int) -> None:
    """The large run has 204,000 incidents."""
    random, counted = Random(20261123 + histories), Counter[str]()  # noqa: S311
    for _ in range(histories):
        seen(require_agreement(history(random, 60)), counted)
    assert counted["incidents"] == histories * 60
    for what in ("misses", "later misses", "fine", "fines of nothing", "credit", "waiver"):
        assert counted[what] > histories, what
    for what in ("revisions", "taken back"):
        assert counted[what] > histories // 20, what


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.randoms(use_true_random=False))
def test_the_versions_of_a_history_may_follow_each_other(random: Random) -> None:
    versions = [terms_of(version) for version in history(random, 0).versions]
    for before, after in pairwise(versions):
        require_succession(before, after)
