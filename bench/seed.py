"""A database full of calls that wait for their next webhook, written in bulk.

The people, teams and ladders are the demonstration's. Every call belongs to a customer of its own,
so that no webhook finds what another one left.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import sla
from bench.plan import ACCEPT, ACCOUNT, INBOUND, PIN, PIN_FREE, PIN_STEP, PLAIN, PUBLIC_URL, TOKEN, Scale
from hotline.clock import SystemClock
from hotline.db.base import Base, new_id
from hotline.db.models import (
    Call,
    Caller,
    CallKind,
    CallStatus,
    ContactKind,
    ContactMethod,
    Contract,
    ContractProduct,
    ContractTerms,
    Customer,
    Effect,
    Incident,
    IncidentEvent,
    IncidentStatus,
    Ladder,
    OutboxItem,
    OutboxStatus,
    Page,
    PartMember,
    Product,
    Role,
    Rotation,
    RotationPart,
    RotationVersion,
    Rung,
    RungTarget,
    ServiceNumber,
    TargetKind,
    Team,
    User,
    WebhookReply,
)
from hotline.db.session import Database
from hotline.demo import world
from hotline.demo.offers import SHARED_NUMBER
from hotline.services.operation import Operation
from hotline.services.pins import hash_secret
from hotline.services.promise.promises import columns_of
from hotline.services.throttles import scope
from hotline.settings import Settings

_CHUNK = 2_000
# So that nobody is paged for more incidents than a person could have.
_CUSTOMERS_A_LADDER = 20
_FIRST_CONTRACT = 600_000
_CONTRACTS = 200


@dataclass(frozen=True, slots=True)
class Prepared:
    """A call that waits for a webhook."""

    sid: str
    from_phone: str
    to_phone: str


@dataclass(slots=True)
class World:
    """What all the rows refer to, and the rows that are still to be written."""

    now: datetime
    pin_hash: str
    ladder_id: uuid.UUID
    product_id: uuid.UUID
    number_id: uuid.UUID
    rows: dict[type[Base], list[dict[str, Any]]] = field(default_factory=dict)
    made: int = 0
    customers: int = 0
    people: int = 0

    def add(self, model: type[Base], **values: Any) -> None:
        self.rows.setdefault(model, []).append(values)


def settings_for(database_url: str) -> Settings:
    """The settings of the service that is measured."""
    return Settings(
        _env_file=None,
        database_url=database_url,
        public_url=PUBLIC_URL,
        secret_key="0123456789abcdef0123",
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        log_level="WARNING",
    )


def begin(database: Database, url: str) -> World:
    """Seed the demonstration's world, and give what the rest refers to."""
    now = SystemClock().now()
    with database.write() as session:
        world.seed(Operation(session, now, settings_for(url)))
    with database.read() as session:
        number = session.scalars(sa.select(ServiceNumber).where(ServiceNumber.phone == SHARED_NUMBER)).one()
        product = session.scalars(sa.select(Product).order_by(Product.position)).first()
        assert product is not None
        return World(now, hash_secret(PIN), number.ladder_id, product.id, number.id)


def seed_calls(database: Database, url: str, scale: Scale) -> dict[str, list[Prepared]]:
    """Prepare every call that the webhooks will be about."""
    w = begin(database, url)
    prepared = {
        INBOUND: [_arriving(w) for _ in range(scale.calls(INBOUND))],
        PIN_STEP: [_at_the_pin(w, w.pin_hash) for _ in range(scale.calls(PIN_STEP))],
        PIN_FREE: [_at_the_pin(w, PLAIN + PIN) for _ in range(scale.calls(PIN_FREE))],
        ACCEPT: [_ringing(w) for _ in range(scale.calls(ACCEPT))],
    }
    with database.write() as session:
        write(session, w)
    return prepared


def seed_clocks(database: Database, url: str, count: int, due: int) -> datetime:
    """Open ``count`` clocks; returns when ``due`` of them run out, a day before the others."""
    w = begin(database, url)
    deadline = w.now + timedelta(minutes=30)
    promised = [_customer(w) for _ in range(min(_CONTRACTS, count))]
    for number in range(count):
        _caller, contract_id, terms_id = promised[number % len(promised)]
        reported = w.now if number < due else w.now + timedelta(days=1, milliseconds=number)
        w.add(Incident, **_incident(w, contract_id, terms_id, reported))
    with database.write() as session:
        write(session, w)
    return deadline


