"""An emulator on a manual clock, the service it calls, and the real SDK aimed at it."""

import threading
from collections.abc import Iterator

import pytest
from twilio.rest import Client
from werkzeug.serving import make_server

from hotline.clock import ManualClock
from hotline.emulator import Emulator, Server
from tests.emulator.support import ACCOUNT, LINE, START, TOKEN, Redirecting, Service


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    server = make_server("127.0.0.1", 0, service, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}"
    yield service
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def emu(clock: ManualClock, service: Service) -> Emulator:
    emulator = Emulator(account_sid=ACCOUNT, auth_token=TOKEN, clock=clock, seed=7)
    emulator.add_number(LINE, voice_url=service.url + "/voice", sms_url=service.url + "/sms")
    return emulator


@pytest.fixture
def server(emu: Emulator) -> Iterator[Server]:
    with emu.serve() as server:
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    http = Redirecting(server.url)
    yield Client(ACCOUNT, TOKEN, http_client=http)
    http.session.close()
