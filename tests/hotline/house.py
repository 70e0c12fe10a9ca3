"""One installation in a real database, and the telephone network's side of its webhooks."""

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from hotline.app import create_app
from hotline.clock import ManualClock
from hotline.db.models import (
    Call,
    CallKind,
    CallStatus,
    Contract,
    Incident,
    IncidentEvent,
    Message,
    OutboxItem,
    Page,
    User,
)
from hotline.db.session import Database
from hotline.demo import world
from hotline.sending.null import NullPostOffice
from hotline.services.operation import Operation
from hotline.services.response import incidents
from hotline.settings import Settings
from hotline.telephony.null import NullTelephony
from hotline.worker import Worker
from tests.support.threads import at_once as at_once

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "a token that only the tests know"
PUBLIC_URL = "https://hotline.example.com"

# Customers of the demo world, their numbers and secrets.
MADE, MADES_LINE, MADES_CONTRACT, MADES_PIN = "+6281220000201", "+622150100200", "200417", "482913"
INTAN = "+6281220000202"
HANNAH, HANNAHS_LINE, HANNAHS_CONTRACT, HANNAHS_PIN = "+6580000301", "+6531590101", "310522", "704158"
SHARED_LINE = "+6531590100"
STRANGER = "+33140000001"
# On call for Nusantara at the instant at which the tests' clock stands.
DEWI, BO, SITI, NADIA = "+6281110000101", "+46701000102", "+6281110000107", "+6281110000108"
ADA = "+2348010000103"

_sids = itertools.count(0x10000000)  # apart from those that the network that goes nowhere gives


def new_sid(prefix: str = "CA") -> str:
    """A sid that no other test uses."""
    return f"{prefix}{next(_sids):032x}"


def make_settings(database_url: str, **overrides: Any) -> Settings:
    """Settings of a test: nothing is read from the environment or from a file."""
    values = {
        "database_url": database_url,
        "public_url": PUBLIC_URL,
        "secret_key": "a secret that is long enough",
        "account_sid": ACCOUNT,
        "auth_token": TOKEN,
        **overrides,
    }
    return Settings(_env_file=None, **values)


def signature(url: str, form: dict[str, str], token: str = TOKEN) -> str:
    """The header that Twilio would send."""
    return RequestValidator(token).compute_signature(url, form)


def parse(text: str) -> ET.Element:
    """A document of ours; anything that is not well-formed fails."""
    return ET.fromstring(text)  # noqa: S314 - it is our own


