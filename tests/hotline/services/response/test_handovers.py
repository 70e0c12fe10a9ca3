"""Handing over: the owner keeps it until the colleague accepts, and the database decides every race."""

from typing import Any

import pytest
import sqlalchemy as sa

from hotline.db.models import (
    Call,
    CallKind,
    CallOutcome,
    CallStatus,
    ContactMethod,
    Handover,
    HandoverState,
    Incident,
    IncidentStatus,
    MessageKind,
    Role,
    ToldBy,
    User,
)
from hotline.errors import ConflictError, InvalidInputError
from hotline.services.callflow import calls
from hotline.services.operation import Operation
from hotline.services.response import handovers, incidents
from tests.hotline.house import ADA, BO, DEWI, MADE, NADIA, SITI, House, at_once


def use(house: House, incident: Incident, work: Any, *phones: str, **values: Any) -> Any:
    """Call a use case with the incident as it is now, and the people with these telephones."""

    def do(op: Operation) -> Any:
        found = op.session.get_one(Incident, incident.id)
        return work(op, found, *(house.user(op, phone) for phone in phones), **values)

    return house.do(do)


def handed(house: House, by: str = DEWI, to: str = BO, **values: Any) -> Incident:
    """An incident that Dewi has and of which the customer has been told, handed over to Bo."""
    incident = house.report()
    house.take(incident, by)
    house.tell(incident, ToldBy.SPOKEN)
    use(house, incident, handovers.ask, by, to, **values)
    return incident


def texts(house: House, phone: str, kind: MessageKind) -> list[str]:
    return [message.body for message in house.messages(phone) if message.kind is kind]


def owner(house: House, incident: Incident) -> str:
    with house.operation() as op:
        found = op.session.get_one(Incident, incident.id).owner
        assert found is not None
        return str(found.phone)


def state(house: House) -> HandoverState:
    return house.one(Handover).state


def test_the_colleague_is_rung_and_gets_a_code_while_the_owner_keeps_it(house: House) -> None:
    incident = handed(house, note="Node 3 lags")
    assert owner(house, incident) == DEWI
    (request,) = texts(house, BO, MessageKind.HANDOVER)
    page = next(page for page in house.pages() if page.code in request)
    assert "ACK" in request
    (call,) = house.calls_of(CallKind.HANDOVER)
    assert (call.to_phone, call.page_id) == (BO, page.id)
    assert house.one(Handover).note == "Node 3 lags"


def test_asking_twice_is_asking_once(house: House) -> None:
    incident = handed(house)
    use(house, incident, handovers.ask, DEWI, BO)
    assert house.count(Handover) == 1
    assert len(house.calls_of(CallKind.HANDOVER)) == 1


def test_only_one_colleague_is_asked_at_a_time(house: House) -> None:
    incident = handed(house)
    with pytest.raises(ConflictError, match="has been asked already"):
        use(house, incident, handovers.ask, DEWI, SITI)


def test_accepting_by_text_makes_the_colleague_the_owner_and_tells_everybody(house: House) -> None:
    incident = handed(house)
    told_at = house.again(incident).told_at
    house.clock.advance(30)
    taken = use(house, incident, incidents.accept, BO, by="sms")
    now = house.again(incident)
    assert (taken.won, taken.handed_over, owner(house, incident)) == (True, True, BO)
    assert state(house) is HandoverState.ACCEPTED
    assert now.told_at == told_at
    assert now.owned_since == house.clock.now()
    assert now.accepted_at < now.owned_since
    assert texts(house, DEWI, MessageKind.TAKEN)
    (notice,) = texts(house, MADE, MessageKind.NOTICE)
    assert "Bo Lindqvist" in notice
    assert house.events(incident)[-1] == "handed-over"


def test_nobody_but_the_colleague_asked_can_accept(house: House) -> None:
    incident = handed(house)
    taken = use(house, incident, incidents.accept, SITI, by="sms")
    assert (taken.won, owner(house, incident)) == (False, DEWI)
    assert state(house) is HandoverState.ASKED


def test_declining_leaves_it_with_the_owner_who_is_told(house: House) -> None:
    incident = handed(house)
    use(house, incident, handovers.decline, BO)
    assert (owner(house, incident), state(house)) == (DEWI, HandoverState.DECLINED)
    assert any("Bo" in text for text in texts(house, DEWI, MessageKind.TAKEN))
    with pytest.raises(ConflictError):
        use(house, incident, handovers.decline, BO)
    assert use(house, incident, incidents.accept, BO, by="web").won is False


