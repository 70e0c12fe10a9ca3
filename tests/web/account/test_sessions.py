"""Sessions: one row for each browser, listed, revoked, and worth nothing at the next request."""

import pytest

from hotline.db.models import AccountEvent, UserSession

PHONE = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
NOBODY = "01890000-0000-7000-8000-000000000000"


def open_sessions(world, name="Ada"):
    owner = world.user(name).id
    with world.reading() as op:
        return op.session.query(UserSession).filter_by(user_id=owner, revoked_at=None).all()


def kinds(world):
    with world.reading() as op:
        return [event.kind for event in op.session.query(AccountEvent)]


def test_the_cookie_holds_a_token_and_the_database_its_digest(ada, world):
    (row,) = open_sessions(world)
    with ada.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    assert len(token) > 40
    assert token != row.token_digest
    assert str(row.user_id) not in token


def test_a_browser_is_listed_by_what_its_owner_calls_it(ada, app, world):
    stranger = type(ada)(app)
    stranger.client.environ_base["HTTP_USER_AGENT"] = PHONE
    stranger.sign_in("ada@example.com")
    page = ada.get("/me/security").text
    assert "Firefox on Android" in page
    assert page.count("this one") == 1


def test_a_revoked_session_is_worth_nothing_at_the_next_request(ada, stranger, world):
    stranger.sign_in("ada@example.com")
    theirs = max(open_sessions(world), key=lambda row: row.id)
    assert stranger.get("/").status_code == 200
    assert "That browser is signed out." in ada.press(f"/me/security/sessions/{theirs.id}/end").text
    assert stranger.get("/").location.startswith("/sign-in")
    assert "It was signed out already." in ada.press(f"/me/security/sessions/{theirs.id}/end").text


def test_all_others_are_signed_out_at_once(ada, stranger, world):
    stranger.sign_in("ada@example.com")
    assert "1 browser was signed out." in ada.press("/me/security/sessions/end-others").text
    assert "You are signed in nowhere else." in ada.press("/me/security/sessions/end-others").text
    assert stranger.get("/").status_code == 302
    assert ada.get("/").status_code == 200


@pytest.mark.parametrize("name", ["Bo", "nobody"])
def test_nobody_ends_somebody_elses_session(ada, bo, world, name):
    target = NOBODY if name == "nobody" else open_sessions(world, name)[0].id
    assert "already" in ada.press(f"/me/security/sessions/{target}/end").text
    assert bo.get("/").status_code == 200


def test_signing_out_ends_the_row_too(ada, world):
    with ada.client.session_transaction() as cookie:
        kept = dict(cookie)
    ada.press("/sign-out")
    assert open_sessions(world) == []
    with ada.client.session_transaction() as cookie:
        cookie.update(kept)
    assert ada.get("/").status_code == 302


def test_being_seen_is_written_at_most_once_a_minute(ada, world):
    began = world.clock.now()
    world.clock.advance(59)
    ada.get("/")
    assert open_sessions(world)[0].last_seen_at == began
    world.clock.advance(1)
    ada.get("/")
    assert open_sessions(world)[0].last_seen_at == world.clock.now()


@pytest.mark.parametrize(
    "settings",
    [
        {
            "clock_speed": 60,
            "clock_anchor": "2026-11-22T15:00:00+00:00",
            "api_base_url": "http://127.0.0.1:9",
        }
    ],
    indirect=True,
)
def test_on_a_faster_clock_a_session_lasts_twelve_hours_of_its_owner(ada, world):
    world.clock.advance(60 * 12 * 3600 - 1)
    assert ada.get("/").status_code == 200
    world.clock.advance(1)
    assert ada.get("/").status_code == 302


def test_a_disabled_account_is_signed_out(ada, world):
    world.change_user("Ada", disabled_at=world.clock.now())
    assert ada.get("/").status_code == 302


def test_sign_ins_and_failures_are_shown_to_their_owner(ada, stranger, world):
    stranger.sign_in("ada@example.com", "wrong")
    stranger.sign_in("ghost@example.com", "wrong")
    assert kinds(world) == ["signed-in", "sign-in-failed"]
    assert "Somebody typed a wrong password, from 127.0.0.1." in ada.get("/me/security").text


@pytest.mark.parametrize("cookie", ["", "x", "\0", "a" * 5000])
def test_a_made_up_token_opens_nothing(stranger, cookie):
    with stranger.client.session_transaction() as session:
        session["_user_id"] = cookie
    assert stranger.get("/").status_code == 302
