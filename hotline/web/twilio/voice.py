"""Answering voice webhooks: each step once, in one transaction, the same answer to every repeat."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hotline.clock import Clock
from hotline.db.models import Call
from hotline.db.session import Database
from hotline.services import replies, throttles
from hotline.services.callflow import authentication, calls, intake, keys
from hotline.services.callflow.authentication import Challenge
from hotline.services.callflow.instructions import (
    DialPlain,
    GoTo,
    HangUp,
    Heard,
    Instruction,
    Leave,
    Record,
    Say,
)
from hotline.services.operation import Operation
from hotline.services.response import timeline
from hotline.settings import Settings
from hotline.speech import Prompt
from hotline.web.twilio.steps import FIRST_STEPS, STEPS, Handler, PinStep, begin_again, is_fit
from hotline.web.twilio.twiml import TwimlWriter

Work = Callable[[Operation, Call], list[Instruction]]
_ARRIVE = "arrive"
_RECOVERIES = 3
_IN_A_QUEUE = {"wait", "wait-key", "offer-key", "told-waiting", "engineer-wait"}
_WHISPERS = {"whisper", "whisper-key"}
_ANNOUNCEMENTS = {"joining", "joined", "customer-joining"}
_RESCUED = "rescued/"  # recorded while the database was away: the call may have no row yet


@dataclass(frozen=True, slots=True)
class Party:
    """Who calls whom, as the webhook says."""

    sid: str
    from_phone: str
    to_phone: str


class VoiceDesk:
    """Answers voice webhooks with TwiML."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings

    def arrive(self, party: Party) -> str:
        """A call arrives at a service number."""
        return self._database.run(lambda session: self._arrive(self._operation(session), party))

    def step(self, name: str, number: str, party: Party, heard: Heard) -> str:
        """A step of a call that is under way. A call we know nothing of begins again, politely."""
        handler = STEPS[name]
        key = f"{name}/{number}"
        if heard.dequeuing_sid is not None:  # "now": the same queue may be taken from more than once
            key = f"{name}/{heard.dequeuing_sid}"
        if isinstance(handler, PinStep):
            return self._pin_step(handler, name, key, party, heard)
        plain: Handler = handler
        return self._answer(party, name, key, lambda op, call: plain(op, call, heard))

    def first(self, name: str, call_id: uuid.UUID, party: Party) -> str:
        """The first document of a call that we placed; it tells the call its sid."""
        handler = FIRST_STEPS[name]

        def work(session: Session) -> str:
            op = self._operation(session)
            call = calls.adopt(op, call_id, party.sid)
            if call is not None and call.call_sid != party.sid:
                # The network dialled one call of ours twice: this is the one too many.
                return self._writer(call.language, 0).write([Say((Prompt.of("goodbye"),)), HangUp()])
            if call is None or not is_fit(name, call):
                return self._lost(party)
            return self._once(op, call, party.sid, name, lambda: handler(op, call, Heard()))

        return self._database.run(work)

    def recover(self, party: Party) -> str:
        """After something went wrong: take the call up where it was, and after a few times by hand.

        The way back is counted in the database, so that a fault which stays cannot go round for ever.
        """

        def work(session: Session) -> str | None:
            op = self._operation(session)
            limit = throttles.Limit(f"recover:{party.sid}", _RECOVERIES)
            if not throttles.reserve(op, [limit]):
                return None
            call = calls.find(op, party.sid)
            if call is None:
                return self._lost(party)
            call.step += 1
            if call.incident_id is not None:
                timeline.record(op, call.incident_id, "call-rescued", call=str(call.id))
            writer = self._writer(call.language, call.step)
            return writer.write([Say((Prompt.of("hold.moment"),)), GoTo("resume")])

        return self._database.run(work) or self.last_resort()

    def way_out(self, step: str) -> str | None:
        """How a call leaves a queue, a whisper or an announcement in which its step failed."""
        if step in _WHISPERS:
            return self._writer("en", 0).write([HangUp()])
        if step in _ANNOUNCEMENTS:
            return self._writer("en", 0).write([])
        return self._writer("en", 0).write([Leave()]) if step in _IN_A_QUEUE else None

    def last_resort(self) -> str:
        """What can be said without the database: ring the fallback numbers, whoever is calling."""
        phones = self._settings.fallback_numbers
        if phones:
            said: list[Instruction] = [Say((Prompt.of("trouble.hold"),)), DialPlain(phones)]
        else:
            said = [Record("rescued", (Prompt.of("trouble.record"),))]
        return self._writer("en", 0).write(said)

    def _arrive(self, op: Operation, party: Party) -> str:
        if not replies.claim(op, party.sid, _ARRIVE):
            return replies.find(op, party.sid, _ARRIVE) or self._lost(party)
        known = calls.find(op, party.sid)
        if known is not None:  # a call of ours that lost its way
            return self._settle(op, known, party.sid, _ARRIVE, begin_again(op, known))
        if calls.is_from_us(op, party.from_phone):
            # A leg that we placed and know nothing of: whoever is there did not call us.
            body = self._writer("en", 0).write([Say((Prompt.of("goodbye"),)), HangUp()])
            replies.settle(op, party.sid, _ARRIVE, body)
            return body
        call = calls.arrived(op, party.sid, party.from_phone, party.to_phone)
        return self._settle(op, call, party.sid, _ARRIVE, intake.arrive(op, call))

    def _answer(self, party: Party, name: str, key: str, work: Work) -> str:
        def run(session: Session) -> str:
            op = self._operation(session)
            call = calls.find(op, party.sid)
            if call is None and key.startswith(_RESCUED):
                call = calls.arrived(op, party.sid, party.from_phone, party.to_phone)
            if call is None:
                return self._lost(party)
            fitting = work if is_fit(name, call) else begin_again
            return self._once(op, call, party.sid, key, lambda: fitting(op, call))

        return self._database.run(run)

    def _pin_step(self, handler: PinStep, name: str, key: str, party: Party, heard: Heard) -> str:
        """1. Claim the step and count the try. 2. Check the PIN, slowly. 3. Record and answer."""
        typed = keys.read(heard.digits)
        if not typed.digits:
            return self._answer(
                party, name, key, lambda op, call: handler.handler(op, call, heard, right=None)
            )
        begun = self._database.run(
            lambda session: self._begin_pin(self._operation(session), party, name, key)
        )
        if isinstance(begun, str):
            return begun
        right = authentication.check(begun, typed.digits)

        def finish(session: Session) -> str:
            op = self._operation(session)
            call = calls.find(op, party.sid)
            body = replies.find(op, party.sid, key)
            if call is None or body is not None:
                return body or self._lost(party)
            is_right = right and call.contract_id == begun.contract_id  # not another's by now
            body = self._settle(op, call, party.sid, key, handler.handler(op, call, heard, right=is_right))
            if is_right:
                authentication.give_back(op, call)
            return body

        return self._database.run(finish)

    def _begin_pin(self, op: Operation, party: Party, name: str, key: str) -> Challenge | str:
        call = calls.find(op, party.sid)
        if call is None:
            return self._lost(party)
        if not is_fit(name, call):
            return self._once(op, call, party.sid, key, lambda: begin_again(op, call))
        is_new = replies.claim(op, party.sid, key)
        if not is_new:
            answered = replies.find(op, party.sid, key)
            if answered is not None:
                return answered
        return authentication.begin(op, call, count=is_new)

    def _once(
        self, op: Operation, call: Call, sid: str, key: str, work: Callable[[], list[Instruction]]
    ) -> str:
        if not replies.claim(op, sid, key):
            answered = replies.find(op, sid, key)
            if answered is not None:
                return answered
        return self._settle(op, call, sid, key, work())

    def _settle(self, op: Operation, call: Call, sid: str, key: str, instructions: list[Instruction]) -> str:
        call.step += 1
        body = self._writer(call.language, call.step).write(instructions)
        replies.settle(op, sid, key, body)
        return body

    def _lost(self, party: Party) -> str:
        """A call that we have no row for, whatever became of it: start it anew and lose nothing."""
        writer = self._writer("en", 0)
        body = writer.write([Say((Prompt.of("trouble.restart"),)), GoTo("arrive")])
        return body.replace(writer.url("arrive"), f"{self._settings.public_url}/twilio/voice")

    def _writer(self, language: str, step: int) -> TwimlWriter:
        transcribe = self._settings.transcribe
        return TwimlWriter(self._settings.public_url, language, step, transcribe=transcribe)

    def _operation(self, session: Session) -> Operation:
        return Operation(session, self._clock.now(), self._settings)
