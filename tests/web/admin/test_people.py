"""Administering people: accounts, details, passwords, numbers."""

import re

import pytest

from hotline.db.models import AuditEntry, ContactMethod, User

GRACE = {
    "name": "Grace Hopper",
    "email": "grace@example.com",
    "role": "engineer",
    "time_zone": "Asia/Jakarta",
}


@pytest.fixture
def home(world):
    return lambda name: f"/people/{world.user(name).id}"


def actions(world):
    with world.reading() as op:
        return [entry.action for entry in op.session.query(AuditEntry).order_by(AuditEntry.id)]


def test_a_new_person_gets_a_password_that_is_shown_once_and_signs_in(desk, nadia, world, home, stranger):
    page = desk.save("/people/new", **GRACE)
    assert "Grace Hopper" in page.text
    path = home("Grace") + "/password"
    asked = nadia.get(path).text
    ticket = re.search(r'name="ticket" value="([^"]+)"', asked)[1]
    form = {"csrf_token": nadia.token(path), "ticket": ticket}
    shown = [desk.send(path, form).text for _tap in range(2)]
    first, second = (re.search(r"<code>([a-z0-9-]{23})</code>", text)[1] for text in shown)
    assert first == second
    assert stranger.sign_in("grace@example.com", first).status_code == 303
    assert "That page was too old." in desk.send(path, {**form, "ticket": "junk"}).text
    assert actions(world) == ["created", "password set", "password set"]


def test_nobody_signs_in_before_a_password_was_made(desk, stranger):
    desk.save("/people/new", **GRACE)
    for guess in ("nobody has this one", "x", "grace@example.com"):
        assert stranger.sign_in("grace@example.com", guess).status_code == 401


def test_an_address_that_has_an_account_is_told_beside_it(desk):
    page = desk.look("/people/new", **{**GRACE, "email": "ADA@example.com"})
    assert page.status_code == 422
    assert 'id="email-error">Ada Lovelace has an account with this address already.' in page.text


def test_details_are_changed_and_kept_in_the_trail(desk, nadia, world, home):
    page = desk.save(home("Bo") + "/details", name="Bo Diddley II", email="bo2@example.com")
    assert "Saved." in page.text
    assert "The e-mail address was changed." in page.text
    with world.reading() as op:
        (entry,) = op.session.query(AuditEntry).all()
    assert entry.before == {"name": "Bo Diddley", "email": "bo@example.com"}
    assert entry.after == {"name": "Bo Diddley II", "email": "bo2@example.com"}


def test_a_number_is_entered_for_somebody_and_used_at_once(desk, nadia, world, home):
    path = home("Cy") + "/numbers/new"
    form = {"csrf_token": nadia.token(path), "phone": "+62 811 222 3333", "label": "Mobile"}
    page = desk.send(path, form)
    assert "The number is entered." in page.text
    assert "+628112223333" not in page.text
    assert world.user("Cy").phone == "+628112223333"
    assert "That number is theirs already." in desk.send(path, form).text
    taken = desk.send(home("Otto") + "/numbers/new", form)
    assert "This is Cy Young&#39;s number." in taken.text
    assert actions(world) == ["number entered"]


def test_a_number_is_removed_but_not_the_last_of_somebody_on_a_roster(desk, nadia, world, home):
    with world.reading() as op:
        method = op.session.query(ContactMethod).filter_by(user_id=world.user("Ada").id).one()
    path = f"{home('Ada')}/numbers/{method.id}/remove"
    assert "they are on a roster" in desk.press(path, home("Ada")).text
    entry = {"csrf_token": nadia.token(home("Ada")), "phone": "+628112223333", "label": "Home"}
    desk.send(home("Ada") + "/numbers/new", entry)
    assert "The number is removed." in desk.press(path, home("Ada")).text
    assert "It was removed already." in desk.press(path, home("Ada")).text
    assert world.user("Ada").phone == "+628112223333"
    assert desk.press(f"{home('Bo')}/numbers/{method.id}/remove", home("Bo")).status_code == 404


def test_whoever_is_disabled_and_on_a_roster_is_shown_with_where(desk, nadia, world, home):
    desk.press(home("Ada") + "/disable", home("Ada"))
    page = nadia.get(home("Ada")).text
    assert "Disabled, and still on a roster:" in page
    assert "Databases: primary" in page
    assert "Ada Lovelace is disabled and still on a roster: Databases: primary." in nadia.get("/admin").text
    assert actions(world) == ["disabled"]


def test_roles_given_on_the_pages_are_in_the_trail(desk, nadia, world, home):
    desk.send(
        home("Ada") + "/role", {"csrf_token": nadia.token(home("Ada")), "role": "manager", "was": "engineer"}
    )
    with world.reading() as op:
        (entry,) = op.session.query(AuditEntry).all()
    assert (entry.before, entry.after) == ({"role": "engineer"}, {"role": "manager"})
    assert entry.actor_id == world.user("Nadia").id


@pytest.mark.parametrize(
    "path", ["/people/new", "/people/{id}/details", "/people/{id}/numbers/new", "/people/{id}/password"]
)
def test_each_asks_once_more_who_one_is_when_that_was_long_ago(nadia, world, path):
    world.clock.advance(3600)
    answer = nadia.get(path.replace("{id}", str(world.user("Ada").id)))
    assert "/confirm" in answer.headers["Location"]


def test_nobody_was_deleted(world, desk, home):
    desk.press(home("Bo") + "/disable", home("Bo"))
    with world.reading() as op:
        assert op.session.query(User).count() == 5
