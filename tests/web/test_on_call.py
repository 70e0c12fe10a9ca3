"""Who answers now, who is next, where nobody would, and changing that: the page of all teams."""

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hotline.db.base import new_id
from hotline.db.models import (
    ContactMethod,
    Message,
    Override,
    OverrideKind,
    PartMember,
    Rotation,
    RotationPart,
    RotationVersion,
    Rung,
    RungTarget,
    User,
)
from hotline.services.on_call.rosters import duties
from hotline.services.planning import planning
from hotline.services.planning.plans import OverridePlan

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
    """Cy looks and saves, whatever gap that makes; the id of the override."""

    def work(op):
        person = None if name is None else world.user(name).id
        span = op.now + start, op.now + end
        replace = OverrideKind.REPLACE
        plan = OverridePlan(new_id(), rotation(world, layer), replace, person, None, *span, reason)
        by = op.session.get_one(User, world.user("Cy").id)
        planning.save(op, plan, by, planning.look(op, plan, by).digest, gaps_confirmed=True)
        return plan.id

    return world.ask(work)


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
    for model in (PartMember, RotationPart, RotationVersion, RungTarget, Rung, Rotation):
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
    assert "I take this now" not in otto.get("/on-call").text
    assert who(world) == "Bo Diddley"


def test_only_who_plans_rosters_is_led_to_the_form(ada, cy, world):
    assert "Put somebody on call" not in ada.get("/on-call").text
    assert f"/rosters/{rotation(world)}/override" in cy.get("/on-call").text


@pytest.mark.parametrize("junk", ["junk", "01890000-0000-7000-8000-000000000000", "%00"])
def test_junk_in_an_address_is_not_found(cy, junk):
    assert cy.press(f"/on-call/{junk}/take").status_code == 404
    assert cy.press(f"/overrides/{junk}/end").status_code == 404


def text_of(answer):
    return " ".join(answer.text.split())
