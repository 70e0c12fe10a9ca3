"""The adapter against a local Twilio, over real HTTP."""

import logging
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from werkzeug import Response
from werkzeug.serving import make_server

from hotline.clock import ManualClock
from hotline.emulator import Emulator, Server
from hotline.telephony import twilio
from hotline.telephony.port import CallOrder, MessageOrder, TelephonyError
from hotline.telephony.twilio import TwilioTelephony
from tests.hotline.house import ACCOUNT, DEWI, MADES_LINE, TOKEN, make_settings

CALL = CallOrder(DEWI, MADES_LINE, "http://127.0.0.1:9/answer", "http://127.0.0.1:9/status", 25)
TEXT = MessageOrder(DEWI, MADES_LINE, "HOTLINE 4821-7 Contoso", "http://127.0.0.1:9/status", 1800)


def aimed_at(url: str) -> TwilioTelephony:
    return TwilioTelephony(make_settings("sqlite:///never.db", api_base_url=url))


@pytest.fixture
def emulator(clock: ManualClock) -> Emulator:
    emulator = Emulator(ACCOUNT, TOKEN, clock)
    emulator.add_number(MADES_LINE)
    return emulator


@pytest.fixture
def server(emulator: Emulator) -> Iterator[Server]:
    with emulator.serve() as server:
        yield server


@pytest.fixture
def network(server: Server) -> Iterator[TwilioTelephony]:
    network = aimed_at(server.url)
    yield network
    network._client.http_client.session.close()


def error_of(action: Any) -> TelephonyError:
    with pytest.raises(TelephonyError) as raised:
        action()
    return raised.value


def nature(error: TelephonyError) -> set[str]:
    return {name for name in ("permanent", "unknown", "number_is_bad", "alarm") if getattr(error, name)}


def test_a_call_is_placed_as_ordered(emulator: Emulator, network: TwilioTelephony) -> None:
    sid = network.place_call(CALL)
    call = emulator.calls[sid]
    assert (call.to, call.from_) == (DEWI, MADES_LINE)
    assert emulator.alerts == []


def test_a_ringing_call_is_canceled_and_an_answered_one_completed(
    emulator: Emulator, network: TwilioTelephony
) -> None:
    ringing = network.place_call(CALL)
    emulator.advance(3)
    network.end_call(ringing, ringing=True)
    assert str(emulator.calls[ringing].status) == "canceled"


def test_ending_a_call_that_is_over_is_fine(emulator: Emulator, network: TwilioTelephony) -> None:
    sid = network.place_call(CALL)
    network.end_call(sid, ringing=True)
    network.end_call(sid, ringing=True)


def test_ending_a_call_that_the_network_does_not_know_is_fine(
    network: TwilioTelephony,
) -> None:
    network.end_call("CA" + "0" * 32, ringing=True)


def test_a_call_that_is_over_cannot_be_redirected(emulator: Emulator, network: TwilioTelephony) -> None:
    sid = network.place_call(CALL)
    network.end_call(sid, ringing=True)
    error = error_of(lambda: network.redirect_call(sid, "http://127.0.0.1:9/other"))
    assert (error.code, nature(error)) == (21220, {"permanent"})


def test_a_message_is_sent_as_ordered(emulator: Emulator, network: TwilioTelephony) -> None:
    sid = network.send_message(TEXT)
    assert emulator.messages[sid].body == TEXT.body
    emulator.advance(5)
    assert [text.body for text in emulator.handset(DEWI).inbox] == [TEXT.body]


def test_calls_to_a_number_are_found_from_an_instant_on(
    emulator: Emulator, network: TwilioTelephony, clock: ManualClock
) -> None:
    old = network.place_call(CALL)
    clock.advance(600)
    new = network.place_call(CALL)
    found = network.find_calls(DEWI, clock.now() - timedelta(seconds=5))
    assert [call.sid for call in found] == [new]
    assert {call.sid for call in network.find_calls(DEWI, clock.now() - timedelta(hours=1))} == {old, new}
    assert network.find_calls("+6281110000999", clock.now() - timedelta(hours=1)) == []


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("rest_429", set()),
        ("rest_503", {"unknown"}),
        ("rest_500", {"unknown"}),
        ("rest_down", {"unknown"}),
        ("calls_done_then_dropped", {"unknown"}),
        ("calls_done_then_500", {"unknown"}),
    ],
)
def test_misfortunes_are_sorted(
    emulator: Emulator, network: TwilioTelephony, fault: str, expected: set[str]
) -> None:
    emulator.faults.set(**{fault: 1})
    assert nature(error_of(lambda: network.place_call(CALL))) == expected
    made = 1 if "done" in fault else 0
    assert len(emulator.calls) == made, "the client itself never asks twice"
    network.place_call(CALL)
    assert len(emulator.calls) == made + 1


