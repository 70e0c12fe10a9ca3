"""Junk at every webhook, signed and in any order: never a server error, and nothing is lost."""

import itertools
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from hotline.db.models import Breach, Call, CallKind, Channel, Incident, LedgerEntry, Message, User
from hotline.services.operation import Operation
from hotline.services.reaching import contacts, self_tests, trials
from hotline.services.response import followup, handovers, incidents, ringing, rousing, timeline
from hotline.web.twilio.steps import FIRST_STEPS, STEPS
from tests.hotline.house import (
    BO,
    DEWI,
    HANNAH,
    HANNAHS_LINE,
    HANNAHS_PIN,
    INTAN,
    MADE,
    MADES_LINE,
    MADES_PIN,
    PUBLIC_URL,
    SHARED_LINE,
    SITI,
    STRANGER,
    House,
    new_sid,
    parse,
    signature,
)

_NASTY = [
    "",
    "\x00",
    "\x1b",
    "\ufffe",
    "\U0001f4a5",
    "'; DROP TABLE calls; --",
    "<Say>&amp;",
    "²",
    "٣",
    "%s%n",
    "a" * 5000,
]
texts = st.one_of(st.sampled_from(_NASTY), st.text(max_size=40))
keys = st.one_of(
    st.sampled_from(["1", "2", "3", "9", "0", "*", "#", "hangup", MADES_PIN, HANNAHS_PIN, "²"]), texts
)
phones = st.one_of(
    st.sampled_from([MADE, DEWI, BO, STRANGER, MADES_LINE, SHARED_LINE, "anonymous", "+0"]), texts
)
results = st.sampled_from(
    [
        "bridged",
        "hangup",
        "leave",
        "redirected",
        "redirected-from-bridged",
        "queue-full",
        "error",
        "system-error",
    ]
)
statuses = st.one_of(
    st.sampled_from(
        ["queued", "initiated", "ringing", "in-progress", "completed", "busy", "failed", "canceled"]
    ),
    st.sampled_from(["sent", "delivered", "undelivered", "received", "read"]),
    texts,
)
_SIDS = [f"CA{n:032x}" for n in range(0xF000, 0xF004)] + [f"RE{n:032x}" for n in range(0xF000, 0xF003)]
sids = st.one_of(st.sampled_from(_SIDS), texts)
bodies = st.one_of(st.sampled_from(["ACK", "ack 7km", "RESOLVE 7KM", "STATUS", "WHO", "?", "STOP"]), texts)

forms = st.fixed_dictionaries(
    {},
    optional={
        "Digits": keys,
        "From": phones,
        "To": phones,
        "CallStatus": statuses,
        "MessageStatus": statuses,
        "RecordingStatus": texts,
        "RecordingSid": sids,
        "RecordingUrl": st.one_of(st.just("https://api.twilio.com/R"), texts),
        "RecordingDuration": st.one_of(st.just("12"), texts, st.integers().map(str)),
        "QueueResult": st.one_of(results, texts),
        "DialCallStatus": st.one_of(st.sampled_from(["completed", "busy", "no-answer"]), texts),
        "DialBridged": st.sampled_from(["true", "false", "TRUE", "maybe", ""]),
        "DequeingCallSid": sids,
        "ErrorCode": st.one_of(st.just("11200"), texts, st.integers().map(str)),
        "SipResponseCode": st.one_of(st.just("487"), texts),
        "Body": bodies,
        "AnsweredBy": texts,
        "StirVerstat": texts,
    },
)
numbers = st.one_of(st.integers(0, 12).map(str), st.sampled_from(["now", "999999999", "x", "1234567890"]))


