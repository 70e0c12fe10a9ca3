"""The ledger: :mod:`hotline.web.pages.ledger`."""

import pytest

from hotline.services.promise import enforcement


@pytest.fixture
def missed(world):
    """Two misses of Contoso and one of Fabrikam; the first reference."""
    first = world.report("Contoso")
    world.report("Contoso")
    world.report("Fabrikam")
    world.clock.advance(1800)
    world.do(enforcement.sweep_deadlines)
    return first


def test_an_empty_ledger_says_how_it_fills(cy):
    assert "No promise was missed" in cy.get("/ledger").text


def test_fines_are_listed_with_sentences_and_sums_by_contract(cy, missed):
    page = " ".join(cy.get("/ledger").text.split())
    assert page.index("Contoso") < page.index("Fabrikam")
    assert "Miss 2 of contract year 1" in page
    assert f'href="/incidents/{missed}"' in page
    assert 'class="amount">USD 15,000.00</td>' in page
    assert "USD 20,000.00" in page.split("Owed to customers in all:")[1][:80]


def test_sums_are_those_of_what_is_chosen(cy, missed):
    page = " ".join(cy.get("/ledger?q=fabrikam").text.split())
    assert "USD 5,000.00" in page.split("Owed for these in all:")[1][:80]
    assert "USD 15,000.00" not in page


def test_a_currency_in_which_nothing_is_owed_gives_nothing(cy, missed):
    assert "Nothing matches" in cy.get("/ledger?currency=JPY").text
    assert cy.get("/ledger?currency=XXY").status_code == 422


def test_the_file_has_the_sentence_and_exact_amounts(cy, missed):
    text = cy.get("/ledger.csv?sort=customer&dir=asc").get_data(as_text=True)
    assert text.count("\r\n") == 4
    assert ",500000,5000.00,USD," in text
    assert "costs USD 5,000.00: step 1 of 3" in text
