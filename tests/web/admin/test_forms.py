"""Typing, looking, saving: the forms of the administration."""

import re
import uuid

import pytest

from hotline.db.models import AuditEntry, Caller, Contract, Customer, ServiceNumber, Team

from .conftest import Desk, fields

ACME = {"name": "Acme", "language": "id", "time_zone": "Asia/Jakarta"}


NOBODY_HAS = uuid.UUID("7f9f4a52-5d0a-4c35-9d2b-9a1a2d7f3e10")  # one for every worker of a run


def rows(world, model, *where):
    with world.reading() as op:
        return op.session.query(model).filter(*where).all()


def test_nothing_is_saved_before_it_was_looked_at(desk, world):
    seen = desk.look("/admin/teams/new", name="Payments", time_zone="Asia/Jakarta")
    assert seen.status_code == 200
    assert "Look before it is saved" in seen.text
    assert "<ins>Payments</ins>" in seen.text
    assert rows(world, Team, Team.name == "Payments") == []
    assert rows(world, AuditEntry) == []
    page = desk.send("/admin/teams/new", fields(seen.text))
    assert "Saved. The audit trail has it." in page.text
    assert "<strong>Nadia Noor</strong> created" in page.text
    assert len(rows(world, Team, Team.name == "Payments")) == 1


def test_whoever_types_on_after_looking_looks_again(desk, world):
    seen = fields(desk.look("/admin/teams/new", name="Payments").text)
    again = desk.send("/admin/teams/new", {**seen, "name": "Payouts"})
    assert "<ins>Payouts</ins>" in again.text
    assert len(rows(world, Team)) == 1
    desk.send("/admin/teams/new", fields(again.text))
    assert sorted(team.name for team in rows(world, Team)) == ["Databases", "Payouts"]


def test_a_change_shows_what_was_and_what_will_be(desk, world):
    team = rows(world, Team)[0]
    seen = desk.look(f"/admin/teams/{team.id}/change", name="Data")
    assert "<del>Databases</del>" in seen.text
    assert "<ins>Data</ins>" in seen.text
    assert "<del>Europe/Berlin</del>" not in seen.text
    assert "Nothing differs" in desk.look(f"/admin/teams/{team.id}/change").text


def test_what_is_wrong_stands_beside_its_field_and_above_with_links(desk, world):
    page = desk.look("/admin/callers/new?of=" + str(rows(world, Contract)[0].id), name="", phone="0811")
    assert page.status_code == 422
    assert "One thing to mend before this can be saved" in page.text
    assert '<a href="#name">' in page.text
    assert re.search(r'aria-describedby="name-error"[^>]*aria-invalid="true"', page.text)
    assert 'id="name-error">Type a name.' in page.text
    assert 'role="alert" tabindex="-1" autofocus' in page.text
    assert fields(page.text)["phone"] == "0811"


@pytest.mark.parametrize(
    ("place", "typed", "field", "why"),
    [
        ("customers", {"name": "contoso"}, "name", "Contoso has that name already. Choose another."),
        ("numbers", {"phone": "+62 21 555 0100"}, "phone", "This number is here already."),
        ("numbers", {"phone": "555"}, "phone", "That is no complete international number"),
        ("products", {"name": "Oracle", "code": "two words"}, "code", "letters and digits"),
        ("products", {"name": "Oracle", "code": "ora", "position": "first"}, "position", "whole number"),
        ("products", {"name": "Oracle", "code": "ora", "position": "-1"}, "position", "whole number"),
    ],
)
def test_what_only_the_database_knows_stands_beside_the_field_too(desk, place, typed, field, why):
    page = desk.look(f"/admin/{place}/new", **typed)
    assert page.status_code == 422
    found = re.search(rf'id="{field}-error">([^<]*)<', page.text)
    assert found, page.text
    assert why in found[1]


def test_dates_that_run_backwards_are_told_at_the_later_one(desk, world):
    contract = rows(world, Contract)[0]
    page = desk.look(
        f"/admin/contracts/new?of={contract.customer_id}",
        number="777001",
        starts_on="2026-01-01",
        cover_from="2026-05-01",
        cover_until="2026-04-30",
    )
    assert page.status_code == 422
    assert 'id="cover_until-error">The last day is before the first' in page.text
    page = desk.look(
        f"/admin/contracts/new?of={contract.customer_id}", number="777001", starts_on="31/12/2026"
    )
    assert 'id="starts_on-error">That is no day' in page.text


def test_somebody_who_saved_meanwhile_is_named_and_nothing_typed_is_lost(desk, world, stranger):
    team, other = rows(world, Team)[0], stranger
    world.change_user("Cy", role="admin")
    other.sign_in("cy@example.com")
    path = f"/admin/teams/{team.id}/change"
    mine = fields(desk.browser.get(path).text)
    Desk(other).save(path, name="Data stores")
    stale = desk.send(path, {**mine, "name": "Database team"})
    assert stale.status_code == 409
    assert "Cy Young saved this meanwhile" in stale.text
    assert "<del>Databases</del> → <ins>Data stores</ins>" in stale.text
    assert "<del>Data stores</del>" in stale.text
    assert "<ins>Database team</ins>" in stale.text
    assert fields(stale.text)["name"] == "Database team"
    assert rows(world, Team)[0].name == "Data stores"
    assert "Saved." in desk.send(path, fields(stale.text)).text
    assert rows(world, Team)[0].name == "Database team"