class House:
    """The service with its demo world. ``network`` is the telephone network that goes nowhere."""

    def __init__(self, database: Database, clock: ManualClock, **settings: Any) -> None:
        self.database = database
        self.clock = clock
        self.settings = make_settings(str(database.engine.url), **settings)
        self.network = NullTelephony()
        self.post_office = NullPostOffice()
        self.app = create_app(self.settings, clock, database)
        self.worker = self.new_worker()

    def new_worker(self, network: Any = None, **settings: Any) -> Worker:
        """A worker of its own on the same database."""
        chosen = self.settings.model_copy(update=settings)
        office = self.post_office
        return Worker(self.database, network or self.network, self.clock, chosen, post_office=office)

    @contextmanager
    def operation(self) -> Iterator[Operation]:
        """A unit of work that is committed at its end."""
        with self.database.write() as session:
            yield Operation(session, self.clock.now(), self.settings)

    def do(self, work: Callable[[Operation], Any]) -> Any:
        """Run one use case, as entry points do."""
        return self.database.run(lambda session: work(Operation(session, self.clock.now(), self.settings)))

    def send(
        self, path: str, form: dict[str, str], headers: dict[str, str] | None = None, **options: Any
    ) -> TestResponse:
        """POST ``form`` to a path, with just these headers."""
        return self.app.test_client().post(path, data=form, headers=headers or {}, **options)

    def post(self, url: str, **form: str) -> TestResponse:
        """A webhook as the network sends it: signed, for a path or a URL of ours."""
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        form = {"AccountSid": ACCOUNT, "From": MADE, "To": MADES_LINE, **form}
        return self.send(path, form, {"X-Twilio-Signature": signature(PUBLIC_URL + path, form)})

    def dial(self, caller: str = MADE, line: str = MADES_LINE) -> "Line":
        """A call arrives."""
        found = Line(self, new_sid(), caller, line)
        found.post("/twilio/voice", CallStatus="ringing")
        return found

    def open_incident(self, caller: str = MADE, line: str = MADES_LINE, pin: str = MADES_PIN) -> "Line":
        """A known caller with one covered product gives the PIN."""
        call = self.dial(caller, line)
        call.press(pin)
        assert self.count(Incident) > 0
        return call

    def report(self, number: str = MADES_CONTRACT, caller: str = MADE, line: str = MADES_LINE) -> Incident:
        """An incident of a contract, reported now, without the talk."""

        def work(op: Operation) -> Incident:
            contract = op.session.scalars(sa.select(Contract).where(Contract.number == number)).one()
            call = self.inbound(op, caller, line)
            incident = incidents.open_incident(op, call, contract, contract.products[0].product)
            call.ended_at, call.status = op.now, CallStatus.COMPLETED
            return incident

        return self.do(work)

    def leave_report(self, caller: str = STRANGER, line: str = MADES_LINE) -> Incident:
        """A report by somebody who could not be identified, without the talk."""

        def work(op: Operation) -> Incident:
            call = self.inbound(op, caller, line)
            incident = incidents.open_report(op, call)
            call.ended_at, call.status = op.now, CallStatus.COMPLETED
            return incident

        return self.do(work)

    def inbound(self, op: Operation, caller: str, line: str) -> Call:
        """The row of a call that has just arrived."""
        from hotline.services.callflow import calls

        return calls.arrived(op, new_sid(), caller, line)

    def take(self, incident: Incident, phone: str = DEWI) -> "incidents.Taken":
        """Somebody takes an incident by text message; nobody is told."""
        return self.do(
            lambda op: incidents.accept(
                op, op.session.get_one(Incident, incident.id), self.user(op, phone), "sms"
            )
        )

    def tell(self, incident: Incident, by: Any) -> bool:
        return self.do(lambda op: incidents.tell(op, op.session.get_one(Incident, incident.id), by))

    def user(self, op: Operation, phone: str) -> User:
        return op.session.scalars(sa.select(User).where(User.phone == phone)).one()

    def all(self, model: type, *where: Any) -> list[Any]:
        """The rows of a table, oldest first where that can be told."""
        with self.database.read() as session:
            query = sa.select(model).where(*where)
            return list(session.scalars(query.order_by(*sa.inspect(model).primary_key)).unique())

    def one(self, model: type, *where: Any) -> Any:
        (only,) = self.all(model, *where)
        return only

    def count(self, model: type) -> int:
        with self.database.read() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(model)) or 0

    def again(self, incident: Incident) -> Incident:
        """The incident as it is now."""
        return self.one(Incident, Incident.id == incident.id)

    def events(self, incident: Incident | None = None) -> list[str]:
        """The kinds of what is on the timeline, in the order of writing."""
        where = [] if incident is None else [IncidentEvent.incident_id == incident.id]
        return [event.kind for event in self.all(IncidentEvent, *where)]

    def calls_of(self, kind: CallKind) -> list[Call]:
        return self.all(Call, Call.kind == kind)

    def messages(self, phone: str) -> list[Message]:
        return self.all(Message, Message.to_phone == phone)

    def pages(self) -> list[Page]:
        return self.all(Page)

    def outbox(self) -> list[OutboxItem]:
        return self.all(OutboxItem)

    def set(self, row: Any, **values: Any) -> None:
        """Change a row behind the service's back."""
        with self.database.write() as session:
            session.execute(sa.update(type(row)).where(type(row).id == row.id).values(**values))

    def answer_page(self, place: int = 0) -> "Line":
        """An engineer picks up a call that was placed."""
        call = self.calls_of(CallKind.PAGE)[place]
        assert call.call_sid is not None, "the call was not placed: let the worker tick first"
        line = Line(self, call.call_sid, call.from_phone, call.to_phone)
        line.post(self.network.calls[call.call_sid].answer_url)
        return line


class Line:
    """One call as the network sees it: it keeps the last document and goes where that leads."""

    def __init__(self, house: House, sid: str, from_phone: str, to_phone: str) -> None:
        self.house = house
        self.sid = sid
        self.party = {"CallSid": sid, "From": from_phone, "To": to_phone}
        self.text = ""

    def post(self, url: str, **form: str) -> "Line":
        response = self.house.post(url, **{**self.party, "CallStatus": "in-progress", **form})
        assert response.status_code == 200, response.text
        self.text = response.text
        return self

    @property
    def document(self) -> ET.Element:
        return parse(self.text)

    @property
    def said(self) -> str:
        """Everything that the last document says."""
        return " ".join(say.text or "" for say in self.document.iter("Say"))

    @property
    def verbs(self) -> list[str]:
        return [verb.tag for verb in self.document]

    def url_of(self, verb: str, attribute: str = "action") -> str:
        found = self.document.find(f".//{verb}")
        assert found is not None, f"no {verb} in {self.text}"
        return found.attrib[attribute]

    def press(self, digits: str) -> "Line":
        """Press keys where the last document gathers them."""
        return self.post(self.url_of("Gather"), Digits=digits)

    def follow(self) -> "Line":
        """Go where the last redirect leads."""
        found = self.document.findall("Redirect")
        assert found, f"no Redirect in {self.text}"
        return self.post(str(found[-1].text))

    def wait(self) -> "Line":
        """Hear one round of holding in the queue that the last document names."""
        return self.post(self.url_of("Enqueue", "waitUrl"))

    def record(self, **form: str) -> "Line":
        """Record something where the last document asks for it."""
        sid = new_sid("RE")
        return self.post(
            self.url_of("Record"),
            **{"RecordingSid": sid, "RecordingUrl": f"https://api.twilio.com/Recordings/{sid}", **form},
        )

    @property
    def row(self) -> Call:
        return self.house.one(Call, Call.call_sid == self.sid)


def build(database: Database, clock: ManualClock, **settings: Any) -> House:
    """A house with the demo world in it."""
    house = House(database, clock, **settings)
    house.do(world.seed)
    return house


def deadline_of(incident: Incident) -> datetime:
    assert incident.respond_by is not None
    return incident.respond_by
