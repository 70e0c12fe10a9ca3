"""Seeding the demo world, and describing it with everything that a caller or a test driver needs."""

from datetime import date, time, timedelta
from typing import Any

import sqlalchemy as sa

import sla
from hotline.db.models import (
    Caller,
    Channel,
    Contract,
    ContractProduct,
    ContractTerms,
    Customer,
    Ladder,
    Product,
    RateCard,
    Rotation,
    Rung,
    RungTarget,
    ServiceNumber,
    Team,
    User,
)
from hotline.demo.offers import (
    CUSTOMERS,
    PRODUCTS,
    RESPOND_WITHIN,
    SHARED_NUMBER,
    SUPPORT_NUMBER,
    ContractPlan,
    CustomerPlan,
    rate_card,
)
from hotline.demo.people import EVERYBODY, PASSWORD, TEAMS, Person, TeamPlan
from hotline.errors import ConflictError
from hotline.services.on_call import versions
from hotline.services.on_call.rosters import duties
from hotline.services.operation import Operation
from hotline.services.pins import hash_secret
from hotline.services.promise.promises import columns_of
from hotline.services.reaching import notification_rules, numbers
from hotline.services.reaching.notification_rules import Rule
from routing import HandOff

_ROSTERS_SINCE = date(2026, 1, 5)


def seed(op: Operation) -> bool:
    """Put the demo world into an empty database; False when it is there already.

    Raises :class:`ConflictError` when the database holds somebody else's customers.
    """
    names = set(op.session.scalars(sa.select(Customer.name)))
    if names:
        if names >= {plan.name for plan in CUSTOMERS}:
            return False
        raise ConflictError("This database holds customers already; the demo world is for an empty one.")
    users = {person: _user(op, person) for person in EVERYBODY}
    ladders = {plan.name: _team(op, plan, users) for plan in TEAMS}
    products = _products(op)
    default = ladders[TEAMS[0].name]
    op.session.add(
        ServiceNumber(phone=SHARED_NUMBER, support_number=SUPPORT_NUMBER, ladder_id=default.id, language="en")
    )
    for plan in CUSTOMERS:
        _customer(op, plan, products, ladders)
    _rate_card(op)
    return True


def describe(op: Operation) -> dict[str, Any]:
    """The demo world as data, with numbers, contracts, PINs and passwords in clear: it is a demo."""
    return {
        "service_numbers": _describe_numbers(),
        "support_number": SUPPORT_NUMBER,
        "products": [{"code": code, "name": name} for code, name in PRODUCTS],
        "customers": [_describe_customer(plan, op.now.date()) for plan in CUSTOMERS],
        "users": [_describe_person(person) for person in EVERYBODY],
        "teams": [_describe_team(plan) for plan in TEAMS],
        "on_call": [
            {
                "team": duty.team.name,
                "layer": duty.layer,
                "name": duty.names,
                "phone": duty.users[0].phone if duty.users else None,
                "until": None if duty.until is None else duty.until.isoformat(),
            }
            for duty in duties(op)
        ],
    }


def _user(op: Operation, person: Person) -> User:
    user = User(
        name=person.name,
        email=person.email,
        role=person.role,
        password_hash=hash_secret(PASSWORD),
        language=person.language,
        time_zone=person.time_zone,
    )
    op.session.add(user)
    op.session.flush()
    mobile = numbers.enter(op, user, person.phone)
    if person.home is not None:
        home = numbers.enter(op, user, person.home, "Home")
        rules = [
            Rule(0, Channel.SMS, mobile.id),
            Rule(0, Channel.CALL, mobile.id),
            Rule(2, Channel.CALL, home.id),
        ]
        notification_rules.replace(op, user, rules, notification_rules.version([]))
    return user


def _team(op: Operation, plan: TeamPlan, users: dict[Person, User]) -> Ladder:
    team = Team(name=plan.name, time_zone=plan.time_zone)
    ladder = Ladder(name=plan.ladder, team=team, repeat_after_seconds=120)
    op.session.add(ladder)
    op.session.flush()
    for position, (layer, people) in enumerate(plan.layers):
        rotation = Rotation(
            team_id=team.id,
            layer=layer,
            position=position,
            time_zone=plan.time_zone,
            is_manager=layer == "manager",
        )
        op.session.add(rotation)
        op.session.flush()
        hand_off = HandOff(0, time(plan.hand_off_hour))
        members = [users[person].id for person in people]
        versions.begin(op, rotation, [versions.planned(members, plan.time_zone, _ROSTERS_SINCE, hand_off)])
        op.session.add(
            Rung(
                ladder_id=ladder.id,
                position=position,
                delay_seconds=plan.delays[position],
                targets=[RungTarget(rotation_id=rotation.id)],
            )
        )
    return ladder


