"""An engineer's own pages: am I on call, take it, my shifts, ask for cover, answer for cover."""

import re
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hotline.db.models import (
    ContactMethod,
    CoverRequest,
    CoverStatus,
    Message,
    Override,
    PartMember,
    RotationPart,
    RotationVersion,
    User,
)
from hotline.services.on_call.rosters import duties
from hotline.services.planning import cover
from hotline.services.response import handovers

from .test_on_call import add_override, count, rotation, text, text_of

HOUR = timedelta(hours=1)


def ask(world, whom="Bo", start=HOUR, end=3 * HOUR, reason="A dentist"):
    """Ada asks for cover, by the service."""

    def work(op):
        asker = op.session.get_one(User, world.user("Ada").id)
        asked = None if whom is None else op.session.get_one(User, world.user(whom).id)
        made = cover.ask(op, rotation(world), asker, op.now + start, op.now + end, asked, reason)
        return str(made.request.id)

    return world.ask(work)


def request(world):
    with world.reading() as op:
        return op.session.scalars(sa.select(CoverRequest)).one()


def form(world, **changes):
    """What Ada, in Jakarta (seven hours ahead), types to ask Bo for the next hours."""
    return {
        "rotation": str(rotation(world)),
        "whom": str(world.user("Bo").id),
        "starts": "2026-11-22T23:00",
        "ends": "2026-11-23T02:00",
        "reason": "A dentist",
        **changes,
    }


def test_the_first_line_says_that_i_am_on_call_until_when_and_how_long_that_is(ada):
    page = text(ada, "/me")
    assert page.index("You are on call") < page.index("primary, Databases") < page.index("My shifts")
    assert "Mon 23 Nov 15:00</time> (in 17 h 00 min)" in page
    assert "You are rung first. Next after you: <strong>Bo Diddley</strong> (backup)." in page


def test_the_last_on_the_ladder_reads_that_nobody_comes_after(bo):
    page = text(bo, "/me")
    assert "Rung before you: <strong>Ada Lovelace</strong> (primary). Nobody is rung after you" in page


def test_somebody_whose_turn_comes_later_reads_when(ada, world):
    add_override(world, "primary", "Bo", timedelta(0), 3 * HOUR)
    page = text(ada, "/me")
    assert "You are not on call" in page
    assert "Next: <strong>primary, Databases</strong> from <time" in page
    assert "Mon 23 Nov 01:00</time> to" in page
    assert "(in 3 h 00 min)" in page


def test_somebody_in_no_rotation_reads_that(cy):
    page = text(cy, "/me")
    assert "You are in no rotation" in page
    assert "You cannot be rung" not in page, "nobody wants to ring the manager"
    assert "You are in no rotation, so nobody rings you." in text(cy, "/me/shifts")


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        ("removed_at", "You have no verified number: the hunt skips you."),
        ("failed_at", "Your number failed or may not be called"),
    ],
)
def test_on_call_without_a_number_that_rings_is_a_loud_warning(ada, world, column, sentence):
    world.do(lambda op: op.session.execute(sa.update(ContactMethod).values({column: op.now})))
    page = text(ada, "/me")
    assert "You cannot be rung" in page
    assert sentence in page
    assert "You are on call" in page


def test_what_i_am_paged_for_stands_first_and_one_tap_takes_it(ada, world):
    reference = world.report()
    page = text(ada, "/me")
    assert page.index("You are asked to take") < page.index(reference)
    assert f'action="/incidents/{reference}/take"' in page
    ada.press(f"/incidents/{reference}/take")
    ada.press(f"/incidents/{reference}/take")
    assert world.incident(reference).owner_id == world.user("Ada").id
    page = text(ada, "/me")
    assert page.index("You have") < page.index(reference)
    assert "You are asked to take" not in page


def test_what_is_open_in_my_teams_is_listed_after_my_own(bo, ada, world):
    reference = world.report()
    page = text(bo, "/me")
    assert page.index("Open in your teams") < page.index(reference)
    world.take(reference, "Ada")
    assert "Take it" not in text(bo, "/me")
    assert reference in text(bo, "/me")


def test_an_auditor_sees_no_button_to_take(otto, world):
    world.report()
    page = text(otto, "/me")
    assert "Take it" not in page
    assert "You are in no rotation" in page


def test_the_page_is_sent_again_only_when_something_changed(ada, world):
    first = ada.get("/me", headers={"X-Refresh": "1"})
    world.clock.advance(20)
    same = {"X-Refresh": "1", "If-None-Match": first.headers["ETag"]}
    assert ada.get("/me", headers=same).status_code == 304
    world.report()
    ada.get("/me")  # what a person opens is looked for afresh
    assert ada.get("/me", headers=same).status_code == 200


