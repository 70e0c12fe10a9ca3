"""My numbers and my rules: :mod:`hotline.web.pages.contacts`."""

import ast
import re
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa

from hotline.db.models import (
    Call,
    CallKind,
    CallOutcome,
    CallStatus,
    Channel,
    ContactMethod,
    Message,
    MessageKind,
    MessageStatus,
    NotificationRule,
    OutboxItem,
    User,
)
from hotline.services import reaching
from hotline.services.operation import Operation
from hotline.services.reaching import codes, numbers, rule_checks
from hotline.web.pages.contacts.refusals import REFUSALS

HOME = "+622155501234"


def add(browser, phone=HOME, label="Home", by="sms"):
    return browser.press("/me/contacts/add", phone=phone, label=label, by=by)


def method(world, value=HOME) -> ContactMethod:
    with world.reading() as op:
        return op.session.scalars(sa.select(ContactMethod).where(ContactMethod.value == value)).one()


def code(world, value=HOME) -> str:
    with world.reading() as op:
        found = op.session.scalars(sa.select(ContactMethod).where(ContactMethod.value == value)).one()
        return codes.code_of(op, found)


def add_verified(world, browser, phone=HOME, label="Home"):
    add(browser, phone, label)
    page = browser.press(f"/me/contacts/{method(world, phone).id}", code=code(world, phone))
    assert "is used from now on" in page.text
    return method(world, phone)


def enter(world, name, phone, label="Other") -> uuid.UUID:
    def work(op: Operation):
        return numbers.enter(
            op, op.session.scalars(sa.select(User).where(User.name.startswith(name))).one(), phone, label
        ).id

    return world.ask(work)


def ways(world) -> list[tuple[int, str, str]]:
    with world.reading() as op:
        query = (
            sa.select(NotificationRule.delay_minutes, NotificationRule.channel, ContactMethod.label)
            .join(ContactMethod, ContactMethod.id == NotificationRule.method_id)
            .order_by(NotificationRule.position)
        )
        return [(minutes, channel.value, label) for minutes, channel, label in op.session.execute(query)]


def seen(browser) -> str:
    return re.search(r'name="seen" value="(\w*)"', browser.get("/me/rules").text)[1]


def save(browser, rows, do="save", version=None):
    data = {
        "csrf_token": browser.token(),
        "seen": seen(browser) if version is None else version,
        "do": do,
        "minutes": [str(row[0]) for row in rows],
        "way": [f"{row[1]}:{row[2]}" for row in rows],
        "hours": [row[3] if len(row) > 3 else "always" for row in rows],
    }
    return browser.client.post("/me/rules", data=data, follow_redirects=True)


def test_my_number_is_shown_whole_to_me_and_nobody_elses(ada):
    page = ada.get("/me/contacts").text
    assert "+62 812-0000-001" in page
    assert "0002" not in page
    assert "Entered by an admin" in page


def test_somebody_without_a_number_is_taught_the_next_step(cy):
    page = cy.get("/me/contacts").text
    assert "Without one, nobody can ring or page you" in page
    assert "Send me a test page" not in page
    assert "There is no number for a rule" in cy.get("/me/rules").text


def test_a_number_is_added_verified_by_its_code_and_the_old_one_is_told(ada, world):
    page = add(ada)
    assert "Six digits are on their way to" in page.text
    assert method(world).verified_at is None
    page = ada.press(f"/me/contacts/{method(world).id}", code=code(world))
    assert "It is used from now on" in page.text
    assert method(world).verified_at == world.clock.now()
    with world.reading() as op:
        told = op.session.scalars(sa.select(Message).where(Message.kind == MessageKind.ACCOUNT)).one()
    assert told.to_phone == "+628120000001"
    assert "+62...34 was added to your account" in told.body
    assert HOME not in told.body


def test_the_code_stands_in_no_message_that_is_kept_and_on_no_page(ada, world):
    page = add(ada).text
    with world.reading() as op:
        message = op.session.scalars(sa.select(Message).where(Message.kind == MessageKind.CODE)).one()
        item = op.session.scalars(sa.select(OutboxItem).where(OutboxItem.subject_id == message.id)).one()
    assert "******" in message.body
    for text in (message.body, str(item.payload), page, ada.get("/me/contacts").text):
        assert code(world) not in text


