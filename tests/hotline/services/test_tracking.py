"""Links to the customer's own clock: :mod:`hotline.services.tracking`."""

import re
import uuid
from datetime import timedelta

import pytest

from hotline.db.models import Incident, MessageKind, ToldBy, TrackingLink
from hotline.services import customers_clock, tracking
from hotline.services.customers_clock import Progress
from hotline.services.promise import enforcement
from hotline.services.response import followup, incidents
from hotline.services.tracking import LinkRefusal, LinkRefusedError
from tests.hotline.house import DEWI, MADE, SITI, House, at_once, make_settings

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def links_in(house: House, phone: str = MADE) -> list[str]:
    """The links in the messages to a telephone, oldest first."""
    found = [re.findall(r"https://\S+/t/(\S+)", message.body) for message in house.messages(phone)]
    return [token for tokens in found for token in tokens]


def shown(house: House, token: str) -> customers_clock.CustomersClock | None:
    code = tracking.signed_code(house.settings, token)
    assert code is not None, "it is not signed by us"
    return house.do(lambda op: customers_clock.behind(op, code))


def resolve(house: House, incident: Incident, phone: str = DEWI) -> None:
    house.do(
        lambda op: incidents.resolve(op, op.session.get_one(Incident, incident.id), house.user(op, phone))
    )


def change(house: House, what, incident: Incident, link_id: uuid.UUID | None) -> None:
    house.do(lambda op: what(op, op.session.get_one(Incident, incident.id), link_id, house.user(op, DEWI)))


def refusal(house: House, what, incident: Incident, link_id: uuid.UUID | None) -> LinkRefusal:
    before = house.count(TrackingLink), len(house.messages(MADE))
    with pytest.raises(LinkRefusedError) as caught:
        change(house, what, incident, link_id)
    assert (house.count(TrackingLink), len(house.messages(MADE))) == before
    return caught.value.why


def test_every_message_about_an_incident_carries_the_same_short_link(house: House) -> None:
    incident = house.report()
    house.take(incident)
    house.do(lambda op: followup.advance(op, op.session.get_one(Incident, incident.id)))
    resolve(house, incident)
    tokens = links_in(house)
    assert len(tokens) == 3
    assert len(set(tokens)) == 1
    assert re.fullmatch(r"[2-9A-Za-z]{24}", tokens[0])
    assert house.count(TrackingLink) == 1


def test_the_database_alone_is_not_enough_to_follow_a_link(house: House) -> None:
    house.report()
    row = house.one(TrackingLink)
    (token,) = links_in(house)
    assert token.startswith(row.code)
    assert len(row.code) == len(token) / 2
    assert tracking.signed_code(house.settings, row.code) is None
    assert tracking.signed_code(house.settings, row.code * 2) is None


def test_one_wrong_letter_or_another_installations_key_is_no_signature(lite: House) -> None:
    lite.report()
    (token,) = links_in(lite)
    assert tracking.signed_code(lite.settings, token) == token[:12]
    for place in range(24):
        other = "2" if token[place] != "2" else "3"
        assert tracking.signed_code(lite.settings, token[:place] + other + token[place + 1 :]) is None
    stranger = make_settings("sqlite://", secret_key="quite another secret key")
    assert tracking.signed_code(stranger, token) is None


@pytest.mark.parametrize(
    "junk", ["", "a", "é" * 24, "\0" * 24, "x" * 5000, "'; DROP TABLE links; --", "\ud800"]
)
def test_junk_is_no_signature(lite: House, junk: str) -> None:
    assert tracking.signed_code(lite.settings, junk) is None


def test_two_that_are_issued_at_once_are_one(house: House) -> None:
    incident = house.report()
    found = at_once(
        *(
            lambda: house.do(
                lambda op: tracking.link(op, op.session.get_one(Incident, incident.id), "+6281299900077")
            )
            for _ in range(4)
        )
    )
    assert len(set(found)) == 1
    assert house.count(TrackingLink) == 2, "and another for another recipient"


def test_a_link_ends_thirty_days_after_it_was_issued(lite: House) -> None:
    incident = lite.report()
    (token,) = links_in(lite)
    lite.clock.advance((30 * DAY).total_seconds() - 1)
    assert shown(lite, token) is not None
    lite.clock.advance(1)
    assert shown(lite, token) is None
    lite.take(incident)
    resolve(lite, incident)
    newer = links_in(lite)[-1]
    assert newer != token
    assert shown(lite, newer) is not None
    assert shown(lite, token) is None, "what has ended stays ended"


def test_a_link_ends_seven_days_after_the_incident_was_finished(lite: House) -> None:
    incident = lite.report()
    lite.take(incident)
    resolve(lite, incident)
    token = links_in(lite)[-1]
    lite.clock.advance((7 * DAY).total_seconds() - 1)
    assert shown(lite, token) is not None
    lite.clock.advance(1)
    assert shown(lite, token) is None
    assert refusal(lite, tracking.renew, incident, None) is LinkRefusal.LONG_OVER


