"""The PIN: counted in one transaction, checked, and the incident opened in another."""

import hashlib
import hmac
import json
import random
import secrets
import string
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from bench.floor.driver import Bare, after, new_id, now, run, values
from bench.floor.words import document, gather, say
from bench.plan import PLAIN
from hotline.services import pins

_JAKARTA = timezone(timedelta(hours=7))
_BEGUN = (
    "SELECT calls.from_phone, calls.contract_key, contracts.pin_hash"
    " FROM calls JOIN contracts ON contracts.id = calls.contract_id WHERE calls.call_sid = ?"
)
_CLAIM = "INSERT INTO webhook_replies (sid, step, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_REPLIED = "SELECT body FROM webhook_replies WHERE sid = ? AND step = ?"
_COUNT = (
    f"INSERT INTO throttles (scope, since, count) VALUES {values(3, 3)} ON CONFLICT (scope) DO UPDATE SET"
    " count = CASE WHEN throttles.since <= ? THEN 1 ELSE throttles.count + 1 END,"
    " since = CASE WHEN throttles.since <= ? THEN ? ELSE throttles.since END RETURNING count"
)
_GIVE_BACK = "UPDATE throttles SET count = count - 1 WHERE scope IN (?, ?, ?) AND count > 0"
_FACTS = (
    "SELECT calls.id, calls.step, calls.created_at, calls.from_phone, calls.language, contracts.id,"
    " contracts.plan, contracts.cover_from, contracts.cover_until, contracts.ladder_id, customers.name,"
    " customers.time_zone, products.id, products.name, contract_terms.id,"
    " contract_terms.respond_within_seconds, contract_terms.warn_at,"
    " service_numbers.id, service_numbers.phone"
    " FROM calls JOIN contracts ON contracts.id = calls.contract_id"
    " JOIN customers ON customers.id = contracts.customer_id"
    " JOIN contract_products ON contract_products.contract_id = contracts.id"
    " JOIN products ON products.id = contract_products.product_id"
    " JOIN contract_terms ON contract_terms.contract_id = contracts.id"
    " JOIN service_numbers ON service_numbers.id = calls.service_number_id WHERE calls.call_sid = ?"
)
_OPEN = "SELECT id FROM incidents WHERE contract_id = ? AND status IN ('open', 'acknowledged')"
_REFERENCE = "SELECT id FROM incidents WHERE reference = ?"
_RUNGS = (
    "SELECT rungs.position, rungs.delay_seconds, rotations.id, rotation_parts.starts_on,"
    " rotation_parts.cycle_days, part_members.position, users.id, users.name, contact_methods.value,"
    " users.language FROM rungs JOIN rung_targets ON rung_targets.ladder_id = rungs.ladder_id"
    " AND rung_targets.position = rungs.position JOIN rotations ON rotations.id = rung_targets.rotation_id"
    " JOIN rotation_versions ON rotation_versions.rotation_id = rotations.id"
    " JOIN rotation_parts ON rotation_parts.version_id = rotation_versions.id"
    " JOIN part_members ON part_members.part_id = rotation_parts.id"
    " JOIN users ON users.id = part_members.user_id"
    " JOIN contact_methods ON contact_methods.user_id = users.id AND contact_methods.verified_at IS NOT NULL"
    " WHERE rungs.ladder_id = ? ORDER BY rungs.position, part_members.position"
)
_OVERRIDES = "SELECT user_id, starts_at, ends_at FROM overrides WHERE rotation_id = ?"
_CODES = (
    "SELECT pages.code FROM pages JOIN incidents ON incidents.id = pages.incident_id"
    " WHERE pages.user_id = ? AND incidents.status IN ('open', 'acknowledged')"
)
_INCIDENT = (
    "INSERT INTO incidents (id, reference, status, contract_id, product_id, service_number_id, ladder_id,"
    " language, caller_phone, notify_phone, reported_at, opened_at, verified_at, terms_id, respond_by,"
    " due_on, round, rung, next_rung_at, next_warning_at, notices, ladder_since, channel)"
    f" VALUES {values(1, 23)}"
)
_EVENTS = f"INSERT INTO incident_events (id, incident_id, at, recorded_at, kind, data) VALUES {values(6, 6)}"
_MESSAGES = (
    "INSERT INTO messages (id, kind, channel, status, from_phone, to_phone, body, created_at, incident_id,"
    f" user_id) VALUES {values(2, 10)}"
)
_OUTBOX = (
    "INSERT INTO outbox (id, effect, subject_id, incident_id, payload, dedupe_key, status, created_at,"
    f" next_attempt_at, give_up_at, attempts) VALUES {values(3, 11)}"
)
_LINK = (
    "INSERT INTO tracking_links (id, code, incident_id, sent_to, issued_at, expires_at)"
    f" VALUES {values(1, 6)} ON CONFLICT DO NOTHING"
)
_PAGE = f"INSERT INTO pages (id, incident_id, user_id, code, created_at) VALUES {values(1, 5)}"
_CALL = (
    "INSERT INTO calls (id, kind, status, from_phone, to_phone, created_at, service_number_id, language,"
    " step, known_caller, tries, silences, incident_id, user_id, page_id, round)"
    f" VALUES {values(1, 16)}"
)
_OPENED = "UPDATE calls SET authenticated_at = ?, incident_id = ?, step = ? WHERE id = ?"
_SETTLE = "UPDATE webhook_replies SET body = ? WHERE sid = ? AND step = ? AND body IS NULL"


