"""Contracts: number, plan, cover and its dates, products, and the first version of what is promised."""

import re
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

import sla
from hotline.db.models import Contract, ContractProduct, ContractTerms, Customer, Ladder, Product
from hotline.services.directory import checks
from hotline.services.directory.kind import Facts, Kind, Sentence, Values, WrongFieldError, sentence
from hotline.services.operation import Operation
from hotline.services.reports.words import marked
from hotline.services.response import incidents

# No PIN was made yet: no digits match, and a caller waits as long as for a wrong one.
NO_PIN = ""
WARN_AT = ("1/2", "5/6")
_NUMBER = re.compile(r"[0-9]{4,12}")
_MOST_INSTANCES = 9_999


def _put_contract(op: Operation, contract: Contract, values: Values) -> None:
    is_new = checks.is_new(contract)
    if is_new:
        contract.customer_id = checks.chosen(op, Customer, values["customer"], "number").id
        contract.pin_hash = NO_PIN
    number = str(values["number"] or "").replace(" ", "")
    if not _NUMBER.fullmatch(number):
        raise WrongFieldError(
            "number", sentence(marked("Four to twelve digits: callers type it on a telephone."))
        )
    taken = sentence(marked("There is a contract {number} already."), number=number)
    checks.only_one(op, contract, Contract.number, number, "number", taken)
    if values["plan"] not in set(sla.Plan):
        raise WrongFieldError("plan", sentence(marked("Choose a plan.")))
    _put_days(op, contract, values, is_new)
    contract.ladder_id = checks.chosen(op, Ladder, values["ladder"], "ladder", contract.ladder_id).id
    _put_products(op, contract, values["products"])
    contract.number, contract.plan = number, values["plan"]


def _put_days(op: Operation, contract: Contract, values: Values, is_new: bool) -> None:
    starts_on, first, last = values["starts_on"], values["cover_from"], values["cover_until"]
    if starts_on is None:
        raise WrongFieldError("starts_on", sentence(marked("Type the day on which the contract begins.")))
    if not is_new and starts_on != contract.starts_on and contract.terms:
        raise WrongFieldError(
            "starts_on",
            sentence(
                marked(
                    "Contract years are counted from this day, and what is promised is set: it stays {day}."
                ),
                day=contract.starts_on.isoformat(),
            ),
        )
    if last is not None and first is None:
        raise WrongFieldError("cover_from", sentence(marked("Type the first day of the cover as well.")))
    if first is not None and first < starts_on:
        raise WrongFieldError(
            "cover_from",
            sentence(marked("The cover cannot begin before the contract, {day}."), day=starts_on.isoformat()),
        )
    checks.days_in_order(first, last, "cover_until")
    contract.starts_on, contract.cover_from, contract.cover_until = starts_on, first, last


def _put_products(op: Operation, contract: Contract, wanted: dict[Any, int | None]) -> None:
    """``wanted`` are instances by the product's id; none and zero mean that it is not covered."""
    kept = {entry.product_id: entry for entry in contract.products}
    covered = {product_id: count for product_id, count in wanted.items() if count}
    if any(not 0 < count <= _MOST_INSTANCES for count in covered.values()):
        raise WrongFieldError("products", sentence(marked("Between 1 and 9999 instances of a product.")))
    for product_id, entry in kept.items():
        if product_id not in covered:
            contract.products.remove(entry)
            op.session.delete(entry)
    for product_id, count in covered.items():
        if product_id in kept:
            kept[product_id].instances = count
            continue
        product = checks.chosen(op, Product, product_id, "products")
        contract.products.append(
            ContractProduct(product_id=product.id, instances=count, position=product.position)
        )


