"""Statements on the pages: read, drawn up, released, sent again, each by whoever may."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from hotline.db.models import Contract, Customer, Statement, StatementKind, StatementMail, StatementSending
from hotline.services.operation import Operation
from tests.support.statements import add_recipient, enter

from .conftest import Browser
from .world import World

OCTOBER = datetime(2026, 10, 10, 3, tzinfo=UTC)
with_mail = pytest.mark.parametrize(
    "settings",
    [{"smtp_url": "smtp://127.0.0.1:9", "mail_from": "Hotline <hotline@hotline.example>"}],
    indirect=True,
)


def contract_number(world: World, customer: str = "Contoso") -> str:
    query = sa.select(Contract.number).join(Customer).where(Customer.name == customer)
    return str(world.ask(lambda op: op.session.scalars(query).one()))


def owe(world: World, minor: int = 1_234_567) -> str:
    """Something was entered in October; the number of the contract."""
    number = contract_number(world)
    world.do(lambda op: enter(op, number, OCTOBER.date(), minor, at=OCTOBER, reason="<b>Agreed</b>"))
    return number


def drawn(browser: Browser, world: World) -> str:
    """The statement of October, drawn up by the button; its number."""
    number = owe(world)
    assert browser.press("/statements/draw", contract=number).status_code == 200
    query = sa.select(Statement.number).where(Statement.kind == StatementKind.MONTH)
    return str(world.ask(lambda op: op.session.scalars(query).one()))


def count(world: World, model: type) -> int:
    return int(world.ask(lambda op: op.session.scalar(sa.select(sa.func.count()).select_from(model))))


def test_an_empty_list_says_what_will_be_there(cy: Browser) -> None:
    assert "No statement so far" in cy.get("/statements").text


def test_a_statement_is_drawn_up_read_and_taken_away(cy: Browser, world: World) -> None:
    number = drawn(cy, world)
    assert "1 statement waits to be released." in cy.get("/statements").text
    page = cy.get(f"/statements/{number}").text
    assert "USD 12,345.67" in page
    assert "&lt;b&gt;Agreed&lt;/b&gt;" in page
    assert "hotline ledger verify --expect" in page
    assert number in cy.get("/statements").text
    paper = cy.get(f"/statements/{number}.pdf")
    assert paper.mimetype == "application/pdf"
    assert paper.data.startswith(b"%PDF")
    assert f'filename="{number}.pdf"' in paper.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(cy.get(f"/statements/{number}.csv").data.decode("utf-8-sig"))))
    assert rows[1]["amount"] == "12345.67"
    listed = list(csv.DictReader(io.StringIO(cy.get("/statements.csv").data.decode("utf-8-sig"))))
    assert [(row["number"], row["closing_minor"], row["state"]) for row in listed] == [
        (number, "1234567", "waiting")
    ]


def test_drawing_up_twice_makes_one_and_says_why_nothing_is_left(cy: Browser, world: World) -> None:
    number = drawn(cy, world)
    assert "Nothing to draw up" in cy.press("/statements/draw", contract=contract_number(world)).text
    assert "There is no such contract" in cy.press("/statements/draw", contract="999999").text
    assert "Type the number" in cy.press("/statements/draw", contract="").text
    assert count(world, Statement) == 1, number


@with_mail
def test_it_is_released_once_and_sent_again_with_a_reason(cy: Browser, world: World) -> None:
    number = drawn(cy, world)
    path = f"/statements/{number}"
    assert "no recipient of statements" in cy.press(f"{path}/release").text
    contract = contract_number(world)
    world.do(lambda op: add_recipient(op, contract, name="Ratna"))
    assert "Release and send" in cy.get(path).text
    assert "It is on its way." in cy.press(f"{path}/release").text
    assert "nothing was sent twice" in cy.press(f"{path}/release").text
    page = cy.press(f"{path}/send", reason="", seen="1")
    assert page.status_code == 422
    assert "Say why it is sent again." in page.text
    assert "It is on its way again." in cy.press(f"{path}/send", reason="They lost it.", seen="1").text
    assert "nothing was sent twice" in cy.press(f"{path}/send", reason="They lost it.", seen="1").text
    for seen in ("", "x", "99", "²"):
        assert "not released" in cy.press(f"{path}/send", reason="Why not", seen=seen).text
    assert (count(world, StatementSending), count(world, StatementMail)) == (2, 2)
    assert "They lost it." in cy.get(path).text
    assert number in cy.get("/statements?state=released").text
    assert "Nothing matches" in cy.get("/statements?state=waiting").text


def test_a_service_that_sends_no_mail_says_so(cy: Browser, world: World) -> None:
    number = drawn(cy, world)
    assert "HOTLINE_SMTP_URL" in cy.get(f"/statements/{number}").text


def test_engineers_see_none_and_auditors_only_look(
    ada: Browser, otto: Browser, cy: Browser, world: World
) -> None:
    number = drawn(cy, world)
    for path in (
        "/statements",
        "/statements.csv",
        *(f"/statements/{number}{end}" for end in ("", ".pdf", ".csv")),
    ):
        assert ada.get(path).status_code == 403
        assert otto.get(path).status_code == 200
    page = otto.get(f"/statements/{number}").text
    assert "Release and send" not in page
    assert "Draw up statements now" not in otto.get("/statements").text
    for path in ("/statements/draw", f"/statements/{number}/release", f"/statements/{number}/send"):
        assert otto.press(path).status_code == 403
    assert count(world, StatementSending) == 0


@pytest.mark.parametrize("path", ["/statements/x", "/statements/%00", "/statements/SC-2026-999999.pdf"])
def test_what_is_not_there_is_not_found(cy: Browser, path: str) -> None:
    assert cy.get(path).status_code == 404


def test_filters_find_it_and_refuse_nonsense(cy: Browser, world: World) -> None:
    number = drawn(cy, world)
    for query in (f"q={number}", f"q={number.lower()}", "q=contoso", "kind=month", "currency=USD",
                  "from=2026-10-31&to=2026-10-31"):  # fmt: skip
        assert f">{number}<" in cy.get(f"/statements?{query}").text, query
    for query in ("kind=year", "currency=JPY", "from=2026-11-01", "q=fabrikam"):
        assert f">{number}<" not in cy.get(f"/statements?{query}").text, query
    assert cy.get("/statements?state=junk").status_code == 422


def test_the_customers_page_leads_there(cy: Browser, ada: Browser, world: World) -> None:
    query = sa.select(Customer.id).where(Customer.name == "Contoso")
    customer_id = world.ask(lambda op: op.session.scalars(query).one())
    assert f"/statements?customer={customer_id}" in cy.get(f"/customers/{customer_id}").text


def test_an_admin_keeps_recipients_the_locale_and_how_they_leave(nadia: Browser, world: World) -> None:
    wanted = contract_number(world)

    def ids(op: Operation) -> tuple[str, str]:
        row = op.session.execute(
            sa.select(Contract.id, Contract.customer_id).where(Contract.number == wanted)
        ).one()
        return str(row[0]), str(row[1])

    contract_id, customer_id = world.ask(ids)
    new = f"/admin/recipients/new?of={contract_id}"
    page = nadia.press(new, name="Ratna", email="not an address", language="en")
    assert "Type an e-mail address such as" in page.text
    assert "Locale of amounts" in nadia.get(f"/admin/customers/{customer_id}/change").text
    assert "as soon as they are drawn up" in nadia.get(f"/admin/contracts/{contract_id}/change").text
    wrong = nadia.press(
        f"/admin/customers/{customer_id}/change", name="Contoso", language="en", time_zone="Asia/Jakarta",
        locale="xx_YY",
    )  # fmt: skip
    assert "Type a locale such as" in wrong.text


def test_an_indonesian_manager_reads_indonesian(cy: Browser, world: World) -> None:
    number = drawn(cy, world)
    world.change_user("Cy", language="id")
    page = cy.get(f"/statements/{number}").text
    assert "Saldo akhir" in page
    assert "USD 12.345,67" in page
    assert date(2026, 10, 10).isoformat() not in page
