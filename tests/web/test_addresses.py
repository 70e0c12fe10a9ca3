"""My e-mail addresses, webhooks, and rules for day and night: :mod:`hotline.web.pages.contacts`."""

import re

import pytest
import sqlalchemy as sa

from hotline.db.models import ContactMethod, Message, MessageKind, MessageStatus, NotificationRule
from hotline.services.accounts.sealing import unseal

from .test_contacts import code, method, save, seen

ROOM, MAIL = "https://chat.example.com/hooks/T01/x7Qa", "ada@example.com"
MAILING = {"smtp_url": "smtp://127.0.0.1:25", "mail_from": "hotline@example.com"}
mailing = pytest.mark.parametrize("settings", [MAILING], indirect=True)


def add_room(browser, url=ROOM, label="Team room"):
    return browser.press("/me/contacts/add-webhook", url=url, label=label)


def secret(page) -> str:
    return re.search(r"<code>(hks_[\w-]+)</code>", page.text)[1]


def verified_room(world, browser) -> ContactMethod:
    add_room(browser)
    browser.press(f"/me/contacts/{method(world, ROOM).id}", code=code(world, ROOM))
    return method(world, ROOM)


def test_a_chat_webhook_is_added_its_secret_shown_once_and_its_code_typed(ada, world):
    page = add_room(ada)
    shown = secret(page)
    room = method(world, ROOM)
    with world.reading() as op:
        assert unseal(op, room.sealed_secret) == shown
    page = ada.get(f"/me/contacts/{room.id}")
    assert "Six digits are being posted to the chat at chat.example.com/…x7Qa." in page.text
    assert shown not in page.text
    assert shown not in ada.get("/me/contacts").text
    page = ada.press(f"/me/contacts/{room.id}", code=code(world, ROOM))
    assert "is used from now on" in page.text
    assert "Verified by a code in the chat" in page.text


def test_adding_it_twice_adds_it_once_and_shows_no_secret_again(ada, world):
    add_room(ada)
    again = add_room(ada)
    assert "hks_" not in again.text
    with world.reading() as op:
        assert op.session.scalar(sa.select(sa.func.count()).where(ContactMethod.value == ROOM)) == 1


def test_the_address_of_a_room_is_its_secret_and_is_shown_masked(ada, world):
    verified_room(world, ada)
    for path in ("/me/contacts", "/me/rules", f"/me/contacts/{method(world, ROOM).id}/remove"):
        assert "T01" not in ada.get(path).text, path
    assert "chat.example.com/…x7Qa" in ada.get("/me/contacts").text


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://chat.example.com/x", "must begin with https://"),
        ("chat", "copy it from the chat tool"),
        ("https://me:pw@chat.example.com/", "with a password"),
    ],
)
def test_what_is_no_webhook_is_refused_in_words_and_kept_in_the_form(ada, world, url, words):
    page = add_room(ada, url)
    assert page.status_code == 422
    assert words in page.text
    assert "Team room" in page.text


def test_a_new_secret_is_shown_and_the_old_one_is_good_no_more(ada, world):
    room = verified_room(world, ada)
    fresh = secret(ada.press(f"/me/contacts/{room.id}/secret"))
    with world.reading() as op:
        assert unseal(op, method(world, ROOM).sealed_secret) == fresh
    assert "The signing secret of a webhook was made anew" in ada.get("/me/security").text


def test_nobody_elses_room_can_be_touched(ada, bo, world):
    room = verified_room(world, ada)
    before = room.sealed_secret
    for path in (f"/me/contacts/{room.id}/secret", f"/me/contacts/{room.id}/remove"):
        assert bo.press(path).status_code == 404
    assert (method(world, ROOM).sealed_secret, method(world, ROOM).removed_at) == (before, None)


def test_a_code_that_could_not_be_posted_says_why(ada, world):
    add_room(ada)

    def refuse(op):
        op.session.execute(
            sa.text("UPDATE outbox SET last_error = :why WHERE dedupe_key LIKE 'code:%'"),
            {"why": "the webhook is inside, where nothing may be posted"},
        )

    world.do(refuse)
    page = ada.get(f"/me/contacts/{method(world, ROOM).id}").text
    assert "It could not be sent: the webhook is inside, where nothing may be posted." in page


