"""The rosters: the timeline, one exception with before and after, swaps, layers; who may, stale, twice."""

import re
import time as clock_time
import uuid
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from hotline.db.models import (
    AuditEntry,
    ContactMethod,
    Message,
    Override,
    Rotation,
    RotationVersion,
    RungTarget,
    Team,
)
from hotline.services.calendars import timeline
from hotline.services.on_call import versions
from hotline.services.on_call.rosters import duties
from tests.web.test_on_call import add_override, count, rotation, text_of, who

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def text(browser, path="/rosters"):
    return text_of(browser.get(path))


def form_of(world, **changes):
    """An override for Bo from in a day to in two, as Cy, in UTC, types it."""
    now = world.clock.now()
    return {
        "person": str(world.user("Bo").id),
        "what": "replace",
        "starts": f"{now + DAY:%Y-%m-%dT%H:%M}",
        "ends": f"{now + 2 * DAY:%Y-%m-%dT%H:%M}",
        "zone": "UTC",
        "new_id": str(uuid.uuid4()),
        **changes,
    }


def hidden(answer, name):
    return re.search(rf'name="{name}" type="hidden" value="([^"]*)"', answer.text).group(1)


def looked(browser, path, form):
    """The answer to "See before and after", and the form as the page then holds it."""
    answer = browser.press(path, **form, do="look")
    assert answer.status_code == 200, text_of(answer)
    return answer, {**form, "reviewed": hidden(answer, "reviewed"), "do": "save"}


def saved(browser, path, form, **more):
    return browser.press(path, **{**looked(browser, path, form)[1], **more})


def audited(world, kind):
    with world.reading() as op:
        return list(op.session.scalars(sa.select(AuditEntry).where(AuditEntry.kind == kind)))


def override_path(world, layer="primary"):
    return f"/rosters/{rotation(world, layer)}/override"


@pytest.mark.parametrize("scale", ["day", "week", "month"])
def test_every_scale_shows_layers_people_and_now(ada, world, scale):
    page = text(ada, f"/rosters?scale={scale}")
    for word in ("Databases", "primary", "backup", "Ada Lovelace", "Bo Diddley", "now-edge"):
        assert word in page, word
    assert ("Rotation</" in page) == (scale != "month"), "parts and overrides unless it is a month"


def test_both_zones_can_be_read_and_chosen(ada, world):
    add_override(world, "primary", "Bo", 41 * HOUR, 89 * HOUR)
    mine = text(ada, "/rosters?scale=week&from=2026-11-23")
    assert "Asia/Jakarta" in mine
    assert "Europe/Berlin" in mine
    assert 'href="/rosters?' in mine
    theirs = text(ada, "/rosters?scale=week&zone=team&from=2026-11-23")
    assert ">15:00</text>" in mine, "09:00 in Berlin seen from Jakarta"
    assert ">09:00</text>" in theirs


def test_previous_today_and_next_are_in_the_address(ada):
    page = text(ada, "/rosters?scale=week&from=2026-11-25")
    assert "23 Nov – 29 Nov 2026" in page
    assert "from=2026-11-16" in page
    assert "from=2026-11-30" in page


@pytest.mark.parametrize(
    "query", ["scale=year", "from=junk", "from=9999-12-31", "from=0001-01-01", "rows=1", "zone=Mars", "team="]
)
def test_nonsense_in_the_address_is_as_usual(ada, query):
    assert ada.get(f"/rosters?{query}").status_code == 200


def test_a_team_that_there_is_not_leads_to_the_rosters(ada):
    assert ada.get("/rosters?team=junk").headers["Location"] == "/rosters"


def test_a_gap_is_loud_and_leads_a_manager_to_the_form(ada, cy, world):
    assert "NOBODY" not in text(cy)
    add_override(world, "primary", None, 2 * DAY, 2 * DAY + HOUR)
    page = text(cy)
    assert "NOBODY primary, Tue 24 Nov 15:00 – Tue 24 Nov 16:00" in re.sub("<[^>]+>", "", page)
    assert "Put somebody on call: primary, Tue 24 Nov 15:00" in page
    assert "<strong>NOBODY</strong> primary" in text(ada)
    assert "Put somebody on call" not in text(ada)


