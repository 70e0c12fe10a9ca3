"""The letter with a PIN on the pages."""

import re

import pytest

from hotline.db.models import AuditEntry, Contract, Customer, PinLetter
from hotline.services import pins


@pytest.fixture
def contract(world):
    with world.reading() as op:
        return op.session.query(Contract).join(Customer).filter(Customer.name == "Contoso").one()


def ask(desk, contract, **typed):
    path = f"/admin/contracts/{contract.id}/pin"
    page = desk.browser.get(path)
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', page.text)[1]
    return desk.send(path, {"csrf_token": desk.browser.token(path), "seen": seen, "caller": "", **typed})


def pin_in(page):
    return re.search(r'class="pin">(\d{3}) (\d{3})<', page.text)


def hashed(world, contract):
    with world.reading() as op:
        return op.session.get_one(Contract, contract.id).pin_hash


def test_it_says_first_what_a_new_pin_means(nadia, contract):
    page = nadia.get(f"/admin/contracts/{contract.id}/pin").text
    assert "The PIN that they have now stops working at once." in page
    assert "Replace the PIN and show the letter" in page


def test_the_letter_is_shown_once_and_kept_by_nobody(desk, nadia, world, contract):
    letter = ask(desk, contract)
    found = pin_in(letter)
    assert found, letter.text
    assert pins.matches(hashed(world, contract), found[1] + found[2])
    assert "no-store" in letter.headers["Cache-Control"]
    again = nadia.client.get(letter.request.path, follow_redirects=True)
    assert pin_in(again) is None
    assert "A PIN is shown once." in again.text
    with world.reading() as op:
        (entry,) = op.session.query(AuditEntry).all()
    assert (entry.action, entry.after) == ("PIN issued", {"letter": 1})
    assert found[1] + found[2] not in nadia.get("/audit").text


def test_a_double_tap_issues_one(desk, world, contract):
    path = f"/admin/contracts/{contract.id}/pin"
    form = {"csrf_token": desk.browser.token(path), "seen": "0", "caller": ""}
    first = desk.send(path, form, follow=False)
    before = hashed(world, contract)
    second = desk.send(path, form, follow=False)
    assert first.status_code == second.status_code == 303
    assert hashed(world, contract) == before
    with world.reading() as op:
        assert op.session.query(PinLetter).count() == 1
    letter = desk.browser.get(second.headers["Location"])
    assert pins.matches(before, "".join(pin_in(letter).groups()))


def test_a_page_from_before_somebody_elses_letter_changes_nothing(desk, world, contract):
    ask(desk, contract)
    before = hashed(world, contract)
    stale = ask(desk, contract, seen="0")
    assert "Somebody issued another PIN meanwhile." in stale.text
    assert hashed(world, contract) == before


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30])
def test_junk_changes_nothing(desk, world, contract, seen):
    before = hashed(world, contract)
    assert ask(desk, contract, seen=seen).status_code in (200, 422)
    assert hashed(world, contract) == before


def test_the_letter_speaks_the_customers_language(desk, world, contract):
    with world.database.write() as session:
        session.get_one(Customer, contract.customer_id).language = "id"
    letter = ask(desk, contract)
    assert "PIN Anda untuk hotline" in letter.text
    assert '<html lang="id">' in letter.text


def test_it_asks_once_more_who_one_is_when_that_was_long_ago(desk, nadia, world, contract):
    world.clock.advance(3600)
    assert "/confirm" in nadia.get(f"/admin/contracts/{contract.id}/pin").headers["Location"]
