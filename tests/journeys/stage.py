"""The stage of a journey: the service, a worker and the emulator, on one clock that the test moves."""

import logging
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import requests
import sqlalchemy as sa
from twilio.request_validator import RequestValidator
from werkzeug.serving import make_server

from hotline.app import create_app, create_telephony, create_worker
from hotline.clock import ManualClock
from hotline.db.models import (
    Breach,
    Call,
    CallKind,
    Contract,
    Incident,
    IncidentEvent,
    LedgerEntry,
    Message,
    MessageKind,
    OutboxItem,
    OutboxStatus,
    Recording,
    SelfTest,
    User,
)
from hotline.db.session import Database
from hotline.demo import world
from hotline.emulator import Emulator, Handset, PhoneCall
from hotline.emulator.messaging import REPLIES as CARRIERS_REPLIES
from hotline.services.operation import Operation
from hotline.services.reaching import numbers
from hotline.settings import Settings
from hotline.speech.prompts import PROMPTS
from hotline.speech.render import translations

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "a token that only the tests know"

JAKARTA_LINE = "+622150100200"  # Nusantara Securities' own, Indonesian
SINGAPORE_LINE = "+6531590101"  # Meridian Airways' own, English
SHARED_LINE = "+6531590100"

MADE = "+6281220000201"  # Nusantara: one covered product, a known caller
INTAN = "+6281220000202"
HANNAH = "+6580000301"  # Meridian: two covered products
RUTH = "+12125550401"  # Kirana: on the shared number

MADES_PIN, HANNAHS_PIN, RUTHS_PIN = "482913", "704158", "159260"

# On call in the week of 23 November 2026, as the demo rosters say; a test proves it.
DEWI, BO, SITI = "+6281110000101", "+46701000102", "+6281110000107"
RIZKY, NADIA = "+6281110000104", "+6281110000108"  # Rizky is primary for Windows, before Bo and Siti

LANGUAGES = ("en", "id")
_NAMES = {
    DEWI: "Dewi", BO: "Bo", SITI: "Siti", RIZKY: "Rizky", NADIA: "Nadia",
    MADE: "Made", INTAN: "Intan", HANNAH: "Hannah", RUTH: "Ruth",
}  # fmt: skip
_DUE_COLUMNS = (
    Incident.next_rung_at,
    Incident.next_warning_at,
    Incident.next_notice_at,
    Incident.next_news_at,
    Incident.next_chase_at,
    SelfTest.next_at,
)

_LATE = sa.or_(Incident.told_at.is_(None), Incident.told_at > Incident.respond_by)
_WAITING = sa.func.coalesce(OutboxItem.claimed_until, OutboxItem.next_attempt_at)
_NEXT_DUE = sa.select(
    *(sa.select(sa.func.min(column)).scalar_subquery() for column in _DUE_COLUMNS),
    sa.select(sa.func.min(Incident.respond_by))
    .where(_LATE, Incident.breached_at.is_(None))
    .scalar_subquery(),
    sa.select(sa.func.min(_WAITING)).where(OutboxItem.status == OutboxStatus.PENDING).scalar_subquery(),
)