def test_without_a_mail_server_email_is_not_offered(ada):
    assert "Add an e-mail address" not in ada.get("/me/contacts").text
    assert ada.get("/me/contacts/add-email").status_code == 404
    assert ada.press("/me/contacts/add-email", email=MAIL, label="Work").status_code == 404


@mailing
def test_an_email_address_is_added_and_verified(ada, world):
    assert "Add an e-mail address" in ada.get("/me/contacts").text
    page = ada.press("/me/contacts/add-email", email=MAIL, label="Work mail")
    assert f"Six digits are on their way to {MAIL} by e-mail." in page.text
    page = ada.press(f"/me/contacts/{method(world, MAIL).id}", code=code(world, MAIL))
    assert "Verified by e-mail" in page.text
    assert "No code" not in page.text


@mailing
def test_nonsense_is_no_email_address_and_the_form_says_so(ada):
    page = ada.press("/me/contacts/add-email", email="ada", label="Work mail")
    assert (page.status_code, "write it as name@example.com" in page.text) == (422, True)


def test_a_test_is_posted_to_the_room_and_its_result_is_shown(ada, world):
    room = verified_room(world, ada)
    page = ada.press(f"/me/contacts/{room.id}/test").text
    assert re.search(r"Post to Team room</span>\s*<span[^>]*>being sent", page)
    delivered = sa.update(Message).where(Message.kind == MessageKind.TEST)
    world.do(lambda op: op.session.execute(delivered.values(status=MessageStatus.DELIVERED)))
    page = ada.get("/me/contacts").text
    assert re.search(r"Post to Team room</span>\s*<span[^>]*>.*</svg>delivered", page, re.DOTALL)


def test_rules_for_day_and_night_are_saved_and_said_for_each(ada, world):
    room = verified_room(world, ada)
    mobile = method(world, "+628120000001").id
    rows = [
        (0, "call", mobile, "night"),
        (0, "sms", mobile, "day"),
        (2, "call", mobile, "day"),
        (0, "webhook", room.id),
    ]
    page = save(ada, rows).text
    assert "Saved." in page
    text = re.sub(r"<[^>]+>|\s+", " ", page)
    text = re.sub(r" +", " ", text)
    assert "By day At once: text to Mobile, post to Team room. After 2 minutes: call to Mobile." in text
    assert "By night At once: call to Mobile, post to Team room." in text
    assert "By day the first call comes after 2 minutes." in text
    assert "By night the first call" not in text
    with world.reading() as op:
        query = sa.select(NotificationRule.hours).order_by(NotificationRule.position)
        assert sorted(hours.value for hours in op.session.scalars(query)) == ["always", "day", "day", "night"]


def test_rules_that_leave_the_night_without_a_call_are_refused(ada, world):
    mobile = method(world, "+628120000001").id
    page = save(ada, [(0, "call", mobile, "day"), (0, "sms", mobile)])
    assert page.status_code == 422
    assert "By night no rule is a call" in page.text


@pytest.mark.parametrize("way", ["", "sms", "call:x", "fax:1", "email:00000000000000000000000000000000"])
def test_a_way_that_is_none_is_refused_in_words(ada, world, way):
    data = {
        "csrf_token": ada.token(), "seen": seen(ada), "do": "save",
        "minutes": "0", "way": way, "hours": "always",
    }  # fmt: skip
    page = ada.client.post("/me/rules", data=data)
    assert (page.status_code, "not yours or not verified" in page.text) == (422, True)


def test_the_night_is_set_once_and_nonsense_is_none(ada):
    assert 'name="begins" value="22:00"' in ada.get("/me/rules").text
    page = ada.press("/me/rules/night", begins="23:30", ends="06:15").text
    assert "Your night is from 23:30 to 06:15." in page
    assert 'name="begins" value="23:30"' in page
    assert "at these hours already" in ada.press("/me/rules/night", begins="23:30", ends="06:15").text
    for begins, ends in (("25:00", "06:00"), ("", ""), ("x", "07:00")):
        assert "Type two times of day" in ada.press("/me/rules/night", begins=begins, ends=ends).text
    assert "must end at another time" in ada.press("/me/rules/night", begins="07:00", ends="07:00").text
    assert 'name="begins" value="23:30"' in ada.get("/me/rules").text
