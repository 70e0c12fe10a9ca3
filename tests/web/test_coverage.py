"""Coverage, fairness, holidays, leave and tokens on the pages, for each role."""

import io
import re
from datetime import timedelta

import pytest

from hotline.db.models import ApiToken, LeaveSource, Override, Rotation, Team
from hotline.web.pages import leave_forms
from hotline.web.pages.leave_forms import PROBLEMS

from .conftest import Browser
from .world import World

ICS = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
    b"DTSTART;VALUE=DATE:20261124\r\nDTEND;VALUE=DATE:20261126\r\nSUMMARY:<b>Bali</b>\r\nEND:VEVENT\r\n"
    b"END:VCALENDAR\r\n"
)
PAGES = [
    "/coverage",
    "/coverage/fairness",
    "/coverage/fairness?period=past",
    "/coverage/holidays",
    "/me/calendar",
]


def leave_nobody(world: World) -> None:
    """Nobody is primary for two hours in three days."""
    with world.database.write() as session:
        now = world.clock.now()
        session.add(
            Override(
                rotation_id=session.query(Rotation).filter_by(layer="primary").one().id,
                user_id=None,
                starts_at=now + timedelta(days=3),
                ends_at=now + timedelta(days=3, hours=2),
                created_at=now,
            )
        )


def upload(browser: Browser, path: str, data: bytes = ICS, **fields: str) -> str:
    form = {"csrf_token": browser.token(), "label": "HR", "url": "", **fields}
    return browser.client.post(
        path, data={**form, "file": (io.BytesIO(data), "leave.ics")}, follow_redirects=True
    ).text


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("name", ["ada", "cy", "nadia", "otto"])
def test_everybody_may_look(request: pytest.FixtureRequest, name: str, path: str) -> None:
    assert request.getfixturevalue(name).get(path).status_code == 200


@pytest.mark.parametrize("path", [*PAGES, "/coverage/fairness.csv", "/me/security/tokens", "/me/leave/add"])
def test_strangers_are_sent_to_sign_in(stranger: Browser, path: str) -> None:
    assert stranger.get(path).status_code == 302


def test_a_gap_stands_first_with_what_mends_it_for_who_may(cy: Browser, ada: Browser, world: World) -> None:
    leave_nobody(world)
    page = cy.get("/coverage").text
    assert "1 time with nobody to answer" in page
    first = page.index("Nobody is on call: Databases, primary")
    assert first < page.index("is alone in Databases, primary")
    assert "Put somebody on call: Nobody is on call: Databases, primary" in page
    assert "Put somebody on call" not in ada.get("/coverage").text


def test_what_is_no_hole_is_no_alarm(cy: Browser) -> None:
    page = cy.get("/coverage").text
    assert "0 times with nobody to answer" in page
    assert "2 other problems" in page
    assert "grade-late" not in page


def test_whoever_cannot_be_rung_mends_it_themselves(ada: Browser, world: World) -> None:
    world.change_user("Ada", phone=None)
    assert "Mend your numbers" in ada.get("/coverage").text


def test_fairness_is_a_table_and_a_file(cy: Browser) -> None:
    page = cy.get("/coverage/fairness").text
    assert "Ada Lovelace" in page
    assert "720" in page, "30 days and nights"
    answer = cy.get("/coverage/fairness.csv?period=ahead")
    assert answer.mimetype == "text/csv"
    lines = answer.text.removeprefix("\ufeff").splitlines()
    assert lines[0] == "team,name,hours,nights,weekend_days,shifts,night_pages,far_from_the_mean"
    assert lines[1].startswith("Databases,Ada Lovelace,720,")
    assert cy.get("/coverage/fairness?period=junk").status_code == 302


def test_my_leave_from_a_file_offers_to_ask_for_cover(ada: Browser, cy: Browser, world: World) -> None:
    page = upload(ada, "/me/leave/add")
    assert "Away and on call" in page
    assert "&lt;b&gt;Bali&lt;/b&gt;" in page
    assert re.search(r"/me/shifts/cover\?rotation=[^\"]+from=2026-11-23T17", page), "from midnight in Jakarta"
    seen = cy.get("/coverage").text
    assert "Ada Lovelace is on leave, but is on call: Databases, primary" in seen
    assert "Bali" not in seen, "why somebody is away is theirs to tell"


def test_who_is_on_call_and_on_leave_now_is_marked_where_people_look_who_is(
    ada: Browser, cy: Browser
) -> None:
    upload(ada, "/me/leave/add", ICS.replace(b"20261124", b"20261122"))
    assert "Ada Lovelace is on leave" in cy.get("/on-call").text
    upload(ada, "/me/leave/add")
    assert "Ada Lovelace is on leave" not in cy.get("/on-call").text, "not before the leave begins"


