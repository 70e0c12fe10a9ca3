"""The whole house on one machine: web application, worker, database and telephone network.

Each part has what it has in production and nothing more: web and worker each open the database for
themselves, and they and the telephone network know each other by HTTP alone.
"""

import secrets
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType

from apscheduler.schedulers.base import BaseScheduler

from hotline.app import create_app, create_database, create_worker
from hotline.db import migrate
from hotline.db.session import Database
from hotline.demo import world
from hotline.demo.cast import LINES
from hotline.demo.lab import furnish, line_name
from hotline.demo.pace import PacedClock
from hotline.demo.web_server import HOST, WebServer, free_port
from hotline.emulator import Emulator, Server
from hotline.scheduler import create_scheduler, stop
from hotline.services.operation import Operation
from hotline.settings import Settings, load_settings
from hotline.week import DAYS
from hotline.worker import Worker


class DemoHouse:
    """The demo world, alive between ``with`` and its end, on ``port`` and ``emulator_port`` (0: any).

    ``folder`` holds the database, new or kept from last time. ``speed`` may be changed while it runs.
    What was begun is finished before a part is closed, also when the block is left by Ctrl-C.
    Raises :class:`ConfigurationError` when a port is taken.
    """

    emulator: Emulator
    settings: Settings

    def __init__(
        self, port: int, emulator_port: int, speed: float, folder: Path, start: datetime | None = None
    ) -> None:
        self.folder = folder
        self.clock = PacedClock(speed, start)
        self._ports = port, emulator_port
        self._stack = ExitStack()
        self._hands = threading.Lock()
        self._is_open = False

    @property
    def url(self) -> str:
        """Where pages and webhooks are."""
        return self.settings.public_url

    @property
    def emulator_url(self) -> str:
        """Where the telephone network is."""
        return self.settings.api_base_url

    @contextmanager
    def operation(self) -> Iterator[Operation]:
        """A look at the database at this instant; nothing is kept."""
        with self._database.read() as session:
            yield Operation(session, self.clock.now(), self.settings)

    def __enter__(self) -> "DemoHouse":
        free_port(self._ports[0], "--port")
        free_port(self._ports[1], "--emulator-port")
        try:
            self._open()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._hands:
            self._is_open = False
        self._stack.close()

    def _open(self) -> None:
        """Build from the ground up; the stack takes down in the opposite order."""
        account, token = "AC" + secrets.token_hex(16), secrets.token_hex(16)
        self.emulator = Emulator(account, token, self.clock)
        network = self._stack.enter_context(self.emulator.serve(self._ports[1], HOST))
        web = self._stack.enter_context(WebServer(self._ports[0]))
        self.settings = self._configure(web, network, account, token)
        migrate.upgrade(self.settings.database_url)
        self._database = self._open_database()
        with self._database.write() as session:
            world.seed(Operation(session, self.clock.now(), self.settings))
        web.serve(create_app(self.settings, self.clock, self._open_database()))
        self._plug_in()
        self._work()

    def _configure(self, web: WebServer, network: Server, account: str, token: str) -> Settings:
        return load_settings(
            _env_file=None,
            database_url=f"sqlite:///{self.folder / 'hotline.db'}",
            public_url=f"http://{HOST}:{web.port}",
            secret_key=secrets.token_urlsafe(32),
            account_sid=account,
            auth_token=token,
            api_base_url=network.url,
            approval_limits="USD 10,000; IDR 150,000,000",
            clock_speed=self.clock.speed,
            clock_anchor=self.clock.now(),
            # Days ahead: no story is interrupted by the weekly test.
            self_test_at=f"{DAYS[(self.clock.now().weekday() + 3) % len(DAYS)]} 10:00 UTC",
        )

    def _open_database(self) -> Database:
        database = create_database(self.settings)
        self._stack.callback(database.close)
        return database

    def _plug_in(self) -> None:
        for line in LINES:
            self.emulator.add_number(
                line,
                voice_url=f"{self.url}/twilio/voice",
                voice_fallback_url=f"{self.url}/twilio/voice/fallback",
                sms_url=f"{self.url}/twilio/sms",
                status_callback=f"{self.url}/twilio/calls",
                friendly_name=line_name(line),
            )
        with self.operation() as op:
            furnish(self.emulator, self.url, op)
        self.emulator.start()
        self._stack.callback(self.emulator.stop)

    def _work(self) -> None:
        database = self._open_database()
        worker = create_worker(self.settings, self.clock, database)
        self._stack.callback(worker.close)
        self._start_scheduler(worker, database)
        self._stack.callback(lambda: stop(self._scheduler))
        self._is_open = True
        self.clock.on_change(lambda: self._keep_pace(worker, database))

    def _start_scheduler(self, worker: Worker, database: Database) -> None:
        self._scheduler: BaseScheduler = create_scheduler(worker, database, self.clock, blocking=False)
        self._scheduler.start()

    def _keep_pace(self, worker: Worker, database: Database) -> None:
        """Ticks and rings were planned for the old speed: plan them anew."""
        with self._hands:
            if not self._is_open:
                return
            stop(self._scheduler)
            self._start_scheduler(worker, database)
            self.emulator.exchange.kernel.soon(lambda: None)
