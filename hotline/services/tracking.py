"""The customer's own clock: a link in every text message about an incident, and what it shows.

A link is ``{public_url}/t/`` and a token of 24 letters and digits: a random half that names a row, and a
signature of it under a key that only the settings hold. So a made-up link is refused before the database
is asked, and who reads the database cannot follow a link. A link stops working when it is revoked, 30 days
after it was issued, or 7 days after the incident was finished, whichever comes first.
"""

import hashlib
import hmac
import secrets
import string
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from hotline.db.base import new_id
from hotline.db.models import (
    Incident,
    MessageKind,
    TrackingLink,
    User,
)
from hotline.errors import HotlineError
from hotline.phone_numbers import mask
from hotline.services import rows, throttles
from hotline.services.operation import Operation
from hotline.services.outgoing import messages
from hotline.services.response import timeline
from hotline.settings import Settings
from hotline.speech import Prompt, Reference

LIFETIME = timedelta(days=30)
AFTER_THE_END = timedelta(days=7)
HALF = 12  # of these characters: seventy bits
RENEWALS_AN_HOUR = 6
# No look-alikes, and nothing at which a telephone would end a link in a text message.
_ALPHABET = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))
_PURPOSE = b"hotline: tracking link"
_INSERT = rows.on_conflict(lambda insert: insert(TrackingLink).on_conflict_do_nothing())
_CODE = sa.select(TrackingLink.code).where(
    TrackingLink.incident_id == sa.bindparam("incident"),
    TrackingLink.sent_to == sa.bindparam("phone"),
    TrackingLink.revoked_at.is_(None),
)


class LinkRefusal(StrEnum):
    """Why a link was neither revoked nor sent; nothing was changed."""

    NOT_IN_FORCE = "not in force"
    IN_FORCE = "in force"
    NO_NUMBER = "no number"
    TOO_MANY = "too many"
    LONG_OVER = "long over"


class LinkRefusedError(HotlineError):
    """A link cannot be revoked or sent as asked; ``why`` says why."""

    code = "tracking-link"
    http_status = 409

    def __init__(self, why: LinkRefusal) -> None:
        super().__init__(f"The link was left as it is: {why.value}.")
        self.why = why


@dataclass(frozen=True, slots=True)
class SentLink:
    """A link as an engineer sees it: never the token, and the number masked."""

    id: uuid.UUID
    phone: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    in_force: bool


def link(op: Operation, incident: Incident, phone: str) -> str:
    """The address of the customer's clock for who reads texts at ``phone``: the same in every message.

    A new one only when there is none in force: the first time, after it was revoked, or once it expired.
    """
    row = _in_force(op, incident, phone)
    if row is not None and ends_at(row, incident) <= op.now:
        row.revoked_at = ends_at(row, incident)
        op.session.flush()
        row = None
    return address(op.settings, row.code if row is not None else _issue(op, incident, phone))


def address(settings: Settings, code: str) -> str:
    """Where the clock behind the random half ``code`` is shown."""
    return f"{settings.public_url}/t/{code}{_signature(settings, code)}"


def signed_code(settings: Settings, token: str) -> str | None:
    """The random half of a token that this installation signed; None for any other text. No database."""
    code, signature = token[:HALF], token[HALF:]
    if not (token.isascii() and hmac.compare_digest(signature, _signature(settings, code))):
        return None
    return code


def sent(op: Operation, incident: Incident) -> list[SentLink]:
    """Every link that was issued for an incident, oldest first."""
    query = (
        sa.select(TrackingLink)
        .where(TrackingLink.incident_id == incident.id)
        .options(joinedload(TrackingLink.revoked_by))
        .order_by(TrackingLink.issued_at, TrackingLink.id)
    )
    return [_seen(op, incident, row) for row in op.session.scalars(query)]


def revoke(op: Operation, incident: Incident, link_id: uuid.UUID, user: User) -> None:
    """The link stops working now. Raises :class:`LinkRefusedError` when it did before, or is no such link."""
    result = op.session.execute(
        sa.update(TrackingLink)
        .where(
            TrackingLink.id == link_id,
            TrackingLink.incident_id == incident.id,
            TrackingLink.revoked_at.is_(None),
        )
        .values(revoked_at=op.now, revoked_by_id=user.id)
    )
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise LinkRefusedError(LinkRefusal.NOT_IN_FORCE)
    timeline.record(op, incident, "link-revoked", actor=user)


