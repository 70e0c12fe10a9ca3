"""The means of a play: telephones with habits, waiting for what must happen, and checking that it did."""

import time
from collections.abc import Callable
from typing import Any

from hotline.demo.cast import BY_PHONE, Character
from hotline.demo.house import DemoHouse
from hotline.demo.pace import in_words
from hotline.demo.printer import Printer
from hotline.demo.transcript import Transcript
from hotline.emulator import Emulator, Handset, PhoneCall
from hotline.errors import HotlineError
from hotline.services import reports

_LOOK_EVERY = 0.1


class DemoFailedError(HotlineError):
    """What the demonstration claims did not happen; the message says what."""

    code = "demo"


class Local:
    """The telephones of an emulator in this process."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def is_machine(self, phone: str) -> bool:
        return self._emulator.handset(phone).policy.kind == "voicemail"

    def keys(self, phone: str, sid: str) -> list[str]:
        calls = self._emulator.handset(phone).calls
        return next((call.pressed for call in calls if call.sid == sid), [])


class Play:
    """Runs on a :class:`DemoHouse`; ``patience`` are real seconds for each thing that must happen."""

    def __init__(self, house: DemoHouse, printer: Printer, patience: float = 120) -> None:
        self.house = house
        self.printer = printer
        self.transcript = Transcript(Local(house.emulator), printer)
        self._patience = patience
        self._read = 0

    def everybody_lets_it_ring(self) -> None:
        """Every telephone rings and nobody does anything until told to."""
        for phone in BY_PHONE:
            self.phone(phone).rings_out().reactions.clear()

    def phone(self, number: str) -> Handset:
        return self.house.emulator.handset(number)

    def dial(self, caller: Character) -> PhoneCall:
        """A caller dials the line they know and types the PIN when asked."""
        phone = self.phone(caller.phone).when_hears("PIN", press=f"{caller.pin}#")
        return phone.dial(caller.line or "")

    def until(self, happened: Callable[[], Any], what: str) -> Any:
        """Tell the play until ``happened()`` gives something, and return that.

        Raises :class:`DemoFailedError` naming ``what`` when patience runs out.
        """
        last = time.monotonic() + self._patience
        while time.monotonic() < last:
            self._tell(_LOOK_EVERY)
            self.check_network()
            if found := happened():
                return found
        raise DemoFailedError(f"{what}: that should have happened within {self._patience:g} seconds.")

    def wait(self, seconds: float) -> None:
        """Tell the play for so many seconds of its own clock."""
        end = time.monotonic() + self.house.clock.real_seconds(seconds)
        while (left := end - time.monotonic()) > 0:
            self._tell(min(left, _LOOK_EVERY))

    def hurry(self, speed: float, why: str) -> None:
        """Change the pace, and say so."""
        self.house.clock.set_speed(speed)
        self.printer.aside(f"{why}: {in_words(speed)}", "bold magenta")

    def incident_of(self, caller: Character) -> dict[str, Any]:
        """The facts of the caller's only incident, empty before there is one."""
        with self.house.operation() as op:
            rows = [row for row in reports.incidents(op) if row["customer"] == caller.company]
        self.require(len(rows) <= 1, f"{caller.company} has {len(rows)} incidents instead of one")
        return rows[0] if rows else {}

    def require(self, is_true: object, what_else: str) -> None:
        """Raise :class:`DemoFailedError` with ``what_else`` unless it holds."""
        if not is_true:
            raise DemoFailedError(f"The play went wrong: {what_else}.")

    def check_network(self) -> None:
        """Raise :class:`DemoFailedError` when the telephone network complains about what it was sent."""
        alerts = self.house.emulator.alerts
        complaints = "; ".join(f"{alert.code} {alert.message} ({alert.url})" for alert in alerts)
        self.require(not alerts, f"the telephone network complains: {complaints}")

    def end_act(self) -> None:
        """Let what is on its way arrive, and count the machinery."""
        self.wait(4)
        self.transcript.flush_unanswered(self.house.clock.now())
        self.printer.aside(f"({self.transcript.machinery()}, all signed)")

    def _tell(self, real_seconds: float) -> None:
        for entry in self.house.emulator.log.wait(self._read, real_seconds):
            self._read = entry.index + 1
            self.transcript.feed(entry)
