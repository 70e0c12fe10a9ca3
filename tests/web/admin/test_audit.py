"""The audit trail on the pages: ``/audit``."""

import csv
import io
import uuid

import pytest

from hotline.db.models import AuditEntry, Team, User
from hotline.services import audit


@pytest.fixture
def trail(world):
    """Three changes: a team's by Cy, a customer's by Nadia, and one at the command line."""

    def work(op):
        people = {user.name.split()[0]: user for user in op.session.query(User)}
        team = op.session.query(Team).one()
        audit.record(
            op,
            people["Cy"],
            "changed",
            "team",
            team.id,
            "Databases",
            before={"name": "DB"},
            after={"name": "Databases"},
        )
        audit.record(
            op,
            people["Nadia"],
            "created",
            "customer",
            uuid.uuid4(),
            "Jürgen & Söhne",
            after={"language": "id"},
        )
        audit.record(
            op,
            None,
            "changed",
            "person",
            people["Ada"].id,
            "Ada Lovelace",
            before={"role": "engineer"},
            after={"role": "manager"},
        )

    world.do(work)


def test_the_newest_comes_first_and_reads_as_before_and_after(nadia, trail):
    page = nadia.get("/audit").text
    assert page.index("Ada Lovelace") < page.index("Jürgen &amp; Söhne") < page.index(">Databases<")
    assert "<del>DB</del>" in page
    assert "<ins>Databases</ins>" in page
    assert "<del>Engineer</del>" in page
    assert "The command line" in page


@pytest.mark.parametrize("who", ["ada", "cy"])
def test_only_admins_and_auditors_read_it(who, request):
    assert request.getfixturevalue(who).get("/audit").status_code == 403


def test_an_auditor_reads_it_without_links_that_lead_nowhere(otto, trail):
    page = otto.get("/audit")
    assert page.status_code == 200
    assert "/admin/teams/" not in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=team", ["Databases"]),
        ("q=jurgen", ["Jürgen & Söhne"]),
        ("person=nobody", ["Ada Lovelace"]),
        ("person={cy}", ["Databases"]),
        ("row={team}", ["Databases"]),
        ("from=2026-11-22&to=2026-11-22", ["Ada Lovelace", "Jürgen & Söhne", "Databases"]),
        ("to=2026-11-21", []),
    ],
)
def test_it_is_narrowed_by_kind_person_subject_and_day(nadia, trail, world, query, found):
    with world.reading() as op:
        team = op.session.query(Team).one().id
    query = query.replace("{cy}", str(world.user("Cy").id)).replace("{team}", str(team))
    lines = list(
        csv.DictReader(io.StringIO(nadia.get(f"/audit.csv?{query}").get_data(as_text=True).lstrip("\ufeff")))
    )
    assert [line["subject"] for line in lines] == found
    assert nadia.get(f"/audit?{query}").status_code == 200


@pytest.mark.parametrize("query", ["person=x", "row=x", "from=x", "after=x"])
def test_junk_in_the_address_is_named(nadia, trail, query):
    assert nadia.get(f"/audit?{query}").status_code == 422


def test_what_the_file_holds(nadia, trail):
    lines = list(csv.DictReader(io.StringIO(nadia.get("/audit.csv").get_data(as_text=True).lstrip("\ufeff"))))
    assert lines[2]["person"] == "Cy Young"
    assert (lines[2]["before"], lines[2]["after"]) == ('{"name": "DB"}', '{"name": "Databases"}')


def test_it_turns_pages_by_key(nadia, world):
    def work(op):
        team = op.session.query(Team).one()
        for number in range(60):
            audit.record(op, None, "changed", "team", team.id, f"Team {number}", after={"name": str(number)})

    world.do(work)
    page = nadia.get("/audit").text
    assert "Older" in page
    with world.reading() as op:
        assert op.session.query(AuditEntry).count() == 60
