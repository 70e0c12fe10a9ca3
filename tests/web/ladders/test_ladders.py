"""The ladders' pages: read by everybody, changed by managers, looked at before anything is saved."""

import html
import re
import uuid

import pytest
import sqlalchemy as sa

from hotline.db.models import (
    AuditEntry,
    Contract,
    ContractProduct,
    Incident,
    Ladder,
    Product,
    Rotation,
    Rung,
    RungTarget,
    TargetKind,
    Team,
    User,
)
from tests.web.admin.conftest import fields


@pytest.fixture
def ladder_id(world):
    return world.ask(lambda op: op.session.scalars(sa.select(Ladder.id)).one())


@pytest.fixture
def change(ladder_id):
    return f"/ladders/{ladder_id}/change"


def words_of(page):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def target(world, kind, name):
    model, column = {"on_call": (Rotation, "layer"), "person": (User, "name")}.get(kind, (Team, "name"))
    query = sa.select(model.id).where(getattr(model, column) == name)
    return f"{kind}:{world.ask(lambda op: op.session.scalars(query).one())}"


def press(browser, path, do, page=None, **typed):
    """Press a button of the form on ``path`` (or on the page that is shown) after typing."""
    shown = browser.get(path) if page is None else page
    return browser.client.post(path, data={**fields(shown.text), **typed, "do": do})


def look_and_save(browser, path, **typed):
    seen = press(browser, path, "look", **typed)
    assert seen.status_code == 200, words_of(seen)
    assert "Look before it is saved" in seen.text
    return press(browser, path, "save", seen)


def saved(world, ladder_id):
    """The rungs: delay and targets by kind."""

    def read(op):
        row = op.session.get(Ladder, ladder_id)
        rungs = [(one.delay_seconds, [target.kind.value for target in one.targets]) for one in row.rungs]
        return row.name, row.repeat_after_seconds, row.repeats, rungs

    return world.ask(read)


def make(world, name, *phones, **values):
    """A ladder that rings these people at once."""

    def work(op):
        team = op.session.scalars(sa.select(Team.id)).first()
        found = [op.session.scalars(sa.select(User.id).where(User.name == one)).one() for one in phones]
        row = Ladder(name=name, team_id=team, **values)
        row.rungs = [
            Rung(position=0, delay_seconds=0, targets=[
                RungTarget(place=place, kind=TargetKind.PERSON, user_id=user_id)
                for place, user_id in enumerate(found)
            ])
        ]  # fmt: skip
        op.session.add(row)

    world.do(work)
    return world.ask(lambda op: op.session.scalars(sa.select(Ladder.id).where(Ladder.name == name)).one())


def test_everybody_reads_the_ladders_and_only_managers_may_change_them(ada, cy, otto, ladder_id, change):
    for browser in (ada, otto, cy):
        assert "databases" in words_of(browser.get("/ladders"))
        page = words_of(browser.get(f"/ladders/{ladder_id}"))
        assert "at once primary Ada Lovelace after 1 min backup Bo Diddley" in page
    assert [one.get(change).status_code for one in (ada, otto, cy)] == [403, 403, 200]
    assert [one.get("/ladders/new").status_code for one in (ada, otto, cy)] == [403, 403, 200]
    assert ada.press(f"/ladders/{ladder_id}/end").status_code == 403


def test_steps_are_added_moved_and_removed_by_buttons_and_nothing_is_saved_by_them(
    cy, world, ladder_id, change
):
    before = saved(world, ladder_id)
    page = press(cy, change, "add-step")
    assert page.text.count("<legend>Step") == 3
    assert 'data-go-on="rungs-2-after"' in page.text
    cy_target = target(world, "person", "Cy Young")
    page = press(cy, change, "add-target 2", page, **{"rungs-2-after": "5", "rungs-2-targets-0": cy_target})
    assert 'name="rungs-2-targets-1"' in page.text
    page = press(cy, change, "remove-target 2 1", page)
    assert 'name="rungs-2-targets-1"' not in page.text
    page = press(cy, change, "up 2", page)
    moved = fields(page.text)
    assert moved["rungs-1-targets-0"] == cy_target
    assert (moved["rungs-1-after"], moved["rungs-2-after"]) == ("1", "5"), "the minutes stay in their places"
    page = press(cy, change, "remove-step 0", page)
    assert fields(page.text)["rungs-0-targets-0"] == cy_target
    assert saved(world, ladder_id) == before