@pytest.mark.parametrize(
    ("number", "code"),
    [("+15005550001", 21217), ("+15005550002", 21214), ("+15005550004", 21216), ("0811", 21211)],
)
def test_a_bad_number_is_known_as_one(network: TwilioTelephony, number: str, code: int) -> None:
    order = CallOrder(number, "+15005550006", CALL.answer_url, CALL.status_url, 25)
    error = error_of(lambda: network.place_call(order))
    assert (error.code, nature(error)) == (code, {"permanent", "number_is_bad"})


def test_a_country_that_is_not_allowed_is_the_operators_to_mend(network: TwilioTelephony) -> None:
    order = CallOrder("+15005550003", "+15005550006", CALL.answer_url, CALL.status_url, 25)
    error = error_of(lambda: network.place_call(order))
    assert (error.code, nature(error)) == (21215, {"alarm"})


def test_a_wrong_token_is_the_operators_to_mend(emulator: Emulator, network: TwilioTelephony) -> None:
    emulator.rotate_token("another")
    error = error_of(lambda: network.send_message(TEXT))
    assert (error.code, nature(error)) == (20003, {"alarm"})


def test_a_refused_connection_did_nothing_and_may_be_tried_again() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert nature(error_of(lambda: aimed_at(f"http://127.0.0.1:{port}").place_call(CALL))) == set()


class Answers:
    """A server that answers everything in one way."""

    def __init__(self, response: Response | None) -> None:
        self.gate = threading.Event()
        self.response = response

    def __call__(self, environ: Any, start: Any) -> Any:
        if self.response is None:
            self.gate.wait(5)
            return Response("late")(environ, start)
        return self.response(environ, start)


def ask(answers: Answers) -> TelephonyError:
    server = make_server("127.0.0.1", 0, answers, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    network = aimed_at(f"http://127.0.0.1:{server.server_port}")
    try:
        return error_of(lambda: network.place_call(CALL))
    finally:
        answers.gate.set()
        network._client.http_client.session.close()
        server.shutdown()
        thread.join()
        server.server_close()


def test_no_answer_in_time_is_an_unknown_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twilio, "TIMEOUT_SECONDS", 0.2)
    assert nature(ask(Answers(None))) == {"unknown"}


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (Response("<h1>Bad gateway</h1>", status=502), {"unknown"}),
        (Response("not json", status=201), {"unknown"}),
        (Response("", status=400), {"permanent"}),
        (Response('["odd"]', status=503), {"unknown"}),
        (
            Response('{"type": "t", "title": "t", "status": 400, "code": 21211, "detail": "d"}', status=400),
            {"permanent", "number_is_bad"},
        ),
        (Response('{"type": "t", "title": "t", "status": 429, "code": 20429}', status=429), set()),
    ],
)
def test_odd_answers_are_errors_of_ours_and_nothing_else(response: Response, expected: set[str]) -> None:
    assert nature(ask(Answers(response))) == expected


def test_no_number_reaches_the_logs(
    emulator: Emulator, network: TwilioTelephony, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    network.place_call(CALL)
    network.send_message(TEXT)
    emulator.faults.set(rest_500=1)
    error = error_of(lambda: network.place_call(CALL))
    assert DEWI.strip("+") not in caplog.text + str(error)
    assert TEXT.body not in caplog.text


def test_a_proxy_in_the_environment_is_not_used_for_this_machine(
    server: Server, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    network = aimed_at(server.url)
    network.place_call(CALL)
    network._client.http_client.session.close()
    assert len(emulator.calls) == 1
