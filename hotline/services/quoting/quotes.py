"""Quotes: what some products cost a year on a day, and how far an agreed fee is from that."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

import sla
from hotline.db.models import Contract, ContractProduct, Product
from hotline.services.directory.kind import Sentence, sentence
from hotline.services.operation import Operation
from hotline.services.quoting import cards
from hotline.services.reports.words import marked

MOST_INSTANCES = 9_999


class Difference(NamedTuple):
    """An agreed fee less the quoted one, and how many basis points of the quoted one that is, unsigned."""

    amount: sla.Money
    basis_points: int


def ask(
    op: Operation, plan: sla.Plan, wanted: Mapping[str, int], currency: str, day: date
) -> sla.Quote | sla.QuoteRefusal:
    """What ``wanted`` instances by the code of their product cost a year by the card in force on ``day``."""
    card = sla.rate_card_in_force(cards.present(op), currency, day)
    if card is not None:
        return sla.quote(card, plan, wanted, day)
    if plan not in sla.ELIGIBLE_PLANS:
        return sla.QuoteRefusal(sla.QuoteRefusalReason.PLAN_NOT_ELIGIBLE)
    reasons = sla.QuoteRefusalReason
    return sla.QuoteRefusal(reasons.CARD_NOT_IN_FORCE if wanted else reasons.NOTHING_ASKED)


def of_contract(op: Operation, contract: Contract, currency: str, day: date) -> sla.Quote | sla.QuoteRefusal:
    """What a contract's plan and products cost a year by the card in force on ``day``."""
    query = (
        sa.select(Product.code, ContractProduct.instances)
        .join(ContractProduct, ContractProduct.product_id == Product.id)
        .where(ContractProduct.contract_id == contract.id)
    )
    wanted = dict(op.session.execute(query).all())
    return ask(op, sla.Plan(contract.plan), wanted, currency, day)


def difference(agreed: sla.Money, quoted: sla.Money) -> Difference:
    """How far an agreed fee is from the quoted one, of one currency and above zero."""
    amount = agreed - quoted
    points = (abs(amount.minor) * 20_000 + quoted.minor) // (2 * quoted.minor)
    return Difference(amount, points)


def currencies(op: Operation) -> list[str]:
    """The currencies that there is a card in."""
    return sorted({card.currency for card in cards.present(op)})


def why(refusal: sla.QuoteRefusal, currency: str, day: date) -> Sentence:
    """Why there is no quote, and what to do about it."""
    words = {
        sla.QuoteRefusalReason.PLAN_NOT_ELIGIBLE: marked(
            "Mission-critical support is bought on top of Premier Plus or Premier Ultimate. With Premier, "
            "move up the base plan first."
        ),
        sla.QuoteRefusalReason.NOTHING_ASKED: marked("Say how many instances of which product."),
        sla.QuoteRefusalReason.CARD_NOT_IN_FORCE: marked("No rate card in {currency} is in force on {day}."),
        sla.QuoteRefusalReason.PRODUCT_NOT_PRICED: marked(
            "The rate card in {currency} of {day} has no price for {product}."
        ),
    }[refusal.reason]
    return sentence(words, currency=currency, day=day.isoformat(), product=refusal.product or "")