def write(session: Session, w: World) -> None:
    """Write every row that was prepared, in the order in which tables refer to each other."""
    for table in (*_ORDER, *(model for model in w.rows if model not in _ORDER)):
        for chunk in _chunks(w.rows.pop(table, [])):
            session.execute(sa.insert(table), chunk)


_ORDER = (
    *(User, ContactMethod, Team, Ladder, Rotation, RotationVersion, RotationPart, PartMember),
    *(Rung, RungTarget),
    *(Customer, Contract, ContractTerms, ContractProduct, Caller, Incident, Page, Call),
)


def _chunks(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]


def _sid() -> str:
    return "CA" + uuid.uuid4().hex


def _ladder(w: World) -> uuid.UUID:
    """A team with three rotations of two, and the ladder through them."""
    ladder_id, team_id = new_id(), new_id()
    w.add(Team, id=team_id, name=f"Team {w.made}", time_zone="Asia/Jakarta")
    w.add(Ladder, id=ladder_id, name=f"Ladder {w.made}", team_id=team_id, repeat_after_seconds=120)
    for position, layer in enumerate(("primary", "backup", "manager")):
        rotation_id = new_id()
        w.add(
            Rotation,
            id=rotation_id,
            team_id=team_id,
            layer=layer,
            position=position,
            time_zone="Asia/Jakarta",
            is_manager=layer == "manager",
        )
        version_id, part_id = new_id(), new_id()
        w.add(RotationVersion, id=version_id, rotation_id=rotation_id, number=1, created_at=w.now)
        w.add(
            RotationPart,
            id=part_id,
            version_id=version_id,
            position=0,
            name="",
            time_zone="Asia/Jakarta",
            starts_on=date(2026, 1, 5),
            cycle_days=7,
            hand_offs=[[0, "09:00"]],
            hours=[],
        )
        for place in range(2):
            user_id, _phone = _user(w)
            w.add(PartMember, part_id=part_id, position=place, user_id=user_id)
        w.add(Rung, ladder_id=ladder_id, position=position, delay_seconds=60 * position)
        w.add(
            RungTarget,
            ladder_id=ladder_id,
            position=position,
            place=0,
            kind=TargetKind.ON_CALL,
            rotation_id=rotation_id,
        )
    return ladder_id


def _user(w: World) -> tuple[uuid.UUID, str]:
    """An engineer: id and telephone number."""
    w.people += 1
    user_id, phone = new_id(), f"+62813{30_000_000 + w.people}"
    w.add(
        User,
        id=user_id,
        name=f"Dewi Number{w.people}",
        email=f"dewi-{w.people}@hotline.example",
        role=Role.ENGINEER,
        password_hash="none",
        language="en",
        time_zone="Asia/Jakarta",
    )
    w.add(
        ContactMethod,
        id=new_id(),
        user_id=user_id,
        label="Mobile",
        kind=ContactKind.PHONE,
        value=phone,
        position=0,
        code_tries=0,
        created_at=w.now,
        verified_at=w.now,
    )
    return user_id, phone


def _customer(w: World, pin_hash: str = "none") -> tuple[str, uuid.UUID, uuid.UUID]:
    """A customer with one contract for one product: the caller's number, the contract and its terms."""
    if w.customers % _CUSTOMERS_A_LADDER == 0:
        w.ladder_id = _ladder(w)
    w.customers += 1
    w.made += 1
    customer_id, contract_id, terms_id = new_id(), new_id(), new_id()
    phone = f"+62812{30_000_000 + w.made}"
    today = w.now.date()
    w.add(Customer, id=customer_id, name=f"Customer {w.made}", language="en", time_zone="Asia/Jakarta")
    w.add(
        Contract,
        id=contract_id,
        customer_id=customer_id,
        number=str(_FIRST_CONTRACT + w.made),
        pin_hash=pin_hash,
        plan="premier_ultimate",
        starts_on=today - timedelta(days=400),
        cover_from=today - timedelta(days=200),
        cover_until=today + timedelta(days=500),
        ladder_id=w.ladder_id,
    )
    w.add(ContractProduct, contract_id=contract_id, product_id=w.product_id, position=0)
    w.add(Caller, id=new_id(), contract_id=contract_id, name="Made Wirawan", phone=phone, position=0)
    w.add(
        ContractTerms,
        id=terms_id,
        contract_id=contract_id,
        **columns_of(_terms(today - timedelta(days=400))),
    )
    return phone, contract_id, terms_id