@pytest.mark.parametrize(
    "do",
    ["up 0", "down 1", "remove-step 9", "up x", "remove-target 0 5", "remove-target 0", "up -1", "odd", ""],
)
def test_a_button_that_is_not_there_changes_nothing(cy, world, ladder_id, change, do):
    before = saved(world, ladder_id)
    page = press(cy, change, do)
    assert page.status_code == 200
    assert page.text.count("<legend>Step") == 2
    assert saved(world, ladder_id) == before


def test_who_would_be_rung_is_seen_before_and_after_and_then_it_is_saved_with_its_audit_entry(
    cy, world, ladder_id, change
):
    typed = {
        "rungs-1-after": "2",
        "rungs-1-targets-0": target(world, "person", "Cy Young"),
        "repeat_after": "0:45",
        "at": "2026-11-29T03:00",
    }
    seen = press(cy, change, "look", **typed)
    text = words_of(seen)
    assert "Called now As it is" in text
    assert "After saving 0:00" in text
    assert "2:00" in text
    assert "Cy Young" in text
    assert "Called at" in text
    assert saved(world, ladder_id)[1] == 120, "looking saves nothing"
    done = press(cy, change, "save", seen)
    assert done.status_code == 303
    assert saved(world, ladder_id) == ("databases", 45, None, [(0, ["on_call"]), (120, ["person"])])
    entry = world.ask(lambda op: op.session.scalars(sa.select(AuditEntry)).one())
    assert (entry.kind, entry.action, entry.subject) == ("ladder", "changed", "databases")
    assert entry.before["rungs"] == ["0:00 primary (Databases)", "1:00 backup (Databases)"]
    assert entry.after["rungs"] == ["0:00 primary (Databases)", "2:00 Cy Young"]
    assert "0:45" in words_of(cy.get(f"/ladders/{ladder_id}"))


