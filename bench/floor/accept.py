"""An engineer presses 1: three reads, four writes, one transaction."""

import json
import uuid

from bench.floor.driver import Bare, after, new_id, now, run
from bench.floor.words import document, say

_CALL = (
    "SELECT calls.id, calls.step, calls.user_id, incidents.id, incidents.reference, incidents.status,"
    " users.name FROM calls JOIN incidents ON incidents.id = calls.incident_id"
    " JOIN users ON users.id = calls.user_id WHERE calls.call_sid = ?"
)
_TAKE = (
    "UPDATE incidents SET owner_id = ?, accepted_at = ?, accepted_by = 'call', status = 'acknowledged',"
    " next_rung_at = NULL, next_notice_at = ? WHERE id = ? AND owner_id IS NULL AND status = 'open'"
)
_LIVE = "SELECT id, kind, user_id, held_since FROM calls WHERE incident_id = ? AND ended_at IS NULL"
_OTHERS = "SELECT id FROM pages WHERE incident_id = ? AND user_id <> ?"
_EVENT = (
    "INSERT INTO incident_events (id, incident_id, at, recorded_at, kind, actor_id, data)"
    " VALUES (?, ?, ?, ?, 'accepted', ?, ?)"
)
_DONE = "UPDATE calls SET outcome = 'accepted', step = ? WHERE id = ?"
_REPLY = "INSERT INTO webhook_replies (sid, step, at, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
_REPLIED = "SELECT body FROM webhook_replies WHERE sid = ? AND step = ?"


def answer(bare: Bare, base: str, name: str, form: dict[str, str]) -> str:
    sid = form["CallSid"]
    with bare.transaction() as cursor:
        instant = now()
        at = bare.moment(instant)
        row = run(bare, cursor, _CALL + bare.locked, (sid,)).fetchone()
        call_id, step, user_id, incident_id, reference, _status, _who = row
        queue = uuid.UUID(str(incident_id)).hex
        spelled = ", ".join(reference.replace("-", ""))
        body = document(
            say(f"It is yours, number {spelled}. Connecting you with the customer.")
            + f'<Dial action="{base}/twilio/voice/engineer-done/{step + 1}" method="POST" timeout="15">'
            f'<Queue method="POST" url="{base}/twilio/voice/joining/now">incident-{queue}</Queue></Dial>'
        )
        if run(bare, cursor, _REPLY, (sid, name, at, body)).rowcount == 0:
            found: str = run(bare, cursor, _REPLIED, (sid, name)).fetchone()[0]
            return found
        taken = run(bare, cursor, _TAKE, (user_id, at, after(bare, instant, seconds=45), incident_id))
        assert taken.rowcount == 1, "the floor answers the winner only"
        live = run(bare, cursor, _LIVE, (incident_id,)).fetchall()
        assert any(held for _id, _kind, _user, held in live), "nobody holds"
        assert not run(bare, cursor, _OTHERS, (incident_id, user_id)).fetchall(), "nobody else was paged"
        data = json.dumps({"by": "call"})
        run(bare, cursor, _EVENT, (bare.id(new_id()), incident_id, at, at, user_id, data))
        run(bare, cursor, _DONE, (step + 1, call_id))
    return body