def test_a_revoked_link_ends_at_once_and_the_next_message_carries_another(house: House) -> None:
    incident = house.report()
    (token,) = links_in(house)
    change(house, tracking.revoke, incident, house.one(TrackingLink).id)
    assert shown(house, token) is None
    house.take(incident)
    resolve(house, incident)
    assert shown(house, token) is None
    assert shown(house, links_in(house)[-1]) is not None
    seen = house.do(lambda op: tracking.sent(op, op.session.get_one(Incident, incident.id)))
    assert [(link.in_force, link.revoked_by, link.phone) for link in seen] == [
        (False, "Dewi Santoso", "+62…01"),
        (True, None, "+62…01"),
    ]
    assert "link-revoked" in house.events(incident)


def test_a_new_link_is_sent_and_replaces_the_one_it_was_asked_for(house: House) -> None:
    incident = house.report()
    first = house.one(TrackingLink).id
    (token,) = links_in(house)
    change(house, tracking.renew, incident, first)
    assert shown(house, token) is None
    assert shown(house, links_in(house)[-1]) is not None
    assert house.messages(MADE)[-1].kind is MessageKind.REFERENCE
    assert refusal(house, tracking.renew, incident, first) is LinkRefusal.NOT_IN_FORCE, "a second tap"
    assert refusal(house, tracking.renew, incident, None) is LinkRefusal.IN_FORCE


def test_what_cannot_be_is_refused_and_changes_nothing(lite: House) -> None:
    incident, other = lite.report(), lite.report()
    (mine,) = lite.all(TrackingLink, TrackingLink.incident_id == incident.id)
    for what in (tracking.revoke, tracking.renew):
        assert refusal(lite, what, other, mine.id) is LinkRefusal.NOT_IN_FORCE, "another incident's"
        assert refusal(lite, what, incident, uuid.UUID(int=0)) is LinkRefusal.NOT_IN_FORCE
    unknown = lite.leave_report()
    assert refusal(lite, tracking.renew, unknown, None) is LinkRefusal.NO_NUMBER


def test_new_links_are_few(lite: House) -> None:
    incident = lite.report()
    for _ in range(tracking.RENEWALS_AN_HOUR):
        (row,) = lite.all(TrackingLink, TrackingLink.revoked_at.is_(None))
        change(lite, tracking.renew, incident, row.id)
    (row,) = lite.all(TrackingLink, TrackingLink.revoked_at.is_(None))
    assert refusal(lite, tracking.renew, incident, row.id) is LinkRefusal.TOO_MANY
    assert shown(lite, links_in(lite)[-1]) is not None, "and the one there is still works"


def test_what_is_shown_from_the_report_to_the_end(house: House) -> None:
    incident = house.report()
    (token,) = links_in(house)
    first = shown(house, token)
    assert first is not None
    assert (first.progress, first.engineer, first.answered_at, first.is_missed) == (
        Progress.RINGING,
        None,
        None,
        False,
    )
    assert (first.reference, first.promised_by) == (incident.reference, incident.respond_by)
    assert (first.language, first.time_zone) == ("id", "Asia/Jakarta")
    house.clock.advance(60)
    taken_at = house.clock.now()
    house.take(incident)
    taken = shown(house, token)
    assert taken is not None
    assert (taken.progress, taken.engineer, taken.since) == (Progress.TAKEN, "Dewi Santoso", taken_at)
    house.clock.advance(60)
    told_at = house.clock.now()
    house.tell(incident, ToldBy.MESSAGE)
    working = shown(house, token)
    assert working is not None
    assert (working.progress, working.answered_at, working.answered_by) == (
        Progress.WORKING,
        told_at,
        "Dewi Santoso",
    )
    resolve(house, incident)
    solved = shown(house, token)
    assert solved is not None
    assert (solved.progress, solved.solved_at, solved.is_missed) == (Progress.SOLVED, told_at, False)


def test_who_answered_stays_who_answered_when_somebody_else_has_it(lite: House) -> None:
    incident = lite.report()
    lite.take(incident)
    lite.tell(incident, ToldBy.MESSAGE)
    with lite.operation() as op:
        siti = lite.user(op, SITI).id
    lite.set(incident, owner_id=siti)
    found = shown(lite, links_in(lite)[0])
    assert found is not None
    assert (found.answered_by, found.engineer) == ("Dewi Santoso", "Siti Rahmawati")


def test_a_miss_is_shown_from_the_deadline_on_and_for_good(house: House) -> None:
    incident = house.report()
    (token,) = links_in(house)
    house.clock.advance(30 * 60 - 1)
    assert shown(house, token).is_missed is False  # type: ignore[union-attr]
    house.clock.advance(1)
    assert shown(house, token).is_missed is True, "before any sweep has recorded it"  # type: ignore[union-attr]
    house.do(enforcement.sweep_deadlines)
    house.take(incident)
    house.tell(incident, ToldBy.MESSAGE)
    late = shown(house, token)
    assert late is not None
    assert late.is_missed
    assert late.answered_at is not None


def test_a_report_that_nobody_verified_has_no_clock_to_show(lite: House) -> None:
    incident = lite.leave_report()
    address = lite.do(
        lambda op: tracking.link(op, op.session.get_one(Incident, incident.id), incident.caller_phone)
    )
    assert shown(lite, address[-24:]) is None
