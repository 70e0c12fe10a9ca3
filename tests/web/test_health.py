"""Whether this process can serve: :mod:`hotline.web.pages.health`."""

import sqlalchemy as sa

from hotline.services.promise import heartbeat


def test_a_stranger_learns_that_it_works_and_nothing_else(stranger):
    answer = stranger.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    assert "Set-Cookie" not in answer.headers


def test_a_database_that_is_away_is_said_without_details(stranger, broken_database):
    answer = stranger.get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"status": "unavailable"})


def test_the_database_is_really_asked(stranger, world):
    asked = []
    sa.event.listen(world.database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    stranger.get("/healthz")
    assert "SELECT 1" in asked


def test_a_hotline_without_a_worker_is_not_well(stranger):
    answer = stranger.get("/healthz/worker")
    assert (answer.status_code, answer.json) == (503, {"status": "no worker is at work"})


def test_a_worker_that_fell_silent_is_missed_after_half_a_minute(stranger, world):
    world.do(heartbeat.beat)
    world.clock.advance(30)
    assert stranger.get("/healthz/worker").status_code == 200
    world.clock.advance(1)
    assert stranger.get("/healthz/worker").status_code == 503


def test_the_board_shouts_when_nobody_enforces_the_promise(ada, world):
    assert "No worker is running" in ada.get("/").text
    world.do(heartbeat.beat)
    assert "No worker is running" not in ada.get("/").text


def test_a_heartbeat_never_goes_back(stranger, world):
    world.do(heartbeat.beat)
    world.do(
        lambda op: heartbeat.beat(type(op)(op.session, op.now.replace(year=op.now.year - 1), op.settings))
    )
    assert stranger.get("/healthz/worker").status_code == 200