def renew(op: Operation, incident: Incident, link_id: uuid.UUID | None, user: User) -> None:
    """Send a new link by text message; the one it replaces, ``link_id``, stops working.

    Without ``link_id`` it is for a customer whose links have all stopped working. Raises
    :class:`LinkRefusedError` when that is not so any more (a second tap, a stale page), when there is no
    number to send it to, when too many were sent, or when links to the incident have ended for good.
    """
    if incident.notify_phone is None or incident.contract is None:
        raise LinkRefusedError(LinkRefusal.NO_NUMBER)
    phone = incident.notify_phone
    if link_id is not None:
        phone = _sent_to(op, incident, link_id)
        revoke(op, incident, link_id, user)
    elif (row := _in_force(op, incident, phone)) is not None and ends_at(row, incident) > op.now:
        raise LinkRefusedError(LinkRefusal.IN_FORCE)
    limit = throttles.Limit(f"tracking:renew:{incident.id}", RENEWALS_AN_HOUR, timedelta(hours=1))
    if not throttles.reserve(op, [limit]):
        raise LinkRefusedError(LinkRefusal.TOO_MANY)
    if incident.finished_at is not None and incident.finished_at + AFTER_THE_END <= op.now:
        raise LinkRefusedError(LinkRefusal.LONG_OVER)
    messages.send(
        op,
        MessageKind.REFERENCE,
        to=phone,
        prompt=Prompt.of(
            "sms.link", reference=Reference(incident.reference), follow=link(op, incident, phone)
        ),
        language=incident.language,
        from_=incident.service_number.phone,
        dedupe_key=f"link:{new_id()}",
        incident=incident,
    )
    timeline.record(op, incident, "link-sent", actor=user)


def _signature(settings: Settings, code: str) -> str:
    """Seventy bits of an HMAC under a key of its own, in the alphabet of the links."""
    key = hmac.digest(settings.secret_key.get_secret_value().encode(), _PURPOSE, hashlib.sha256)
    number = int.from_bytes(hmac.digest(key, code.encode(), hashlib.sha256))
    text = ""
    for _ in range(HALF):
        number, place = divmod(number, len(_ALPHABET))
        text += _ALPHABET[place]
    return text


def _in_force(op: Operation, incident: Incident, phone: str) -> TrackingLink | None:
    query = sa.select(TrackingLink).where(
        TrackingLink.incident_id == incident.id,
        TrackingLink.sent_to == phone,
        TrackingLink.revoked_at.is_(None),
    )
    return op.session.scalars(query).first()


def _issue(op: Operation, incident: Incident, phone: str) -> str:
    """The random half of a new link, or of the one that somebody issued at the same time."""
    op.session.flush()
    rows.run(
        op,
        _INSERT,
        id=new_id(),
        code="".join(secrets.choice(_ALPHABET) for _ in range(HALF)),
        incident_id=incident.id,
        sent_to=phone,
        issued_at=op.now,
        expires_at=op.now + LIFETIME,
    )
    return op.session.connection().execute(_CODE, {"incident": incident.id, "phone": phone}).scalar_one()


def ends_at(row: TrackingLink, incident: Incident) -> datetime:
    """From when on a link that nobody revokes stops working."""
    if incident.finished_at is None:
        return row.expires_at
    return min(row.expires_at, incident.finished_at + AFTER_THE_END)


def _sent_to(op: Operation, incident: Incident, link_id: uuid.UUID) -> str:
    query = sa.select(TrackingLink.sent_to).where(
        TrackingLink.id == link_id, TrackingLink.incident_id == incident.id
    )
    found = op.session.scalar(query)
    if found is None:
        raise LinkRefusedError(LinkRefusal.NOT_IN_FORCE)
    return found


def _seen(op: Operation, incident: Incident, row: TrackingLink) -> SentLink:
    end = ends_at(row, incident)
    return SentLink(
        id=row.id,
        phone=mask(row.sent_to),
        issued_at=row.issued_at,
        expires_at=end,
        revoked_at=row.revoked_at,
        revoked_by=None if row.revoked_by is None else row.revoked_by.name,
        in_force=row.revoked_at is None and end > op.now,
    )
