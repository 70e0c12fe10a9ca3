"""Pages that stay true: :mod:`hotline.web.pages.live`."""

import threading
import time

import pytest
import sqlalchemy as sa
from flask import Flask

from hotline.demo.pace import PacedClock
from hotline.web.pages import board, live, register
from hotline.web.pages.live import Shared

from .conftest import Browser

ASK = {"X-Refresh": "1"}


def again(browser, path, answer):
    """Ask as the script does: for what is new since ``answer``."""
    return browser.get(path, headers={**ASK, "If-None-Match": answer.headers["ETag"]})


@pytest.fixture(autouse=True)
def _nothing_is_kept(monkeypatch):
    """Every refresh looks for itself, so that a test need not wait for half a second."""
    monkeypatch.setattr(live, "_FRESH_SECONDS", 0)


@pytest.mark.parametrize("path", ["/", "/wall", "/?customer=Contoso"])
def test_nothing_new_is_said_without_a_page(ada, world, path):
    world.report()
    first = ada.get(path)
    world.clock.advance(20)
    answer = again(ada, path, first)
    assert (answer.status_code, answer.text) == (304, "")


def test_what_a_person_would_see_is_sent(ada, world):
    reference = world.report()
    answer = ada.get("/")
    for change in (
        lambda: world.take(reference),
        lambda: world.rename_customer("Contoso", "Contoso Ltd"),
        lambda: world.clock.advance(16 * 60),
        lambda: world.report("Fabrikam"),
        lambda: world.hang_up(),
        lambda: world.change_user("Ada", language="id"),
        lambda: world.change_user("Ada", time_zone="UTC"),
    ):
        change()
        fresh = again(ada, "/", answer)
        assert fresh.status_code == 200
        assert fresh.headers["ETag"] != answer.headers["ETag"]
        assert again(ada, "/", fresh).status_code == 304
        answer = fresh


def test_what_is_filtered_away_changes_nothing(ada, world):
    first = ada.get("/?q=nowhere")
    world.report()
    assert again(ada, "/?q=nowhere", first).status_code == 200  # it says how many there are in all
    wall = ada.get("/wall?state=mine")
    world.rename_customer("Contoso", "Contoso Ltd")
    assert again(ada, "/wall?state=mine", wall).status_code == 304


def test_a_version_in_another_zone_is_not_ours(ada, bo):
    assert ada.get("/").headers["ETag"] != bo.get("/").headers["ETag"]


def test_the_page_carries_the_version_that_it_shows(ada):
    answer = ada.get("/")
    assert f"data-version={answer.headers['ETag']}" in answer.text


def test_a_weakened_version_is_understood(ada):
    version = ada.get("/").headers["ETag"]
    assert ada.get("/", headers={**ASK, "If-None-Match": f"W/{version}"}).status_code == 304


def test_a_person_who_reloads_always_gets_a_page(ada):
    version = ada.get("/").headers["ETag"]
    assert ada.get("/", headers={"If-None-Match": version}).status_code == 200


def test_every_answer_to_a_refresh_tells_the_time_and_the_pace(ada, world):
    first = ada.get("/")
    assert "X-Service-Now" not in first.headers
    world.clock.advance(5)
    for answer in (again(ada, "/", first), ada.get("/", headers=ASK), ada.get("/nowhere", headers=ASK)):
        assert answer.headers["X-Service-Now"] == f"{world.clock.now().timestamp():.3f}"
        assert answer.headers["X-Service-Speed"] == "1"


def test_the_pace_follows_a_clock_that_changes_its_speed(app, ada, world):
    clock = PacedClock(1, world.clock.now())
    world.clock = clock
    app.extensions["hotline-site"] = type(app.extensions["hotline-site"])(
        world.database, clock, world.settings
    )
    assert ada.get("/", headers=ASK).headers["X-Service-Speed"] == "1"
    clock.set_speed(20)
    assert ada.get("/", headers=ASK).headers["X-Service-Speed"] == "20"
    assert 'data-speed="20"' in ada.get("/").text


def test_a_stranger_who_asks_is_sent_to_the_sign_in(stranger):
    assert stranger.get("/", headers=ASK).location.startswith("/sign-in")


def test_many_boards_cost_one_look(world, monkeypatch):
    monkeypatch.setattr(live, "_FRESH_SECONDS", 30)
    app = Flask("hotline")
    register(app, world.database, world.clock, world.settings)
    browsers = [Browser(app) for _ in range(3)]
    for browser, name in zip(browsers, ("ada", "bo", "cy"), strict=True):
        browser.sign_in(f"{name}@example.com")
    world.report()
    looks = []
    sa.event.listen(
        world.database.engine,
        "before_cursor_execute",
        lambda _c, _cursor, text, *_: looks.append(text) if "FROM incidents" in text else None,
    )
    for browser in browsers:
        for path in ("/", "/?customer=Contoso", "/wall"):
            assert browser.get(path, headers=ASK).status_code == 200
    assert len(looks) == 2  # what is open, and what is finished


def test_a_person_who_opens_a_page_sees_what_they_just_did(world, monkeypatch):
    monkeypatch.setattr(live, "_FRESH_SECONDS", 30)
    app = Flask("hotline")
    register(app, world.database, world.clock, world.settings)
    ada = Browser(app)
    ada.sign_in("ada@example.com")
    ada.get("/", headers=ASK)
    reference = world.report()
    assert reference not in ada.get("/", headers=ASK).text
    assert reference in ada.get("/").text
    assert reference in ada.get("/", headers=ASK).text  # what was looked for afresh is shared too


def test_one_looks_while_the_others_wait():
    shared, looked = Shared(fresh_seconds=30), []

    def look():
        looked.append(threading.get_ident())
        time.sleep(0.05)
        return "found"

    found = []
    threads = [threading.Thread(target=lambda: found.append(shared.get("key", look))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, len(looked)) == (["found"] * 8, 1)


def test_a_board_is_drawn_once_for_all_who_see_it_alike(app, ada, bo, cy, world, monkeypatch):
    world.change_user("Bo", time_zone="Asia/Jakarta")
    drawn = []
    original = board.render_template
    monkeypatch.setattr(board, "render_template", lambda *a, **k: drawn.append(1) or original(*a, **k))
    world.report()
    pages = [browser.get("/", headers=ASK).text for browser in (ada, bo, ada)]
    assert len(set(pages)) == len(drawn) == 1
    assert "csrf" not in pages[0]
    assert "Ada Lovelace</span>" not in pages[0]
    assert cy.get("/", headers=ASK).text != pages[0]  # of another zone


def test_a_look_that_fails_is_tried_again_by_the_next():
    shared = Shared(fresh_seconds=30)

    def fail():
        raise RuntimeError("no database")

    with pytest.raises(RuntimeError):
        shared.get("key", fail)
    assert shared.get("key", lambda: "found") == "found"


def test_an_old_answer_is_looked_for_again():
    shared = Shared(fresh_seconds=0.01)
    assert shared.get("key", lambda: 1) == 1
    time.sleep(0.02)
    assert shared.get("key", lambda: 2) == 2


def test_what_is_kept_does_not_grow_without_end():
    shared = Shared(fresh_seconds=30)
    for number in range(1000):
        shared.get(number, lambda: "found")
    assert len(shared._kept) <= 64