def test_an_address_is_kept_and_its_trouble_is_shown(ada: Browser, world: World) -> None:
    upload(ada, "/me/leave/add", b"", url="https://calendar.example.com/secret.ics")
    page = ada.get("/me/calendar").text
    assert "Not read yet" in page
    assert "secret.ics" not in page
    for problem, words in PROBLEMS.items():
        with world.database.write() as session:
            session.query(LeaveSource).update({"problem": problem, "failing_since": world.clock.now()})
        assert words.replace("'", "&#39;") in ada.get("/me/calendar").text


@pytest.mark.parametrize(
    ("data", "fields", "words"),
    [
        (b"", {}, "Type an address, or choose a file."),
        (ICS, {"label": ""}, "Give the calendar a name."),
        (b"", {"url": "http://example.com/a.ics"}, "has to begin with https"),
        (b"", {"url": "nonsense"}, "This is no address of a calendar."),
        (b"<html>", {}, "What was found there is no iCalendar file."),
    ],
)
def test_a_calendar_that_is_none_is_refused_with_the_reason(
    ada: Browser, data: bytes, fields: dict[str, str], words: str
) -> None:
    assert words in upload(ada, "/me/leave/add", data, **fields)


def test_a_file_that_is_too_large_is_refused(ada: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leave_forms, "LARGEST", len(ICS) - 1)
    assert "larger than a megabyte" in upload(ada, "/me/leave/add")
    monkeypatch.setattr(leave_forms, "LARGEST", len(ICS))
    assert "Away and on call" in upload(ada, "/me/leave/add")


def test_holidays_are_entered_by_managers_and_seen_by_all(cy: Browser, ada: Browser, world: World) -> None:
    with world.reading() as op:
        path = f"/coverage/holidays/{op.session.query(Team).one().id}"
    assert ada.get(path).status_code == 403
    assert "1 holiday within a year" in upload(cy, path)
    assert "&lt;b&gt;Bali" in ada.get("/coverage").text
    with world.reading() as op:
        source = op.session.query(LeaveSource).one().id
    assert ada.press(f"/coverage/holidays/remove/{source}").status_code == 403
    assert "was removed" in cy.press(f"/coverage/holidays/remove/{source}").text
    assert cy.press(f"/coverage/holidays/remove/{source}").status_code == 200, "twice is harmless"
    assert cy.get("/coverage/holidays/00000000-0000-0000-0000-000000000000").status_code == 404


def test_anothers_leave_is_not_there(ada: Browser, bo: Browser, world: World) -> None:
    upload(ada, "/me/leave/add")
    with world.reading() as op:
        source = op.session.query(LeaveSource).one().id
    for path in (f"/me/leave/remove/{source}", f"/me/leave/read/{source}"):
        assert bo.press(path).status_code == 404
    assert "is read again" in ada.press(f"/me/leave/read/{source}").text
    assert "was removed" in ada.press(f"/me/leave/remove/{source}").text


def test_a_token_is_shown_once_and_revoked(ada: Browser, app: object, world: World) -> None:
    page = ada.press("/me/security/tokens", label="Wall display").text
    token = re.search(r"hl_[\w-]{43}", page)
    assert token
    again = ada.get("/me/security/tokens").text
    assert token[0] not in again
    assert "Wall display" in again
    assert "never used" in again
    assert "The API token Wall display was made." in ada.get("/me/security").text
    with world.reading() as op:
        row = op.session.query(ApiToken).one().id
    assert "No token yet" in ada.press(f"/me/security/tokens/{row}/revoke").text
    ada.press(f"/me/security/tokens/{row}/revoke")
    assert ada.press("/me/security/tokens", label="  ").status_code == 422


def test_another_persons_token_cannot_be_revoked(ada: Browser, bo: Browser, world: World) -> None:
    ada.press("/me/security/tokens", label="Mine")
    with world.reading() as op:
        row = op.session.query(ApiToken).one().id
    assert bo.press(f"/me/security/tokens/{row}/revoke").status_code == 404


def test_to_make_a_token_one_proves_who_one_is(ada: Browser, world: World) -> None:
    world.clock.advance(3600)
    assert "hl_" not in ada.press("/me/security/tokens", label="Late").text
    with world.reading() as op:
        assert op.session.query(ApiToken).count() == 0


def test_twenty_tokens_are_enough(ada: Browser, world: World) -> None:
    for number in range(20):
        ada.press("/me/security/tokens", label=f"t{number}")
    assert "There are 20 tokens already" in ada.press("/me/security/tokens", label="one more").text


def test_the_pages_speak_indonesian(cy: Browser, world: World) -> None:
    leave_nobody(world)
    world.change_user("Cy", language="id")
    assert "Tidak ada yang piket: Databases, primary" in cy.get("/coverage").text
    assert "Pembagian beban" in cy.get("/coverage/fairness").text