def test_what_i_have_is_counted_and_can_be_seen_alone(ada, otto):
    page = text(ada, "/rosters?scale=week&from=2026-11-23")
    assert "<strong>You:</strong>" in page
    assert "1 shift, 7 nights." in re.sub("<[^>]+>", "", page)
    assert "is-mine" in page
    alone = text(ada, "/rosters?scale=week&mine=1")
    assert "only-mine" in alone
    assert "Show everybody" in alone
    assert "Only my shifts" not in text(otto)


def test_my_own_times_lead_an_engineer_to_asking_for_cover(ada, otto):
    page = text(ada, "/rosters?scale=week&from=2026-11-23")
    assert "/me/shifts/cover?rotation=" in page
    assert "Bo Diddley. Ask for cover" not in page
    assert "Change it" not in page
    assert 'class="cell"' not in text(otto)


def test_overrides_stand_in_a_row_of_their_own_and_lead_to_their_page(ada, world):
    made = add_override(world, "primary", "Bo", DAY, 2 * DAY, "<b>a wedding</b>")
    page = text(ada, "/rosters?scale=week&from=2026-11-23")
    assert f"/rosters/overrides/{made}" in page
    whole = text(ada, f"/rosters/overrides/{made}")
    assert "Bo Diddley is on call instead of everybody" in whole
    assert "&lt;b&gt;a wedding&lt;/b&gt;" in whole
    assert "Cancel it" not in whole, "neither Ada's nor a manager's"


def test_the_house_is_seen_at_once_and_quickly(cy, world):
    def many(op):
        user = world.user("Ada").id
        for number in range(100):
            team = Team(name=f"Team {number:03}", time_zone="Asia/Tokyo")
            op.session.add(team)
            op.session.flush()
            for place in range(3):
                row = Rotation(
                    team_id=team.id, layer=f"layer {place}", position=place, time_zone="Asia/Tokyo"
                )
                op.session.add(row)
                op.session.flush()
                plan = versions.planned([user, world.user("Bo").id], "Asia/Tokyo", date(2026, 1, 5))
                versions.begin(op, row, [plan])

    world.do(many)
    with world.reading() as op:
        begun = clock_time.process_time()
        found = timeline.read(op, op.now, op.now + 90 * DAY)
        assert clock_time.process_time() - begun < 5, "about a third of a second, a slow machine apart"
    assert len(found) == 101
    first = text(cy, "/rosters?team=all&scale=week")
    assert first.count('<section class="roster panel">') == 20
    assert "Team 000" in first
    last = text(cy, "/rosters?team=all&scale=week&page=6")
    assert last.count('<section class="roster panel">') == 1
    for junk in ("0", "-1", "x", "999999999999"):
        assert cy.get(f"/rosters?team=all&page={junk}").status_code == 200


def test_a_team_without_a_roster_teaches_the_next_step(cy, world):
    world.do(lambda op: op.session.add(Team(name="Empty", time_zone="UTC")))
    with world.reading() as op:
        empty = op.session.scalars(sa.select(Team.id).where(Team.name == "Empty")).one()
    page = text(cy, f"/rosters?team={empty}")
    assert "This team has no roster yet" in page
    assert f"/rosters/teams/{empty}/new-layer" in page


def test_the_form_is_filled_in_from_the_address(cy, world):
    bo = world.user("Bo").id
    span = "from=2026-11-26T08:00:00%2B00:00&to=2026-11-27T08:00:00%2B00:00"
    page = text(cy, f"{override_path(world)}?{span}&who={bo}&what=add")
    assert 'value="2026-11-26T08:00"' in page
    assert 'value="2026-11-27T08:00"' in page
    assert f'selected value="{bo}"' in page
    assert cy.get(f"{override_path(world)}?from=junk&to=%00").status_code == 404
    assert cy.get(f"{override_path(world)}?from=junk&to=x&who=junk&what=junk").status_code == 200


