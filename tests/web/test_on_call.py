"""Who answers now, who is next, where nobody would, and changing that: the page of all teams."""

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hotline.db.models import (
    ContactMethod,
    Message,
    Override,
    PartMember,
    Rotation,
    RotationPart,
    RotationVersion,
    Rung,
    User,
)
from hotline.services.on_call import overrides
from hotline.services.on_call.rosters import duties

HOUR = timedelta(hours=1)


def text(browser, path="/on-call"):
    return " ".join(browser.get(path).text.split())


def rotation(world, layer="primary"):
    with world.reading() as op:
        return op.session.scalars(sa.select(Rotation.id).where(Rotation.layer == layer)).one()


def who(world, layer="primary"):
    with world.reading() as op:
        user = {duty.layer: duty.users[0] if duty.users else None for duty in duties(op)}[layer]
        return None if user is None else user.name


def count(world, model):
    with world.reading() as op:
        return op.session.scalar(sa.select(sa.func.count()).select_from(model))


def add_override(world, layer, name, start, end, reason=None):
    def work(op):
        person = None if name is None else op.session.get_one(User, world.user(name).id)
        by = op.session.get_one(User, world.user("Cy").id)
        span = op.now + start, op.now + end
        return overrides.put(op, rotation(world, layer), person, *span, by, reason, nobody_confirmed=True).id

    return world.ask(work)


def typed(world, span):
    """A local time as Cy, in UTC, types it."""
    return f"{world.clock.now() + span:%Y-%m-%dT%H:%M}"


def test_every_layer_says_who_and_until_when_in_both_zones(ada):
    page = text(ada)
    assert "Databases" in page
    assert page.index("primary") < page.index("backup")
    assert "Ada Lovelace" in page
    assert "Mon 23 Nov 15:00</time>" in page  # the hand-over of 09:00 in Berlin, seen from Jakarta
    assert "Mon 23 Nov 09:00</time> Europe/Berlin" in page
    assert "NOBODY" not in page


def test_a_viewer_in_the_zone_of_the_team_reads_one_time(bo):
    assert text(bo).count("Europe/Berlin)") == 0


def test_a_layer_without_anybody_is_loud(ada, world):
    world.do(lambda op: op.session.query(PartMember).delete())
    page = text(ada)
    assert page.count("<strong>NOBODY</strong>") == 2
    assert "A layer without anybody is skipped" in page


def test_a_gap_of_the_week_ahead_is_loud_days_before(ada, world):
    add_override(world, "backup", None, timedelta(days=3), timedelta(days=3, hours=9), "maintenance")
    page = text(ada)
    assert "backup: Nobody from <time" in page
    assert "Wed 25 Nov 22:00</time> to" in page
    assert "Thu 26 Nov 07:00</time>" in page
    assert "maintenance" in page


def test_a_gap_after_the_week_is_not_shouted_about_yet(ada, world):
    add_override(world, "backup", None, timedelta(days=9), timedelta(days=10))
    assert "Nobody from" not in text(ada)


def test_an_override_is_named_with_who_made_it_and_why(ada, world):
    add_override(world, "primary", "Bo", HOUR, 3 * HOUR, "<b>a wedding</b>")
    page = text(ada)
    assert "Override: <strong>Bo Diddley</strong>" in page
    assert "made by Cy Young" in page
    assert "&lt;b&gt;a wedding&lt;/b&gt;" in page
    assert "then Bo Diddley from" in page


def test_somebody_who_cannot_be_rung_is_marked(ada, world):
    world.do(lambda op: op.session.execute(sa.update(ContactMethod).values(removed_at=op.now)))
    assert "cannot be rung" in ada.get("/on-call").text


def test_no_roster_at_all_teaches_what_that_means(ada, world):
    for model in (PartMember, RotationPart, RotationVersion, Rung, Rotation):
        world.do(lambda op, model=model: op.session.query(model).delete())
    assert "nobody is rung when a customer calls" in ada.get("/on-call").text


def test_one_tap_takes_over_and_the_second_says_so(bo, world):
    path, shown = f"/on-call/{rotation(world)}/take", str(world.user("Ada").id)
    assert "You are on call now: primary, until Mon 23 Nov 09:00." in text_of(
        bo.press(path, instead_of=shown)
    )
    assert who(world) == "Bo Diddley"
    assert "You are on call there already" in text_of(bo.press(path, instead_of=shown))
    assert count(world, Override) == 1
    assert count(world, Message) == 1, "Ada is told; Cy, the manager, has no telephone"


def test_taking_over_says_when_it_is_a_double_booking(bo, world):
    answer = bo.press(f"/on-call/{rotation(world)}/take", instead_of=str(world.user("Ada").id), hours="4")
    assert "Mind: Bo Diddley is on call in Databases backup at that time too." in text_of(answer)
    world.clock.advance(4 * 3600)
    assert who(world) == "Ada Lovelace"


def test_a_stale_page_says_who_is_on_call_by_now(bo, world):
    add_override(world, "primary", "Bo", timedelta(0), HOUR)
    shown, path = str(world.user("Bo").id), f"/on-call/{rotation(world, 'backup')}/take"
    assert "You are on call there already" in text_of(bo.press(path, instead_of=shown))
    stale = bo.press(f"/on-call/{rotation(world)}/take", instead_of=str(uuid.uuid4()))
    assert "already" in text_of(stale)