def test_what_was_not_looked_at_is_not_saved(cy, world, ladder_id, change):
    seen = press(cy, change, "look", **{"rungs-1-after": "2"})
    page = press(cy, change, "save", seen, **{"rungs-1-after": "9"})
    assert page.status_code == 200
    assert "Look before it is saved" in page.text
    assert saved(world, ladder_id)[3][1][0] == 60


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"name": " "}, "Type a name"),
        ({"rungs-1-after": "soon"}, "Type minutes"),
        ({"rungs-1-after": "1:75"}, "Type minutes"),
        ({"rungs-1-after": "-1"}, "Type minutes"),
        ({"rungs-0-after": "5", "rungs-1-after": "2"}, "Not before the step above"),
        ({"rungs-1-targets-0": ""}, "Choose whom to ring"),
        ({"rungs-1-targets-0": "person:junk"}, "not there, or is disabled"),
        ({"rungs-1-targets-0": f"on_call:{uuid.UUID(int=5)}"}, "This one is not, or has ended"),
        ({"repeat_after": "0:10"}, "half a minute"),
        ({"repeats": "many"}, "whole number"),
        ({"repeats": "99"}, "From 1 to 50"),
        ({"repeats": "3"}, "Nothing follows after these rounds"),
        ({"fallback": "junk"}, "Choose one that is there"),
        ({"team": ""}, "Choose one that is there"),
        ({"at": "tomorrow"}, "no day and time"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(cy, world, ladder_id, change, typed, why):
    before = saved(world, ladder_id)
    page = press(cy, change, "look", **typed)
    assert page.status_code == 422
    assert why in page.text
    assert 'aria-invalid="true"' in page.text
    assert "thing to mend" in page.text or "things to mend" in page.text
    assert saved(world, ladder_id) == before


def test_whoever_is_on_the_ladder_already_an_auditor_or_gone_cannot_be_chosen(cy, world, change):
    twice = target(world, "on_call", "primary")
    assert "nobody is rung twice" in press(cy, change, "look", **{"rungs-1-targets-0": twice}).text
    otto = target(world, "person", world.user("Otto").name)
    assert "is an auditor" in press(cy, change, "look", **{"rungs-1-targets-0": otto}).text
    world.change_user("Bo", disabled_at=world.clock.now())
    bo = target(world, "person", "Bo Diddley")
    assert "or is disabled" in press(cy, change, "look", **{"rungs-1-targets-0": bo}).text


def test_a_ladder_on_which_nobody_can_be_rung_now_is_refused_with_the_reason(cy, world, ladder_id, change):
    world.change_user("Ada", phone=None)
    world.change_user("Bo", phone=None)
    page = press(cy, change, "save", **{"rungs-1-after": "3"})
    assert page.status_code == 409
    text = words_of(page)
    assert "Nobody would be rung now" in text
    assert "Ada Lovelace (primary), has no phone number" in text
    again = press(cy, change, "save", page)
    assert again.status_code == 409
    assert saved(world, ladder_id)[3][1][0] == 60
    assert "nobody would be rung now" in words_of(cy.get("/ladders"))
    assert "Nobody would be rung now" in words_of(cy.get(f"/ladders/{ladder_id}"))


def test_a_fallback_that_leads_back_is_refused_and_one_that_does_not_is_shown(cy, world, ladder_id, change):
    other = make(world, "Singapore", "Bo Diddley", fallback_id=ladder_id)
    page = press(cy, change, "look", fallback=str(other))
    assert page.status_code == 422
    assert "That leads back to this ladder: Singapore" in words_of(page)
    third = make(world, "Lagos", "Bo Diddley")
    assert look_and_save(cy, change, fallback=str(third), repeats="3").status_code == 303
    assert "After 3 rounds the hunt goes on with Lagos" in words_of(cy.get(f"/ladders/{ladder_id}"))
    assert "Follows on databases" in words_of(cy.get("/ladders"))


def test_whoever_saved_meanwhile_is_named_and_nothing_typed_is_lost(cy, nadia, world, ladder_id, change):
    mine = press(cy, change, "look", **{"rungs-1-after": "7"})
    assert look_and_save(nadia, change, name="Databases, renamed").status_code == 303
    page = press(cy, change, "save", mine)
    assert page.status_code == 409
    text = words_of(page)
    assert "Nadia" in text
    assert "saved this meanwhile" in text
    assert fields(page.text)["rungs-1-after"] == "7"
    seen = press(cy, change, "save", page, name="Databases, renamed")
    assert seen.status_code == 200
    assert press(cy, change, "save", seen).status_code == 303
    assert saved(world, ladder_id)[3][1][0] == 420


def test_a_new_ladder_is_made_once_also_by_a_double_tap(cy, world):
    typed = {
        "name": "Night",
        "team": world.ask(lambda op: str(op.session.scalars(sa.select(Team.id)).one())),
        "rungs-0-targets-0": target(world, "team", "Databases"),
    }
    seen = press(cy, "/ladders/new", "look", **typed)
    assert seen.status_code == 200
    assert [press(cy, "/ladders/new", "save", seen).status_code for _ in range(2)] == [303, 303]
    assert world.ask(lambda op: op.session.scalar(sa.select(sa.func.count()).select_from(Ladder))) == 2
    other = press(cy, "/ladders/new", "look", **typed)
    assert "has that name already" in other.text


def test_a_ladder_ends_only_when_nothing_leads_to_it_and_comes_back(cy, world, ladder_id):
    reference = world.report("Contoso")
    page = words_of(cy.press(f"/ladders/{ladder_id}/end"))
    page = words_of(cy.get(f"/ladders/{ladder_id}"))
    assert "Numbers lead to it" in page
    assert "Contracts lead to it: 100000, 100001" in page
    assert reference in page
    spare = make(world, "Spare", "Bo Diddley")
    cy.press(f"/ladders/{spare}/end")
    assert "It can be chosen no more" in words_of(cy.get(f"/ladders/{spare}"))
    assert str(spare) not in cy.get(f"/ladders/{ladder_id}/change").text
    cy.press(f"/ladders/{spare}/end")
    cy.press(f"/ladders/{spare}/back")
    assert "It can be chosen no more; everything" not in words_of(cy.get(f"/ladders/{spare}"))
    actions = world.ask(
        lambda op: list(op.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.subject == "Spare")))
    )
    assert sorted(actions) == ["brought back", "ended"]


def test_the_duty_manager_is_whoever_is_on_call_in_the_layer_that_is_chosen(
    cy, ada, world, ladder_id, change
):
    team = world.ask(lambda op: op.session.scalars(sa.select(Team.id)).one())
    backup = target(world, "on_call", "backup").partition(":")[2]
    assert "No duty manager can be chosen for Databases yet" in words_of(cy.get(change))
    refused = press(cy, change, "look", **{"rungs-1-targets-0": f"duty_manager:{team}"})
    assert "has no managers" in words_of(refused)
    assert ada.press(f"/ladders/managers/{team}", layer=backup).status_code == 403
    cy.press(f"/ladders/managers/{team}", layer=backup)
    duty = f"duty_manager:{team}"
    assert look_and_save(cy, change, **{"rungs-1-targets-0": duty}).status_code == 303
    assert "duty manager of Databases Bo Diddley" in words_of(cy.get(f"/ladders/{ladder_id}"))
    cy.press(f"/ladders/managers/{team}", layer="junk")
    assert "duty manager of Databases Bo Diddley" in words_of(cy.get(f"/ladders/{ladder_id}"))


