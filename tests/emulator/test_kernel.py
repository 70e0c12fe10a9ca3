"""Time and order: the same story twice, a clock that tests move, and one that goes by itself."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug import Response

from hotline.clock import FasterClock, ManualClock, SystemClock
from hotline.emulator import Emulator
from hotline.emulator.kernel import Kernel
from hotline.emulator.story import TIMED_OUT, Channel, Fetch, Interrupted, Listen, Scope, Sleep
from tests.emulator.support import ACCOUNT, ADA, CALLER, LINE, START, TOKEN


def fail(error: BaseException) -> None:
    raise error


@pytest.fixture
def kernel(clock: ManualClock) -> Kernel:
    return Kernel(clock, on_error=fail)


def test_events_run_in_order_of_time_and_of_scheduling(kernel):
    ran = []
    kernel.later(2, lambda: ran.append("c"))
    kernel.later(1, lambda: ran.append("a"))
    kernel.later(1, lambda: ran.append("b"))
    assert kernel.run_due() == 0
    kernel.advance(5)
    assert ran == ["a", "b", "c"]
    assert kernel.now() == START + timedelta(seconds=5)


def test_a_leap_of_the_clock_keeps_the_spans_of_a_story(kernel, clock):
    seen = []

    def story():
        for _ in range(3):
            yield Sleep(10)
            seen.append(kernel.now())

    kernel.spawn(story())
    kernel.run_due()
    clock.advance(100)
    assert kernel.run_due() == 3
    assert seen == [START + timedelta(seconds=n) for n in (10, 20, 30)]


def test_listening_ends_with_an_item_or_in_time(kernel):
    channel, heard = Channel(), []

    def story():
        heard.append((yield Listen(channel, 5)))
        heard.append((yield Listen(channel, 5)))

    kernel.spawn(story())
    kernel.later(3, lambda: channel.put("key"))
    kernel.advance(7.9)
    assert heard == ["key"]
    kernel.advance(0.2)
    assert heard == ["key", TIMED_OUT]
    assert kernel.idle()


def test_an_interrupt_outside_its_scope_is_dropped_and_says_so(kernel):
    dropped, scope = [], Scope()

    def story():
        yield Sleep(5)
        scope.close()
        yield Sleep(5)

    process = kernel.spawn(story())
    kernel.advance(6)
    process.interrupt(Interrupted(), scope, dropped=lambda: dropped.append(1))
    kernel.run_due()
    assert dropped == [1]
    assert not process.finished


def test_an_interrupted_fetch_never_comes_back(kernel):
    seen = []

    def story():
        try:
            yield Fetch(lambda: "late")
        except Interrupted:
            seen.append("interrupted")
            seen.append((yield Sleep(1)))

    process = kernel.spawn(story())
    process.interrupt(Interrupted())
    kernel.advance(2)
    assert seen == ["interrupted", None]
    assert process.finished


def test_the_lock_is_free_while_a_request_is_out(kernel):
    def job() -> bool:
        found = []

        def try_lock() -> None:
            found.append(kernel.lock.acquire(timeout=2))
            kernel.lock.release()

        other = threading.Thread(target=try_lock)
        other.start()
        other.join()
        return found[0]

    got = []

    def story():
        got.append((yield Fetch(job)))

    kernel.spawn(story())
    kernel.run_due()
    assert got == [True]


def test_an_error_of_the_emulator_itself_leaves_run_due(kernel):
    def story():
        yield Sleep(1)
        raise ZeroDivisionError

    kernel.spawn(story())
    with pytest.raises(ZeroDivisionError):
        kernel.advance(2)


def story_log(service, seed: int) -> list[tuple]:
    clock = ManualClock(START)
    emulator = Emulator(ACCOUNT, TOKEN, clock, seed=seed)
    emulator.add_number(LINE, voice_url=service.url + "/voice")
    service.say("/voice", f'<Gather numDigits="1"><Say>Hello.</Say></Gather><Dial>{ADA}</Dial>')
    emulator.handset(ADA).answers(after=2)
    call = emulator.handset(CALLER).dial(LINE)
    emulator.advance(20)
    call.hang_up()
    emulator.advance(5)
    return [(entry.at, entry.kind, entry.sid, entry.text, entry.data) for entry in emulator.log]


def test_the_same_seed_and_story_give_the_same_log_and_another_seed_other_sids(service):
    first, second, other = story_log(service, 1), story_log(service, 1), story_log(service, 2)
    assert first == second
    assert len(first) > 10
    assert [entry[1] for entry in other] == [entry[1] for entry in first]
    assert other[0][2] != first[0][2]


def test_the_next_event_is_known_and_old_timers_are_forgotten(emu, service):
    service.say("/voice", '<Gather numDigits="1" timeout="60"/>')
    call = emu.handset(CALLER).dial(LINE)
    emu.run_due()
    assert emu.next_event_at() == START + timedelta(seconds=60)
    call.hang_up()
    emu.run_due()
    assert emu.next_event_at() is None
    assert emu.quiet()


def test_a_manual_clock_is_not_driven_and_a_live_one_not_pushed(emu):
    with pytest.raises(RuntimeError, match="manual clock"):
        emu.start()
    with pytest.raises(RuntimeError, match="manual clock is moved"):
        Emulator(ACCOUNT, TOKEN, SystemClock()).advance(1)


def wait_until(true, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def test_a_live_emulator_tells_a_story_by_itself(service):
    clock = FasterClock(20, anchor=datetime.now(UTC))
    emulator = Emulator(ACCOUNT, TOKEN, clock)
    emulator.add_number(LINE, voice_url=service.url + "/voice")
    service.say("/voice", f"<Say>Hello.</Say><Dial>{ADA}</Dial>")
    emulator.handset(ADA).answers(after=2)
    emulator.start()
    with emulator:
        call = emulator.handset(CALLER).dial(LINE)
        wait_until(lambda: call.is_connected_with == ADA)
        assert emulator.log.wait(0, 1.0)
        call.hang_up()
        wait_until(emulator.quiet)
    assert emulator.alerts == []
    assert emulator.handset(ADA).calls[0].status == "completed"


def test_a_slow_webhook_blocks_only_its_own_leg(service):
    release = threading.Event()

    def slow(_):
        release.wait(5)
        return "<Say>Slow.</Say>"

    service.say("/slow", slow)
    service.say("/fast", "<Say>Fast.</Say>")
    emulator = Emulator(ACCOUNT, TOKEN, SystemClock())
    emulator.add_number("+62211", voice_url=service.url + "/slow")
    emulator.add_number("+62212", voice_url=service.url + "/fast")
    emulator.start()
    with emulator:
        first = emulator.handset(CALLER).dial("+62211")
        second = emulator.handset(ADA).dial("+62212")
        wait_until(lambda: second.heard == ["Fast."])
        assert first.heard == []
        release.set()
        wait_until(lambda: first.heard == ["Slow."])


def test_an_error_in_live_mode_is_an_alert_and_the_rest_goes_on(service):
    service.say("/voice", Response("<Response><Say>Hi.</Say></Response>", content_type="text/xml"))
    emulator = Emulator(ACCOUNT, TOKEN, SystemClock())
    emulator.add_number(LINE, voice_url=service.url + "/voice")

    def broken():
        raise ZeroDivisionError("broken")

    emulator.exchange.kernel.soon(broken)
    emulator.start()
    with emulator:
        wait_until(lambda: [alert.code for alert in emulator.alerts] == ["emulator"])
        call = emulator.handset(CALLER).dial(LINE)
        wait_until(lambda: call.heard == ["Hi."])