class Scene:
    """A house in which calls of every kind stand at every point, and what it holds must not be lost."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.calls: list[str] = [new_sid()]  # the first is unknown
        self.rows: list[str] = [uuid.UUID(int=0).hex]
        self._set_up()
        self.hooks = self._hooks()
        self.incidents = {row.id for row in house.all(Incident)}
        self.ledger = self._ledger()
        assert len(self.ledger[0]) == 1
        assert {call.kind for call in house.all(Call)} == set(CallKind)

    def _set_up(self) -> None:
        house = self.house
        late = house.report()
        house.clock.advance(1801)
        house.worker.tick()
        asked, several = house.dial(), house.dial(HANNAH, HANNAHS_LINE).press(HANNAHS_PIN)
        menu = house.dial(INTAN).press(MADES_PIN)
        several.press("1").press("")
        no_product = house.dial("+12125550406", SHARED_LINE).press("602485")
        unverified = house.leave_report()
        house.do(lambda op: self._finish(op, unverified.id))
        house.leave_report("+33140000002")
        house.worker.tick()
        house.take(late)
        house.do(lambda op: self._ring_and_call(op, late.id))
        house.do(lambda op: contacts.add(op, house.user(op, BO), "Home", "+46840000199", Channel.CALL))
        house.do(lambda op: trials.start(op, house.user(op, BO)))
        house.worker.tick()
        placed = [call for call in house.all(Call) if call.kind is not CallKind.INBOUND and call.call_sid]
        self.calls += [line.sid for line in (asked, several, menu, no_product)]
        self.calls += [str(call.call_sid) for call in placed]
        self.rows += [call.id.hex for call in house.all(Call)] + [
            message.id.hex for message in house.all(Message)
        ]

    def _finish(self, op: Operation, incident_id: uuid.UUID) -> None:
        incident = op.session.get_one(Incident, incident_id)
        incidents.cancel(op, incident, self.house.user(op, SITI), "it was a test call")

    def _ring_and_call(self, op: Operation, incident_id: uuid.UUID) -> None:
        incident = op.session.get_one(Incident, incident_id)
        ringing.ring_to_join(op, incident, op.session.get_one(User, incident.owner_id))
        handovers.ask(op, incident, op.session.get_one(User, incident.owner_id), self.house.user(op, SITI))
        followup.call_customer(op, incident, MADE)
        timeline.record(op, incident, "chased", by="text")
        op.session.execute(sa.update(Call).where(Call.incident_id == incident.id).values(bridged_at=None))
        rousing.ring(op, incident, op.session.get_one(User, incident.owner_id))
        self_tests.take_part(op, self.house.user(op, BO), wanted=True)
        self_tests.begin_now(op)
        child = ringing.new_call(op, incident, self.house.user(op, BO), CallKind.PAGE)
        child.parent_id = op.session.scalars(sa.select(Call.id).where(Call.kind == CallKind.INBOUND)).first()

    def _hooks(self) -> list[str]:
        """Every webhook there is, from the application's own map."""
        rules = [rule for rule in self.house.app.url_map.iter_rules() if rule.endpoint.startswith("twilio.")]
        found = []
        for rule in rules:
            if "POST" not in (rule.methods or ()):
                continue
            path = rule.rule.replace("<call_id>", "{row}").replace("<message_id>", "{row}")
            if "<name>" in path:
                found += [path.replace("<name>", name).replace("<number>", "{number}") for name in STEPS]
                found += [path.replace("<name>", name).replace("<number>", "{row}") for name in FIRST_STEPS]
                found += [path.replace("<name>", "no-such-step").replace("<number>", "{number}")]
            else:
                found.append(path)
        assert len(found) >= len(STEPS) + len(FIRST_STEPS) + 8
        assert not [path for path in found if "<" in path]
        return sorted(set(found))

    def _ledger(self) -> tuple[list[Any], list[Any]]:
        with self.house.database.read() as session:
            return _rows(session, LedgerEntry), _rows(session, Breach)

    def throw(self, hook: str, sid: str, row: str, number: str, form: dict[str, str]) -> None:
        """One request, and what must hold after it."""
        path = hook.format(row=row, number=number)
        form = {"CallSid": sid, "MessageSid": "SM" + sid[2:], **form}
        with structlog.testing.capture_logs() as logged:
            response = self.house.post(path, **form)
        broken = [entry for entry in logged if entry["event"] in {"voice_failed", "database_unreachable"}]
        assert not broken, (path, form, broken)
        assert response.status_code in {200, 204, 400, 404}, (path, form, response.status_code)
        if response.status_code == 200:
            assert parse(response.text).tag == "Response"
            assert response.content_type.startswith("text/xml")
            assert len(response.data) < 64 * 1024

    def check(self) -> None:
        """Nothing is lost, and the money is untouched."""
        assert self.incidents <= {row.id for row in self.house.all(Incident)}
        assert self._ledger() == self.ledger
        ids = {row.id.hex for row in self.house.all(Call)} | {row.id.hex for row in self.house.all(Message)}
        assert set(self.rows[1:]) <= ids