def test_withdrawing_ends_the_ringing_and_the_code_opens_nothing_any_more(house: House) -> None:
    incident = handed(house)
    use(house, incident, handovers.withdraw, DEWI)
    assert state(house) is HandoverState.WITHDRAWN
    assert texts(house, BO, MessageKind.TAKEN)
    assert [item.effect for item in house.outbox()].count("end-call") >= 1
    assert use(house, incident, incidents.accept, BO, by="sms").won is False
    with pytest.raises(ConflictError):
        use(house, incident, handovers.withdraw, DEWI)


def test_after_a_withdrawal_somebody_else_can_be_asked(house: House) -> None:
    incident = handed(house)
    use(house, incident, handovers.withdraw, DEWI)
    use(house, incident, handovers.ask, DEWI, SITI)
    assert use(house, incident, incidents.accept, SITI, by="web").won


def test_of_accepting_and_withdrawing_at_once_exactly_one_comes_first(house: House) -> None:
    incident = handed(house)

    def withdraw() -> str:
        try:
            use(house, incident, handovers.withdraw, DEWI)
        except ConflictError:
            return "late"
        return "withdrawn"

    def accept() -> str:
        return "accepted" if use(house, incident, incidents.accept, BO, by="sms").won else "late"

    assert sorted(at_once(withdraw, accept)) in (["accepted", "late"], ["late", "withdrawn"])
    is_bos = owner(house, incident) == BO
    assert state(house) is (HandoverState.ACCEPTED if is_bos else HandoverState.WITHDRAWN)
    assert [event for event in house.events(incident) if event.startswith("hand")].count(
        "handed-over"
    ) == is_bos


def test_accepting_twice_at_once_is_accepting_once(house: House) -> None:
    incident = handed(house)
    results = at_once(*[lambda: use(house, incident, incidents.accept, BO, by="sms")] * 3)
    assert [taken.won for taken in results].count(True) == 1
    assert house.events(incident).count("handed-over") == 1
    assert len(texts(house, MADE, MessageKind.NOTICE)) == 1


def test_resolving_settles_the_request_and_it_cannot_be_accepted(house: House) -> None:
    incident = handed(house)
    use(house, incident, incidents.resolve, DEWI)
    assert state(house) is HandoverState.OVERTAKEN
    assert use(house, incident, incidents.accept, BO, by="sms").won is False
    assert house.again(incident).status is IncidentStatus.RESOLVED
    assert owner(house, incident) == DEWI


def test_an_owner_who_handed_it_over_meanwhile_resolves_nothing(lite: House) -> None:
    incident = handed(lite)
    with lite.operation() as op:
        seen = _seen_before(op, lite, incident, new_owner=BO)
        with pytest.raises(ConflictError):
            incidents.resolve(op, seen, lite.user(op, DEWI))
    assert lite.again(incident).status is IncidentStatus.ACKNOWLEDGED


def test_a_manager_takes_it_from_whoever_has_it_by_now(lite: House) -> None:
    incident = handed(lite)
    with lite.operation() as op:
        seen = _seen_before(op, lite, incident, new_owner=BO)
        handovers.take_over(op, seen, lite.user(op, NADIA), "No answer")
    assert texts(lite, BO, MessageKind.TAKEN)
    assert not texts(lite, DEWI, MessageKind.TAKEN)


def _seen_before(op: Operation, house: House, incident: Incident, new_owner: str) -> Incident:
    """The incident as it was read before somebody else became its owner."""
    seen = op.session.get_one(Incident, incident.id)
    assert seen.owner is not None
    change = sa.update(Incident).where(Incident.id == incident.id)
    change = change.values(owner_id=house.user(op, new_owner).id)
    op.session.execute(change.execution_options(synchronize_session=False))
    return seen


def test_an_unanswered_call_is_told_to_the_owner_once_and_the_code_stays_good(house: House) -> None:
    incident = handed(house)
    (call,) = house.calls_of(CallKind.HANDOVER)
    for _ in range(2):
        house.do(lambda op: calls.report_status(op, op.session.get_one(Call, call.id), CallStatus.NO_ANSWER))
    assert house.events(incident).count("handover-unanswered") == 1
    assert owner(house, incident) == DEWI
    assert use(house, incident, incidents.accept, BO, by="sms").won