def test_looking_shows_before_and_after_and_saving_saves(cy, world):
    path, form = override_path(world), form_of(world, reason="A flight")
    answer, form = looked(cy, path, form)
    page = text_of(answer)
    assert "Before and after" in page
    assert '<strong>Bo Diddley</strong> <span class="change-more">+1 night</span>, +24 h' in page
    assert '<strong>Ada Lovelace</strong> <span class="change-less">−1 night</span>, −24 h' in page
    assert "Bo Diddley is on call in Databases, backup too" in page
    assert count(world, Override) == 0
    assert "Saved: primary, Mon 23 Nov 15:00 to Tue 24 Nov 15:00." in text_of(cy.press(path, **form))
    assert count(world, Override) == 1
    again = text_of(cy.press(path, **form))
    assert "That was saved already: primary" in again
    assert (count(world, Override), count(world, Message)) == (1, 2)
    (entry,) = audited(world, "override")
    assert (entry.after["on_call"], entry.after["reason"]) == ("Bo Diddley", "A flight")


def test_two_managers_at_once_the_second_looks_again_and_loses_nothing(cy, nadia, world):
    path = override_path(world)
    _, mine = looked(cy, path, form_of(world, reason="Keep me"))
    saved(nadia, path, form_of(world, what="add"))
    world.clock.advance(1)
    stale = cy.press(path, **mine)
    page = text_of(stale)
    assert "has changed since you looked" in page
    assert "Keep me" in page
    assert count(world, Override) == 1
    assert "Saved:" in text_of(cy.press(path, **{**mine, "reviewed": hidden(stale, "reviewed")}))


def test_whoever_types_on_after_looking_looks_again(cy, world):
    path = override_path(world)
    _, form = looked(cy, path, form_of(world))
    answer = cy.press(path, **{**form, "ends": f"{world.clock.now() + 3 * DAY:%Y-%m-%dT%H:%M}"})
    assert "has changed since you looked" in text_of(answer)
    assert count(world, Override) == 0


def test_a_gap_is_named_and_needs_its_yes(cy, world):
    path = override_path(world)
    answer, form = looked(cy, path, form_of(world, what="nobody", person=""))
    assert "Yes, nobody is on call then." in answer.text
    refused = cy.press(path, **form)
    assert refused.status_code == 422
    assert "That leaves nobody on call." in refused.text
    assert count(world, Override) == 0
    assert "Saved:" in text_of(cy.press(path, **form, gaps="y"))