def test_a_wrong_code_is_said_and_the_fifth_ends_it(ada, world):
    add(ada)
    right = code(world)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    path = f"/me/contacts/{method(world).id}"
    for _ in range(4):
        page = ada.press(path, code=wrong)
        assert (page.status_code, "That is not the code" in page.text) == (422, True)
    assert "good no more" in ada.press(path, code=wrong).text
    assert "good no more" in ada.press(path, code=right).text
    assert method(world).verified_at is None


def test_a_second_tap_on_a_right_code_changes_nothing(ada, world):
    add(ada)
    typed, path = code(world), f"/me/contacts/{method(world).id}"
    ada.press(path, code=typed)
    since = method(world).verified_at
    world.clock.advance(5)
    assert ada.press(path, code=typed).status_code == 200
    assert method(world).verified_at == since


def test_another_code_waits_half_a_minute_and_there_are_three_an_hour(ada, world):
    add(ada)
    path = f"/me/contacts/{method(world).id}/code"
    assert "on its way already" in ada.press(path, by="sms").text
    for _ in range(2):
        world.clock.advance(31)
        assert "Another code is on its way" in ada.press(path, by="call").text
    world.clock.advance(31)
    assert "too many codes" in ada.press(path, by="sms").text
    with world.reading() as op:
        assert op.session.scalar(sa.select(sa.func.count()).where(Call.kind == CallKind.CODE)) == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"phone": "12", "label": "Home", "by": "sms"}, "no complete international number"),
        ({"phone": "", "label": "Home", "by": "sms"}, "Type the number."),
        ({"phone": HOME, "label": "   ", "by": "sms"}, "Give the number a name."),
        ({"phone": HOME, "label": "mobile", "by": "sms"}, "Another number of yours has that name."),
        ({"phone": HOME, "label": "Home", "by": "pigeon"}, "Choose one."),
        ({"phone": "+62 812 000 0001", "label": "Again", "by": "sms"}, "You have that number already."),
        ({"phone": "+62 812 000 0002", "label": "Bo", "by": "sms"}, "verified by somebody else"),
    ],
)
def test_what_cannot_be_added_is_refused_in_words(ada, data, words):
    page = ada.press("/me/contacts/add", **data)
    assert page.status_code in {409, 422}
    assert words in page.text


def test_adding_the_same_number_twice_in_one_tap_sends_one_code(ada, world):
    add(ada)
    add(ada)
    with world.reading() as op:
        assert op.session.scalar(sa.select(sa.func.count()).where(Message.kind == MessageKind.CODE)) == 1


def test_adding_and_removing_ask_for_a_fresh_proof(ada, world):
    world.clock.advance(3600)
    assert "/confirm" in ada.get("/me/contacts/add").headers["Location"]
    assert add(ada).status_code == 403
    mine = method(world, "+628120000001").id
    assert ada.press(f"/me/contacts/{mine}/remove").status_code == 403
    assert method(world, "+628120000001").removed_at is None


def test_the_last_number_of_somebody_on_a_roster_stays_and_the_page_says_why(ada, world):
    mine = method(world, "+628120000001").id
    page = ada.press(f"/me/contacts/{mine}/remove")
    assert "your last number and you are on a roster. Add and verify another first." in page.text
    assert method(world, "+628120000001").removed_at is None


def test_a_number_that_is_not_the_last_goes_and_every_number_is_told(ada, world):
    home = add_verified(world, ada)
    assert "No page goes there any more" in ada.get(f"/me/contacts/{home.id}/remove").text
    assert "The number is removed." in ada.press(f"/me/contacts/{home.id}/remove").text
    assert method(world).removed_at is not None
    ada.press(f"/me/contacts/{home.id}/remove")
    with world.reading() as op:
        told = op.session.scalars(
            sa.select(Message.to_phone).where(Message.body.contains("was removed from your account"))
        ).all()
    assert sorted(told) == ["+622155501234", "+628120000001"]
    with world.reading() as op:
        assert op.session.get(ContactMethod, home.id) is not None, "history may refer to it"


def test_somebody_on_no_roster_may_remove_their_last_number(cy, world):
    added = enter(world, "Cy", "+628120000003")
    assert "The number is removed." in cy.press(f"/me/contacts/{added}/remove").text


def test_the_numbers_of_others_are_not_there(ada, world):
    bos = method(world, "+628120000002").id
    for path in (f"/me/contacts/{bos}", f"/me/contacts/{bos}/remove"):
        assert ada.get(path).status_code == 404
    for what in ("", "/code", "/name", "/first", "/remove", "/test"):
        assert ada.press(f"/me/contacts/{bos}{what}", label="Mine", code="123456").status_code == 404
    assert ada.get("/me/contacts/nonsense").status_code == 404
    assert ada.get(f"/me/contacts/{uuid.uuid4()}").status_code == 404
    assert method(world, "+628120000002").removed_at is None


