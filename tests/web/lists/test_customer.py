"""The page of a customer: :mod:`hotline.web.pages.lists.customer`."""

import re
import uuid
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from hotline.db.models import Contract, ContractTerms, Customer
from hotline.services.promise import enforcement
from tests.support.terms import terms_columns


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


@pytest.fixture
def contoso(world):
    with world.reading() as op:
        found = op.session.scalars(sa.select(Customer.id).where(Customer.name == "Contoso")).one()
    return f"/customers/{found}"


def change(world, model, **values):
    world.do(lambda op: op.session.execute(sa.update(model).values(**values)))


def test_everything_about_a_customer_is_on_one_page(cy, world, contoso):
    reference = world.report("Contoso")
    world.clock.advance(1801)
    world.do(enforcement.sweep_deadlines)
    page = text_of(cy.get(contoso))
    for words in (
        "Contract 100000 Premier Plus",
        "Dials the shared number +62 21 5550100",
        "In force from Jan 1, 2026 until further notice",
        "SQL Server, Exchange",
        "Dewi of Contoso +62…10",
        "USD 5,000.00 , 1 miss ",
        "Told by name within 30 minutes of the report.",
        "USD 5,000.00; USD 10,000.00; USD 25,000.00, and then the last again",
        reference,
    ):
        assert words in page, words
    assert "811111111" not in page


def test_every_version_of_the_terms_is_there_and_the_one_in_force_is_named(cy, world, contoso):
    def add(op):
        contract = op.session.scalars(sa.select(Contract).where(Contract.number == "100000")).one()
        op.session.add(
            ContractTerms(
                contract_id=contract.id,
                **terms_columns(
                    [100], version=2, effective_from=date(2027, 1, 1), respond_within=timedelta(minutes=15)
                ),
            )
        )

    world.do(add)
    page = text_of(cy.get(contoso))
    assert page.index("within 15 minutes") < page.index("within 30 minutes")
    assert "Every miss in a contract year costs USD 1.00." in page
    assert "version 1, from Jan 1, 2026, in force" in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"cover_from": None}, "Never bought"),
        ({"cover_until": date(2026, 11, 21)}, "Ended"),
        ({"cover_until": date(2026, 12, 1)}, "Ends soon"),
        ({"cover_from": date(2026, 12, 1)}, "Not yet begun"),
        ({"plan": "premier"}, "The plan does not allow it"),
        ({"starts_on": date(2027, 1, 1)}, "the contract has not begun"),
    ],
)
def test_what_is_the_matter_with_a_contract_is_said(cy, world, contoso, values, words):
    change(world, Contract, **values)
    assert words in text_of(cy.get(contoso))


def test_a_customer_without_a_contract_is_listed_and_explained(cy, world):
    made = Customer(name="Initech", time_zone="UTC")
    world.do(lambda op: op.session.add(made))
    page = cy.get("/customers")
    (address,) = re.findall(r'href="(/customers/[^"]+)">Initech', page.text)
    assert "Without a contract nobody" in cy.get(address).text


def test_it_takes_as_many_statements_whatever_there_is(cy, world, contoso):
    def statements():
        found = []
        listen = lambda *given: found.append(given[2])  # noqa: E731
        sa.event.listen(world.database.engine, "before_cursor_execute", listen)
        assert cy.get(contoso).status_code == 200
        sa.event.remove(world.database.engine, "before_cursor_execute", listen)
        return len(found)

    before = statements()
    for _ in range(5):
        world.report("Contoso")
    assert statements() == before


@pytest.mark.parametrize("junk", ["x", "..", str(uuid.UUID(int=7)), "%25", "9" * 500])
def test_there_is_no_other_customer(cy, junk):
    assert cy.get(f"/customers/{junk}").status_code == 404


def test_who_may_not_see_customers_sees_none(ada, otto, contoso):
    assert ada.get(contoso).status_code == 403
    assert otto.get(contoso).status_code == 200
