"""Nobody but its owner reads a whole number, an e-mail address for pages or the address of a chat room."""

import re

import pytest
import sqlalchemy as sa

from hotline.db.models import Incident, Message, User
from hotline.services.operation import Operation
from hotline.services.reaching import notification_rules
from hotline.services.response import dispatch
from hotline.web.pages.guard import PUBLIC

from .test_addresses import ROOM, verified_room
from .test_contacts import method, save

NUMBER = "+628120000001"
# However it is written: with its country, without, in groups, in a link.
WHOLE = re.compile(r"8\D{0,2}1\D{0,2}2(\D{0,3}0){6}\D{0,2}1(?!\d)")
EXPORTS = ("/messages.csv", "/calls.csv", "/people.csv", "/incidents.csv")


@pytest.fixture
def paged(ada, world) -> str:
    """Ada was called, texted and posted to; the reference of the incident."""
    room = verified_room(world, ada)
    mobile = method(world, NUMBER).id
    save(ada, [(0, "call", mobile), (0, "sms", mobile), (0, "webhook", room.id)])
    reference = world.report()

    def ring(op: Operation) -> None:
        incident = op.session.scalars(sa.select(Incident).where(Incident.reference == reference)).one()
        user = op.session.scalars(sa.select(User).where(User.phone == NUMBER)).one()
        dispatch.ring(op, incident, user, notification_rules.plan(op, user.id))

    world.do(ring)
    with world.reading() as op:
        assert op.session.scalar(sa.select(sa.func.count()).where(Message.incident_id.is_not(None))) >= 2
    return reference


@pytest.mark.parametrize("name", ["bo", "cy", "otto"])
def test_pages_and_files_show_engineers_numbers_masked(request, app, paged, name):
    browser, read = request.getfixturevalue(name), 0
    paths = [rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and "<" not in rule.rule]
    own = {"/sign-out", "/static"}
    shown = [path for path in paths if path not in own and not path.startswith("/sign-in")]
    for path in [*shown, f"/incidents/{paged}", f"/search?q={paged}", "/search?q=Ada", "/messages", *EXPORTS]:
        answer = browser.get(path)
        if answer.status_code != 200 or not answer.mimetype.startswith(("text/", "application/json")):
            continue
        read += 1
        assert not WHOLE.search(answer.text), path
        assert ROOM not in answer.text, path
        assert "T01/x7Qa" not in answer.text, path
    assert read > 12


def test_the_incident_says_where_the_page_went_without_giving_it_away(bo, paged):
    text = bo.get(f"/incidents/{paged}").text
    assert "Page to Ada Lovelace (chat.example.com/…x7Qa)." in text
    assert "Page to Ada Lovelace (+62…01)." in text


def test_the_owner_reads_it_whole(ada, paged):
    assert WHOLE.search(ada.get("/me/contacts").text)
    assert "pages.contacts" not in PUBLIC
