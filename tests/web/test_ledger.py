"""The ledger: :mod:`hotline.web.pages.ledger`."""

from hotline.services import enforcement


def test_an_empty_ledger_says_how_it_fills(cy):
    assert "No promise was missed" in cy.get("/ledger").text


def test_fines_are_listed_by_contract_with_sentences_and_sums(cy, world):
    first = world.report("Contoso")
    world.report("Contoso")
    world.report("Fabrikam")
    world.clock.advance(1800)
    world.do(enforcement.sweep_deadlines)
    page = " ".join(cy.get("/ledger").text.split())
    assert page.index("Contoso") < page.index("Fabrikam")
    assert "Miss 2 of contract year 1" in page
    assert f'href="/incidents/{first}"' in page
    assert '<td class="amount">USD 15,000.00</td>' in page
    assert "USD 20,000.00" in page.split("Owed to customers in all:")[1][:80]
