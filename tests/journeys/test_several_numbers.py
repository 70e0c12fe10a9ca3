"""Dewi has a second telephone: she verifies it, and pages follow her own rules."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hotline.db.models import (
    CallKind,
    CallOutcome,
    Channel,
    ContactMethod,
    IncidentStatus,
    MessageKind,
    MessageStatus,
    OutboxItem,
    User,
)
from hotline.services.operation import Operation
from hotline.services.reaching import contacts, notification_rules, numbers, trials
from hotline.services.reaching.codes import Verdict
from hotline.services.reaching.notification_rules import Rule
from tests.journeys.stage import BO, DEWI, MADE, SITI, Stage

HOME = "+622155501234"
SMS, CALL = Channel.SMS, Channel.CALL


def as_dewi(stage: Stage, work: Callable[[Operation, User], object]) -> object:
    with stage.operation() as op:
        return work(op, stage.user(op, DEWI))


def method(op: Operation, phone: str) -> ContactMethod:
    return op.session.scalars(sa.select(ContactMethod).where(ContactMethod.value == phone)).one()


def set_rules(stage: Stage, *rules: tuple[int, Channel, str]) -> None:
    """Dewi's home number is verified, and these are her rules."""

    def work(op: Operation, dewi: User) -> None:
        numbers.enter(op, dewi, HOME, "Home")
        lines = [Rule(minutes, channel, method(op, phone).id) for minutes, channel, phone in rules]
        notification_rules.replace(op, dewi, lines, notification_rules.version([]))

    as_dewi(stage, work)


def digits(texts: list[str]) -> str:
    """The code among what was read out or sent."""
    return "".join(character for character in texts[-1] if character.isdigit())


def test_a_number_is_verified_by_the_text_that_reaches_it(stage: Stage) -> None:
    added = as_dewi(stage, lambda op, dewi: contacts.add(op, dewi, "Home", HOME, SMS).id)
    stage.wait(5)
    code = digits(stage.texts(HOME)[-1:])[:6]
    assert len(code) == 6
    assert stage.bodies(HOME, MessageKind.CODE)[0].count("*") == 6
    assert as_dewi(stage, lambda op, dewi: contacts.verify(op, dewi, added, code)) is Verdict.RIGHT
    stage.wait(5)
    stage.only(texts={HOME: "code", DEWI: "account"})


def test_a_landline_hears_its_code_twice_digit_by_digit(stage: Stage) -> None:
    home = stage.phone(HOME).answers(after=3)
    added = as_dewi(stage, lambda op, dewi: contacts.add(op, dewi, "Home", HOME, CALL).id)
    stage.wait(30)
    heard = digits(home.calls[0].heard)
    assert (len(heard), heard[:6]) == (12, heard[6:])
    assert as_dewi(stage, lambda op, dewi: contacts.verify(op, dewi, added, heard[:6])) is Verdict.RIGHT
    stage.wait(5)
    stage.only(calls={HOME: 1}, texts={DEWI: "account"})