def test_the_dry_run_is_an_address_and_says_who_is_rung_and_who_is_skipped(ada, cy, world, ladder_id):
    world.change_user("Ada", phone=None)
    address = f"/ladders/dry-run?of=ladder:{ladder_id}&at=2026-11-22T03:00&zone=Asia/Jakarta&phones=ring-on"
    text = words_of(ada.get(address))
    assert "Bo Diddley (backup)" in text
    assert "Skipped: Ada Lovelace (primary), has no phone number" in text
    assert "30:00 The time is over" in text
    assert "costs" not in text
    assert "Contoso" not in ada.get("/ladders/dry-run").text
    contract, product = world.ask(
        lambda op: op.session.execute(
            sa.select(ContractProduct.contract_id, ContractProduct.product_id)
        ).first()
    )
    of = f"contract:{contract}:{product}"
    assert "of the contract year costs" in words_of(cy.get(f"/ladders/dry-run?of={of}"))
    assert ada.get(f"/ladders/dry-run?of={of}").status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        "of=ladder:junk",
        f"of=ladder:{uuid.UUID(int=7)}",
        "of=contract:1:2",
        "of=odd",
        "of=ladder:1:2",
        "at=soon",
        "at=9999-01-01T00:00",
        "of=contract",
    ],
)
def test_an_address_that_means_nothing_says_so(cy, query):
    page = cy.get(f"/ladders/dry-run?{query}")
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert cy.get(f"/ladders/dry-run?zone=Mars/Olympus&{query}").status_code == 422


def test_incidents_take_the_ladder_of_the_product_then_of_the_contract(nadia, cy, world, ladder_id):
    own = make(world, "Exchange only", "Bo Diddley")
    row = world.ask(
        lambda op: op.session.scalars(sa.select(Contract).where(Contract.number == "100000")).one().id
    )
    first, *_ = world.ask(lambda op: [str(one) for one in op.session.scalars(
        sa.select(ContractProduct.product_id).where(ContractProduct.contract_id == row)
        .order_by(ContractProduct.position))])  # fmt: skip
    page = nadia.get("/ladders/contracts")
    of_this = page.text.partition(f'action="/ladders/contracts/{row}"')[2]
    seen = html.unescape(re.search(r'name="seen" value="([^"]*)"', of_this)[1])
    data = {"csrf_token": nadia.token("/ladders/contracts"), "seen": seen, "ladder:": str(ladder_id)}
    path = f"/ladders/contracts/{row}"
    assert cy.press(path, seen=seen).status_code == 403
    nadia.client.post(path, data={**data, f"ladder:{first}": str(own)})
    reference = world.report("Contoso")
    taken = world.ask(
        lambda op: op.session.scalars(
            sa.select(Incident.ladder_id).where(Incident.reference == reference)
        ).one()
    )
    assert taken == own
    assert "Exchange only" in words_of(cy.get("/ladders/contracts"))
    stale = nadia.client.post(path, data={**data, f"ladder:{first}": ""}, follow_redirects=True)
    assert "changed these ladders meanwhile" in words_of(stale)
    entry = world.ask(
        lambda op: op.session.scalars(sa.select(AuditEntry).where(AuditEntry.kind == "contract")).one()
    )
    name = world.ask(lambda op: op.session.get(Product, uuid.UUID(first)).name)
    assert entry.after["ladders_of_products"] == [f"{name}: Exchange only"]
    for junk in ("{", "[1]", '{"": 3}', ""):
        answer = nadia.client.post(path, data={**data, "seen": junk})
        assert answer.status_code == 303


def test_what_is_not_there_is_not_found(cy, nadia):
    nobody = uuid.UUID(int=9)
    assert cy.get(f"/ladders/{nobody}").status_code == 404
    assert cy.get(f"/ladders/{nobody}/change").status_code == 404
    assert cy.press(f"/ladders/{nobody}/end").status_code == 404
    assert cy.press(f"/ladders/managers/{nobody}").status_code == 404
    assert nadia.press(f"/ladders/contracts/{nobody}").status_code == 404