def test_shifts_are_listed_by_week_in_both_zones_with_the_hours_of_the_month(ada):
    page = text(ada, "/me/shifts")
    assert "November 2026: 720 h on call" in page
    assert (
        page.index("Week of Mon 16 Nov") < page.index("Week of Mon 23 Nov") < page.index("Week of Mon 30 Nov")
    )
    assert "Mon 23 Nov 15:00</time> – <time" in page
    assert "Europe/Berlin)" in page
    assert "7 nights" in page
    assert "2 weekend days" in page


def test_cover_is_asked_for_from_a_shift(ada, world):
    page = ada.get("/me/shifts").text
    address = page.split('href="/me/shifts/cover?', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    asked = ada.get(f"/me/shifts/cover?{address}").text
    assert 'value="2026-11-22T22:00"' in asked, "from now, for the shift that runs"
    assert 'value="2026-11-23T15:00"' in asked
    assert "Bo Diddley" in asked
    assert "Ada Lovelace</option>" not in asked
    answer = text_of(ada.press("/me/shifts/cover", **form(world)))
    assert "Asked by text message: Bo Diddley. It is about Sun 22 Nov 23:00 to Mon 23 Nov 02:00." in answer
    assert "Waiting for Bo Diddley" in answer
    assert "You have asked for that already." in text_of(ada.press("/me/shifts/cover", **form(world)))
    assert (count(world, CoverRequest), count(world, Message)) == (1, 1)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ends": "2026-11-22T22:30"}, "It ends before it begins."),
        ({"starts": "2026-11-20T22:30"}, "That time is over."),
        ({"starts": "soon"}, "This is no date and time."),
        ({"starts": "", "ends": ""}, "Say from when."),
        ({"whom": "01890000-0000-7000-8000-000000000000"}, "Not a valid choice"),
        ({"reason": "x" * 301}, "At most 300 characters."),
    ],
)
def test_what_cannot_be_asked_is_explained_and_what_was_typed_is_kept(ada, world, change, sentence):
    answer = ada.press("/me/shifts/cover", **form(world, **change))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "dentist" in answer.text or "xxx" in answer.text
    assert count(world, CoverRequest) == 0


def test_cover_for_somebody_elses_shift_is_refused(bo, world):
    answer = bo.press(
        "/me/shifts/cover", **form(world, whom="", starts="2026-11-22T16:30", ends="2026-11-22T18:00")
    )
    assert answer.status_code == 422
    assert "Ada Lovelace is on call there by now." in text_of(answer)


@pytest.mark.parametrize("junk", ["junk", "01890000-0000-7000-8000-000000000000", ""])
def test_a_form_about_no_rotation_is_not_found(ada, world, junk):
    assert ada.get(f"/me/shifts/cover?rotation={junk}").status_code == 404
    assert ada.press("/me/shifts/cover", **form(world, rotation=junk)).status_code == 404


@pytest.mark.parametrize("when", ["junk", "2026-11-22", "9999-12-31T23:59+00:00", "0001-01-01T00:00+14:00"])
def test_junk_times_in_an_address_leave_the_fields_empty(ada, world, when):
    answer = ada.get("/me/shifts/cover", query_string={"rotation": rotation(world), "from": when, "to": when})
    assert answer.status_code == 200


def test_whoever_is_asked_reads_it_and_accepts_with_one_tap(bo, ada, world):
    asked = ask(world)
    assert "Ada Lovelace asks you for cover" in text(bo, "/me")
    assert "Ada Lovelace asks you for cover" in text(bo, f"/me/cover/{asked}")
    page = text_of(bo.press(f"/me/cover/{asked}/accept"))
    assert "You are on call from Sun 22 Nov 17:00 to Sun 22 Nov 19:00. Ada Lovelace has been told." in page
    assert "Mind: Bo Diddley is on call in Databases backup at that time too." in page
    assert "You cover it" in page
    assert "You are on call from" in text_of(bo.press(f"/me/cover/{asked}/accept")), (
        "the second tap is no error"
    )
    assert count(world, Override) == 1
    assert "Bo Diddley covers it" in text(ada, f"/me/cover/{asked}")


def test_declining_leaves_it_with_who_asked(bo, ada, world):
    asked = ask(world)
    assert "Nobody can; it stays with Ada Lovelace" in text_of(bo.press(f"/me/cover/{asked}/decline"))
    assert request(world).status is CoverStatus.DECLINED
    assert "asks you for cover" not in text(bo, "/me")
    assert count(world, Override) == 0


