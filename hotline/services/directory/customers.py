"""Customers, the people who may call for them, and the numbers that they dial."""

import sqlalchemy as sa

from hotline.db.models import Caller, Contract, Customer, Ladder, ServiceNumber
from hotline.db.names import fold
from hotline.phone_numbers import mask
from hotline.services.directory import checks
from hotline.services.directory.kind import Facts, Kind, Sentence, Values, WrongFieldError, sentence
from hotline.services.operation import Operation
from hotline.services.reports.words import marked
from hotline.services.statements.locales import is_locale


def _put_customer(op: Operation, customer: Customer, values: Values) -> None:
    wanted = checks.name(values["name"], longest=120)
    checks.only_one(op, customer, Customer.name, wanted, "name")
    checks.only_one(op, customer, Customer.name_key, fold(wanted), "name")
    customer.language = checks.language(values["language"])
    customer.time_zone = checks.time_zone(values["time_zone"])
    if "locale" in values:
        customer.locale = _locale(str(values["locale"] or "").strip())
    customer.name = wanted


def _locale(typed: str) -> str | None:
    if typed and not is_locale(typed):
        raise WrongFieldError("locale", sentence(marked("Type a locale such as en_SG, id_ID or de_CH.")))
    return typed or None


def _holds_customer(op: Operation, customer: Customer) -> list[Sentence]:
    contracts = sa.select(Contract.number).where(
        Contract.customer_id == customer.id, Contract.ended_at.is_(None)
    )
    lines = sa.select(ServiceNumber.phone).where(
        ServiceNumber.customer_id == customer.id, ServiceNumber.ended_at.is_(None)
    )
    reasons = []
    if found := sorted(op.session.scalars(contracts)):
        reasons.append(
            sentence(marked("It has contracts: {numbers}. End them first."), numbers=", ".join(found))
        )
    if found := sorted(op.session.scalars(lines)):
        reasons.append(
            sentence(
                marked("It has its own numbers: {numbers}. End them, or make them shared."),
                numbers=", ".join(map(mask, found)),
            )
        )
    return reasons


CUSTOMERS: Kind[Customer] = Kind(
    "customer",
    Customer,
    called=lambda customer: customer.name,
    facts=lambda _op, customer: {
        "name": customer.name,
        "language": customer.language,
        "locale": customer.locale,
        "time_zone": customer.time_zone,
    },
    put=_put_customer,
    holds=_holds_customer,
)


def _put_caller(op: Operation, caller: Caller, values: Values) -> None:
    is_new = checks.is_new(caller)
    if is_new:
        caller.contract_id = checks.chosen(op, Contract, values["contract"], "name").id
    wanted, phone = checks.name(values["name"], longest=120), checks.phone(op, values["phone"])
    query = sa.select(Caller).where(Caller.contract_id == caller.contract_id, Caller.phone == phone)
    with op.session.no_autoflush:
        rival = op.session.scalars(query).first()
    if rival is not None and rival is not caller:
        words = (
            marked("{name} has this number and may call no more. Bring them back instead.")
            if rival.ended_at is not None
            else marked("{name} has this number already.")
        )
        raise WrongFieldError("phone", sentence(words, name=rival.name))
    if is_new:
        highest = sa.select(sa.func.max(Caller.position)).where(Caller.contract_id == caller.contract_id)
        with op.session.no_autoflush:
            last = op.session.scalar(highest)
        caller.position = 0 if last is None else last + 1
    caller.name, caller.phone = wanted, phone


def _caller_facts(op: Operation, caller: Caller) -> Facts:
    contract = op.session.get_one(Contract, caller.contract_id)
    return {"name": caller.name, "phone": caller.phone, "contract": contract.number}


def _returns_caller(op: Operation, caller: Caller) -> list[Sentence]:
    contract = op.session.get_one(Contract, caller.contract_id)
    if contract.ended_at is None:
        return []
    return [sentence(marked("Contract {number} has ended. Bring it back first."), number=contract.number)]


CALLERS: Kind[Caller] = Kind(
    "caller",
    Caller,
    called=lambda caller: caller.name,
    facts=_caller_facts,
    put=_put_caller,
    returns=_returns_caller,
    phones=("phone",),
)


def _put_number(op: Operation, number: ServiceNumber, values: Values) -> None:
    phone = checks.phone(op, values["phone"])
    with op.session.no_autoflush:
        rival = op.session.scalars(sa.select(ServiceNumber).where(ServiceNumber.phone == phone)).first()
    if rival is not None and rival is not number:
        words = (
            marked("This number is here and has ended. Bring it back instead.")
            if rival.ended_at is not None
            else marked("This number is here already.")
        )
        raise WrongFieldError("phone", sentence(words))
    support = str(values["support_number"] or "").strip()
    number.support_number = checks.phone(op, support, "support_number") if support else None
    number.language = checks.language(values["language"])
    number.label = checks.name(values["label"], "label", 60) if str(values["label"] or "").strip() else None
    ladder = checks.chosen(op, Ladder, values["ladder"], "ladder", number.ladder_id)
    customer = None
    if values["customer"]:
        customer = checks.chosen(op, Customer, values["customer"], "customer", number.customer_id).id
    number.ladder_id, number.customer_id, number.phone = ladder.id, customer, phone


def _number_facts(op: Operation, number: ServiceNumber) -> Facts:
    owner = None if number.customer_id is None else op.session.get_one(Customer, number.customer_id).name
    return {
        "phone": number.phone,
        "label": number.label,
        "customer": owner,
        "language": number.language,
        "support_number": number.support_number,
        "ladder": op.session.get_one(Ladder, number.ladder_id).name,
    }


def _holds_number(op: Operation, number: ServiceNumber) -> list[Sentence]:
    others = sa.select(ServiceNumber.id).where(
        ServiceNumber.ended_at.is_(None), ServiceNumber.id != number.id
    )
    if op.session.scalar(others.limit(1)) is not None:
        return []
    return [sentence(marked("It is the only number: pages and texts leave from it. Add another first."))]


def _returns_number(op: Operation, number: ServiceNumber) -> list[Sentence]:
    owner = None if number.customer_id is None else op.session.get_one(Customer, number.customer_id)
    if owner is None or owner.ended_at is None:
        return []
    return [
        sentence(
            marked("Its customer {name} has ended. Bring them back first, or make the number shared."),
            name=owner.name,
        )
    ]


def called(number: ServiceNumber) -> str:
    """A number by its label and the last digits."""
    masked = mask(number.phone)
    return f"{number.label} ({masked})" if number.label else masked


NUMBERS: Kind[ServiceNumber] = Kind(
    "service number",
    ServiceNumber,
    called=called,
    facts=_number_facts,
    put=_put_number,
    holds=_holds_number,
    returns=_returns_number,
    phones=("phone", "support_number"),
)