def _rows(session: Session, model: type) -> list[Any]:
    table = model.__table__
    return sorted((tuple(row) for row in session.execute(sa.select(table))), key=str)


@pytest.fixture
def scene(lite: House) -> Scene:
    return Scene(lite)


@pytest.fixture
def scene_on_both(house: House) -> Scene:
    return Scene(house)


same_scene = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


def _throw_any(scene: Scene, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 8), "how many")):
        scene.throw(
            data.draw(st.sampled_from(scene.hooks)),
            data.draw(st.sampled_from(scene.calls)),
            data.draw(st.sampled_from(scene.rows)),
            data.draw(numbers),
            data.draw(forms),
        )
    scene.check()


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=same_scene)
def test_junk_in_any_order_is_answered_and_loses_nothing(scene: Scene, data: st.DataObject) -> None:
    _throw_any(scene, data)


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=150, suppress_health_check=same_scene)
def test_much_junk_in_any_order_on_both_databases(scene_on_both: Scene, data: st.DataObject) -> None:
    _throw_any(scene_on_both, data)


_PLAIN: list[dict[str, str]] = [
    {},
    {"Digits": "1"},
    {"Digits": MADES_PIN},
    {"Digits": "0", "QueueResult": "leave"},
    {"Digits": "hangup", "DialBridged": "false", "DialCallStatus": "completed", "QueueResult": "error"},
    {"DialBridged": "true", "QueueResult": "bridged", "DequeingCallSid": _SIDS[0]},
    {"RecordingSid": _SIDS[-1], "RecordingUrl": "https://api.twilio.com/R", "CallStatus": "completed"},
    {
        "From": "\x00",
        "To": "\x00",
        "Body": "\x00",
        "Digits": "\x00",
        "QueueResult": "\x00",
        "RecordingUrl": "\x00",
    },
]


def _throw_table(scene: Scene, forms: list[dict[str, str]]) -> None:
    """Each step at each call in each plain way, once: the table that chance may miss."""
    numbers_used = itertools.count(100)
    for form in forms:
        for hook in scene.hooks:
            for sid in scene.calls:
                row = scene.rows[next(numbers_used) % len(scene.rows)]
                scene.throw(hook, sid, row, str(next(numbers_used)), form)
    scene.check()


def test_every_webhook_is_answered_for_every_kind_of_call(scene: Scene) -> None:
    _throw_table(scene, _PLAIN[1:2])


@pytest.mark.slow
def test_every_webhook_is_answered_for_every_kind_of_call_in_every_way(scene_on_both: Scene) -> None:
    _throw_table(scene_on_both, _PLAIN)


@given(body=st.binary(max_size=300), kind=st.sampled_from(["form", "multipart", "json", "text", "none"]))
@settings(max_examples=60, suppress_health_check=same_scene)
def test_a_malformed_body_is_refused_and_nothing_more(lite: House, body: bytes, kind: str) -> None:
    types = {
        "form": "application/x-www-form-urlencoded",
        "multipart": "multipart/form-data; boundary=x",
        "json": "application/json",
        "text": "text/plain; charset=utf-16",
    }
    headers = {"X-Twilio-Signature": signature(PUBLIC_URL + "/twilio/voice", {})}
    if kind in types:
        headers["Content-Type"] = types[kind]
    response = lite.app.test_client().post("/twilio/voice", data=body, headers=headers)
    assert response.status_code in {400, 403, 413}
    assert lite.count(Call) == 0