def test_the_hotline_is_not_left_unanswered(cy, world):
    add_override(world, "backup", None, timedelta(0), 9 * HOUR)
    now = world.clock.now()
    form = form_of(world, what="nobody", person="", starts=f"{now:%Y-%m-%dT%H:%M}")
    path = override_path(world)
    answer = cy.press(path, **form, do="look")
    assert "This cannot be saved: the hotline would be unanswered now." in answer.text
    assert 'value="save"' not in answer.text
    forced = cy.press(path, **{**form, "reviewed": hidden(answer, "reviewed"), "do": "save", "gaps": "y"})
    assert forced.status_code == 422
    assert "the hotline would be unanswered now. Nobody could be rung on databases." in forced.text
    assert who(world) == "Ada Lovelace"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"starts": "yesterday"}, "This is no date and time."),
        ({"starts": "9999-12-31T23:59"}, "This is no date and time."),
        ({"ends": ""}, "Say until when."),
        ({"ends": "2026-11-22T15:30"}, "It ends before it begins."),
        ({"starts": "2026-11-21T15:30"}, "That time is over."),
        ({"ends": "2027-04-22T15:30"}, "At most 90 days at a time."),
        ({"reason": "x" * 301}, "At most 300 characters."),
        ({"person": "junk"}, "Not a valid choice"),
        ({"person": ""}, "Choose somebody."),
        ({"what": "junk"}, "Not a valid choice"),
        ({"what": "instead"}, "Say instead of whom."),
        ({"zone": "Mars"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_explained_and_kept(cy, world, change, sentence):
    answer = cy.press(override_path(world), **form_of(world, **change), do="look")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert count(world, Override) == 0


def test_somebody_cannot_take_their_own_place(cy, world):
    bo = str(world.user("Bo").id)
    answer = cy.press(override_path(world), **form_of(world, what="instead", instead_of=bo), do="look")
    assert "Bo Diddley cannot take their own place." in answer.text


@pytest.mark.parametrize(
    ("starts", "ends", "remark"),
    [
        ("2027-03-28T02:30", "2027-03-28T05:00", "02:30 does not exist on that day"),
        ("2027-10-31T02:30", "2027-10-31T05:00", "02:30 comes twice on that day"),
    ],
)
def test_a_time_at_which_the_clocks_change_is_explained(cy, world, starts, ends, remark):
    form = form_of(world, starts=starts, ends=ends, zone="Europe/Berlin")
    assert remark in text_of(saved(cy, override_path(world), form))


def test_an_override_is_cancelled_with_before_and_after_in_sight(cy, world):
    made = add_override(world, "primary", "Bo", DAY, 2 * DAY)
    path = f"/rosters/overrides/{made}"
    page = cy.get(path)
    assert "Cancel it" in page.text
    assert "+1 night" in page.text
    form = {"reviewed": hidden(page, "reviewed"), "do": "save"}
    assert "The override has ended." in text_of(cy.press(path, **form))
    assert "Before and after" not in cy.get(path).text
    assert "Cy Young" in cy.get(path).text
    assert cy.press(path, **form).status_code == 200, "a second tap shows what is true"
    assert [entry.action for entry in audited(world, "override")] == ["created", "ended"]


def test_a_bystander_ends_no_override(ada, otto, world):
    made = add_override(world, "backup", "Ada", DAY, 2 * DAY)
    assert otto.press(f"/rosters/overrides/{made}", do="save").status_code == 403
    assert "Cancel it" in ada.get(f"/rosters/overrides/{made}").text, "it is she who is on call by it"


def test_two_shifts_are_swapped(cy, world):
    path = f"/rosters/{rotation(world)}/swap?from=2026-11-24T08:00:00%2B00:00&to=2026-11-25T08:00:00%2B00:00"
    add_override(world, "primary", "Bo", 8 * DAY, 9 * DAY)
    page = cy.get(path)
    assert "Ada Lovelace, primary: Tue 24 Nov 08:00 - Wed 25 Nov 08:00" in text_of(page)
    option = re.search(r'value="([^"]+)">Bo Diddley, primary: Mon 30 Nov', page.text).group(1)
    form = {"other": option, "new_id": str(uuid.uuid4())}
    assert "Swapped: Ada Lovelace, primary" in text_of(saved(cy, path, form))
    assert count(world, Override) == 3
    assert cy.press(path, other="junk", do="look").status_code == 422
    assert (
        "There is nothing to swap" in cy.get(f"/rosters/{rotation(world)}/swap?from=2030-01-01T00:00Z").text
    )


def layer_form(browser, path):
    """The form of a layer as the page shows it, as a browser would send it."""
    page = browser.get(path).text
    form = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page))
    form |= {
        name: value for value, name in re.findall(r'<input[^>]* value="([^"]*)"[^>]* name="([^"]+)"', page)
    }
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        form[name] = chosen.group(1) if chosen else ""
    for name in ("keep", "gaps", "csrf_token", "q"):
        form.pop(name, None)
    return {**form, "when": "now"}


def parts(world, layer="primary"):
    with world.reading() as op:
        row = op.session.get_one(Rotation, rotation(world, layer))
        version = versions.at(row, op.now)
        return [
            (
                plan.name,
                plan.part.cycle_days,
                len(plan.part.members),
                len(plan.part.hand_offs),
                len(plan.part.hours),
            )
            for plan in versions.plans_of(version)
        ]