def test_a_double_tap_on_save_makes_one(desk, world):
    seen = fields(desk.look("/admin/customers/new", **ACME).text)
    desk.send("/admin/customers/new", seen)
    assert "It was saved already." in desk.send("/admin/customers/new", seen).text
    assert len(rows(world, Customer, Customer.name == "Acme")) == 1


def test_a_draft_is_forgotten_once_the_form_is_saved(desk, nadia, world):
    page = desk.save("/admin/customers/new", **ACME)
    key = f"{world.user('Nadia').id}:/admin/customers/new"
    assert f'<meta name="hotline-saved" content="{key}">' in page.text
    assert "hotline-saved" not in nadia.get("/admin").text
    assert f'data-draft="{key}"' in nadia.get("/admin/customers/new").text


def test_a_customer_from_nothing_to_the_test_call(desk, nadia, world):
    page = desk.save("/admin/customers/new", **ACME)
    home = page.request.path
    of = home.rsplit("/", 1)[1]
    assert "Until they can call" in page.text
    page = desk.save(
        f"/admin/contracts/new?of={of}",
        number="777001",
        starts_on="2026-11-01",
        cover_from="2026-11-01",
        **{
            field: "2"
            for field in fields(nadia.get(f"/admin/contracts/new?of={of}").text)
            if "product" in field
        },
    )
    contract = page.request.path.rsplit("/", 1)[1]
    desk.save("/contracts/777001/terms/new", rising="12500\n25000")
    desk.save(f"/admin/callers/new?of={contract}", name="Wati", phone="+62 811 123 4567")
    page = desk.save(f"/admin/numbers/new?of={of}", phone="+62 21 5010 0777", label="Acme's own")
    assert "http://localhost/twilio/voice/fallback" in page.text
    home_page = nadia.get(home).text
    assert "+62 21 50100777" in home_page
    assert "Issue the PIN letter" in home_page
    (caller,) = rows(world, Caller, Caller.name == "Wati")
    assert caller.phone == "+628111234567"
    assert "+628111234567" not in nadia.get(f"/admin/contracts/{contract}").text
    (number,) = rows(world, ServiceNumber, ServiceNumber.label == "Acme's own")
    assert str(number.customer_id) == of
    assert "Told by name within 30 minutes" in nadia.get(f"/admin/contracts/{contract}").text


def test_names_are_data(desk):
    page = desk.save("/admin/teams/new", name='<script>alert("1")</script>')
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/admin/nonsense",
        "/admin/nonsense/new",
        f"/admin/teams/{NOBODY_HAS}",
        "/admin/teams/not-an-id",
        f"/admin/teams/{NOBODY_HAS}/change",
        f"/admin/contracts/{NOBODY_HAS}/pin",
        "/admin/contracts/new",
        "/admin/contracts/new?of=junk",
        f"/admin/callers/new?of={NOBODY_HAS}",
        f"/contracts/100000/terms/{NOBODY_HAS}/change",
        "/contracts/999999/terms",
    ],
)
def test_there_is_nothing_at_a_made_up_address(nadia, path):
    assert nadia.get(path).status_code == 404


def test_nul_is_nothing_that_anybody_types(desk):
    form = fields(desk.browser.get("/admin/teams/new").text)
    assert desk.send("/admin/teams/new", {**form, "name": "a\0b"}).status_code == 404


def test_ending_asks_for_what_comes_first_and_can_be_taken_back(desk, nadia, world):
    team = rows(world, Team)[0]
    home = f"/admin/teams/{team.id}"
    assert "End them on the roster page first." in nadia.get(home).text
    assert "It has rotations" in desk.press(f"{home}/end", home).text
    assert rows(world, Team)[0].ended_at is None
    page = desk.save("/admin/teams/new", name="Payments")
    home = page.request.path
    assert "It has ended." in desk.press(f"{home}/end", home).text
    assert "It had ended already." in desk.press(f"{home}/end", home).text
    assert "Ended" in nadia.get("/admin/teams").text
    assert "It is back." in desk.press(f"{home}/back", home).text
    assert "It was there already." in desk.press(f"{home}/back", home).text


def test_what_ended_is_no_choice_but_stays_on_what_has_it(desk, nadia, world):
    customer, number = rows(world, Customer)[0], rows(world, ServiceNumber)[0]
    path = f"/admin/numbers/{number.id}/change"
    desk.save(path, customer=str(customer.id))
    with world.database.write() as session:
        session.get_one(Customer, customer.id).ended_at = world.clock.now()
    assert str(customer.id) in nadia.get(path).text
    assert str(customer.id) not in nadia.get("/admin/numbers/new").text
    page = desk.look("/admin/numbers/new", phone="+62 21 5010 0778", customer=str(customer.id))
    assert 'id="customer-error">Choose one that is there.' in page.text


def test_the_overview_counts_and_leads_to_what_is_wrong(desk, nadia):
    page = desk.save("/admin/customers/new", **ACME)
    overview = nadia.get("/admin").text
    assert "Acme: there is no contract, so no PIN opens." in overview
    assert f'href="{page.request.path}"' in overview


def test_the_pages_speak_indonesian(nadia, world):
    world.change_user("Nadia", language="id")
    assert "Yang bermasalah" in nadia.get("/admin").text
    assert "Periksa sebelum menyimpan" in nadia.get("/admin/teams/new").text
    assert "Jejak audit" in nadia.get("/audit").text
