"""Shifts in a calendar program: an address that is a secret, and a file that changes when a shift does."""

import re
from datetime import timedelta

import icalendar
import pytest
from flask import Flask

from hotline.db.models import CalendarFeed, Override, Rotation, Team
from hotline.web.api import caller

from .conftest import Browser
from .world import World


def made(browser: Browser, path: str = "/me/calendar/feed") -> str:
    """The path of a new feed, as the page shows it once."""
    page = browser.press(path)
    assert page.status_code == 200
    found = re.search(r"http://localhost(/calendar/[\w-]{43}\.ics)", page.text)
    assert found, page.text
    return found[1]


def events(data: bytes) -> list[icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(data)
    assert calendar.errors == []
    return list(calendar.walk("VEVENT"))


def cover(world: World, hours: int = 2, cancelled: bool = False) -> None:
    """Bo covers Ada for a while from tomorrow on."""
    with world.database.write() as session:
        now = world.clock.now()
        session.add(
            Override(
                rotation_id=session.query(Rotation).filter_by(layer="primary").one().id,
                user_id=world.user("Bo").id,
                starts_at=now + timedelta(days=3),
                ends_at=now + timedelta(days=3, hours=hours),
                created_at=now,
                cancelled_at=now if cancelled else None,
            )
        )


def test_my_shifts_are_in_it_in_utc_from_a_month_back_to_three_ahead(
    ada: Browser, app: Flask, world: World
) -> None:
    answer = app.test_client().get(made(ada))
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert "Set-Cookie" not in answer.headers
    found = events(answer.data)
    assert len(found) == 18, "weekly hand-offs from the one that ran 30 days ago to the last of 90 ahead"
    for event in found:
        assert str(event["SUMMARY"]) == "On call: Databases, primary"
        assert event["DTSTART"].to_ical().endswith(b"Z")
        assert event["DTEND"].dt - event["DTSTART"].dt in (timedelta(days=7), timedelta(days=7, hours=1))
        assert event["DTSTAMP"].dt <= world.clock.now()
    first, last = found[0]["DTSTART"].dt, found[-1]["DTEND"].dt
    assert first <= world.clock.now() - timedelta(days=30) < first + timedelta(days=8)
    assert last >= world.clock.now() + timedelta(days=90)
    assert len({str(event["UID"]) for event in found}) == len(found)


def test_it_is_the_same_to_the_byte_until_a_shift_changes(ada: Browser, app: Flask, world: World) -> None:
    path, client = made(ada), app.test_client()
    before = client.get(path)
    world.clock.advance(60)
    again = client.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    cover(world)
    after = client.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    old = {str(event["UID"]): int(event["SEQUENCE"]) for event in events(before.data)}
    new = {str(event["UID"]): int(event["SEQUENCE"]) for event in events(after.data)}
    assert old.keys() < new.keys(), "her shift is cut in two: its first part is the same, the second is new"
    assert all(new[uid] > old[uid] for uid in old)


def test_a_shift_that_is_no_more_is_not_in_it(bo: Browser, app: Flask, world: World) -> None:
    path, client = made(bo), app.test_client()
    counts = []
    for step in (lambda: None, lambda: cover(world), lambda: _cancel_all(world)):
        step()
        found = events(client.get(path).data)
        counts.append(sum("primary" in str(event["SUMMARY"]) for event in found))
        world.clock.advance(60)
    assert counts == [0, 1, 0]


def _cancel_all(world: World) -> None:
    with world.database.write() as session:
        session.query(Override).update(
            {"cancelled_at": world.clock.now(), "cancelled_by_id": world.user("Bo").id}
        )


def test_a_teams_calendar_names_everybody_in_every_layer(cy: Browser, app: Flask, world: World) -> None:
    with world.reading() as op:
        team_id = op.session.query(Team).one().id
    data = app.test_client().get(made(cy, f"/me/calendar/feed/{team_id}")).data
    summaries = {str(event["SUMMARY"]) for event in events(data)}
    assert summaries == {"Ada Lovelace: primary (Databases)", "Bo Diddley: backup (Databases)"}


def test_a_new_address_ends_the_one_before_and_switching_off_ends_it(
    ada: Browser, app: Flask, world: World
) -> None:
    client = app.test_client()
    first, second = made(ada), made(ada)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    with world.reading() as op:
        rows = op.session.query(CalendarFeed).all()
        assert all(row.token_digest not in first + second for row in rows)
        feed_id = next(row.id for row in rows if row.revoked_at is None)
    assert "good no more" in ada.press(f"/me/calendar/revoke/{feed_id}").text
    ada.press(f"/me/calendar/revoke/{feed_id}")
    assert client.get(second).status_code == 404


def test_the_address_is_shown_once_and_its_use_is(ada: Browser, app: Flask) -> None:
    path = made(ada)
    assert path not in ada.get("/me/calendar").text
    assert "not read yet" in ada.get("/me/calendar").text
    app.test_client().get(path)
    assert "not read yet" not in ada.get("/me/calendar").text


def test_another_persons_feed_cannot_be_switched_off(
    ada: Browser, bo: Browser, app: Flask, world: World
) -> None:
    path = made(ada)
    with world.reading() as op:
        feed_id = op.session.query(CalendarFeed).one().id
    assert bo.press(f"/me/calendar/revoke/{feed_id}").status_code == 404
    assert app.test_client().get(path).status_code == 200


def test_a_disabled_person_has_no_feed(ada: Browser, app: Flask, world: World) -> None:
    path = made(ada)
    world.change_user("Ada", disabled_at=world.clock.now())
    assert app.test_client().get(path).status_code == 404


@pytest.mark.parametrize("token", ["x", "a" * 43, "a" * 3000, "%00", "..%2f"])
def test_a_guess_finds_nothing(app: Flask, token: str) -> None:
    assert app.test_client().get(f"/calendar/{token}.ics").status_code == 404


def test_who_goes_on_guessing_is_told_to_wait(app: Flask) -> None:
    client = app.test_client()
    statuses = [client.get("/calendar/guess.ics").status_code for _ in range(caller.WRONG_PER_QUARTER + 1)]
    assert statuses == [404] * caller.WRONG_PER_QUARTER + [429]
