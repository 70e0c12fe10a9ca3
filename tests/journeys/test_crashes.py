"""Workers die, or tick together: one breach, one fine, one call, one message."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest

from hotline.db.models import OutboxItem, OutboxStatus
from hotline.services.outgoing import effects
from hotline.services.promise import enforcement
from tests.journeys.stage import BO, DEWI, JAKARTA_LINE, MADE, MADES_PIN, SITI, Stage
from tests.support.threads import at_once

HALF_AN_HOUR = timedelta(minutes=30)
MISSED = {
    MADE: "reference",
    DEWI: "page warning warning breach",
    BO: "page warning breach",
    SITI: "breach",
}


class DiedError(BaseException):
    """The process is gone at this point."""


def _die(*_: object, **__: object) -> Any:
    raise DiedError


def _dies_at(stage: Stage, patch: pytest.MonkeyPatch, owner: Any, name: str, act: Any = _die) -> None:
    """The worker dies in the middle of its tick, at that point."""
    with patch.context() as context:
        context.setattr(owner, name, act)
        with pytest.raises(DiedError):
            stage.worker.tick()


@pytest.mark.parametrize("point", ["_price", "_write", "_draft", "after"])
def test_a_worker_killed_between_breach_and_fine_leaves_neither_and_the_next_records_both(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    reported = stage.clock.now()
    stage.open_incident().hang_up()
    stage.hush()
    stage.wait_for(reported + HALF_AN_HOUR - timedelta(seconds=1))
    stage.clock.advance(1)
    if point == "after":  # everything is written, nothing committed
        write = enforcement._write

        def write_and_die(*args: Any) -> None:
            write(*args)
            raise DiedError

        _dies_at(stage, monkeypatch, enforcement, "_write", write_and_die)
    else:
        _dies_at(stage, monkeypatch, enforcement, point)
    assert stage.breaches() == []
    assert stage.ledger() == []
    assert stage.incident().breached_at is None
    stage.clock.advance(7)
    stage.worker = stage.new_worker()
    stage.settle()
    stage.worker.tick()
    (breach,), (fine,) = stage.breaches(), stage.ledger()
    assert breach.at == fine.at == reported + HALF_AN_HOUR
    assert breach.recorded_at == reported + HALF_AN_HOUR + timedelta(seconds=7)
    assert stage.events().count("breached") == 1
    stage.wait(30)
    stage.only(calls={DEWI: 1}, texts=MISSED)


def test_a_worker_that_dies_after_placing_a_call_does_not_place_it_twice(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = stage.worker
    stage.worker = _Nobody()  # type: ignore[assignment]
    stage.takes(DEWI, after=30)
    call = stage.open_incident()
    stage.worker = real
    _dies_at(stage, monkeypatch, effects, "succeeded")
    stage.worker = stage.new_worker()
    stage.wait(75)
    assert stage.rung(DEWI) == 1
    assert len(stage.texts(DEWI)) <= 2, "a message may be repeated, a call may not"
    call.hang_up()
    stage.wait(20)
    stage.only(calls={DEWI: 1, BO: 1}, texts={MADE: "reference reference", DEWI: "page", BO: "page"})


class _Nobody:
    """No worker at all."""

    def tick(self) -> int:
        return 0

    def close(self) -> None:
        """Nothing is open."""


def test_while_no_worker_runs_nothing_is_lost(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    real = stage.worker
    stage.worker = _Nobody()  # type: ignore[assignment]
    call = stage.open_incident()
    stage.wait(20)
    assert stage.placed() == {}
    assert not call.ended
    stage.worker = real
    stage.takes(DEWI)
    stage.wait_until(lambda: call.is_connected_with == DEWI, at_most=30)
    call.hang_up()
    stage.wait(5)
    stage.only(calls={DEWI: 1}, texts={MADE: "reference", DEWI: "page"})


def test_two_workers_that_tick_together_do_everything_once(stage: Stage) -> None:
    for number in (DEWI, BO, SITI):
        stage.phone(number).voicemail(after=5)
    stage.worker = _Pair(stage)  # type: ignore[assignment]
    reported = stage.clock.now()
    stage.open_incident().hang_up()
    stage.wait_for(reported + timedelta(seconds=100))
    assert stage.rung(DEWI) == stage.rung(BO) == stage.rung(SITI) == 1
    stage.hush()
    stage.wait_for(reported + HALF_AN_HOUR + timedelta(seconds=20))
    assert len(stage.breaches()) == len(stage.ledger()) == 1
    assert stage.events().count("breached") == 1
    ours = {call.call_sid for call in stage.calls()}
    assert set(stage.emulator.calls) == ours, "every call at the network is one of ours, once"
    stage.only(calls={DEWI: 1, BO: 1, SITI: 1}, texts={**MISSED, SITI: "page breach"})


class _Pair:
    """Two workers whose ticks begin at the same moment, in threads of their own."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._first = stage.worker
        self._second = stage.new_worker()

    def tick(self) -> int:
        return sum(at_once(self._first.tick, self._second.tick))

    def close(self) -> None:
        self._first.close()
        self._second.close()


