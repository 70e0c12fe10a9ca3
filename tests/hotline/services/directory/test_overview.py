"""What is wrong in the house, and what a new customer still needs."""

import sqlalchemy as sa

from hotline.db.models import (
    Caller,
    ContactMethod,
    Contract,
    ContractProduct,
    ContractTerms,
    Customer,
    ServiceNumber,
    User,
)
from hotline.services.directory import overview, people, steps
from tests.hotline.house import DEWI, MADES_CONTRACT, House


def said(house: House) -> list[str]:
    return [str(trouble.words) for trouble in house.do(overview.read).troubles]


def update(house: House, model: type, where: sa.ColumnElement[bool], **values: object) -> None:
    house.do(lambda op: op.session.execute(sa.update(model).where(where).values(**values)))


def test_everything_that_has_not_ended_is_counted(house: House) -> None:
    before = house.do(overview.read)
    assert before.customers == house.count(Customer)
    update(house, Caller, Caller.id == house.all(Caller)[0].id, ended_at=house.clock.now())
    assert house.do(overview.read).callers == before.callers - 1


def test_a_contract_that_lets_nobody_in_is_named(house: House) -> None:
    contract = house.one(Contract, Contract.number == MADES_CONTRACT)
    mine = Caller.contract_id == contract.id
    update(house, Contract, Contract.id == contract.id, pin_hash="")
    update(house, Caller, mine, ended_at=house.clock.now())
    house.do(
        lambda op: op.session.execute(
            sa.delete(ContractProduct).where(ContractProduct.contract_id == contract.id)
        )
    )
    house.do(
        lambda op: op.session.execute(
            sa.delete(ContractTerms).where(ContractTerms.contract_id == contract.id)
        )
    )
    found = [line for line in said(house) if MADES_CONTRACT in line]
    for part in ("no PIN yet", "nothing is promised", "covers no product", "nobody is listed"):
        assert any(part in line for line in found), part


def test_somebody_on_a_roster_who_cannot_be_rung_is_named_with_where(house: House) -> None:
    user = house.one(User, User.phone == DEWI)
    update(house, ContactMethod, ContactMethod.user_id == user.id, removed_at=house.clock.now())
    where = house.do(lambda op: people.where_rostered(op, user.id))
    assert where
    assert f"{user.name} has no verified number and is on a roster: {', '.join(where)}." in said(house)
    update(house, User, User.id == user.id, disabled_at=house.clock.now())
    assert any(f"{user.name} is disabled and still on a roster" in line for line in said(house))


def test_without_numbers_nobody_can_call(lite: House) -> None:
    update(lite, ServiceNumber, sa.true(), ended_at=lite.clock.now())
    assert "There is no service number: nobody can call." in said(lite)


def test_the_steps_of_a_customer_are_done_one_by_one(house: House) -> None:
    contract = house.one(Contract, Contract.number == MADES_CONTRACT)

    def done() -> dict[str, bool]:
        def work(op: object) -> dict[str, bool]:
            customer = op.session.get_one(Customer, contract.customer_id)  # type: ignore[attr-defined]
            return {one.step.value: one.is_done for one in steps.of_customer(op, customer)}  # type: ignore[arg-type]

        found: dict[str, bool] = house.do(work)
        return found

    assert done() == {
        "contract": True, "promise": True, "callers": True, "number": True, "letter": True, "call": False,
    }  # fmt: skip
    house.open_incident()
    assert done()["call"]