def _facts(op: Operation, contract: Contract) -> Facts:
    counted = {entry.product_id: entry.instances for entry in contract.products}
    products = op.session.scalars(
        sa.select(Product).where(Product.id.in_(counted)).order_by(Product.position, Product.name)
    )
    return {
        "customer": op.session.get_one(Customer, contract.customer_id).name,
        "number": contract.number,
        "plan": contract.plan,
        "starts_on": contract.starts_on.isoformat(),
        "cover_from": _iso(contract.cover_from),
        "cover_until": _iso(contract.cover_until),
        "products": [f"{product.name} \N{MULTIPLICATION SIGN} {counted[product.id]}" for product in products],
        "ladder": op.session.get_one(Ladder, contract.ladder_id).name,
    }


def _holds(op: Operation, contract: Contract) -> list[Sentence]:
    unfinished = incidents.unfinished_of(op, contract)
    if not unfinished:
        return []
    references = ", ".join(incident.reference for incident in unfinished)
    return [
        sentence(
            marked("Incidents are open: {references}. Resolve or cancel them first."), references=references
        )
    ]


def _returns(op: Operation, contract: Contract) -> list[Sentence]:
    customer = op.session.get_one(Customer, contract.customer_id)
    if customer.ended_at is None:
        return []
    return [sentence(marked("Its customer {name} has ended. Bring them back first."), name=customer.name)]


CONTRACTS: Kind[Contract] = Kind(
    "contract",
    Contract,
    called=lambda contract: contract.number,
    facts=_facts,
    put=_put_contract,
    holds=_holds,
    returns=_returns,
)


def _put_terms(op: Operation, terms: ContractTerms, values: Values) -> None:
    contract = checks.chosen(op, Contract, values["contract"], "minutes")
    if contract.terms:
        raise WrongFieldError("minutes", sentence(marked("What is promised was set already.")))
    minutes = values["minutes"]
    if minutes is None or not 1 <= minutes <= 24 * 60:
        raise WrongFieldError("minutes", sentence(marked("Between 1 and 1440 minutes.")))
    terms.contract_id, terms.version = contract.id, 1
    terms.effective_from = _first_day(contract, values["effective_from"])
    terms.respond_within_seconds = int(timedelta(minutes=minutes).total_seconds())
    terms.warn_at = list(WARN_AT)
    terms.schedule = sla.schedule_to_json(_schedule(values["fines"], values["currency"]))


def _first_day(contract: Contract, day: date | None) -> date:
    if day is None or day < contract.starts_on:
        raise WrongFieldError(
            "effective_from",
            sentence(
                marked("Type a day on or after the contract's first, {day}."),
                day=contract.starts_on.isoformat(),
            ),
        )
    return day


def _schedule(fines: str | None, currency: str | None) -> sla.RisingSchedule:
    code = str(currency or "").strip().upper()
    if code not in sla.EXPONENTS:
        raise WrongFieldError(
            "currency", sentence(marked("Type a currency by its three letters, such as USD."))
        )
    steps = []
    for number, line in enumerate(str(fines or "").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            steps.append(sla.money_from_text(line, code))
        except ValueError:
            raise WrongFieldError(
                "fines",
                sentence(marked("Line {line} is no amount. Write it as 12500 or 12,500.00."), line=number),
            ) from None
    try:
        return sla.RisingSchedule(tuple(steps))
    except ValueError:
        raise WrongFieldError(
            "fines",
            sentence(
                marked("Write one amount a line, at least one, none below zero, none below the line before.")
            ),
        ) from None


def _terms_facts(op: Operation, terms: ContractTerms) -> Facts:
    schedule = sla.schedule_from_json(terms.schedule)
    return {
        "contract": op.session.get_one(Contract, terms.contract_id).number,
        "minutes": terms.respond_within_seconds // 60,
        "warn_at": list(terms.warn_at),
        "fines": [str(step) for step in schedule.steps],
        "effective_from": terms.effective_from.isoformat(),
    }


TERMS: Kind[ContractTerms] = Kind(
    "terms",
    ContractTerms,
    called=lambda terms: str(terms.version),
    facts=_terms_facts,
    put=_put_terms,
)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