def _terms(first_day: date) -> sla.Terms:
    steps = tuple(sla.Money(minor, "USD") for minor in (5_000_000, 10_000_000, 20_000_000))
    return sla.Terms(
        version=1,
        effective_from=first_day,
        respond_within=timedelta(minutes=30),
        warn_at=(Fraction(1, 2), Fraction(5, 6)),
        year_starts_on=first_day,
        time_zone="Asia/Jakarta",
        currency="USD",
        rising=sla.RisingSchedule(steps, "USD"),
    )


def _arriving(w: World) -> Prepared:
    phone, _contract_id, _terms_id = _customer(w)
    return Prepared(_sid(), phone, SHARED_NUMBER)


def _at_the_pin(w: World, pin_hash: str) -> Prepared:
    phone, contract_id, _terms_id = _customer(w, pin_hash)
    prepared = Prepared(_sid(), phone, SHARED_NUMBER)
    w.add(
        Call,
        **_call(w, prepared, CallKind.INBOUND),
        contract_id=contract_id,
        contract_key=scope("pin:contract", str(_FIRST_CONTRACT + w.made)),
        known_caller=True,
    )
    w.add(WebhookReply, sid=prepared.sid, step="arrive", at=w.now, body="<Response/>")
    return prepared


def _ringing(w: World) -> Prepared:
    """A caller on hold, and an engineer who has picked up and been asked to press 1."""
    phone, contract_id, terms_id = _customer(w)
    incident = _incident(w, contract_id, terms_id, w.now)
    incident |= {"next_rung_at": w.now + timedelta(hours=1), "notify_phone": phone}
    w.add(Incident, **incident)
    holding = Prepared(_sid(), phone, SHARED_NUMBER)
    w.add(
        Call,
        **_call(w, holding, CallKind.INBOUND),
        contract_id=contract_id,
        incident_id=incident["id"],
        authenticated_at=w.now,
        held_since=w.now,
    )
    page_id, (user_id, phone) = new_id(), _user(w)
    w.add(Page, id=page_id, incident_id=incident["id"], user_id=user_id, code="2BC", created_at=w.now)
    ringing = Prepared(_sid(), SHARED_NUMBER, phone)
    call = _call(w, ringing, CallKind.PAGE)
    w.add(Call, **call, incident_id=incident["id"], user_id=user_id, page_id=page_id)
    _history(w, incident["id"], call["id"])
    return ringing


def _history(w: World, incident_id: uuid.UUID, call_id: uuid.UUID) -> None:
    for kind in ("reported", "opened", "paged", "ringing", "holding"):
        w.add(IncidentEvent, id=new_id(), incident_id=incident_id, at=w.now, recorded_at=w.now, kind=kind)
    w.add(
        OutboxItem,
        id=new_id(),
        effect=Effect.PLACE_CALL,
        subject_id=call_id,
        incident_id=incident_id,
        payload={},
        dedupe_key=f"place:{call_id}",
        status=OutboxStatus.DONE,
        created_at=w.now,
        next_attempt_at=w.now,
        give_up_at=w.now + timedelta(minutes=2),
        attempts=1,
    )


def _call(w: World, prepared: Prepared, kind: CallKind) -> dict[str, Any]:
    return {
        "id": new_id(),
        "call_sid": prepared.sid,
        "kind": kind,
        "status": CallStatus.IN_PROGRESS,
        "from_phone": prepared.from_phone,
        "to_phone": prepared.to_phone,
        "created_at": w.now,
        "answered_at": w.now,
        "service_number_id": w.number_id,
        "language": "en",
        "step": 1,
    }


def _incident(w: World, contract_id: uuid.UUID, terms_id: uuid.UUID, reported: datetime) -> dict[str, Any]:
    w.made += 1
    return {
        "id": new_id(),
        "reference": f"{10_000 + w.made}-0",
        "status": IncidentStatus.OPEN,
        "contract_id": contract_id,
        "product_id": w.product_id,
        "service_number_id": w.number_id,
        "ladder_id": w.ladder_id,
        "language": "en",
        "caller_phone": "+6281220000201",
        "notify_phone": None,
        "reported_at": reported,
        "opened_at": reported,
        "verified_at": reported,
        "terms_id": terms_id,
        "respond_by": reported + timedelta(minutes=30),
        "due_on": (reported + timedelta(minutes=30, hours=7)).date(),  # in Jakarta
        "told_at": None,
        "next_rung_at": None,
        "next_warning_at": None,
        "next_news_at": None,
        "next_notice_at": None,
    }