def test_somebody_elses_take_over_is_named_on_a_stale_page(ada, world):
    backup = rotation(world, "backup")
    answer = ada.press(f"/on-call/{backup}/take", instead_of="")
    assert "Nothing was changed: Bo Diddley is on call there since Mon 16 Nov 15:00." in text_of(answer)
    assert who(world, "backup") == "Bo Diddley"


def test_a_manager_puts_somebody_on_call_and_reads_when(cy, world):
    path = f"/on-call/{rotation(world)}/put"
    assert "Ada Lovelace" in cy.get(path).text
    form = {
        "whom": str(world.user("Bo").id),
        "starts": typed(world, HOUR),
        "ends": typed(world, 3 * HOUR),
        "reason": "A flight",
    }
    page = text_of(cy.press(path, **form))
    assert "Bo Diddley is on call for primary from Sun 22 Nov 16:00 to Sun 22 Nov 18:00." in page
    assert "is on call then already. Nothing was changed." in text_of(cy.press(path, **form))
    assert count(world, Override) == 1


def test_nobody_needs_the_confirmation_and_what_was_typed_is_kept(cy, world):
    path = f"/on-call/{rotation(world)}/put"
    form = {
        "whom": "nobody",
        "starts": typed(world, HOUR),
        "ends": typed(world, 2 * HOUR),
        "reason": "Keep me",
    }
    refused = cy.press(path, **form)
    assert refused.status_code == 422
    assert "That leaves nobody on call." in refused.text
    assert "Keep me" in refused.text
    assert "Nobody is on call for primary" in text_of(cy.press(path, **form, nobody="y"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"starts": "yesterday"}, "This is no date and time."),
        ({"starts": "9999-12-31T23:59"}, "This is no date and time."),
        ({"starts": "0001-01-01T00:00"}, "This is no date and time."),
        ({"ends": ""}, "Say until when."),
        ({"ends": "2026-11-22T15:30"}, "It ends before it begins."),
        ({"starts": "2026-11-21T15:30"}, "That time is over."),
        ({"ends": "2027-04-22T15:30"}, "At most 90 days at a time."),
        ({"reason": "x" * 301}, "At most 300 characters."),
        ({"whom": "junk"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_explained_beside_its_field(cy, world, change, sentence):
    form = {"whom": str(world.user("Bo").id), "starts": typed(world, HOUR), "ends": typed(world, 3 * HOUR)}
    answer = cy.press(f"/on-call/{rotation(world)}/put", **{**form, **change})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert count(world, Override) == 0


@pytest.mark.parametrize(
    ("starts", "ends", "remark", "begins"),
    [
        ("2027-03-28T02:30", "2027-03-28T05:00", "02:30 does not exist on that day", "Sun 28 Mar 03:00"),
        ("2027-10-31T02:30", "2027-10-31T05:00", "02:30 comes twice on that day", "Sun 31 Oct 02:30"),
    ],
)
def test_a_time_at_which_the_clocks_change_is_explained(cy, world, starts, ends, remark, begins):
    world.change_user("Cy", time_zone="Europe/Berlin")
    form = {"whom": str(world.user("Bo").id), "starts": starts, "ends": ends}
    page = text_of(cy.press(f"/on-call/{rotation(world)}/put", **form))
    assert remark in page
    assert f"from {begins} to" in page


def test_an_override_is_ended_once(cy, world):
    made = add_override(world, "primary", "Bo", timedelta(0), 4 * HOUR)
    assert who(world) == "Bo Diddley"
    assert "The override has ended." in text_of(cy.press(f"/overrides/{made}/end"))
    assert who(world) == "Ada Lovelace"
    assert "The override had ended already." in text_of(cy.press(f"/overrides/{made}/end"))
    with world.reading() as op:
        assert op.session.get(Override, made).ends_at == op.now + 4 * HOUR, "its row is history"


def test_a_bystander_ends_nothing_and_an_auditor_takes_nothing(ada, otto, world):
    made = (
        add_override(world, "backup", "Bo", timedelta(0), 4 * HOUR) if who(world, "backup") is None else None
    )
    made = made or add_override(world, "primary", "Bo", timedelta(0), 4 * HOUR)
    assert "Only who made it" in text_of(ada.press(f"/overrides/{made}/end"))
    assert otto.press(f"/on-call/{rotation(world)}/take").status_code == 403
    assert otto.get(f"/on-call/{rotation(world)}/put").status_code == 403
    assert "I take this now" not in otto.get("/on-call").text
    assert who(world) == "Bo Diddley"


def test_an_engineer_puts_nobody_on_call(ada, world):
    path = f"/on-call/{rotation(world)}/put"
    assert (ada.get(path).status_code, ada.press(path).status_code) == (403, 403)
    assert "Put somebody on call" not in ada.get("/on-call").text


@pytest.mark.parametrize("junk", ["junk", "01890000-0000-7000-8000-000000000000", "%00"])
def test_junk_in_an_address_is_not_found(cy, junk):
    assert cy.press(f"/on-call/{junk}/take").status_code == 404
    assert cy.get(f"/on-call/{junk}/put").status_code == 404
    assert cy.press(f"/overrides/{junk}/end").status_code == 404


def text_of(answer):
    return " ".join(answer.text.split())