def answer(bare: Bare, base: str, name: str, form: dict[str, str]) -> str:
    sid = form["CallSid"]
    with bare.transaction() as cursor:
        instant = now()
        at, window = bare.moment(instant), after(bare, instant, minutes=-15)
        caller, key, pin_hash = run(bare, cursor, _BEGUN + bare.locked, (sid,)).fetchone()
        scopes = (_scope(caller), "pin:overall", key)
        if run(bare, cursor, _CLAIM, (sid, name, at)).rowcount == 0:
            return _replied(bare, cursor, sid, name)
        counted = [part for scope in scopes for part in (scope, at, 1)]
        run(bare, cursor, _COUNT, (*counted, window, window, at)).fetchall()
    assert matches(pin_hash, form["Digits"])
    with bare.transaction() as cursor:
        body, call_id, incident_id, step = _open(bare, cursor, base, sid)
        run(bare, cursor, _GIVE_BACK, scopes)
        run(bare, cursor, _OPENED, (bare.moment(now()), incident_id, step, call_id))
        if run(bare, cursor, _SETTLE, (body, sid, name)).rowcount == 0:
            return _replied(bare, cursor, sid, name)
    return body


def matches(pin_hash: str, typed: str) -> bool:
    """Argon2 as the service uses it, unless the hash says that it is to be left out."""
    if pin_hash.startswith(PLAIN):
        return pin_hash.removeprefix(PLAIN) == typed
    return pins.matches(pin_hash, typed)