def test_a_number_is_renamed_and_put_first(ada, world):
    home = add_verified(world, ada)
    assert "Renamed." in ada.press(f"/me/contacts/{home.id}/name", label="  Flat  in town ").text
    assert method(world).label == "Flat in town"
    assert "has that name" in ada.press(f"/me/contacts/{home.id}/name", label="MOBILE").text
    assert "the first now" in ada.press(f"/me/contacts/{home.id}/first").text
    assert world.user("Ada").phone == HOME


def test_what_is_typed_as_a_name_is_no_markup(ada, world):
    home = add_verified(world, ada)
    ada.press(f"/me/contacts/{home.id}/name", label="<b>x</b>")
    for path in ("/me/contacts", "/me/rules"):
        assert "<b>x</b>" not in ada.get(path).text


def test_nul_in_a_name_is_nothing_that_anybody_types(ada):
    assert add(ada, label="a\0b").status_code == 404


def test_a_number_that_failed_is_loud_and_can_be_tested_at_once(ada, world):
    world.change_user("Ada", phone_failed_at=world.clock.now())
    page = ada.get("/me/contacts").text
    assert "This number cannot be reached." in page
    assert "Test it now" in page


def test_a_test_page_follows_the_rules_and_its_results_are_shown(ada, world):
    home = add_verified(world, ada)
    mobile = method(world, "+628120000001")
    save(ada, [(0, "sms", mobile.id), (0, "call", mobile.id), (2, "call", home.id)])
    page = ada.press("/me/test-page").text
    assert "A test is on its way." in page
    assert re.search(r"Text to Mobile</span>\s*<span[^>]*>being sent", page)
    assert re.search(r"Call to Home</span>\s*<span[^>]*>comes at", page)
    assert "under way already" in ada.press("/me/test-page").text

    def deliver(op: Operation) -> None:
        op.session.execute(
            sa.update(Message).where(Message.kind == MessageKind.TEST).values(status=MessageStatus.DELIVERED)
        )
        call = Call(
            kind=CallKind.TEST,
            from_phone="+62215550100",
            to_phone=mobile.value,
            created_at=op.now,
            user_id=mobile.user_id,
            status=CallStatus.COMPLETED,
            answered_at=op.now,
            ended_at=op.now,
            outcome=CallOutcome.UNANSWERED,
        )
        op.session.add(call)

    world.do(deliver)
    page = ada.get("/me/contacts").text
    assert re.search(r"Text to Mobile</span>\s*<span[^>]*>.*</svg>delivered", page, re.DOTALL)
    assert "picked up, but nobody pressed 1: perhaps voicemail" in page


def test_tests_are_six_an_hour(ada, world):
    for _ in range(6):
        assert "on its way" in ada.press("/me/test-page").text
        world.clock.advance(31)
    assert "enough of tests" in ada.press("/me/test-page").text


def test_without_rules_the_usual_ones_are_shown_in_a_sentence(ada):
    page = ada.get("/me/rules").text
    assert "these are the usual ones" in page
    assert "At once: text and call to Mobile." in page


def test_rules_are_set_and_read_back_in_order(ada, world):
    home = add_verified(world, ada)
    mobile = method(world, "+628120000001").id
    page = save(ada, [(2, "call", home.id), (0, "sms", mobile), (0, "call", mobile)])
    assert "Saved." in page.text
    assert "At once: text and call to Mobile. After 2 minutes: call to Home." in page.text
    assert ways(world) == [(0, "sms", "Mobile"), (0, "call", "Mobile"), (2, "call", "Home")]
    assert (
        "Saved."
        in save(ada, [(0, "sms", mobile), (0, "call", mobile), (2, "call", home.id)], version="old").text
    )


def test_lines_are_added_and_removed_without_saving_anything(ada, world):
    mobile = method(world, "+628120000001").id
    page = save(ada, [(0, "call", mobile)], do="add").text
    assert "Not saved yet." in page
    assert page.count('name="minutes"') == 2
    assert "After 1 minute: call to Mobile." in page
    page = save(ada, [(0, "call", mobile), (3, "sms", mobile)], do="remove-1").text
    assert page.count('name="minutes"') == 1
    assert ways(world) == []