def test_withdrawing_ends_the_question(bo, ada, world):
    asked = ask(world)
    assert "Withdrawn" in text_of(ada.press(f"/me/cover/{asked}/withdraw"))
    late = text_of(bo.press(f"/me/cover/{asked}/accept"))
    assert "Withdrawn: no cover is needed any more." in late
    assert count(world, Override) == 0


def test_too_late_is_said(bo, world):
    asked = ask(world)
    world.clock.advance(3601)
    assert "the time to answer is over" in text_of(bo.press(f"/me/cover/{asked}/accept"))
    assert "Nobody answered in time" in text(bo, f"/me/cover/{asked}")


def test_whoever_was_beaten_reads_by_whom_and_when(bo, world):
    nadia = world.user("Nadia").id
    values = {"label": "Mobile", "value": "+628120000009"}

    def join(op):
        part = op.session.scalar(
            sa.select(RotationPart.id)
            .join(RotationVersion)
            .where(RotationVersion.rotation_id == uuid.UUID(str(rotation(world, "backup"))))
        )
        op.session.add(PartMember(part_id=part, position=1, user_id=nadia))
        op.session.add(ContactMethod(user_id=nadia, created_at=op.now, verified_at=op.now, **values))

    world.do(join)
    asked = ask(world, whom=None)
    world.do(lambda op: cover.accept(op, uuid.UUID(asked), op.session.get_one(User, nadia)))
    world.clock.advance(40)
    page = text_of(bo.press(f"/me/cover/{asked}/accept"))
    assert "Nothing was changed: Nadia Noor covers it, since 40 seconds ago." in page


def test_a_request_is_seen_by_those_in_it_alone(cy, otto, world):
    asked = ask(world)
    for browser in (cy, otto):
        assert browser.get(f"/me/cover/{asked}").status_code == 404
        assert browser.press(f"/me/cover/{asked}/decline").status_code == 404
    assert otto.press(f"/me/cover/{asked}/accept").status_code == 403
    for junk in ("junk", str(uuid.uuid4())):
        assert cy.press(f"/me/cover/{junk}/accept").status_code == 404


def test_a_shift_that_is_mine_by_override_is_marked_and_given_back(bo, world):
    made = add_override(world, "primary", "Bo", HOUR, 3 * HOUR)
    page = text(bo, "/me/shifts")
    assert '<span class="tag">override</span>' in page
    assert "Give it back" in page
    answer = text_of(bo.press(f"/overrides/{made}/end", back="shifts"))
    assert "The override has ended." in answer
    assert "Give it back" not in answer


def test_a_shift_says_its_days_even_when_that_is_today(bo, world):
    add_override(world, "primary", "Bo", timedelta(0), HOUR)
    page = bo.get("/me/shifts").text
    running = page.split('<li class="shift is-now">', 1)[1].split("</li>", 1)[0]
    begins, ends = re.findall(r"<time [^>]*>([^<]+)</time>", running)[:2]
    assert [bool(re.fullmatch(r"\w{3} \d+ Nov \d\d:\d\d", one)) for one in (begins, ends)] == [True, True]


def test_what_is_written_by_people_is_shown_as_text(bo, world):
    asked = ask(world, reason="<script>alert(1)</script>")
    for path in ("/me", f"/me/cover/{asked}"):
        assert "<script>alert" not in bo.get(path).text
        assert "&lt;script&gt;" in bo.get(path).text


def test_the_pages_speak_indonesian(ada, world):
    world.change_user("Ada", language="id")
    assert "Anda piket" in text(ada, "/me")
    assert "Giliran piket saya" in text(ada, "/me/shifts")
    assert "7 hari ke depan sebagai daftar" in text(ada)


def test_a_duty_that_passes_on_is_so_for_both(ada, bo, world):
    add_override(world, "primary", "Bo", timedelta(0), HOUR)
    with world.reading() as op:
        assert [duty.names for duty in duties(op)] == ["Bo Diddley", "Bo Diddley"]
    assert "You are not on call" in text(ada, "/me")
    assert "You are on call" in text(bo, "/me")


def test_what_a_colleague_hands_over_to_me_has_its_button(ada, bo, world):
    reference = world.report()
    world.take(reference, "Ada")

    def hand_over(op):
        ada, bo = (op.session.get_one(User, world.user(name).id) for name in ("Ada", "Bo"))
        handovers.ask(op, world.found(op, reference), ada, bo)

    world.do(hand_over)
    page = bo.get("/me").text
    assert page.index("You are asked to take") < page.index(f"/incidents/{reference}/take")
    bo.press(f"/incidents/{reference}/take")
    assert world.incident(reference).owner_id == world.user("Bo").id
    assert "You are asked to take" not in bo.get("/me").text