def _products(op: Operation) -> dict[str, Product]:
    rows = {
        code: Product(code=code, name=name, position=place) for place, (code, name) in enumerate(PRODUCTS)
    }
    op.session.add_all(rows.values())
    op.session.flush()
    return rows


def _rate_card(op: Operation) -> None:
    card = rate_card()
    op.session.add(
        RateCard(
            currency=card.currency,
            effective_from=card.effective_from,
            card=sla.rate_card_to_json(card),
            entered_at=op.now,
        )
    )
    op.session.flush()


def _customer(
    op: Operation, plan: CustomerPlan, products: dict[str, Product], ladders: dict[str, Ladder]
) -> None:
    customer = Customer(name=plan.name, language=plan.language, time_zone=plan.time_zone)
    op.session.add(customer)
    op.session.flush()
    if plan.dedicated_number is not None:
        op.session.add(
            ServiceNumber(
                phone=plan.dedicated_number,
                customer_id=customer.id,
                language=plan.language,
                support_number=SUPPORT_NUMBER,
                ladder_id=ladders[plan.contracts[0].team].id,
            )
        )
    for contract in plan.contracts:
        op.session.add(_contract(op, customer, contract, products, ladders))
    op.session.flush()


def _contract(
    op: Operation,
    customer: Customer,
    plan: ContractPlan,
    products: dict[str, Product],
    ladders: dict[str, Ladder],
) -> Contract:
    today = op.now.date()
    cover_from, cover_until = plan.cover_days(today)
    starts_on = today - timedelta(days=400)
    return Contract(
        customer_id=customer.id,
        number=plan.number,
        pin_hash=hash_secret(plan.pin),
        plan=plan.plan,
        starts_on=starts_on,
        cover_from=cover_from,
        cover_until=cover_until,
        ladder_id=ladders[plan.team].id,
        products=[
            ContractProduct(product_id=products[code].id, position=place)
            for place, code in enumerate(plan.products)
        ],
        callers=[
            Caller(name=name, phone=phone, position=place) for place, (name, phone) in enumerate(plan.callers)
        ],
        terms=[ContractTerms(**columns_of(plan.terms(starts_on, customer.time_zone)))],
    )


def _describe_numbers() -> list[dict[str, Any]]:
    shared = {"phone": SHARED_NUMBER, "customer": None, "language": "en"}
    own = [
        {"phone": plan.dedicated_number, "customer": plan.name, "language": plan.language}
        for plan in CUSTOMERS
        if plan.dedicated_number is not None
    ]
    return [shared, *own]


def _describe_customer(plan: CustomerPlan, today: date) -> dict[str, Any]:
    return {
        "name": plan.name,
        "language": plan.language,
        "time_zone": plan.time_zone,
        "service_number": plan.dedicated_number or SHARED_NUMBER,
        "contracts": [_describe_contract(contract, today) for contract in plan.contracts],
    }


def _describe_contract(plan: ContractPlan, today: date) -> dict[str, Any]:
    cover_from, cover_until = plan.cover_days(today)
    return {
        "number": plan.number,
        "pin": plan.pin,
        "plan": plan.plan,
        "products": list(plan.products),
        "cover_from": None if cover_from is None else cover_from.isoformat(),
        "cover_until": None if cover_until is None else cover_until.isoformat(),
        "callers": [{"name": name, "phone": phone} for name, phone in plan.callers],
        "entitled": plan.entitled,
        "respond_within_seconds": int(RESPOND_WITHIN.total_seconds()),
        "currency": plan.currency,
        "fines_minor": list(plan.fines),
        "team": plan.team,
    }


def _describe_person(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "email": person.email,
        "password": PASSWORD,
        "role": person.role.value,
        "phone": person.phone,
        "time_zone": person.time_zone,
    }


def _describe_team(plan: TeamPlan) -> dict[str, Any]:
    return {
        "name": plan.name,
        "time_zone": plan.time_zone,
        "layers": [
            {"layer": layer, "members": [person.name for person in people], "delay_seconds": delay}
            for (layer, people), delay in zip(plan.layers, plan.delays, strict=True)
        ],
    }
