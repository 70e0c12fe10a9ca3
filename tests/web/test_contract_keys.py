"""Keys of customers' programs on the pages of the administration."""

import re

import pytest
from flask import Flask

from hotline.db.models import AuditEntry, Contract, ContractKey

from .conftest import Browser
from .reading import count, post, words_of
from .test_reports_api import Program
from .world import World


@pytest.fixture
def address(world: World) -> str:
    with world.reading() as op:
        contract = op.session.query(Contract).filter_by(number="100000").one()
        return f"/admin/contracts/{contract.id}/keys"


def nonce_of(page: str) -> str:
    found = re.search(r'name="nonce"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def key_in(page: str) -> str:
    found = re.search(r'value="(hk_[\w-]+)"', page)
    assert found is not None, words_of(page)
    return found[1]


def test_a_key_is_made_shown_once_and_reports(nadia: Browser, app: Flask, address: str, world: World) -> None:
    page = nadia.get(address).text
    assert "No key yet" in words_of(page)
    typed = {"label": "Monitoring", "nonce": nonce_of(page)}
    made = post(nadia, address, typed)
    assert made.status_code == 200
    assert "no-store" in made.headers["Cache-Control"]
    key = key_in(made.text)
    assert key_in(post(nadia, address, typed).text) == key, "a double tap shows the same key"
    assert count(world, ContractKey) == 1
    assert key not in nadia.get(address).text
    assert Program(app, key).report().status_code == 201
    page = words_of(nadia.get(address).text)
    assert f"Monitoring …{key[-4:]}" in page
    assert "last used 22 Nov 2026" in page


def test_a_key_ends_and_it_is_on_record(nadia: Browser, app: Flask, address: str, world: World) -> None:
    key = key_in(
        post(nadia, address, {"label": "Monitoring", "nonce": nonce_of(nadia.get(address).text)}).text
    )
    with world.reading() as op:
        key_id = op.session.query(ContractKey).one().id
    for _ in range(2):
        answer = post(nadia, f"{address}/{key_id}/end", {})
        assert (answer.status_code, answer.location) == (303, address)
    assert Program(app, key).report().status_code == 401
    contract = nadia.get(address.removesuffix("/keys"))
    assert "No key yet" in words_of(contract.text)
    assert "key for a program made" in words_of(contract.text)
    with world.reading() as op:
        assert [row.action for row in op.session.query(AuditEntry)] == ["key made", "key ended"]


@pytest.mark.parametrize(
    ("label", "said"),
    [("", "Name the program."), ("x" * 61, "That is too long."), ("  ", "Name the program.")],
)
def test_a_key_needs_a_name(nadia: Browser, address: str, world: World, label: str, said: str) -> None:
    answer = post(nadia, address, {"label": label, "nonce": nonce_of(nadia.get(address).text)})
    assert answer.status_code == 422
    assert said in words_of(answer.text)
    assert count(world, ContractKey) == 0


@pytest.mark.parametrize("nonce", ["", "short", "x" * 101])
def test_a_nonce_that_no_page_gave_makes_no_key(
    nadia: Browser, address: str, world: World, nonce: str
) -> None:
    assert post(nadia, address, {"label": "Monitoring", "nonce": nonce}).status_code == 422
    assert count(world, ContractKey) == 0


def test_a_contract_that_has_ended_gets_none(nadia: Browser, address: str, world: World) -> None:
    nonce = nonce_of(nadia.get(address).text)
    world.do(lambda op: op.session.query(Contract).update({"ended_at": op.now}))
    post(nadia, address, {"label": "Monitoring", "nonce": nonce})
    assert "no program can report for it" in words_of(nadia.get(address).text)
    assert count(world, ContractKey) == 0


def test_only_admins_see_keys(cy: Browser, ada: Browser, address: str) -> None:
    for browser in (cy, ada):
        assert browser.get(address).status_code == 403
        assert post(browser, address, {"label": "x"}).status_code == 403


@pytest.mark.parametrize("key", ["00000000-0000-0000-0000-000000000000", "junk"])
def test_a_key_that_is_not_there_is_not_found(nadia: Browser, address: str, key: str) -> None:
    assert post(nadia, f"{address}/{key}/end", {}).status_code == 404