def test_twelve_deadlines_and_four_workers_number_the_misses_without_a_hole(stage: Stage) -> None:
    stage.worker, real = _Nobody(), stage.worker  # type: ignore[assignment]
    for place in range(12):
        call = stage.dial(MADE, JAKARTA_LINE)
        stage.wait(1)
        call.press(MADES_PIN + "#")
        stage.wait(2)
        if place:
            call.press("3")
        stage.wait_until(lambda want=place + 1: len(stage.incidents()) == want)
        call.hang_up()
        stage.wait(1)
    stage.clock.advance(3600)
    workers = [stage.new_worker() for _ in range(4)]
    at_once(*(worker.enforce for worker in workers))
    for worker in workers:
        worker.enforce()
        worker.close()
    assert [entry.ordinal for entry in stage.ledger()] == list(range(1, 13))
    due = [entry.at for entry in stage.ledger()]
    assert due == sorted(due), "the misses are numbered in the order of their deadlines"
    with stage.operation() as op:
        op.session.query(OutboxItem).update({"status": OutboxStatus.EXPIRED})
    stage.worker = real
    stage.only()


_WORKER = """
import os, signal, sys
from datetime import datetime
from hotline.clock import ManualClock
from hotline.db.session import Database
from hotline.services.promise import enforcement
from hotline.services.operation import Operation
from hotline.settings import Settings
from hotline.telephony.null import NullTelephony
from hotline.worker import Worker

write = enforcement._write
def write_and_wait(*args):
    write(*args)
    print("written", flush=True)
    signal.pause()
enforcement._write = write_and_wait
settings = Settings(_env_file=None)
clock = ManualClock(datetime.fromisoformat(sys.argv[1]))
Worker(Database(settings.database_url), NullTelephony(), clock, settings).enforce()
"""


def test_kill_dash_nine_between_breach_and_fine(stage: Stage) -> None:
    reported = stage.clock.now()
    stage.open_incident().hang_up()
    stage.hush()
    stage.wait_for(reported + HALF_AN_HOUR - timedelta(seconds=1))
    stage.clock.advance(1)
    environment = {
        **os.environ,
        "HOTLINE_DATABASE_URL": stage.settings.database_url,
        "HOTLINE_PUBLIC_URL": stage.url,
        "HOTLINE_SECRET_KEY": "0123456789abcdef0123",
        "TWILIO_ACCOUNT_SID": stage.settings.account_sid,
        "TWILIO_AUTH_TOKEN": "a token",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", _WORKER, stage.clock.now().isoformat()],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines = iter(process.stdout.readline, "")
    assert any("written" in line for line in lines)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.stdout.close()
    for _ in range(50):  # PostgreSQL notices that the client is gone when it looks
        stage.settle()
        if stage.ledger():
            break
        time.sleep(0.05)
    (breach,), (fine,) = stage.breaches(), stage.ledger()
    assert breach.at == fine.at == reported + HALF_AN_HOUR
    stage.wait(20)
    stage.only(calls={DEWI: 1}, texts=MISSED)
