"""At stake is what the next miss then costs: its fine, and what it moves the credit of the period."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from hotline.clock import ManualClock
from hotline.db.models import ContractTerms, Incident, LedgerEntry, ToldBy
from hotline.db.session import Database
from hotline.services.promise.stakes import stake_of, stakes
from sla import Cap, FeeShare, Limits, Money, Period, RisingSchedule, Stake
from tests.hotline.house import (
    HANNAH,
    HANNAHS_CONTRACT,
    HANNAHS_LINE,
    MADES_CONTRACT,
    House,
    build,
    deadline_of,
)
from tests.support.databases import SqliteDatabases
from tests.support.terms import agree, make_terms, measured

MORNING = datetime(2026, 11, 23, 2, tzinfo=UTC)
QUARTER_OVER = datetime(2026, 12, 31, 17, tzinfo=UTC)  # midnight in Jakarta


def at_stake(house: House, incident: Incident) -> Stake:
    found = house.do(lambda op: stake_of(op, op.session.get_one(Incident, incident.id)))
    assert found is not None
    return found  # type: ignore[no-any-return]


def settled(house: House) -> int:
    """Everything that is owed once the quarter is over."""
    house.clock.move_to(QUARTER_OVER)
    for _ in range(3):
        house.worker.enforce()
    return sum(row.amount for row in house.all(LedgerEntry))


def random_terms(random: Random) -> Any:
    cap = Cap(Money(random.choice((700, 1_500, 9_000)), "USD"), random.choice(tuple(Period)))
    limits = Limits(
        floor=random.choice((None, Money(150, "USD"))),
        per_incident=random.choice((None, Money(450, "USD"))),
        per_period=random.choice((None, cap)),
    )
    steps = tuple(FeeShare(points) for points in sorted(random.choices(range(0, 900, 50), k=3)))
    rising = RisingSchedule(steps, "USD", random.choice(tuple(Period)))
    bands = measured((9_500, 100), (8_000, 400), (5_000, 1_000), period=Period.QUARTER)
    return make_terms(
        annual_fee=Money(10_001, "USD"),
        rising=random.choice((None, rising, rising)),
        attainment=bands,
        limits=limits,
    )


def live(house: House, random: Random) -> Incident:
    """Some are kept, some missed; the last is undecided."""
    agree(house.database, MADES_CONTRACT, random_terms(random))
    for _ in range(random.randrange(7)):
        incident = house.report()
        if random.random() < 0.6:
            house.take(incident)
            house.tell(incident, ToldBy.BRIDGE)
        house.clock.advance(1900)
        house.worker.enforce()
    return house.report()


@pytest.fixture
def houses(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[tuple[House, House]]:
    """Two houses, so that a story can be lived twice."""
    databases = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        databases.append(Database(sqlite_databases.migrated(tmp_path / name), synchronous="OFF"))
    one, other = (build(database, ManualClock(MORNING)) for database in databases)
    yield one, other
    for database in databases:
        database.close()


@pytest.mark.parametrize("seed", range(6))
def test_the_stake_is_what_the_quarter_costs_more_with_the_miss(
    houses: tuple[House, House], seed: int
) -> None:
    """The same story twice: in one the last incident is missed, in the other the customer is told."""
    one, other = houses
    missed, kept = (live(house, Random(seed)) for house in houses)  # noqa: S311 - a story, no secret
    stake = at_stake(one, missed)
    other.take(kept)
    assert other.tell(kept, ToldBy.BRIDGE)
    one.clock.move_to(deadline_of(missed))
    one.worker.enforce()
    fines = one.all(LedgerEntry, LedgerEntry.incident_id == missed.id)
    assert [fine.amount for fine in fines] == ([] if stake.fine is None else [stake.fine.amount.minor])
    assert settled(one) - settled(other) == stake.amount.minor


def test_terms_that_cannot_be_read_hide_nobody_elses_stake(lite: House, logged: Any) -> None:
    mine, hers = lite.report(), lite.report(HANNAHS_CONTRACT, HANNAH, HANNAHS_LINE)
    (row,) = lite.all(ContractTerms, ContractTerms.id == mine.terms_id)
    lite.set(row, schedule={"kind": "a kind that nobody knows"})
    found = lite.do(lambda op: stakes(op, [op.session.get_one(Incident, one.id) for one in (mine, hers)]))
    assert list(found) == [hers.id]
    assert "terms_unreadable" in {entry["event"] for entry in logged}