class Stage:
    """Everything a story needs. ``clock`` stands still but for :meth:`wait`."""

    def __init__(self, database_url: str, clock: ManualClock, **settings: Any) -> None:
        self.clock = clock
        self.expected_alerts: set[int | str] = set()
        self._expected: tuple[dict[str, int], dict[str, list[str]]] | None = None
        self.database = Database(database_url, synchronous="OFF")
        self.emulator = Emulator(ACCOUNT, TOKEN, clock)
        self.api = self.emulator.serve()
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        self._web = make_server("127.0.0.1", 0, _later, threaded=True)
        self.url = f"http://127.0.0.1:{self._web.server_port}"
        self.settings = Settings(
            _env_file=None,
            **{
                "database_url": database_url,
                "public_url": self.url,
                "secret_key": "0123456789abcdef0123",
                "account_sid": ACCOUNT,
                "auth_token": TOKEN,
                "api_base_url": self.api.url,
                "chase_seconds": 86400,  # silence plays no part but in the stories that are about it
                **settings,
            },
        )
        self.app = create_app(self.settings, clock, self.database)
        self._web.app = self.app
        self._thread = threading.Thread(target=self._web.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.worker = self.new_worker()
        with self.operation() as op:
            world.seed(op)
        self._plug_in()

    def new_worker(self) -> Any:
        """Another worker on the same database."""
        return create_worker(
            self.settings, self.clock, self.database, create_telephony(self.settings), senders=1
        )

    @contextmanager
    def operation(self) -> Iterator[Operation]:
        """A unit of work on the service's database, committed at its end."""
        with self.database.write() as session:
            yield Operation(session, self.clock.now(), self.settings)

    def phone(self, number: str) -> Handset:
        return self.emulator.handset(number)

    def dial(self, caller: str, line: str) -> PhoneCall:
        """A customer dials, and the line is answered."""
        call = self.phone(caller).dial(line)
        self.settle()
        return call

    def settle(self) -> None:
        """Let everything that is due now happen, here and at the network."""
        for _ in range(200):
            ran = self.emulator.run_due()
            due = self._due_here()
            if due is not None and due <= self.clock.now():
                ran += self.worker.tick()
            if not ran:
                return
        raise AssertionError("the story does not come to rest: something repeats without time passing")

    def wait(self, seconds: float) -> None:
        """Let time pass from one thing that is due to the next, here or at the network."""
        end = self.clock.now() + timedelta(seconds=seconds)
        self.settle()
        while self.clock.now() < end:
            self._move(end)

    def wait_for(self, instant: datetime) -> None:
        """Let time pass until ``instant``."""
        self.wait((instant - self.clock.now()).total_seconds())

    def network_alone(self, seconds: int) -> None:
        """Time passes and the network and the web go on, but no worker runs."""
        for _ in range(seconds):
            self.emulator.run_due()
            self.clock.advance(1)
        self.emulator.run_due()

    def wait_until(self, happened: Callable[[], Any], at_most: float = 120) -> None:
        """Let time pass until ``happened()``; fail when it does not."""
        end = self.clock.now() + timedelta(seconds=at_most)
        self.settle()
        while not happened():
            if self.clock.now() >= end:
                raise AssertionError(f"not within {at_most} seconds")
            self._move(min(end, self.clock.now() + timedelta(seconds=1)))

    def _move(self, end: datetime) -> None:
        """Move on to the next thing that is due, at most to ``end``, and let it happen."""
        now = self.clock.now()
        due = [at for at in (self.emulator.next_event_at(), self._due_here()) if at is not None and at > now]
        self.clock.move_to(min([end, *due]))
        self.settle()

    def _due_here(self) -> datetime | None:
        """When the worker has something to do next: what its sweeps look for, in one query."""
        with self.database.read() as session:
            return min((at for at in session.execute(_NEXT_DUE).one() if at is not None), default=None)

    def hear(self, call: PhoneCall, words: str, at_most: float = 60) -> None:
        """Wait until the call has spoken ``words``: literally, or a prompt's key in any language."""
        try:
            self.wait_until(lambda: self.heard(call, words), at_most)
        except AssertionError:
            raise AssertionError(f"never heard {words!r}, but: {call.heard}") from None

    def heard(self, call: PhoneCall, words: str) -> int:
        """How often the call has spoken ``words`` or the prompt of that key."""
        wanted = (
            [phrase(words, language).lower() for language in LANGUAGES]
            if words in PROMPTS
            else [words.lower()]
        )
        return sum(any(some in text.lower() for some in wanted) for text in call.heard)

    def picks_up(self, number: str, at_most: float = 60) -> PhoneCall:
        """Wait until that telephone was rung by us and somebody (or something) has picked it up."""
        self.wait_until(
            lambda: (call := self.phone(number).call) and call.incoming and call.call.answered, at_most
        )
        return self.latest(number)

    def latest(self, number: str) -> PhoneCall:
        """The latest call of a telephone."""
        return self.phone(number).calls[-1]

    def open_incident(
        self, caller: str = MADE, line: str = JAKARTA_LINE, pin: str = MADES_PIN, until: str = "Nomor"
    ) -> PhoneCall:
        """A known caller with one covered product gives the PIN; returns their call, on its way to hold."""
        call = self.dial(caller, line)
        self.wait(2)
        call.press(pin + "#")
        self.wait_until(lambda: self.incidents())
        return call

    def hush(self) -> None:
        """Nobody is rung any more: for stories of half an hour in which the hunt plays no part."""
        self.settle()
        with self.operation() as op:
            op.session.execute(sa.update(Incident).values(next_rung_at=None))

    def incidents(self) -> list[Incident]:
        with self.database.read() as session:
            return list(session.scalars(sa.select(Incident).order_by(Incident.opened_at)))

    def incident(self) -> Incident:
        """The only incident there is."""
        (only,) = self.incidents()
        return only

    def owner(self) -> str | None:
        """The first name of whoever has the only incident."""
        with self.database.read() as session:
            owner = session.scalars(sa.select(User).join(Incident, Incident.owner_id == User.id)).first()
            return None if owner is None else owner.first_name

    def events(self) -> list[str]:
        """The kinds of everything on the timelines, in order."""
        with self.database.read() as session:
            return list(
                session.scalars(
                    sa.select(IncidentEvent.kind).order_by(IncidentEvent.recorded_at, IncidentEvent.id)
                )
            )

    def ledger(self) -> list[LedgerEntry]:
        with self.database.read() as session:
            return list(session.scalars(sa.select(LedgerEntry).order_by(LedgerEntry.ordinal)))

    def breaches(self) -> list[Breach]:
        with self.database.read() as session:
            return list(session.scalars(sa.select(Breach)))

    def calls(self) -> list[Call]:
        with self.database.read() as session:
            return list(session.scalars(sa.select(Call).order_by(Call.created_at, Call.id)))

    def rung(self, number: str) -> int:
        """How many calls reached a telephone."""
        return sum(1 for call in self.emulator.calls.values() if call.to == number)

    def recordings(self) -> list[Recording]:
        with self.database.read() as session:
            return list(session.scalars(sa.select(Recording).order_by(Recording.created_at)))

    def kind_of_call(self, kind: CallKind) -> list[Call]:
        """Our calls of one kind, oldest first."""
        return [call for call in self.calls() if call.kind is kind]

    def contract(self, op: Operation, number: str) -> Contract:
        return op.session.scalars(sa.select(Contract).where(Contract.number == number)).one()

    def user(self, op: Operation, phone: str) -> User:
        return op.session.scalars(sa.select(User).where(User.phone == phone)).one()

    def renumber(self, phone: str, *new: str) -> None:
        """Whoever has ``phone`` has these numbers instead of all of theirs, the first to be rung first."""
        with self.operation() as op:
            user = self.user(op, phone)
            for method in numbers.list_of(op, user.id):
                method.removed_at = op.now
            numbers.changed(op, user)
            for place, number in enumerate(new):
                numbers.enter(op, user, number, label=f"Phone {place + 1}")

    def text(self, sender: str, body: str, line: str = JAKARTA_LINE) -> str | None:
        """Somebody sends a text message; returns the service's answer, None when there is none."""
        before = len(self.replies(sender))
        self.phone(sender).text(line, body)
        self.settle()
        answers = self.replies(sender)[before:]
        assert len(answers) <= 1, f"{len(answers)} answers to one text: {answers}"
        return answers[0] if answers else None

    def takes(self, number: str, after: float = 4, press: str = "1", once: bool = True) -> Handset:
        """The person with that telephone picks up and takes it, in whichever language they are asked."""
        phone = self.phone(number).answers(after)
        for words in ("press 1", "tekan 1"):
            phone.when_hears(words, press=press, once=once)
        return phone

    def bodies(self, number: str, kind: str) -> list[str]:
        """The messages of a kind to a telephone, oldest first."""
        query = sa.select(Message.body).where(Message.to_phone == number, Message.kind == kind)
        with self.database.read() as session:
            return list(session.scalars(query.order_by(Message.created_at)))

    def replies(self, number: str) -> list[str]:
        """What the service answered to texts of a telephone, whether it has arrived yet or not."""
        return [
            message.body
            for message in self.emulator.messages.values()
            if message.direction == "outbound-reply"
            and message.to == number
            and message.body not in CARRIERS_REPLIES.values()
        ]

    def post(self, path: str, **form: str) -> requests.Response:
        """A webhook as the network would send it, but by hand: signed, from any thread."""
        form = {"AccountSid": ACCOUNT, "From": MADE, "To": JAKARTA_LINE, **form}
        url = path if path.startswith("http") else self.url + path
        signature = RequestValidator(TOKEN).compute_signature(url, form)
        return requests.post(url, data=form, headers={"X-Twilio-Signature": signature}, timeout=30)

    def only(self, *, calls: Mapping[str, int] | None = None, texts: Mapping[str, str] | None = None) -> None:
        """The calls that the service places and the messages that it sends, and no others, in all the story.

        ``calls`` counts them by telephone; ``texts`` names their kinds, as in ``{BO: "page taken"}``.
        Everything is compared when the story is over; a story that does not say fails.
        """
        self._expected = (
            dict(calls or {}),
            {number: sorted(kinds.split()) for number, kinds in (texts or {}).items()},
        )

    def check(self) -> None:
        """Compare what was expected with what the network saw."""
        alerts = [(alert.code, alert.message, alert.url) for alert in self.emulator.alerts]
        unexpected = [alert for alert in alerts if alert[0] not in self.expected_alerts]
        assert not unexpected, f"the network complains: {unexpected}"
        assert self._expected is not None, f"the story says nothing of: {self.placed()} {self.sent()}"
        calls, texts = self._expected
        placed, sent = self.placed(), self.sent()
        assert _named(placed) == _named(calls), "calls placed differ from those expected"
        assert _named(sent) == _named(texts), f"messages sent differ from those expected: {sent}"

    def placed(self) -> dict[str, int]:
        """The calls that the service placed, by REST or by TwiML, by telephone."""
        return dict(Counter(call.to for call in self.emulator.calls.values() if call.direction != "inbound"))

    def sent(self) -> dict[str, list[str]]:
        """The kinds of the messages that the service sent, by telephone."""
        with self.database.read() as session:
            rows = session.scalars(sa.select(Message)).all()
        kinds = {(row.to_phone, row.body): row.kind.value for row in rows}
        # The message that is kept hides a code, so that its body is not what was sent.
        kinds |= {row.message_sid: row.kind.value for row in rows if row.kind is MessageKind.CODE}
        sent: dict[str, list[str]] = {}
        for message in self.emulator.messages.values():
            if message.direction == "inbound" or message.body in CARRIERS_REPLIES.values():
                continue
            usual = message.direction.removeprefix("outbound-")
            kind = kinds.get(message.sid) or kinds.get((message.to, message.body), usual)
            sent.setdefault(message.to, []).append(kind)
        return {number: sorted(found) for number, found in sent.items()}

    def texts(self, number: str) -> list[str]:
        """The messages on a telephone."""
        return [text.body for text in self.phone(number).inbox]

    def code_of(self, number: str) -> str:
        """The reply code in the page that a telephone got."""
        for body in self.texts(number):
            found = re.search(r"ACK ([2-9][A-Z]{2})", body)
            if found:
                return found[1]
        raise AssertionError(f"no page with a code among {self.texts(number)}")

    def close(self) -> None:
        self._web.shutdown()
        self._thread.join()
        self._web.server_close()
        self.worker.close()
        self.api.close()
        self.emulator.stop()
        self.database.close()

    def _plug_in(self) -> None:
        for line in (JAKARTA_LINE, SINGAPORE_LINE, SHARED_LINE):
            self.emulator.add_number(
                line,
                voice_url=f"{self.url}/twilio/voice",
                voice_fallback_url=f"{self.url}/twilio/voice/fallback",
                sms_url=f"{self.url}/twilio/sms",
                status_callback=f"{self.url}/twilio/calls",
            )


def phrase(key: str, language: str = "en") -> str:
    """The longest part of a prompt that holds no value."""
    text = translations(language).gettext(PROMPTS[key])
    return max(re.split(r"\{[^}]*\}", text), key=len).strip(" .,:")


def _named(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {_NAMES.get(number, number): fact for number, fact in facts.items()}


def _later(_environ: object, _start: object) -> list[bytes]:
    raise AssertionError("the application is not there yet")
