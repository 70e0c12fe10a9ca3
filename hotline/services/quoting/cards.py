"""Rate cards as an admin keeps them: one a currency and day; a card that has begun stays as it is."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

import sla
from hotline.db.models import Product, RateCard
from hotline.services.directory import amounts, checks
from hotline.services.directory.kind import Facts, Kind, Sentence, Values, WrongFieldError, sentence
from hotline.services.operation import Operation
from hotline.services.quoting import typed
from hotline.services.reports.words import marked


def called(row: RateCard) -> str:
    """A card by its currency and first day."""
    return f"{row.currency} {row.effective_from.isoformat()}"


def present(op: Operation) -> list[sla.RateCard]:
    """Every card that was not withdrawn, by its first day."""
    query = sa.select(RateCard).where(RateCard.ended_at.is_(None)).order_by(RateCard.effective_from)
    return [sla.rate_card_from_json(row.card) for row in op.session.scalars(query)]


def latest(op: Operation) -> sla.RateCard | None:
    """The card that was entered last."""
    query = sa.select(RateCard).where(RateCard.ended_at.is_(None)).order_by(RateCard.entered_at.desc())
    row = op.session.scalars(query.limit(1)).first()
    return None if row is None else sla.rate_card_from_json(row.card)


def today(op: Operation) -> date:
    """The day by which cards begin: that of UTC, since they belong to no customer."""
    return op.now.date()


def _put(op: Operation, row: RateCard, values: Values) -> None:
    is_new = checks.is_new(row)
    if not is_new and row.effective_from <= today(op):
        raise WrongFieldError("effective_from", _begun(row))
    code = amounts.currency(values["currency"])
    starts_on = amounts.day(values["effective_from"], "effective_from")
    _require_free(op, row, code, starts_on)
    row.currency, row.effective_from = code, starts_on
    row.card = sla.rate_card_to_json(read(op, values))
    row.entered_at, row.entered_by_id = op.now, values["by"]


def read(op: Operation, values: Values) -> sla.RateCard:
    """The card that was typed; ``rates`` are prices and maximum by the product's id.

    Raises :class:`WrongFieldError`.
    """
    code = amounts.currency(values["currency"])
    query = sa.select(Product).where(Product.id.in_(values["rates"]))
    products = op.session.scalars(query.order_by(Product.position, Product.name))
    rates = [
        typed.rate(typed.TypedRate(one.id, one.code, *values["rates"][one.id]), code) for one in products
    ]
    priced = tuple(rate for rate in rates if rate is not None)
    if not priced:
        raise WrongFieldError("currency", sentence(marked("Write the prices of one product at least.")))
    return sla.RateCard(code, amounts.day(values["effective_from"], "effective_from"), priced)


def _require_free(op: Operation, row: RateCard, code: str, starts_on: date) -> None:
    """No other card of the currency begins then; all but the first of a currency begin after today."""
    query = sa.select(RateCard).where(RateCard.currency == code)
    with op.session.no_autoflush:
        others = [other for other in op.session.scalars(query) if other is not row]
    for other in others:
        if other.effective_from == starts_on:
            words = (
                marked("There is a card in {currency} from this day already: change that one.")
                if other.ended_at is None
                else marked("A card in {currency} from this day was ended. Bring it back, and change it.")
            )
            raise WrongFieldError("effective_from", sentence(words, currency=code))
    if _are_present(others) and starts_on <= today(op):
        words = marked("It begins after today, {day}: what was quoted stays as it was.")
        raise WrongFieldError("effective_from", sentence(words, day=today(op).isoformat()))


def _are_present(rows: Sequence[RateCard]) -> bool:
    return any(row.ended_at is None for row in rows)


def _begun(row: RateCard) -> Sentence:
    return sentence(
        marked("It holds since {day}, and stays as it is. Enter a new one."),
        day=row.effective_from.isoformat(),
    )


def _facts(_op: Operation, row: RateCard) -> Facts:
    card = sla.rate_card_from_json(row.card)
    return {
        "currency": row.currency,
        "effective_from": row.effective_from.isoformat(),
        **{f"rate {rate.product}": _rate(rate) for rate in card.rates},
    }


def _rate(rate: sla.ProductRate) -> str:
    tiers = ", ".join(f"{tier.first}: {tier.price}" for tier in rate.tiers)
    return f"{tiers} (\N{LESS-THAN OR EQUAL TO} {rate.maximum})"


def _holds(op: Operation, row: RateCard) -> list[Sentence]:
    return [_begun(row)] if row.effective_from <= today(op) else []


def _returns(op: Operation, row: RateCard) -> list[Sentence]:
    query = sa.select(RateCard).where(RateCard.currency == row.currency, RateCard.ended_at.is_(None))
    if row.effective_from > today(op) or not op.session.scalars(query).all():
        return []
    return [sentence(marked("Its first day has passed: enter a new one."))]


CARDS: Kind[RateCard] = Kind(
    "rate card", RateCard, called=called, facts=_facts, put=_put, holds=_holds, returns=_returns
)