def test_a_layer_is_changed_and_its_past_stays(cy, world):
    path = f"/rosters/{rotation(world)}/layer"
    form = layer_form(cy, path)
    ada, bo = (str(world.user(name).id) for name in ("Ada", "Bo"))
    assert form["parts-0-members-0"] == ada
    form |= {
        "parts-0-members-0": bo,
        "parts-0-members-1": ada,
        "parts-0-cycle_days": "1",
        "reason": "Shorter",
    }
    form |= {"parts-0-hand_offs-1-day": "1", "parts-0-hand_offs-1-at": "21:00"}
    world.clock.advance(1)
    assert "The layer primary was changed." in text_of(saved(cy, path, form))
    assert parts(world) == [("", 1, 2, 2, 0)]
    assert count(world, RotationVersion) == 3
    with world.reading() as op:
        past = next(duty for duty in duties(op, at=op.now - DAY) if duty.layer == "primary")
        assert [user.name for user in past.users] == ["Ada Lovelace"]
    (entry,) = audited(world, "rotation")
    assert entry.before["parts"][0].startswith("Ada Lovelace; 7 days")
    assert entry.after["parts"][0].startswith("Bo Diddley, Ada Lovelace; 1 days")


def test_who_is_on_call_now_is_kept_when_asked_for(cy, world):
    path = f"/rosters/{rotation(world)}/layer"
    form = layer_form(cy, path)
    ada, bo = (str(world.user(name).id) for name in ("Ada", "Bo"))
    for place, people in (("0", (bo, ada)), ("1", (ada, bo))):
        form |= {
            "parts-0-members-0": people[0],
            "parts-0-members-1": people[1],
            "keep": "y",
            "new_id": str(uuid.uuid4()),
        }
        world.clock.advance(60)
        saved(cy, path, form)
        assert who(world) == "Ada Lovelace", place


def test_rows_are_added_moved_and_taken_out_without_a_script(cy, world):
    path = f"/rosters/{rotation(world)}/layer"
    form = layer_form(cy, path)
    bo = str(world.user("Bo").id)

    def wish(value, **more):
        return cy.press(path, **{**form, **more, "do": value}).text

    assert "parts-0-members-1" in wish("add:members:0")
    assert "parts-1-members-0" in wish("add:part")
    assert "parts-0-hand_offs-1-at" in wish("add:hand_offs:0")
    assert "parts-0-hours-0-days" in wish("add:hours:0")
    moved = wish("up:members:0:1", **{"parts-0-members-1": bo})
    assert re.search(rf'name="parts-0-members-0".*?selected value="{bo}"', moved, re.S)
    for junk in (
        "drop:part:0",
        "drop:members:0:9",
        "up:x:0:0",
        "add:part:9:9",
        "down:members:-1:0",
        "drop:hours:0:zz",
    ):
        assert "parts-0-members-0" in wish(junk)
    assert count(world, RotationVersion) == 2


def test_parts_follow_the_sun(cy, world):
    path = f"/rosters/{rotation(world)}/layer"
    form = layer_form(cy, path)
    form |= {
        "parts-0-name": "Europe",
        "parts-0-hours-0-days": "all",
        "parts-0-hours-0-begins": "08:00",
        "parts-0-hours-0-ends": "20:00",
        "parts-1-name": "Asia",
        "parts-1-zone": "Asia/Jakarta",
        "parts-1-starts_on": "2026-01-05",
        "parts-1-cycle_days": "7",
        "parts-1-members-0": str(world.user("Bo").id),
        "parts-1-hand_offs-0-day": "1",
        "parts-1-hand_offs-0-at": "09:00",
        "parts-1-hours-0-days": "work",
        "parts-1-hours-0-begins": "02:00",
        "parts-1-hours-0-ends": "14:00",
    }
    answer, form = looked(cy, path, form)
    assert "NOBODY" in answer.text, "Saturday and Sunday nights have nobody now"
    assert "was changed" in text_of(cy.press(path, **form, gaps="y"))
    assert parts(world) == [("Europe", 7, 1, 1, 7), ("Asia", 7, 1, 1, 5)]
    again = layer_form(cy, path)
    assert (again["parts-0-hours-0-days"], again["parts-1-hours-0-days"]) == ("all", "work")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"parts-0-zone": "Mars/Phobos"}, "There is no such time zone."),
        ({"parts-0-starts_on": "junk"}, "Type a day such as"),
        ({"parts-0-starts_on": "0001-01-01"}, "Type a day such as"),
        ({"parts-0-cycle_days": "0"}, "From 1 to 84 days."),
        ({"parts-0-cycle_days": "999999999999"}, "From 1 to 84 days."),
        ({"parts-0-members-0": ""}, "Choose at least one person."),
        ({"parts-0-members-0": "junk"}, "Choose at least one person."),
        ({"parts-0-hand_offs-0-at": "25:99"}, "Type a time such as 09:00."),
        ({"parts-0-hand_offs-0-day": "8"}, "A hand-off lies within the cycle"),
        ({"parts-0-hours-0-days": "junk", "parts-0-hours-0-begins": ""}, "Type a time such as 09:00."),
        ({"when": "at", "at": "junk"}, "This is no date and time."),
        ({"when": "at", "at": "2026-11-20T09:00"}, "That time is over."),
        ({"when": "at", "at": "2028-11-20T09:00"}, "Choose a time within a year"),
        ({"when": "junk"}, "Not a valid choice"),
        ({"parts-0-name": "x" * 41}, "At most 40 characters."),
    ],
)
def test_a_layer_that_cannot_be_is_explained(cy, world, change, sentence):
    path = f"/rosters/{rotation(world)}/layer"
    answer = cy.press(path, **{**layer_form(cy, path), **change, "do": "look"})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert count(world, RotationVersion) == 2


