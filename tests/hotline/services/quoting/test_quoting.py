"""Rate cards in the database, and quotes from them."""

import uuid
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

import sla
from hotline.db.models import Contract, ContractProduct, Product, RateCard, User
from hotline.demo.offers import rate_card
from hotline.services import directory
from hotline.services.operation import Operation
from hotline.services.quoting import cards, quotes
from tests.hotline.house import MADES_CONTRACT, SITI, House, at_once

DAY = date(2026, 11, 23)
PLUS = sla.Plan.PREMIER_PLUS


def admin(op: Operation) -> uuid.UUID:
    return op.session.scalars(sa.select(User.id).where(User.phone == SITI)).one()


def values(house: House, **changed: Any) -> dict[str, Any]:
    with house.operation() as op:
        me = admin(op)
    rates = {product.id: ("1: 100\n2: 90.50", "1,000") for product in house.all(Product)}
    return {"currency": "usd", "effective_from": date(2027, 1, 1), "rates": rates, "by": me, **changed}


def enter(house: House, **changed: Any) -> directory.Change:
    wanted = values(house, **changed)
    return house.do(lambda op: directory.create(op, cards.CARDS, admin(op), wanted))


def ask(house: House, day: date = DAY, plan: sla.Plan = PLUS, currency: str = "USD", **wanted: int) -> Any:
    named = {code.replace("_", "-"): count for code, count in wanted.items()}
    with house.operation() as op:
        return quotes.ask(op, plan, named, currency, day)


def test_the_offer_costs_what_it_says(house: House) -> None:
    assert ask(house, sql_server=1).annual_fee == sla.Money(20_000_000, "USD")
    assert ask(house, sql_server=9_999).annual_fee == sla.Money(100_000_000, "USD")
    both = ask(house, sql_server=3, windows_server=2)
    assert both.annual_fee == sla.Money(20_000_000 * 2 + 15_000_000 + 8_000_000 * 2, "USD")
    assert ask(house, windows_server=1).annual_fee < ask(house, sql_server=1).annual_fee


def test_a_card_holds_from_its_day_until_the_next_one_begins(house: House) -> None:
    enter(house)
    assert ask(house, sql_server=2).annual_fee == sla.Money(40_000_000, "USD")
    assert ask(house, day=date(2026, 12, 31), sql_server=2).annual_fee == sla.Money(40_000_000, "USD")
    after = ask(house, day=date(2027, 1, 1), sql_server=2)
    assert (after.annual_fee, after.effective_from) == (sla.Money(19_050, "USD"), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"plan": sla.Plan.PREMIER, "sql_server": 1}, "plan_not_eligible"),
        ({"plan": sla.Plan.PREMIER, "sql_server": 1, "currency": "EUR"}, "plan_not_eligible"),
        ({}, "nothing_asked"),
        ({"currency": "EUR"}, "nothing_asked"),
        ({"sql_server": 1, "currency": "EUR"}, "card_not_in_force"),
        ({"sql_server": 1, "day": date(2025, 1, 1)}, "card_not_in_force"),
        ({"abacus": 1}, "product_not_priced"),
    ],
)
def test_there_is_no_quote_for_a_reason_with_words(lite: House, changed: dict[str, Any], reason: str) -> None:
    found = ask(lite, **changed)
    assert found.reason == reason
    assert str(quotes.why(found, "EUR", DAY))


def test_a_contract_is_quoted_by_its_plan_and_products(lite: House) -> None:
    def work(op: Operation) -> Any:
        contract = op.session.scalars(sa.select(Contract).where(Contract.number == MADES_CONTRACT)).one()
        op.session.execute(
            sa.update(ContractProduct).where(ContractProduct.contract_id == contract.id).values(instances=6)
        )
        return quotes.of_contract(op, contract, "USD", DAY)

    assert lite.do(work).annual_fee == sla.Money(2 * 20_000_000 + 3 * 15_000_000 + 10_000_000, "USD")


@pytest.mark.parametrize(("agreed", "points"), [(95, 500), (105, 500), (100, 0), (3, 9_700), (1_000, 90_000)])
def test_how_far_an_agreed_fee_is_from_the_quote(agreed: int, points: int) -> None:
    apart = quotes.difference(sla.Money(agreed, "USD"), sla.Money(100, "USD"))
    assert apart == (sla.Money(agreed - 100, "USD"), points)


def test_a_card_that_has_begun_stays_and_another_day_is_taken_once(house: House) -> None:
    begun = house.one(RateCard)
    with pytest.raises(directory.InUseError, match="stays as it is"):
        house.do(lambda op: directory.end(op, cards.CARDS, admin(op), begun.id))
    for day, words in ((DAY, "after today"), (begun.effective_from, "already")):
        with pytest.raises(directory.WrongFieldError, match=words):
            enter(house, effective_from=day)
    assert enter(house, effective_from=DAY, currency="EUR").after  # the first in its currency


def test_two_who_enter_a_card_for_one_day_get_one(house: House) -> None:
    wanted = values(house)

    def one() -> str:
        try:
            house.do(lambda op: directory.create(op, cards.CARDS, admin(op), wanted))
        except directory.WrongFieldError:
            return "refused"
        return "entered"

    assert sorted(at_once(one, one)) == ["entered", "refused"]


def test_a_card_that_ended_before_it_began_is_not_quoted_from(house: House) -> None:
    change = enter(house)
    house.do(lambda op: directory.end(op, cards.CARDS, admin(op), change.row_id))
    assert ask(house, day=date(2027, 1, 1), sql_server=1).annual_fee == sla.Money(20_000_000, "USD")
    house.clock.advance(60 * 86_400)
    with pytest.raises(directory.InUseError, match="first day has passed"):
        house.do(lambda op: directory.bring_back(op, cards.CARDS, admin(op), change.row_id))


def test_the_demo_card_is_kept_as_it_is(lite: House) -> None:
    with lite.operation() as op:
        assert cards.present(op) == [rate_card()]
