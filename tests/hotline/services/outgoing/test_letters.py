"""E-mails and posts to webhooks, from the rule to what leaves the house."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.db.models import (
    Channel,
    ContactMethod,
    Message,
    MessageKind,
    MessageStatus,
    OutboxItem,
    OutboxStatus,
)
from hotline.errors import ConflictError, InvalidInputError
from hotline.sending.port import SendingError
from hotline.services.accounts.sealing import unseal
from hotline.services.operation import Operation
from hotline.services.outgoing.delivery import CLAIM
from hotline.services.reaching import addresses, codes, contacts, notification_rules, numbers
from hotline.services.reaching.codes import Verdict
from hotline.services.reaching.notification_rules import Rule
from tests.hotline.house import BO, DEWI, House

MAIL, ROOM = "dewi@hotline.example", "https://chat.example.com/hooks/x7Qa"
POSTED = Message.channel == Channel.WEBHOOK


@pytest.fixture
def mailing(house_with: Callable[..., House]) -> House:
    return house_with(smtp_url="smtp://127.0.0.1:25", mail_from="Hotline <hotline@hotline.example>")


def room(house: House, phone: str = DEWI, url: str = ROOM) -> Any:
    """A webhook that waits for its code."""
    return house.do(lambda op: addresses.add_webhook(op, house.user(op, phone), "Room", url)[0].id)


def code(house: House, method_id: Any) -> str:
    return house.do(lambda op: codes.code_of(op, op.session.get_one(ContactMethod, method_id)))


def verify(house: House, method_id: Any, phone: str = DEWI) -> None:
    typed = code(house, method_id)
    verdict = house.do(lambda op: contacts.verify(op, house.user(op, phone), method_id, typed))
    assert verdict is Verdict.RIGHT


def page_me_there(house: House, method_id: Any, channel: Channel) -> None:
    def work(op: Operation) -> None:
        dewi = house.user(op, DEWI)
        (mobile, *_) = numbers.list_of(op, dewi.id)
        rules = [Rule(0, Channel.CALL, mobile.id), Rule(0, channel, method_id)]
        notification_rules.replace(op, dewi, rules, notification_rules.version([]))

    house.do(work)


def test_a_chat_room_is_verified_by_the_code_that_is_posted_there(house: House) -> None:
    method_id = room(house)
    house.worker.send()
    (post,) = house.post_office.posts
    said = json.loads(post.document)
    assert (post.url, said["kind"]) == (ROOM, "code")
    assert code(house, method_id) in said["text"]
    assert code(house, method_id) not in house.one(Message, POSTED).body, "kept nowhere"
    verify(house, method_id)
    method = house.one(ContactMethod, ContactMethod.id == method_id)
    assert (method.verified_by, method.verified_at) == (Channel.WEBHOOK, house.clock.now())


def test_nothing_but_its_code_goes_to_what_is_not_verified(lite: House) -> None:
    method_id = room(lite)
    with pytest.raises(InvalidInputError):
        page_me_there(lite, method_id, Channel.WEBHOOK)


def test_a_page_is_posted_with_what_is_true_when_it_leaves(house: House) -> None:
    method_id = room(house)
    verify(house, method_id)
    page_me_there(house, method_id, Channel.WEBHOOK)
    incident = house.report()
    house.clock.advance(125)
    house.worker.send()
    post = house.post_office.posts[-1]
    document = json.loads(post.document)
    link = f"https://hotline.example.com/incidents/{incident.reference}"
    assert document == {
        "id": post.id,
        "at": house.clock.now().isoformat(),
        "kind": "page",
        "text": document["text"],
        "incident": incident.reference,
        "customer": "Nusantara Securities",
        "minutes_left": 27,
        "link": link,
    }
    assert link in document["text"]
    assert "ACK" not in document["text"]
    assert house.one(Message, POSTED, Message.kind == MessageKind.PAGE).status is MessageStatus.DELIVERED
    sealed = house.one(ContactMethod, ContactMethod.id == method_id).sealed_secret
    assert post.secret == house.do(lambda op: unseal(op, sealed or ""))
    assert post.secret not in (sealed or "")


def test_the_room_that_saw_the_page_sees_who_took_it(house: House) -> None:
    method_id = room(house)
    verify(house, method_id)
    page_me_there(house, method_id, Channel.WEBHOOK)
    incident = house.report()
    house.worker.send()
    house.take(incident, BO)
    house.worker.send()
    last = json.loads(house.post_office.posts[-1].document)
    assert (last["kind"], last["incident"]) == ("taken", incident.reference)
    assert "Bo mengambil" in last["text"]


def test_a_page_that_waits_is_not_posted_once_somebody_has_it(lite: House) -> None:
    method_id = room(lite)
    verify(lite, method_id)
    page_me_there(lite, method_id, Channel.WEBHOOK)
    incident = lite.report()
    lite.take(incident, BO)
    lite.worker.send()
    assert lite.post_office.posts == []


def test_a_post_is_tried_again_with_the_same_id_until_it_is_taken(house: House) -> None:
    method_id = room(house)
    house.post_office.failures = [SendingError("HTTP 503", code=503), SendingError("HTTP 503", code=503)]
    ids = set()
    for _ in range(4):
        house.worker.send()
        house.clock.advance(2)
        ids |= {post.id for post in house.post_office.posts}
    item = house.one(OutboxItem, OutboxItem.dedupe_key.startswith("code:"))
    assert (item.status, item.attempts, len(ids)) == (OutboxStatus.DONE, 3, 1)
    verify(house, method_id)


def test_what_is_gone_for_good_is_flagged_and_well_again_once_something_arrives(house: House) -> None:
    method_id = room(house)
    verify(house, method_id)
    page_me_there(house, method_id, Channel.WEBHOOK)
    house.post_office.failures = [SendingError("HTTP 404", code=404, permanent=True, number_is_bad=True)]
    house.report()
    house.worker.send()
    method = house.one(ContactMethod, ContactMethod.id == method_id)
    assert method.failed_at == house.clock.now()
    assert house.one(Message, POSTED, Message.kind == MessageKind.PAGE).status is MessageStatus.FAILED
    house.report()
    house.worker.send()
    assert house.one(ContactMethod, ContactMethod.id == method_id).failed_at is None


def test_a_worker_that_died_is_followed_by_another(lite: House) -> None:
    room(lite)
    item = lite.one(OutboxItem, OutboxItem.dedupe_key.startswith("code:"))
    lite.set(item, claimed_until=lite.clock.now() + CLAIM, attempts=1)
    lite.worker.send()
    assert lite.post_office.posts == []
    lite.clock.advance(CLAIM.total_seconds())
    lite.worker.send()
    assert len(lite.post_office.posts) == 1


def test_an_email_is_verified_and_paged_to(mailing: House) -> None:
    method_id = mailing.do(
        lambda op: addresses.add_email(op, mailing.user(op, DEWI), "Work", " Dewi@Hotline.EXAMPLE").id
    )
    mailing.worker.send()
    (mail,) = mailing.post_office.mails
    assert (mail.to, mail.subject) == ("Dewi@hotline.example", "Kode Hotline Anda")
    assert code(mailing, method_id) in mail.body
    verify(mailing, method_id)
    page_me_there(mailing, method_id, Channel.EMAIL)
    incident = mailing.report()
    mailing.worker.send()
    page = mailing.post_office.mails[-1]
    assert page.subject == f"HOTLINE {incident.reference} Nusantara Securities"
    assert f"/incidents/{incident.reference}" in page.body
    kept = mailing.one(Message, Message.channel == Channel.EMAIL, Message.kind == MessageKind.PAGE)
    assert (kept.status, kept.to_phone) == (MessageStatus.SENT, "D…@hotline.example")


def test_an_email_address_is_one_persons_and_a_room_may_be_shared(mailing: House) -> None:
    def add(phone: str) -> Any:
        return mailing.do(lambda op: addresses.add_email(op, mailing.user(op, phone), "Work", MAIL).id)

    verify(mailing, add(DEWI))
    with pytest.raises(ConflictError, match="somebody else"):
        add(BO)
    verify(mailing, room(mailing))
    verify(mailing, room(mailing, BO), BO)


def test_where_no_mail_server_is_none_can_be_added(lite: House) -> None:
    with pytest.raises(InvalidInputError, match="No mail server"):
        lite.do(lambda op: addresses.add_email(op, lite.user(op, DEWI), "Work", MAIL))


@pytest.mark.parametrize(
    "typed", ["", "x", "a@b", "a b@c.de", "a@b.c\nBcc: x@y.z", "é@example.com", "@x.com", "a@@b.com"]
)
def test_nonsense_is_no_email_address(mailing: House, typed: str) -> None:
    with pytest.raises(InvalidInputError):
        mailing.do(lambda op: addresses.add_email(op, mailing.user(op, DEWI), "Work", typed))


@pytest.mark.parametrize(
    "typed",
    [
        "", "chat.example.com/x", "http://chat.example.com/x", "https://", "https://me:pw@chat.example.com/",
        "https://chat.example.com/#x", "https://chat.example.com:0/", "https://chat.example.com:99999/",
        "ftp://chat.example.com/", "https://chat.example.com/a b", "https://chat.example.com\\@evil.com/",
        "https://chat.example.com/\x00", "https://" + "a" * 500, "http://10.0.0.1/x", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_nonsense_is_no_webhook(lite: House, typed: str) -> None:
    with pytest.raises(InvalidInputError):
        lite.do(lambda op: addresses.add_webhook(op, lite.user(op, DEWI), "Room", typed))


def test_a_network_of_ones_own_may_be_posted_to_without_https(house_with: Callable[..., House]) -> None:
    house = house_with(webhook_networks="10.20.0.0/16")
    room(house, url="http://10.20.0.7:8065/hooks/x")
    with pytest.raises(InvalidInputError):
        room(house, url="http://10.21.0.7/hooks/x")


def test_a_new_secret_holds_from_the_next_post_on(house: House) -> None:
    method_id = room(house)
    house.worker.send()
    fresh = house.do(lambda op: addresses.new_secret(op, house.user(op, DEWI), method_id))
    house.clock.advance(timedelta(seconds=31).total_seconds())
    house.do(lambda op: contacts.send_code(op, house.user(op, DEWI), method_id, Channel.SMS))
    house.worker.send()
    first, second = house.post_office.posts
    assert (first.secret == fresh, second.secret == fresh) == (False, True)
    with pytest.raises(InvalidInputError):
        house.do(lambda op: addresses.new_secret(op, house.user(op, DEWI), mobile(op, house)))


def mobile(op: Operation, house: House) -> Any:
    return op.session.scalars(sa.select(ContactMethod.id).where(ContactMethod.value == DEWI)).one()
