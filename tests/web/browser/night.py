"""A night with one of everything, played on real telephones: what the pictures of the documentation show.

It ends at ten past two in the morning in Jakarta. Every call, key and text message
went through the network and the webhooks, on a clock that the story moves; only the drawn numbers are fixed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from hotline.clock import ManualClock
from hotline.db.models import Incident, Message
from hotline.demo.people import PASSWORD
from hotline.services import tracking
from hotline.services.promise import heartbeat
from hotline.services.response import references, remarks
from tests.journeys.stage import (
    BO,
    DEWI,
    HANNAH,
    HANNAHS_PIN,
    JAKARTA_LINE,
    MADE,
    MADES_PIN,
    RUTH,
    RUTHS_PIN,
    SHARED_LINE,
    SINGAPORE_LINE,
    SITI,
    Stage,
)

BEGINS = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
JOOST, ADA = "+31610000106", "+2348010000103"
STRANGER = "+6281399900001"
AS_PEOPLE_SEE_IT = "https://hotline.example.com"


@dataclass
class Night:
    """The stage after the story, and the references of its incidents by what became of them."""

    stage: Stage
    missed: str = ""
    told: str = ""
    at_risk: str = ""
    report: str = ""
    fresh: str = ""
    password: str = PASSWORD

    def play(self) -> None:
        """Forty minutes: one missed, one kept, one at risk, one report, one that has just begun."""
        for number in (DEWI, BO, SITI, JOOST, ADA):
            self.stage.phone(number).rings_out()
        self.missed = self._ruth_is_forgotten()
        self.at_risk = self._made_calls_and_hangs_up()
        self.told = self._hannah_is_answered()
        self._joost_is_late_for_ruth()
        self.report = self._somebody_leaves_a_report()
        self._bo_takes_mades()
        self.fresh = self._hannah_calls_again()
        with self.stage.operation() as op:
            heartbeat.beat(op)
            body = sa.func.replace(Message.body, self.stage.url, AS_PEOPLE_SEE_IT)
            op.session.execute(sa.update(Message).values(body=body))
        assert self.stage.emulator.alerts == []

    def clock_of_the_customer(self) -> str:
        """The address of the page that Hannah was sent."""
        with self.stage.operation() as op:
            incident = op.session.query(Incident).filter_by(reference=self.fresh).one()
            return tracking.link(op, incident, incident.notify_phone)

    def _at(self, minute: int, second: int = 0) -> None:
        """Let time pass to that minute of the story."""
        self.stage.wait_for(BEGINS + timedelta(minutes=minute, seconds=second))

    def _newest(self) -> str:
        return self.stage.incidents()[-1].reference

    def _ruth_is_forgotten(self) -> str:
        call = self.stage.open_incident(RUTH, SHARED_LINE, RUTHS_PIN)
        self.stage.wait(95)
        call.hang_up()
        return self._newest()

    def _made_calls_and_hangs_up(self) -> str:
        self._at(14, 12)
        call = self.stage.dial(MADE, JAKARTA_LINE)
        self.stage.wait(3)
        call.press(MADES_PIN + "#")
        self.stage.wait(70)
        call.hang_up()
        return self._newest()

    def _hannah_is_answered(self) -> str:
        self._at(21, 5)
        joost = self.stage.takes(JOOST, after=7)
        call = self.stage.dial(HANNAH, SINGAPORE_LINE)
        self.stage.wait(4)
        call.press(HANNAHS_PIN + "#")
        self.stage.wait(8)
        call.press("1")
        self.stage.wait_until(lambda: call.is_connected_with == JOOST, at_most=120)
        self.stage.wait(200)
        call.hang_up()
        joost.rings_out()
        told = self._newest()
        with self.stage.operation() as op:
            incident = op.session.query(Incident).filter_by(reference=told).one()
            text = "The log disk of the standby is full. Hannah's team clears it; I look again at 03:00."
            remarks.note(op, incident, self.stage.user(op, JOOST), text)
        return told

    def _joost_is_late_for_ruth(self) -> None:
        self._at(33, 20)
        self.stage.text(JOOST, f"ACK {self.stage.code_of(JOOST)}", SHARED_LINE)
        self.stage.wait(5)

    def _somebody_leaves_a_report(self) -> str:
        self._at(35)
        dewi = self.stage.takes(DEWI, after=9)
        call = self.stage.dial(STRANGER, SHARED_LINE)
        self.stage.wait(3)
        call.press("0")
        self.stage.hear(call, "[beep]")
        call.say("This is Agus of Nusantara. Nobody here has the PIN, and the order book is down.", seconds=7)
        self.stage.wait(8)
        call.press("#")
        self.stage.wait(60)
        dewi.rings_out()
        return self._newest()

    def _bo_takes_mades(self) -> None:
        """Made's telephone is off: what Bo's word should say does not arrive, and the clock runs on."""
        self._at(38, 40)
        self.stage.phone(MADE).sms("silent")
        self.stage.text(BO, f"ACK {self.stage.code_of(BO)}")

    def _hannah_calls_again(self) -> str:
        self._at(39, 10)
        call = self.stage.dial(HANNAH, SINGAPORE_LINE)
        self.stage.wait(4)
        call.press(HANNAHS_PIN + "#")
        self.stage.wait(8)
        call.press("3")
        self.stage.wait(6)
        call.press("2")
        self.stage.wait(31)
        return self._newest()


@contextmanager
def a_night(database_url: str) -> Iterator[Night]:
    """The night after its story; its pages are served until the end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(references, "secrets", SimpleNamespace(choice=Random(4821).choice))  # noqa: S311
        stage = Stage(database_url, ManualClock(BEGINS))
        try:
            night = Night(stage)
            night.play()
            yield night
        finally:
            stage.close()
