"""The scheduler looks; the rows say what is due."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.schedulers.blocking import BlockingScheduler

from hotline.clock import FasterClock, ManualClock
from hotline.db.models import Breach, Incident, LedgerEntry
from hotline.db.session import Database
from hotline.demo import world
from hotline.scheduler import create_scheduler, stop
from hotline.services.operation import Operation
from tests.hotline.house import House


def test_a_late_run_is_never_dropped_and_many_late_ones_are_one(lite: House) -> None:
    scheduler = create_scheduler(lite.worker, lite.database, lite.clock, blocking=False)
    scheduler.start(paused=True)
    try:
        jobs = {job.id: job for job in scheduler.get_jobs()}
        assert {"enforce", "hunt", "send", "arm"} <= set(jobs)
        assert {(job.misfire_grace_time, job.coalesce, job.max_instances) for job in jobs.values()} == {
            (None, True, 1)
        }
    finally:
        stop(scheduler)


def test_a_process_of_its_own_gets_a_blocking_one(lite: House) -> None:
    scheduler = create_scheduler(lite.worker, lite.database, lite.clock, blocking=True)
    assert isinstance(scheduler, BlockingScheduler)


def test_the_next_deadline_has_an_alarm_of_its_own(lite: House, clock: ManualClock) -> None:
    lite.report()
    scheduler = create_scheduler(lite.worker, lite.database, clock, blocking=False)
    scheduler.start(paused=True)
    try:
        scheduler.get_job("arm").func()
        job = scheduler.get_job("deadline")
        assert job is not None
        assert (job.misfire_grace_time, job.coalesce) == (None, True)
    finally:
        stop(scheduler)


@pytest.fixture
def fast_database(sqlite_url: str) -> Database:
    return Database(sqlite_url, synchronous="OFF")


def test_a_breach_falls_on_time_by_itself_and_is_stamped_with_the_deadline(fast_database: Database) -> None:
    """Thirty minutes in three seconds, with nobody ticking by hand."""
    clock = FasterClock(600, datetime.now(UTC))
    house = House(fast_database, clock)  # type: ignore[arg-type]
    with fast_database.write() as session:
        world.seed(Operation(session, clock.now(), house.settings))
    incident = house.report()
    scheduler = create_scheduler(house.worker, fast_database, clock, blocking=False)
    scheduler.start()
    try:
        end = time.monotonic() + 20
        while not house.all(Breach) and time.monotonic() < end:
            time.sleep(0.05)
    finally:
        stop(scheduler)
    breach, entry = house.one(Breach), house.one(LedgerEntry)
    deadline = house.one(Incident).respond_by
    assert breach.at == entry.at == deadline == incident.reported_at + timedelta(minutes=30)
    assert breach.recorded_at >= deadline
    assert len(house.network.calls) >= 2, "meanwhile it hunted"
    fast_database.close()
