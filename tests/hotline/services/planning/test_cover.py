"""Asking for cover: one of those who accept gets it, the override is written with it, the asker is told."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from hotline.db.models import CoverAsk, CoverRequest, CoverStatus, OutboxItem, Override, User
from hotline.errors import NotFoundError
from hotline.services.operation import Operation
from hotline.services.planning import cover, overrides
from hotline.services.planning.overrides import Refusal
from tests.hotline.house import ADA, BO, DEWI, SITI, House, at_once

from .test_overrides import HOUR, JOOST, MEI, put, refused, rotation, texts, who


def ask(house: House, of: str | None = None, start: timedelta = HOUR, end: timedelta = 3 * HOUR) -> Any:
    def work(op: Operation) -> cover.Decision:
        asked_of = None if of is None else house.user(op, of)
        return cover.ask(
            op, rotation(op), house.user(op, DEWI), op.now + start, op.now + end, asked_of, "A wedding"
        )

    return house.do(work)


def decide(house: House, act: Any, request: CoverRequest, phone: str) -> cover.Decision:
    decision: cover.Decision = house.do(lambda op: act(op, request.id, house.user(op, phone)))
    return decision


def test_a_colleague_is_asked_by_text_message_with_a_link(house: House) -> None:
    request = ask(house, BO).request
    (text,) = texts(house, BO)
    assert "Dewi Santoso asks for cover: Data Platform primary" in text
    assert f"/me/cover/{request.id}" in text
    assert texts(house, ADA) == []
    assert who(house, at=house.clock.now() + HOUR) == DEWI, "asking changes nothing"


def test_anyone_in_the_team_means_everybody_who_can_be_rung(house: House) -> None:
    with house.operation() as op:
        op.session.execute(sa.update(User).where(User.name == "Mei Tan").values(disabled_at=op.now))
    ask(house)
    assert all(texts(house, phone) for phone in (BO, ADA, SITI))
    assert texts(house, MEI) == texts(house, DEWI) == texts(house, JOOST) == []


def test_accepting_puts_on_call_for_just_that_span_and_tells_the_asker(house: House) -> None:
    request = ask(house, BO).request
    assert decide(house, cover.accept, request, BO).is_new
    now = house.clock.now()
    assert [who(house, at=now + hours * HOUR) for hours in (0, 1, 2, 3)] == [DEWI, BO, BO, DEWI]
    kept = house.one(CoverRequest)
    assert kept.status is CoverStatus.ACCEPTED
    assert kept.override_id == house.one(Override).id
    assert any("Bo Lindqvist menggantikan Anda" in text for text in texts(house, DEWI))


def test_of_two_who_accept_at_once_one_wins_and_the_other_is_told_who(house: House) -> None:
    request = ask(house).request
    results = at_once(
        *(lambda phone=phone: decide(house, cover.accept, request, phone) for phone in (BO, ADA))
    )
    assert sorted(result.is_new for result in results) == [False, True]
    (lost,) = [result for result in results if not result.is_new]
    winner = lost.request.decided_by
    assert winner is not None
    assert who(house, at=house.clock.now() + HOUR) == winner.phone
    assert house.count(Override) == 1
    loser = ADA if winner.phone == BO else BO
    assert any("Settled" in text for text in texts(house, loser))


def test_accepting_twice_is_accepting_once(house: House) -> None:
    request = ask(house, BO).request
    decide(house, cover.accept, request, BO)
    sent = house.count(OutboxItem)
    again = decide(house, cover.accept, request, BO)
    assert not again.is_new
    assert again.request.status is CoverStatus.ACCEPTED
    assert (house.count(Override), house.count(OutboxItem)) == (1, sent)


def test_a_second_tap_on_asking_finds_the_first_request(house: House) -> None:
    first = ask(house, BO, start=timedelta(0))
    house.clock.advance(2)
    again = ask(house, BO, start=timedelta(0), end=3 * HOUR - timedelta(seconds=2))
    assert (first.is_new, again.is_new) == (True, False)
    assert house.count(CoverRequest) == 1
    assert len(texts(house, BO)) == 1


def test_two_taps_at_once_ask_once(house: House) -> None:
    results = at_once(*[lambda: ask(house, BO)] * 2)
    assert sorted(result.is_new for result in results) == [False, True]
    assert len(texts(house, BO)) == 1


def test_the_asker_hears_when_everybody_said_no_and_not_before(house: House) -> None:
    request = ask(house).request
    asked = [BO, ADA, MEI, SITI]
    for phone in asked[:-1]:
        assert decide(house, cover.decline, request, phone).request.status is CoverStatus.OPEN
    assert texts(house, DEWI) == []
    decide(house, cover.decline, request, asked[-1])
    assert house.one(CoverRequest).status is CoverStatus.DECLINED
    assert len(texts(house, DEWI)) == 1
    assert not decide(house, cover.decline, request, BO).is_new


def test_the_last_two_who_say_no_at_once_settle_it(house: House) -> None:
    request = ask(house).request
    for phone in (MEI, SITI):
        decide(house, cover.decline, request, phone)
    at_once(*(lambda phone=phone: decide(house, cover.decline, request, phone) for phone in (BO, ADA)))
    assert house.one(CoverRequest).status is CoverStatus.DECLINED
    assert len(texts(house, DEWI)) == 1


def test_whoever_said_no_may_still_accept_while_it_is_open(house: House) -> None:
    request = ask(house).request
    decide(house, cover.decline, request, BO)
    assert decide(house, cover.accept, request, BO).is_new


def test_a_withdrawn_request_cannot_be_accepted(house: House) -> None:
    request = ask(house, BO).request
    assert decide(house, cover.withdraw, request, DEWI).is_new
    assert not decide(house, cover.accept, request, BO).is_new
    assert house.count(Override) == 0
    assert any("Settled" in text for text in texts(house, BO))


def test_withdrawing_and_accepting_at_once_leaves_one_truth(house: House) -> None:
    request = ask(house, BO).request
    results = at_once(
        lambda: decide(house, cover.withdraw, request, DEWI), lambda: decide(house, cover.accept, request, BO)
    )
    assert sorted(result.is_new for result in results) == [False, True]
    is_covered = house.one(CoverRequest).status is CoverStatus.ACCEPTED
    assert house.count(Override) == int(is_covered)


def test_a_request_that_nobody_answers_expires_when_the_span_begins_and_the_asker_is_told(
    house: House,
) -> None:
    request = ask(house, BO).request
    house.clock.advance(3600)
    assert house.do(lambda op: cover.asked_of(op, house.user(op, BO).id)) == []
    assert not decide(house, cover.accept, request, BO).is_new, "even before a sweep has seen it"
    house.worker.tick()
    assert house.one(CoverRequest).status is CoverStatus.EXPIRED
    assert len(texts(house, DEWI)) == 1
    house.worker.tick()
    assert len(texts(house, DEWI)) == 1


def test_cover_for_a_shift_that_runs_may_be_accepted_until_it_ends(house: House) -> None:
    request = ask(house, BO, start=timedelta(0)).request
    house.clock.advance(3600)
    decide(house, cover.accept, request, BO)
    assert who(house) == BO
    assert house.one(Override).starts_at == house.clock.now()


def test_cover_is_asked_only_for_ones_own_shift(house: House) -> None:
    assert refused(ask, house, BO, timedelta(days=8), timedelta(days=9)) is Refusal.CHANGED
    assert refused(ask, house, BO, timedelta(days=6), timedelta(days=8)) is Refusal.CHANGED
    assert house.count(CoverRequest) == 0


@pytest.mark.parametrize(("of", "why"), [(DEWI, Refusal.YOURSELF), (JOOST, Refusal.NOT_IN_TEAM)])
def test_cover_is_asked_of_colleagues_in_the_team(lite: House, of: str, why: Refusal) -> None:
    assert refused(ask, lite, of) is why


def test_without_a_colleague_who_can_be_rung_nobody_is_asked(lite: House) -> None:
    with lite.operation() as op:
        op.session.execute(sa.update(User).where(User.name != "Dewi Santoso").values(disabled_at=op.now))
    assert refused(ask, lite) is Refusal.NO_COLLEAGUES


def test_accepting_is_refused_when_the_shift_is_somebody_elses_by_now(house: House) -> None:
    request = ask(house, BO).request
    put(house, ADA, HOUR, 2 * HOUR)
    assert refused(decide, house, cover.accept, request, BO) is Refusal.CHANGED
    assert house.one(CoverRequest).status is CoverStatus.OPEN
    assert who(house, at=house.clock.now() + HOUR) == ADA


def test_whoever_was_not_asked_neither_sees_nor_answers(house: House) -> None:
    request = ask(house, BO).request
    for act in (cover.seen_by, cover.accept, cover.decline, cover.withdraw):
        with pytest.raises(NotFoundError):
            decide(house, act, request, ADA)
    with pytest.raises(NotFoundError):
        house.do(lambda op: cover.accept(op, uuid.uuid4(), house.user(op, BO)))
    with pytest.raises(NotFoundError):
        decide(house, cover.withdraw, request, BO)
    assert house.one(CoverAsk).declined_at is None


def test_a_cover_that_is_given_back_returns_the_shift_to_the_asker(house: House) -> None:
    request = ask(house, BO).request
    decide(house, cover.accept, request, BO)
    made = house.one(Override)
    house.do(lambda op: overrides.end(op, made.id, house.user(op, BO)))
    assert who(house, at=house.clock.now() + HOUR) == DEWI
    assert any("Anda kembali piket" in text for text in texts(house, DEWI))
