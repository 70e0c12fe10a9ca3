"""Texts of lesser weight in a storm: :mod:`hotline.services.outgoing.bundles`."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.db.models import Incident, Message, MessageKind, MessageStatus, OutboxItem, OutboxStatus
from hotline.services.operation import Operation
from hotline.services.outgoing import messages
from hotline.services.response import paging
from hotline.speech import Prompt
from hotline.telephony.port import TelephonyError
from tests.hotline.house import BO, DEWI, House, at_once


def tell(house: House, number: int, phone: str = DEWI, kind: MessageKind = MessageKind.ALARM) -> None:
    def work(op: Operation) -> None:
        prompt = Prompt.of("reply.lines", text=f"News {number}.")
        messages.send(
            op, kind, to=phone, prompt=prompt, language="en", from_="+6531590100",
            dedupe_key=f"news:{number}:{phone}:{kind}", user=house.user(op, phone),
        )  # fmt: skip

    house.do(work)


def got(house: House, phone: str = DEWI) -> list[str]:
    """What has left for somebody, in order."""
    return [order.body for order in house.network.messages.values() if order.to == phone]


def test_the_first_leaves_at_once_and_what_comes_within_the_minute_leaves_as_one(house: House) -> None:
    tell(house, 1)
    house.worker.send()
    assert got(house) == ["News 1."]
    for number in (2, 3, 4):
        house.clock.advance(10)
        tell(house, number)
        house.worker.send()
    assert got(house) == ["News 1."]
    house.clock.advance(30)
    house.worker.send()
    assert got(house) == ["News 1.", "News 2.\nNews 3.\nNews 4."]
    assert {item.status for item in house.outbox()} == {OutboxStatus.DONE}
    house.clock.advance(60)
    tell(house, 5)
    house.worker.send()
    assert got(house)[2:] == ["News 5."]


def test_many_are_counted_rather_than_listed(lite: House) -> None:
    for number in range(9):
        tell(lite, number)
    lite.worker.send()
    lite.clock.advance(60)
    lite.worker.send()
    lines = got(lite)[1].split("\n")
    assert lines[:4] == [f"News {number}." for number in (1, 2, 3, 4)]
    assert lines[4] == "Dan 4 lagi: https://hotline.example.com"


def test_forty_at_once_are_two_texts_and_other_people_have_their_own_pace(lite: House) -> None:
    for number in range(40):
        tell(lite, number)
    tell(lite, 1, BO)
    lite.worker.send()
    lite.clock.advance(60)
    lite.worker.send()
    assert len(got(lite)) == 2
    assert got(lite, BO) == ["News 1."]


@pytest.mark.parametrize("every", [1, 20, 50, 61, 100])
def test_nobody_gets_more_than_fifteen_an_hour_and_nothing_waits_longer_than_six_minutes(
    lite: House, every: int
) -> None:
    began, left = lite.clock.now(), dict[str, datetime]()
    total = 7200 // max(every, 20)
    written = {}
    for number in range(total):
        written[number] = lite.clock.now()
        tell(lite, number)
        lite.worker.send()
        for sid in lite.network.messages:
            left.setdefault(sid, lite.clock.now())
        lite.clock.advance(max(every, 20))
    for _ in range(8):
        lite.clock.advance(60)
        lite.worker.send()
        for sid in lite.network.messages:
            left.setdefault(sid, lite.clock.now())
    instants = sorted(left.values())
    assert instants[0] == began
    for first in instants:
        assert sum(first <= at < first + timedelta(hours=1) for at in instants) <= 15
    with lite.database.read() as session:
        query = sa.select(Message.created_at, OutboxItem.next_attempt_at).join(
            OutboxItem, OutboxItem.subject_id == Message.id
        )
        assert all(due - at <= timedelta(minutes=6) for at, due in session.execute(query))


def test_a_page_is_never_held_back_bundled_or_counted(house: House) -> None:
    for number in range(12):
        tell(house, number)
    house.report()
    house.report()
    house.worker.send()
    pages = [text for text in got(house) if "ACK" in text]
    assert len(pages) == 2
    tell(house, 99)
    assert all("News" not in text for text in pages)


def test_a_report_of_the_one_is_a_report_of_all(lite: House) -> None:
    for number in range(3):
        tell(lite, number)
    lite.worker.send()
    lite.clock.advance(60)
    lite.worker.send()
    second = list(lite.network.messages)[1]
    leader = lite.one(Message, Message.message_sid == second)

    def report(op: Operation) -> Any:
        return messages.report_status(op, op.session.merge(leader), MessageStatus.DELIVERED, None)

    assert lite.do(report)
    states = {message.body: message.status for message in lite.all(Message)}
    assert states == {
        "News 0.": MessageStatus.QUEUED,
        "News 1.": MessageStatus.DELIVERED,
        "News 2.": MessageStatus.DELIVERED,
    }


def test_what_is_refused_for_good_is_refused_for_all(lite: House) -> None:
    for number in range(3):
        tell(lite, number)
    lite.worker.send()
    lite.clock.advance(60)
    lite.network.failures = [TelephonyError("HTTP 400, refused", code=21211, permanent=True)]
    lite.worker.send()
    failed = {message.body for message in lite.all(Message) if message.status is MessageStatus.FAILED}
    assert failed == {"News 1.", "News 2."}
    assert {item.status for item in lite.outbox()} == {OutboxStatus.DONE, OutboxStatus.FAILED}


def test_what_is_not_wanted_any_more_leaves_the_others_to_leave(house: House) -> None:
    """A warning at the head of a bundle is dropped once the customer was told; the news behind it goes."""
    incident = house.report()
    house.worker.send()
    tell(house, 1)
    house.worker.send()

    def warn(op: Operation) -> None:
        prompt = Prompt.of("reply.lines", text="Hurry.")
        paging.tell(
            op, op.session.get_one(Incident, incident.id), house.user(op, DEWI), MessageKind.WARNING, prompt,
            dedupe_key="warned",
        )  # fmt: skip

    house.do(warn)
    tell(house, 2)
    tell(house, 3)
    with house.operation() as op:
        op.session.execute(sa.update(Incident).values(told_at=house.clock.now()))
    house.clock.advance(60)
    house.worker.send()
    assert got(house)[-1] == "News 2.\nNews 3."
    (warning,) = [message for message in house.all(Message) if message.kind is MessageKind.WARNING]
    item = house.one(OutboxItem, OutboxItem.subject_id == warning.id)
    assert (item.status, item.last_error) == (OutboxStatus.EXPIRED, "somebody has it already")


def test_tellers_at_once_lose_nothing(house: House) -> None:
    tell(house, 0)
    house.worker.send()
    at_once(*[lambda number=number: tell(house, number) for number in range(1, 7)])
    house.clock.advance(60)
    house.worker.send()
    house.clock.advance(60)
    house.worker.send()
    said = "\n".join(got(house))
    assert {item.status for item in house.outbox()} == {OutboxStatus.DONE}
    assert said.count("News") + sum(int(line.split()[1]) for line in said.split("\n") if "lagi" in line) == 7