def test_a_number_that_is_not_verified_is_never_rung_and_takes_nothing(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    as_dewi(stage, lambda op, dewi: contacts.add(op, dewi, "Home", HOME, SMS))
    stage.wait(5)
    stage.takes(DEWI, after=6)
    call = stage.open_incident()
    stage.wait(3)
    assert "engineers" in str(stage.text(HOME, f"ACK {stage.code_of(DEWI)}")), "a stranger's answer"
    assert stage.owner() is None
    stage.wait_until(lambda: call.is_connected_with == DEWI)
    call.hang_up()
    stage.wait(5)
    stage.only(calls={DEWI: 1}, texts={MADE: "reference", DEWI: "page", HOME: "code reply"})


def test_both_phones_ring_at_once_and_the_other_stops_when_one_is_accepted(stage: Stage) -> None:
    set_rules(stage, (0, SMS, DEWI), (0, CALL, DEWI), (0, CALL, HOME))
    stage.phone(DEWI).rings_out()
    stage.takes(HOME, after=5)
    call = stage.open_incident()
    stage.wait_until(lambda: call.is_connected_with == HOME, at_most=30)
    assert stage.owner() == "Dewi"
    stage.wait(3)
    assert stage.latest(DEWI).ended, "it stops ringing at once"
    call.hang_up()
    stage.wait(5)
    stage.only(calls={DEWI: 1, HOME: 1}, texts={MADE: "reference", DEWI: "page"})


def test_passing_it_on_with_2_stops_the_other_phone_and_what_was_to_come(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    set_rules(stage, (0, CALL, DEWI), (0, CALL, HOME), (2, CALL, HOME))
    stage.phone(HOME).rings_out()
    stage.takes(DEWI, after=4, press="2")
    stage.takes(BO, after=300)
    call = stage.open_incident()
    stage.wait_until(lambda: stage.rung(BO), at_most=20)
    assert stage.rung(HOME) == 1
    stage.wait(2)
    assert stage.latest(HOME).ended
    stage.wait(110)
    assert stage.rung(HOME) == 1, "what was to come is passed on too"
    call.hang_up()
    stage.hush()
    stage.wait(60)
    stage.only(calls=stage.placed(), texts=stage_texts(stage))


def test_home_is_rung_after_two_minutes_when_nobody_took_it_and_the_ladder_did_not_wait(
    stage: Stage,
) -> None:
    set_rules(stage, (0, SMS, DEWI), (0, CALL, DEWI), (2, CALL, HOME))
    for number in (DEWI, BO, SITI):
        stage.phone(number).rejects(after=2)
    stage.takes(HOME, after=3)
    call = stage.open_incident()
    opened = stage.clock.now()
    stage.wait(20)
    assert stage.rung(BO), "a call that is still to come does not hold the ladder back"
    assert stage.rung(SITI)
    assert stage.rung(HOME) == 0
    stage.wait_until(lambda: stage.rung(HOME), at_most=130)
    assert timedelta(seconds=119) <= stage.clock.now() - opened <= timedelta(seconds=121)
    stage.wait_until(lambda: call.is_connected_with == HOME, at_most=30)
    call.hang_up()
    stage.wait(5)
    placed = stage.placed()
    assert placed[HOME] == 1
    stage.only(
        calls=placed,
        texts={MADE: "reference", DEWI: "page", BO: "page taken", SITI: "page taken"},
    )


def test_home_is_not_rung_once_somebody_has_it(stage: Stage) -> None:
    set_rules(stage, (0, CALL, DEWI), (1, CALL, HOME), (1, SMS, HOME))
    stage.phone(DEWI).rejects(after=2)
    stage.takes(BO, after=3)
    call = stage.open_incident()
    stage.wait_until(lambda: call.is_connected_with == BO, at_most=60)
    stage.wait(120)
    call.hang_up()
    stage.wait(5)
    with stage.operation() as op:
        later = op.session.scalars(
            sa.select(OutboxItem).where(OutboxItem.dedupe_key.startswith("ring:"))
        ).all()
    assert [item.last_error for item in later] == ["somebody has it already"]
    stage.only(calls={DEWI: 1, BO: 1}, texts={MADE: "reference", BO: "page", HOME: "taken"})


def test_a_rule_longer_than_a_round_still_comes_and_only_once(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    set_rules(stage, (0, CALL, DEWI), (10, CALL, HOME))
    for number in (DEWI, BO, SITI):
        stage.phone(number).rejects(after=2)
    stage.takes(HOME, after=3)
    stage.open_incident().hang_up()
    stage.wait(9 * 60)
    assert stage.rung(DEWI) > 1, "the ladder has begun again"
    assert stage.rung(HOME) == 0
    stage.wait_until(lambda: stage.rung(HOME), at_most=90)
    stage.wait(60)
    assert stage.owner() == "Dewi"
    assert stage.rung(HOME) == 1
    stage.only(calls=stage.placed(), texts=stage_texts(stage))


def stage_texts(stage: Stage) -> dict[str, str]:
    return {number: " ".join(kinds) for number, kinds in stage.sent().items()}


def test_one_phone_never_rings_twice_at_a_time(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    set_rules(stage, (0, CALL, DEWI), (1, CALL, DEWI))
    stage.phone(DEWI).answers(after=20)  # in a pocket, and the conversation goes on
    stage.phone(BO).rings_out()
    stage.phone(SITI).rings_out()
    call = stage.open_incident()
    most = 0
    for _ in range(90):
        stage.wait(1)
        live = [
            each for each in stage.kind_of_call(CallKind.PAGE) if each.to_phone == DEWI and not each.ended_at
        ]
        most = max(most, len(live))
    assert most == 1
    call.hang_up()
    stage.hush()
    stage.wait(60)
    stage.only(calls=stage.placed(), texts=stage_texts(stage))


def test_voicemail_at_home_accepts_nothing(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    set_rules(stage, (0, CALL, DEWI), (0, CALL, HOME))
    stage.phone(DEWI).rings_out()
    stage.phone(HOME).voicemail(after=4)
    stage.takes(BO, after=3)
    call = stage.open_incident()
    stage.wait_until(lambda: call.is_connected_with == BO, at_most=120)
    assert stage.owner() == "Bo"
    homes = [each for each in stage.kind_of_call(CallKind.PAGE) if each.to_phone == HOME]
    assert [each.outcome for each in homes] == [CallOutcome.UNANSWERED]
    call.hang_up()
    stage.wait(5)
    stage.only(calls=stage.placed(), texts=stage_texts(stage))


def test_a_command_by_text_counts_from_any_verified_number(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    set_rules(stage, (0, SMS, HOME), (0, CALL, DEWI))
    stage.open_incident().hang_up()
    stage.wait(3)
    stage.text(DEWI, f"ACK {stage.code_of(HOME)}")
    assert stage.owner() == "Dewi"
    stage.hush()
    stage.only(calls=stage.placed(), texts=stage_texts(stage))


def test_a_mobile_that_cannot_be_reached_gives_way_to_home_at_once(sqlite_stage: Stage) -> None:
    stage = sqlite_stage

    def fail(op: Operation, dewi: User) -> None:
        numbers.enter(op, dewi, HOME, "Home")
        numbers.failed(op, dewi.id, DEWI)

    as_dewi(stage, fail)
    stage.takes(HOME, after=4)
    call = stage.open_incident()
    stage.wait_until(lambda: call.is_connected_with == HOME, at_most=30)
    call.hang_up()
    stage.wait(5)
    stage.only(calls={HOME: 1}, texts={MADE: "reference", HOME: "page"})


def test_a_removed_number_rings_no_more_even_when_its_call_was_to_come(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    set_rules(stage, (0, CALL, DEWI), (1, CALL, HOME))
    stage.phone(DEWI).rejects(after=2)
    stage.phone(BO).rings_out()
    stage.phone(SITI).rings_out()
    call = stage.open_incident()
    stage.wait(10)
    as_dewi(stage, lambda op, dewi: contacts.remove(op, dewi, method(op, HOME).id))
    stage.wait(100)
    assert stage.rung(HOME) == 0
    call.hang_up()
    stage.hush()
    stage.wait(60)
    stage.only(calls=stage.placed(), texts=stage_texts(stage))


def test_a_test_page_follows_the_rules_opens_nothing_and_clears_a_failure(stage: Stage) -> None:
    set_rules(stage, (0, SMS, DEWI), (0, CALL, DEWI), (1, CALL, HOME))
    as_dewi(stage, lambda op, dewi: numbers.failed(op, dewi.id, HOME))
    dewi = stage.phone(DEWI).answers(after=3)
    dewi.when_hears("tekan 1", press="1")
    stage.phone(HOME).voicemail(after=3)
    assert as_dewi(stage, lambda op, dewi: trials.start(op, dewi)) is True
    stage.wait(30)
    trial = as_dewi(stage, trials.latest)
    assert isinstance(trial, trials.Trial)
    assert [(part.channel, part.phone, part.state) for part in trial.results] == [
        (SMS, DEWI, "delivered"),
        (CALL, DEWI, "confirmed"),
    ], "Home cannot be reached, so the rules pass it by"
    stage.phone(HOME).answers(after=3)
    as_dewi(stage, lambda op, dewi: trials.start(op, dewi, method(op, HOME)))
    stage.wait(30)
    with stage.operation() as op:
        assert method(op, HOME).failed_at is None, "it was answered"
    assert stage.incidents() == []
    stage.only(calls={DEWI: 1, HOME: 1}, texts={DEWI: "test", HOME: "test"})


@pytest.mark.parametrize("outgoing", [False])
def test_with_outgoing_switched_off_a_later_ring_is_dropped_like_everything(stage_with, outgoing) -> None:  # type: ignore[no-untyped-def]
    stage = stage_with(outgoing=outgoing)
    set_rules(stage, (0, CALL, DEWI), (1, CALL, HOME))
    stage.open_incident().hang_up()
    stage.wait(90)
    assert stage.incident().status is IncidentStatus.OPEN
    with stage.operation() as op:
        later = op.session.scalars(
            sa.select(OutboxItem).where(OutboxItem.dedupe_key.startswith("ring:"))
        ).all()
    assert {item.last_error for item in later} == {"outgoing calls and messages are switched off"}
    stage.hush()
    stage.only()


def test_a_text_that_fails_to_home_says_so(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    set_rules(stage, (0, CALL, DEWI), (0, SMS, HOME))
    stage.phone(HOME).sms("undelivered")
    stage.phone(DEWI).answers(after=2).when_hears("tekan 1", press="1")
    as_dewi(stage, trials.start)
    stage.wait(40)
    trial = as_dewi(stage, trials.latest)
    assert isinstance(trial, trials.Trial)
    assert {part.phone: part.state for part in trial.results} == {
        HOME: MessageStatus.UNDELIVERED.value,
        DEWI: "confirmed",
    }
    assert not trial.is_under_way
    stage.only(calls={DEWI: 1}, texts={HOME: "test"})