@pytest.mark.parametrize(
    ("by", "to", "error"),
    [(BO, SITI, ConflictError), (DEWI, DEWI, InvalidInputError), (DEWI, NADIA, None)],
)
def test_only_the_owner_asks_and_not_themselves(
    lite: House, by: str, to: str, error: type[Exception] | None
) -> None:
    incident = lite.report()
    lite.take(incident, DEWI)
    if error is None:
        use(lite, incident, handovers.ask, by, to)
        assert lite.count(Handover) == 1
        return
    with pytest.raises(error):
        use(lite, incident, handovers.ask, by, to)


@pytest.mark.parametrize("change", ["no number", "auditor", "disabled"])
def test_who_cannot_be_rung_or_may_not_act_is_not_asked(lite: House, change: str) -> None:
    incident = lite.report()
    lite.take(incident, DEWI)
    with lite.operation() as op:
        colleague = lite.user(op, ADA)
        if change == "no number":
            numbers = sa.update(ContactMethod).where(ContactMethod.user_id == colleague.id)
            op.session.execute(numbers.values(removed_at=op.now))
        elif change == "auditor":
            colleague.role = Role.AUDITOR
        else:
            colleague.disabled_at = op.now

    def ask(op: Operation) -> None:
        found = op.session.get_one(Incident, incident.id)
        chosen = op.session.get_one(User, colleague.id)
        assert chosen not in handovers.to_choose_from(op, found.owner_id, set())
        handovers.ask(op, found, lite.user(op, DEWI), chosen)

    with pytest.raises(InvalidInputError):
        lite.do(ask)


def test_a_manager_takes_over_with_a_reason_and_the_old_owner_is_told(house: House) -> None:
    incident = handed(house)
    use(house, incident, handovers.take_over, NADIA, reason="Dewi does not answer")
    assert owner(house, incident) == NADIA
    assert state(house) is HandoverState.OVERTAKEN
    assert any("Dewi does not answer" in text for text in texts(house, DEWI, MessageKind.TAKEN))
    assert any("Nadia" in text for text in texts(house, MADE, MessageKind.NOTICE))


@pytest.mark.parametrize(("who", "reason"), [(BO, "I want it"), (NADIA, "   ")])
def test_taking_over_needs_a_manager_and_a_reason(lite: House, who: str, reason: str) -> None:
    incident = handed(lite)
    with pytest.raises(InvalidInputError):
        use(lite, incident, handovers.take_over, who, reason=reason)
    assert owner(lite, incident) == DEWI


def test_the_call_asks_and_key_one_takes_it_over(lite: House) -> None:
    incident = handed(lite)
    lite.worker.tick()
    call = _answer(lite)
    assert "Dewi asks you to take over Nusantara Securities" in call.said
    call.press("1")
    assert owner(lite, incident) == BO
    assert "press 1" in call.said
    assert lite.one(Call, Call.kind == CallKind.HANDOVER).outcome is CallOutcome.ACCEPTED


def test_key_two_declines_and_silence_does_neither(lite: House) -> None:
    incident = handed(lite)
    lite.worker.tick()
    call = _answer(lite)
    call.press("")
    assert state(lite) is HandoverState.ASKED
    call.press("2")
    assert (owner(lite, incident), state(lite)) == (DEWI, HandoverState.DECLINED)


def test_a_request_that_is_settled_before_it_went_out_is_not_sent(lite: House) -> None:
    incident = handed(lite)
    use(lite, incident, handovers.withdraw, DEWI)
    lite.worker.tick()
    assert not [order for order in lite.network.calls.values() if order.to == BO]
    assert not [order for order in lite.network.messages.values() if "hands it over" in order.body]


def test_the_customer_hears_one_name_only_while_the_first_word_is_still_to_be_sent(lite: House) -> None:
    incident = lite.report()
    lite.take(incident, DEWI)
    use(lite, incident, handovers.ask, DEWI, BO)
    use(lite, incident, incidents.accept, BO, by="sms")
    assert texts(lite, MADE, MessageKind.NOTICE) == []
    lite.worker.tick()
    (notice,) = texts(lite, MADE, MessageKind.NOTICE)
    assert "Bo Lindqvist" in notice


def _answer(house: House) -> Any:
    from tests.hotline.house import Line

    (call,) = house.calls_of(CallKind.HANDOVER)
    assert call.call_sid is not None
    line = Line(house, call.call_sid, call.from_phone, call.to_phone)
    return line.post(house.network.calls[call.call_sid].answer_url)
