"""A call arrives: two reads, two writes, one transaction."""

import hashlib

from bench.floor.driver import Bare, new_id, now, run
from bench.floor.words import document, gather, say

_NUMBER = "SELECT id, language FROM service_numbers WHERE phone = ?"
_CONTRACT = (
    "SELECT contracts.id, contracts.number FROM callers"
    " JOIN contracts ON contracts.id = callers.contract_id WHERE callers.phone = ? LIMIT 2"
)
_REPLY = "INSERT INTO webhook_replies (sid, step, at, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
_REPLIED = "SELECT body FROM webhook_replies WHERE sid = ? AND step = ?"
_CALL = (
    "INSERT INTO calls (id, call_sid, kind, status, from_phone, to_phone, created_at, answered_at,"
    " service_number_id, language, step, contract_id, contract_key, known_caller, tries, silences, round)"
    " VALUES (?, ?, 'inbound', 'in-progress', ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, 0, 0, 0)"
)


def answer(bare: Bare, base: str, form: dict[str, str]) -> str:
    sid, caller, dialled = form["CallSid"], form["From"], form["To"]
    with bare.transaction() as cursor:
        at = bare.moment(now())
        number_id, language = run(bare, cursor, _NUMBER, (dialled,)).fetchone()
        ((contract_id, number),) = run(bare, cursor, _CONTRACT, (caller,)).fetchall()
        asked = say("Premier hotline. Please enter your PIN, then press hash.")
        body = document(gather(f"{base}/twilio/voice/pin/1", asked, 20, "#", 6))
        if run(bare, cursor, _REPLY, (sid, "arrive", at, body)).rowcount == 0:
            found: str = run(bare, cursor, _REPLIED, (sid, "arrive")).fetchone()[0]
            return found
        key = "pin:contract:" + hashlib.sha256(number.encode()).hexdigest()[:32]
        call = (bare.id(new_id()), sid, caller, dialled, at, at, number_id, language, contract_id, key, True)
        run(bare, cursor, _CALL, call)
    return body