def test_the_usual_rules_come_back_with_one_tap(ada, world):
    mobile = method(world, "+628120000001").id
    save(ada, [(0, "call", mobile)])
    assert ways(world) == [(0, "call", "Mobile")]
    save(ada, [(0, "call", mobile)], do="usual")
    assert ways(world) == []


def test_rules_that_would_wake_nobody_are_refused(ada, world):
    mobile = method(world, "+628120000001").id
    bos = method(world, "+628120000002").id
    refused = {
        "must be at once": [(1, "call", mobile)],
        "must be a call": [(0, "sms", mobile)],
        "not yours or not verified": [(0, "call", bos)],
        "between 0 and 15": [(0, "call", mobile), (16, "sms", mobile)],
        "are the same": [(0, "call", mobile), (0, "call", mobile)],
        "at most eight": [(minutes, "call", mobile) for minutes in range(9)],
    }
    for words, rows in refused.items():
        page = save(ada, rows)
        assert (page.status_code, words in page.text) == (422, True), words
    assert "must be at once" in save(ada, []).text
    assert ways(world) == []


@pytest.mark.parametrize(
    "rows", [[("x", "call", "y")], [("-1", "carrier pigeon", "")], [("9" * 50, "sms", "é")]]
)
def test_junk_in_a_rule_is_refused_and_not_an_error(ada, world, rows):
    assert save(ada, rows).status_code == 422
    assert ways(world) == []


def test_a_text_alone_is_enough_for_somebody_on_no_roster(cy, world):
    number = enter(world, "Cy", "+628120000003", "Mobile")
    assert "Saved." in save(cy, [(0, "sms", number)]).text


def test_an_unverified_number_cannot_be_in_a_rule(ada, world):
    add(ada)
    page = save(ada, [(0, "call", method(world).id)])
    assert "not yours or not verified" in page.text


def test_rules_that_were_changed_in_another_window_are_not_overwritten(ada, world):
    mobile = method(world, "+628120000001").id
    old = seen(ada)
    save(ada, [(0, "call", mobile)])
    page = save(ada, [(0, "call", mobile), (5, "call", mobile)], version=old)
    assert (page.status_code, "in another window" in page.text) == (409, True)
    assert ways(world) == [(0, "call", "Mobile")]


def test_removing_a_number_that_the_rules_need_brings_the_usual_ones_back(ada, world):
    home = add_verified(world, ada)
    mobile = method(world, "+628120000001").id
    save(ada, [(0, "call", home.id), (0, "sms", mobile)])
    assert "the usual ones hold again" in ada.press(f"/me/contacts/{home.id}/remove").text
    assert ways(world) == []


def test_removing_a_number_keeps_rules_that_stand_without_it(ada, world):
    home = add_verified(world, ada)
    mobile = method(world, "+628120000001").id
    save(ada, [(0, "call", mobile), (4, "call", home.id)])
    assert "usual ones" not in ada.press(f"/me/contacts/{home.id}/remove").text
    assert ways(world) == [(0, "call", "Mobile")]


def test_strangers_and_forms_without_a_token_change_nothing(stranger, ada, world):
    assert "/sign-in" in stranger.get("/me/contacts").headers["Location"]
    assert ada.client.post("/me/test-page").status_code == 400
    with world.reading() as op:
        assert op.session.scalar(sa.select(sa.func.count()).where(Message.kind == MessageKind.TEST)) == 0


def test_the_pages_speak_indonesian(ada, world):
    world.change_user("Ada", language="id")
    assert "Nomor saya" in ada.get("/me/contacts").text
    assert "Seketika: SMS dan telepon ke Mobile." in ada.get("/me/rules").text
    assert "bukan nomor internasional" in add(ada, phone="12").text


def test_every_refusal_of_the_services_has_its_words():
    folder = Path(reaching.__file__).parent
    said = set()
    said.update(rule_checks.NEVER_AT_ONCE.values(), rule_checks.NO_CALL.values())
    for name in ("contacts", "addresses", "codes", "trials", "notification_rules", "nights"):
        for node in ast.walk(ast.parse((folder / f"{name}.py").read_text())):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                raised, text = node.exc.func, node.exc.args[0]
                if isinstance(raised, ast.Name) and raised.id != "ValueError":
                    assert isinstance(text, ast.Constant)
                    said.add(text.value)
    assert len(said) > 15
    assert said <= REFUSALS


def test_every_channel_is_offered_by_the_rules():
    assert {channel for channels in rule_checks.CHANNELS.values() for channel in channels} == set(Channel)