def test_a_layer_is_added_and_ended(cy, world):
    with world.reading() as op:
        team = op.session.scalars(sa.select(Team.id)).one()
    path = f"/rosters/teams/{team}/new-layer"
    form = {**layer_form(cy, path), "layer": "night", "parts-0-members-0": str(world.user("Bo").id)}
    nameless = cy.press(path, **{**form, "layer": " ", "do": "look"})
    assert "Give the layer a name" in nameless.text
    same = cy.press(path, **{**form, "layer": "Primary", "do": "look"})
    assert "The team has or had a layer of that name." in same.text
    assert "The layer night was added." in text_of(saved(cy, path, form))
    assert who(world, "night") == "Bo Diddley"
    end = f"/rosters/{rotation(world, 'night')}/end"
    page = cy.get(end)
    done = cy.press(end, reviewed=hidden(page, "reviewed"), do="save", gaps="y")
    assert "The layer night has ended." in text_of(done)
    assert cy.get(end).status_code == 404
    assert ">night<" not in text(cy, "/rosters?scale=day&from=2026-11-25")


def test_a_layer_that_a_ladder_rings_is_not_ended(cy, world):
    assert count(world, RungTarget) > 0
    page = cy.get(f"/rosters/{rotation(world)}/end")
    assert page.status_code == 422
    assert "Ladders ring this layer: databases." in page.text


def test_somebody_without_a_number_in_a_layer_is_named(cy, world):
    world.do(
        lambda op: op.session.execute(
            sa.update(ContactMethod)
            .where(ContactMethod.user_id == world.user("Bo").id)
            .values(removed_at=op.now)
        )
    )
    path = f"/rosters/{rotation(world)}/layer"
    answer, _form = looked(cy, path, {**layer_form(cy, path), "parts-0-members-0": str(world.user("Bo").id)})
    assert "Bo Diddley cannot be rung: there is no verified number that works." in answer.text


@pytest.mark.parametrize("page", ["override", "swap", "layer", "end"])
def test_engineers_and_auditors_plan_nothing(ada, otto, world, page):
    path = f"/rosters/{rotation(world)}/{page}"
    for browser in (ada, otto):
        assert (browser.get(path).status_code, browser.press(path, do="save").status_code) == (403, 403)


def test_a_stranger_signs_in_first(stranger, world):
    assert stranger.get("/rosters").status_code == 302
    assert stranger.get(override_path(world)).status_code == 302


@pytest.mark.parametrize("junk", ["junk", "01890000-0000-7000-8000-000000000000", "%00"])
def test_junk_in_an_address_is_not_found(cy, junk):
    for page in ("override", "swap", "layer", "end"):
        assert cy.get(f"/rosters/{junk}/{page}").status_code == 404
    assert cy.get(f"/rosters/overrides/{junk}").status_code == 404
    assert cy.get(f"/rosters/teams/{junk}/new-layer").status_code == 404
