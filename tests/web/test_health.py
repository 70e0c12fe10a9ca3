"""Whether this process can serve: :mod:`hotline.web.pages.health`."""

import sqlalchemy as sa


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
