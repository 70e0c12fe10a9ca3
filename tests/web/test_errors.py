"""Errors as pages: :mod:`hotline.web.pages.errors`."""

import pytest
from flask import abort

from hotline.errors import HotlineError
from hotline.web.pages import board


def test_an_unknown_reference_says_so_and_leads_to_the_board(ada):
    answer = ada.get("/incidents/9999-9")
    assert answer.status_code == 404
    assert "There is no incident 9999-9" in answer.text
    assert 'href="/"' in answer.text


@pytest.mark.parametrize("odd", ["100%25s", "%25(x)s", "{0}", "%3Cscript%3E", "a%00b", "x" * 500])
def test_an_odd_reference_is_not_found_like_any_other(ada, odd):
    answer = ada.get(f"/incidents/{odd}")
    assert answer.status_code == 404
    assert "<script>" not in answer.text


def test_a_nul_in_a_form_reaches_no_database(ada, world):
    reference = world.report()
    assert ada.press(f"/incidents/{reference}/note", text="a\0b").status_code == 404


def test_an_unknown_address_is_a_page_for_strangers_too(stranger):
    answer = stranger.get("/no/such/thing")
    assert answer.status_code == 404
    assert "Go to the sign-in" in answer.text


def test_a_refused_role_learns_whom_to_ask(ada, monkeypatch):
    monkeypatch.setattr(board, "_look", lambda: abort(403))
    answer = ada.get("/")
    assert answer.status_code == 403
    assert "Ask an admin" in answer.text


@pytest.mark.parametrize(
    "error", [RuntimeError("secret +628111111111"), HotlineError("secret +628111111111")]
)
def test_a_broken_page_says_what_was_kept_and_leaks_nothing(ada, monkeypatch, capfd, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(board, "_look", fail)
    answer = ada.get("/")
    assert answer.status_code == 500
    assert "Nothing of this request was kept" in answer.text
    assert "secret" not in answer.text
    said = capfd.readouterr()
    assert "+628111111111" not in said.out + said.err


def test_a_page_without_its_database_still_explains_itself(ada, broken_database):
    answer = ada.get("/")
    assert answer.status_code == 500
    assert "The telephone line is not affected" in answer.text


def test_an_old_form_of_somebody_signed_out_leads_to_the_sign_in(stranger):
    assert stranger.client.post("/incidents/1234-5/take").location.startswith("/sign-in")
