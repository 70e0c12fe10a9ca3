"""Contracts: number, plan, cover and its dates, products. What is promised is agreed on in versions."""

import re
from datetime import date
from typing import Any

import sqlalchemy as sa

import sla
from hotline.db.models import Contract, ContractProduct, Customer, Ladder, Product
from hotline.services.directory import checks
from hotline.services.directory.kind import Facts, Kind, Sentence, Values, WrongFieldError, sentence
from hotline.services.operation import Operation
from hotline.services.reports.words import marked
from hotline.services.response import incidents

# No PIN was made yet: no digits match, and a caller waits as long as for a wrong one.
NO_PIN = ""
# When statements leave: as soon as they are drawn up, or once somebody has released each.
SENT_AT_ONCE, RELEASED = "at once", "released"
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
    _require_eligible(op, contract, values)
    _put_days(contract, values)
    contract.ladder_id = checks.chosen(op, Ladder, values["ladder"], "ladder", contract.ladder_id).id
    _put_products(op, contract, values["products"])
    if "statements" in values:
        contract.sends_statements = values["statements"] == SENT_AT_ONCE
    contract.number, contract.plan = number, values["plan"]


def _require_eligible(op: Operation, contract: Contract, values: Values) -> None:
    """Cover that is not over is only for the plans that allow it; what stands there already may stay."""
    first, last = values["cover_from"], values["cover_until"]
    is_kept = (contract.plan, contract.cover_from, contract.cover_until) == (values["plan"], first, last)
    if first is None or is_kept or sla.Plan(values["plan"]) in sla.ELIGIBLE_PLANS:
        return
    if last is None or last >= op.now.date():
        words = marked(
            "Mission-critical cover needs Premier Plus or Premier Ultimate. Choose one of them, or leave the "
            "days of the cover empty."
        )
        raise WrongFieldError("plan", sentence(words))


def _put_days(contract: Contract, values: Values) -> None:
    starts_on, first, last = values["starts_on"], values["cover_from"], values["cover_until"]
    if starts_on is None:
        raise WrongFieldError("starts_on", sentence(marked("Type the day on which the contract begins.")))
    if contract.terms and starts_on > contract.terms[0].effective_from:
        day = contract.terms[0].effective_from
        words = marked("What is promised holds from {day}: the contract cannot begin later.")
        raise WrongFieldError("starts_on", sentence(words, day=day.isoformat()))
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
        "statements": SENT_AT_ONCE if contract.sends_statements else RELEASED,
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


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