def _open(bare: Bare, cursor: Any, base: str, sid: str) -> tuple[str, Any, Any, int]:
    instant = now()
    at = bare.moment(instant)
    facts = run(bare, cursor, _FACTS + bare.locked, (sid,)).fetchone()
    call_id, step, reported, caller, language, contract_id, _plan, _from, _until, ladder_id = facts[:10]
    customer, _zone, product_id, product, terms_id, within, _warn, number_id, line = facts[10:]
    assert not run(bare, cursor, _OPEN, (contract_id,)).fetchall()
    reference = _new_reference(bare, cursor)
    user_id, name, phone = _on_call(bare, cursor, ladder_id)
    taken = {row[0] for row in run(bare, cursor, _CODES, (user_id,)).fetchall()}
    code = _new_code(taken)
    began = datetime.fromisoformat(str(reported)).replace(tzinfo=UTC)
    deadline = began + timedelta(seconds=within)
    clock = deadline.astimezone(_JAKARTA)
    incident_id, page_id, ring_id, told_id, paged_id = (bare.id(new_id()) for _ in range(5))
    respond_by, warning = bare.moment(deadline), after(bare, began, seconds=within // 2)
    promised = (number_id, ladder_id, language, caller, caller, reported, at, at, terms_id, respond_by)
    due_on = clock.date().isoformat()
    schedule = (due_on, 0, 1, after(bare, instant, seconds=60), warning, 0, 0, "call")
    run(
        bare,
        cursor,
        _INCIDENT,
        (incident_id, reference, "open", contract_id, product_id, *promised, *schedule),
    )
    who = {"user": str(user_id), "name": name}
    started = {
        "contract": str(contract_id), "terms": str(terms_id), "version": 1,
        "reported_at": began.isoformat(), "respond_by": deadline.isoformat(),
    }  # fmt: skip
    events = (
        ("reported", reported, {"call": str(call_id)}),
        ("identified", at, {"call": str(call_id), "tries": 0, "by": "number"}),
        ("clock-started", at, started),
        ("opened", at, {"product": product}),
        ("paged", at, who),
        ("ringing", at, {**who, "call": str(ring_id)}),
    )
    lines = [
        part
        for kind, when, data in events
        for part in (bare.id(new_id()), incident_id, when, at, kind, json.dumps(data))
    ]
    run(bare, cursor, _EVENTS, lines)
    run(bare, cursor, _PAGE, (page_id, incident_id, user_id, code, at))
    link, follow = _new_link(base)
    run(
        bare,
        cursor,
        _LINK,
        (bare.id(new_id()), link, incident_id, caller, at, after(bare, instant, minutes=43_200)),
    )
    told = (
        f"Your incident is {reference} ({product}). Answer by {clock:%H:%M}. Hotline: {line}"
        f" Follow it: {follow}"
    )
    paged = (
        f"HOTLINE {reference} {customer} {product}. Respond by {clock:%H:%M} (29 min)."
        f" Reply ACK {code} to take it. {base}/incidents/{reference}"
    )
    first = (told_id, "reference", "sms", "queued", line, caller, told, at, incident_id, None)
    run(
        bare,
        cursor,
        _MESSAGES,
        (*first, paged_id, "page", "sms", "queued", line, phone, paged, at, incident_id, user_id),
    )
    rung = (ring_id, "page", "queued", line, phone, at, number_id, "en", 0, False, 0, 0)
    run(bare, cursor, _CALL, (*rung, incident_id, user_id, page_id, 0))
    effects = (
        ("send-message", told_id, f"reference:{incident_id}", 1200),
        ("send-message", paged_id, f"page:{page_id}", 1200),
        ("place-call", ring_id, f"place:{ring_id}", 120),
    )
    items = [
        part
        for effect, subject, key, life in effects
        for part in (
            *(bare.id(new_id()), effect, subject, incident_id, "{}", key, "pending", at, at),
            *(after(bare, instant, seconds=life), 0),
        )
    ]
    run(bare, cursor, _OUTBOX, items)
    spelled = ", ".join(reference.replace("-", ""))
    said = (
        say(
            f"Your incident number is {spelled}. Once more: {spelled}."
            f" You will be answered by {clock:%I:%M %p}."
        )
        + say("I am ringing the engineer on call.")
        + say("To describe the problem, press 1. Otherwise, please hold.")
    )
    body = document(gather(f"{base}/twilio/voice/opened/{step + 1}", said, 1, "", 3))
    return body, call_id, incident_id, step + 1


def _scope(phone: str) -> str:
    return "pin:caller:" + hashlib.sha256(phone.encode()).hexdigest()[:32]


def _new_link(base: str) -> tuple[str, str]:
    """The random half of a customer's link, and the link with its signature."""
    link = "".join(secrets.choice(string.ascii_letters) for _ in range(12))
    signature = hmac.digest(b"a key", link.encode(), hashlib.sha256).hex()[:12]
    return link, f"{base}/t/{link}{signature}"


def _replied(bare: Bare, cursor: Any, sid: str, name: str) -> str:
    found: str = run(bare, cursor, _REPLIED, (sid, name)).fetchone()[0]
    return found


def _new_reference(bare: Bare, cursor: Any) -> str:
    while True:
        number = random.randrange(10_000, 100_000)  # noqa: S311 - no secret
        reference = f"{number // 10}-{number % 10}"
        if run(bare, cursor, _REFERENCE, (reference,)).fetchone() is None:
            return reference


def _new_code(taken: set[str]) -> str:
    while True:
        code = random.choice("23456789") + "".join(random.choices("BCDFGHJKMNPQRTVWXYZ", k=2))  # noqa: S311
        if code not in taken:
            return code


def _on_call(bare: Bare, cursor: Any, ladder_id: Any) -> tuple[Any, str, str]:
    rows = run(bare, cursor, _RUNGS, (ladder_id,)).fetchall()
    assert not run(bare, cursor, _OVERRIDES, (rows[0][2],)).fetchall()
    members = [row for row in rows if row[0] == rows[0][0]]
    started = datetime.fromisoformat(str(members[0][3])).replace(tzinfo=_JAKARTA)
    shift = (now() - started).days // members[0][4]
    chosen = members[shift % len(members)]
    return chosen[6], chosen[7], chosen[8]
