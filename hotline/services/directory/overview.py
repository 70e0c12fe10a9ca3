"""What there is to administer, and what is wrong with it: each trouble names the row that mends it."""

import enum
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

import sla
from hotline.db.models import (
    Caller,
    Contract,
    Customer,
    Ladder,
    Product,
    RateCard,
    Rotation,
    ServiceNumber,
    Team,
    User,
)
from hotline.services.directory import contracts, customers, people
from hotline.services.directory.kind import Sentence, sentence
from hotline.services.lists.covers import Cover, cover_on
from hotline.services.on_call import versions
from hotline.services.operation import Operation
from hotline.services.reports.words import marked

_Owner = TypeVar("_Owner", Customer, Team)


class Where(enum.StrEnum):
    """What has to be opened to mend it."""

    TEAM = "team"
    NUMBER = "service number"
    CUSTOMER = "customer"
    CONTRACT = "contract"
    PERSON = "person"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that will hurt a caller: ``is_grave`` when it does so at the next call."""

    words: Sentence
    where: Where
    row_id: uuid.UUID | None
    is_grave: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """How many of each have not ended, and every trouble, the grave ones first."""

    teams: int
    people: int
    numbers: int
    customers: int
    contracts: int
    callers: int
    products: int
    ladders: int
    rate_cards: int
    troubles: list[Trouble]


def read(op: Operation) -> Overview:
    """Everything, in a number of queries that does not grow with it (but for people who are in trouble)."""
    found = [trouble for look in _LOOKS for trouble in look(op)]
    return Overview(
        _count(op, Team),
        _count(op, User, User.disabled_at.is_(None)),
        _count(op, ServiceNumber),
        _count(op, Customer),
        _count(op, Contract),
        _count(op, Caller),
        _count(op, Product),
        _count(op, Ladder),
        _count(op, RateCard),
        sorted(found, key=lambda trouble: not trouble.is_grave),
    )


def _count(op: Operation, model: Any, condition: Any = None) -> int:
    present = condition if condition is not None else model.ended_at.is_(None)
    return op.session.scalar(sa.select(sa.func.count()).select_from(model).where(present)) or 0


def _numbers(op: Operation) -> Iterator[Trouble]:
    query = sa.select(ServiceNumber, Ladder).join(Ladder, Ladder.id == ServiceNumber.ladder_id)
    query = query.where(ServiceNumber.ended_at.is_(None)).options(selectinload(Ladder.rungs))
    found = op.session.execute(query).all()
    if not found:
        yield Trouble(
            sentence(marked("There is no service number: nobody can call.")), Where.NOTHING, None, True
        )
    for number, ladder in found:
        values = {"number": customers.called(number), "ladder": ladder.name}
        if ladder.ended_at is not None:
            words = marked("{number}: its ladder {ladder} has ended. Choose another.")
        elif not ladder.rungs:
            words = marked("{number}: its ladder {ladder} has no rung, so a report rings nobody.")
        else:
            continue
        yield Trouble(sentence(words, **values), Where.NUMBER, number.id, True)


def _contracts(op: Operation) -> Iterator[Trouble]:
    query = (
        sa.select(Contract)
        .where(Contract.ended_at.is_(None))
        .options(
            joinedload(Contract.customer),
            selectinload(Contract.callers),
            selectinload(Contract.terms),
            selectinload(Contract.products),
        )
        .order_by(Contract.number)
    )
    ended = set(op.session.scalars(sa.select(Ladder.id).where(Ladder.ended_at.is_not(None))))
    for contract in op.session.scalars(query):
        for words, is_grave in _wrong_with(op, contract, ended):
            values = {"customer": contract.customer.name, "contract": contract.number}
            yield Trouble(sentence(words, **values), Where.CONTRACT, contract.id, is_grave)


def _wrong_with(op: Operation, contract: Contract, ended: set[uuid.UUID]) -> Iterator[tuple[str, bool]]:
    today = op.now.astimezone(ZoneInfo(contract.customer.time_zone)).date()
    cover = cover_on(today, sla.Plan(contract.plan), contract.cover_from, contract.cover_until)
    if contract.pin_hash == contracts.NO_PIN:
        yield (
            marked("{customer}: contract {contract} has no PIN yet, so nobody gets in. Issue a letter."),
            True,
        )
    if not contract.terms:
        yield marked("{customer}: nothing is promised for contract {contract} yet, so no clock starts."), True
    if not contract.products:
        yield marked("{customer}: contract {contract} covers no product."), True
    if contract.ladder_id in ended:
        yield marked("{customer}: the ladder of contract {contract} has ended. Choose another."), True
    if not any(caller.ended_at is None for caller in contract.callers):
        yield marked("{customer}: nobody is listed who may call for contract {contract}."), False
    if cover is Cover.ENDING:
        yield marked("{customer}: the cover of contract {contract} ends within thirty days."), False
    elif cover is Cover.OVER:
        yield (
            marked("{customer}: the cover of contract {contract} has ended, so calls are turned away."),
            False,
        )
    elif cover is Cover.WRONG_PLAN:
        yield marked("{customer}: the plan of contract {contract} does not allow the cover."), False


def _customers(op: Operation) -> Iterator[Trouble]:
    contract = (Contract.customer_id == Customer.id, Contract.ended_at.is_(None))
    for customer in _without(op, Customer, contract, Customer.name_key):
        words = sentence(marked("{customer}: there is no contract, so no PIN opens."), customer=customer.name)
        yield Trouble(words, Where.CUSTOMER, customer.id, False)
    live = [ServiceNumber.ended_at.is_(None)]
    if op.session.scalar(
        sa.select(ServiceNumber.id).where(*live, ServiceNumber.customer_id.is_(None)).limit(1)
    ):
        return
    number = (ServiceNumber.customer_id == Customer.id, *live)
    for customer in _without(op, Customer, number, Customer.name_key):
        words = sentence(
            marked("{customer}: there is no number to dial, neither their own nor a shared one."),
            customer=customer.name,
        )
        yield Trouble(words, Where.CUSTOMER, customer.id, True)


def _people(op: Operation) -> Iterator[Trouble]:
    """Whoever is on a roster and cannot be rung, with where."""
    query = sa.select(User).where(
        User.id.in_(versions.places(op.now)), sa.or_(User.disabled_at.is_not(None), User.phone.is_(None))
    )
    for user in op.session.scalars(query.order_by(User.name_key)):
        where = ", ".join(people.where_rostered(op, user.id))
        words = (
            marked("{name} has no verified number and is on a roster: {where}.")
            if user.disabled_at is None
            else marked("{name} is disabled and still on a roster: {where}.")
        )
        yield Trouble(sentence(words, name=user.name, where=where), Where.PERSON, user.id, True)


def _teams(op: Operation) -> Iterator[Trouble]:
    rotation = (Rotation.team_id == Team.id, Rotation.ended_at.is_(None))
    for team in _without(op, Team, rotation, Team.name):
        words = sentence(marked("Team {team} has no rotation: nobody is on call for it."), team=team.name)
        yield Trouble(words, Where.TEAM, team.id, False)


def _without(
    op: Operation, model: type[_Owner], belonging: Iterable[sa.ColumnElement[bool]], order: Any
) -> Iterable[_Owner]:
    """Those that have not ended and have no such belonging."""
    query = sa.select(model).where(model.ended_at.is_(None), ~sa.exists().where(*belonging))
    return op.session.scalars(query.order_by(order))


_LOOKS: tuple[Callable[[Operation], Iterator[Trouble]], ...] = (
    _numbers,
    _customers,
    _contracts,
    _people,
    _teams,
)
