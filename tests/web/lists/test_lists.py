"""The lists on the screen: :mod:`hotline.web.pages.lists`."""

import csv
import io
import re

import pytest
import sqlalchemy as sa

from hotline.db.models import (
    CallKind,
    EntryKind,
    Incident,
    IncidentStatus,
    Message,
    MessageKind,
    MessageStatus,
    Role,
)
from hotline.services.promise import enforcement
from hotline.web.pages.lists import words as labels

PATHS = ["/incidents", "/calls", "/messages", "/people", "/customers", "/ledger"]
everywhere = pytest.mark.parametrize("path", PATHS)


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def links(answer, word):
    """The addresses behind links with this text."""
    found = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>\s*' + re.escape(word), answer.text)
    return [address.replace("&amp;", "&") for address in found]


def rows(answer):
    """The lines of a file, each as a dictionary by the names in its first line."""
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


@pytest.fixture
def busy(world):
    """Two misses of Contoso, one call of Fabrikam that runs, and one of a stranger."""
    missed = [world.report("Contoso"), world.report("Contoso")]
    world.clock.advance(1801)
    world.do(enforcement.sweep_deadlines)
    running = world.report("Fabrikam")
    world.take(running)
    world.clock.advance(1)
    return missed, running, world.report(None)


@everywhere
def test_every_list_and_its_file_open_for_a_manager(cy, busy, path):
    answer = cy.get(path)
    assert answer.status_code == 200
    assert "<table" in answer.text
    assert rows(cy.get(f"{path}.csv"))


@everywhere
def test_a_stranger_sees_neither_list_nor_file(stranger, path):
    assert stranger.get(path).location.startswith("/sign-in")
    assert stranger.get(f"{path}.csv").location.startswith("/sign-in")


@pytest.mark.parametrize("path", ["/customers", "/customers.csv", "/ledger", "/ledger.csv"])
def test_an_engineer_sees_neither_contracts_nor_money(ada, path):
    assert ada.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/incidents", "/calls", "/messages", "/people"])
def test_an_engineer_and_an_auditor_see_what_happened(ada, otto, busy, path):
    for browser in (ada, otto):
        assert browser.get(path).status_code == 200
        assert browser.get(f"{path}.csv").status_code == 200


def test_an_engineer_is_not_given_the_list_of_customers_to_choose_from(ada, cy, busy):
    assert '<select class="form-select" id="filter-customer"' not in ada.get("/incidents").text
    assert '<select class="form-select" id="filter-customer"' in cy.get("/incidents").text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/incidents", "No incident yet"),
        ("/calls", "No call yet"),
        ("/messages", "No message yet"),
        ("/ledger", "No promise was missed"),
    ],
)
def test_an_empty_list_says_how_it_fills(cy, path, words):
    assert words in cy.get(path).text
    assert rows(cy.get(f"{path}.csv")) == []


@everywhere
def test_junk_is_answered_with_what_is_wrong_and_no_rows(cy, busy, path):
    for junk in ("q=" + "x" * 5_000, "sort=id;drop", "dir=up", "after=%21%21", "before=AAAA"):
        for address in (f"{path}?{junk}", f"{path}.csv?{junk}"):
            answer = cy.get(address)
            assert answer.status_code == 422, address
            assert "This list cannot be shown as asked" in answer.text
            assert "<table" not in answer.text


@everywhere
def test_nothing_that_can_be_written_in_an_address_breaks_a_list(cy, busy, path):
    values = ["%00", "%ED%A0%80", "%F0%9F%92%A9", "%25_%5C", "'--", "9" * 30, "%C2%85", "[]"]
    for name in ("q", "from", "status", "customer", "owner", "kind", "person", "product", "x"):
        for value in values:
            assert cy.get(f"{path}?{name}={value}").status_code in {200, 404, 422}, (name, value)


def test_a_cursor_of_another_list_is_refused(cy, world, busy):
    for _ in range(60):
        world.report()
    (older,) = links(cy.get("/incidents"), "Older")
    cursor = older.partition("after=")[2]
    assert cy.get(f"/calls?after={cursor}").status_code == 422
    assert cy.get(f"/incidents?sort=deadline&after={cursor}").status_code == 422


def test_an_address_that_tries_to_lead_elsewhere_leads_to_the_list(cy):
    answer = cy.get("/incidents?status=&_scheme=javascript&_external=1&_anchor=x&_method=POST")
    assert (answer.status_code, answer.location) == (302, "/incidents")


def test_empty_fields_of_a_form_stay_out_of_the_address(cy):
    answer = cy.get("/incidents?q=contoso&from=&to=&status=open&sort=deadline&dir=asc")
    assert answer.status_code == 302
    assert answer.location == "/incidents?q=contoso&status=open&sort=deadline&dir=asc"


def test_pages_lead_back_and_forth_and_new_incidents_disturb_nobody(cy, world):
    made = [world.report() for _ in range(120)]
    seen, address = [], "/incidents"
    while address:
        answer = cy.get(address)
        seen.append(
            re.findall(
                r'role="rowheader" class="card-title"><a class="reference" href="[^"]+">([^<]+)', answer.text
            )
        )
        world.report("Fabrikam")
        address = next(iter(links(answer, "Older")), None)
    assert [len(page) for page in seen] == [50, 50, 20]
    assert sorted(reference for page in seen for reference in page) == sorted(made)
    (newer,) = links(answer, "Newer")
    assert seen[1][0] in cy.get(newer).text
    (newest,) = links(answer, "Newest")
    assert newest == "/incidents"


def test_a_list_takes_as_many_statements_for_fifty_rows_as_for_one(cy, world):
    def statements(path):
        found = []
        listen = lambda *given: found.append(given[2])  # noqa: E731
        sa.event.listen(world.database.engine, "before_cursor_execute", listen)
        assert cy.get(path).status_code == 200
        sa.event.remove(world.database.engine, "before_cursor_execute", listen)
        return len(found)

    def fine():
        world.report()
        world.clock.advance(1801)
        world.do(enforcement.sweep_deadlines)

    fine()
    before = {path: statements(path) for path in PATHS}
    for _ in range(20):
        fine()
    assert {path: statements(path) for path in PATHS} == before
    assert max(before.values()) <= 12


CHOSEN = [
    ("", 4),
    ("status=open", 3),
    ("status=acknowledged", 1),
    ("promise=missed", 2),
    ("promise=kept", 0),
    ("promise=running", 1),
    ("promise=none", 1),
    ("owner=nobody", 3),
    ("q=CONTOSO", 2),
    ("q=fabri", 1),
    ("q=10000", 3),
    ("q=%25", 0),
    ("q=c_ntoso", 0),
    ("q=08111111111", 4),
    ("q=1111", 4),
    ("from=2026-11-22&to=2026-11-22", 4),
    ("from=2026-11-23", 0),
    ("to=2026-11-21", 0),
]


def test_filters_of_incidents(cy, busy):
    for chosen, count in CHOSEN:
        assert len(rows(cy.get(f"/incidents.csv?{chosen}"))) == count, chosen
        page = cy.get(f"/incidents?{chosen}")
        assert page.text.count('class="card-title"') == count, chosen
        assert ("Nothing matches" in page.text) == (count == 0), chosen


def test_days_are_the_viewers_own(ada, cy, busy):
    assert len(rows(cy.get("/incidents.csv?to=2026-11-22"))) == 4
    assert len(rows(ada.get("/incidents.csv?to=2026-11-22"))) == 4
    assert len(rows(ada.get("/incidents.csv?from=2026-11-23"))) == 0


def test_what_is_chosen_can_be_removed_one_by_one(cy, world, busy):
    owner = world.user("Bo").id
    page = cy.get(f"/incidents?q=fabrikam&owner={owner}&sort=deadline&dir=asc")
    assert "Who has it: Bo Diddley" in page.text
    assert f"/incidents?owner={owner}&amp;sort=deadline&amp;dir=asc" in page.text
    assert "/incidents?q=fabrikam&amp;sort=deadline&amp;dir=asc" in page.text
    assert f"/incidents.csv?q=fabrikam&amp;owner={owner}&amp;sort=deadline&amp;dir=asc" in page.text


def test_a_column_header_says_how_the_list_is_sorted_and_turns_it(cy, busy):
    page = cy.get("/incidents")
    assert 'aria-sort="descending"><a class="sort" href="/incidents?sort=reported&amp;dir=asc">' in page.text
    page = cy.get("/incidents?sort=deadline&dir=asc")
    assert 'aria-sort="ascending"><a class="sort" href="/incidents?sort=deadline&amp;dir=desc">' in page.text
    assert page.text.count("aria-sort") == 1


def test_incidents_without_a_deadline_come_last_both_ways(cy, busy):
    _missed, running, stranger = busy
    up = [row["reference"] for row in rows(cy.get("/incidents.csv?sort=deadline&dir=asc"))]
    down = [row["reference"] for row in rows(cy.get("/incidents.csv?sort=deadline&dir=desc"))]
    assert up[-2:] == [running, stranger]
    assert (down[0], down[-1]) == (running, stranger)


def test_a_file_holds_instants_in_utc_and_money_as_minor_units_and_text(cy, world, busy):
    (first, second), _running, _stranger = busy
    answer = cy.get("/incidents.csv?promise=missed")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="hotline-incidents-2026-11-22.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_data().startswith(b"\xef\xbb\xbfreference,")
    assert b"\r\n" in answer.get_data()
    found = {row["reference"]: row for row in rows(answer)}
    assert found.keys() == {first, second}
    assert found[first]["reported_at"] == "2026-11-22T15:00:00.000Z"
    assert {(row["fine_minor"], row["fine"], row["currency"]) for row in found.values()} == {
        ("500000", "5000.00", "USD"),
        ("1000000", "10000.00", "USD"),
    }


def test_a_file_masks_numbers_and_disarms_formulas(cy, world, busy):
    world.rename_customer("Fabrikam", "=cmd|' /C calc'!A0")
    text = cy.get("/incidents.csv").get_data(as_text=True)
    assert "'=cmd|' /C calc'!A0" in text
    assert ",=cmd" not in text
    for path in ("/incidents.csv", "/calls.csv", "/messages.csv", "/people.csv"):
        text = cy.get(path).get_data(as_text=True)
        assert "'+62…" in text, path
        assert not re.search(r"\+?62\d{6,}", text), path


@everywhere
def test_no_whole_number_is_on_a_list(cy, busy, path):
    assert not re.search(r"62\d{6,}", re.sub(r'(href|value)="[^"]*"', "", cy.get(path).text))


def test_codes_in_messages_are_hidden(cy, world, busy):
    with world.reading() as op:
        bodies = list(op.session.scalars(sa.select(Message.body).where(Message.kind == MessageKind.PAGE)))
    codes = {re.search(r"ACK (\w+)", body)[1] for body in bodies}
    assert codes
    for path in ("/messages", "/messages.csv"):
        text = cy.get(path).get_data(as_text=True)
        assert "Reply ACK ••• to take it." in text
        assert not [code for code in codes if code in text]


def test_what_people_text_is_shown_but_for_codes(cy, world):
    def arrive(op):
        for body in ("we are still down", "ack 7km", "My PIN is 482913", "Pin 7391"):
            op.session.add(
                Message(
                    kind=MessageKind.COMMAND,
                    status=MessageStatus.RECEIVED,
                    from_phone="+628111111111",
                    to_phone="+62215550100",
                    body=body,
                    created_at=op.now,
                )
            )

    world.do(arrive)
    page = text_of(cy.get("/messages?kind=command"))
    assert "we are still down" in page
    assert "482913" not in page
    assert "7391" not in page
    assert "7km" not in page.lower()


def test_calls_are_told_in_plain_words(cy, busy):
    page = text_of(cy.get("/calls"))
    assert "Somebody called us +62…11 Hung up." in page
    assert "We rang somebody to take it Ada Lovelace" in page


def test_people_say_who_is_on_call(ada, world):
    page = text_of(ada.get("/people"))
    assert re.search(r"Ada Lovelace Engineer Databases , primary until", page)
    assert "Cy Young Manager no cannot be rung" in page


def test_people_link_to_their_account_only_for_those_who_may_change_it(cy, nadia, busy):
    for path in ("/people", "/calls", "/messages", "/search?q=love"):
        assert 'href="/people/' in nadia.get(path).text, path
        assert 'href="/people/' not in cy.get(path).text, path


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (MessageStatus, labels.DELIVERIES),
        (MessageKind, labels.MESSAGE_KINDS),
        (CallKind, labels.CALL_KINDS),
        (IncidentStatus, labels.STATUSES),
        (EntryKind, labels.ENTRY_KINDS),
        (Role, labels.ROLES),
    ],
)
def test_nothing_is_called_by_the_name_that_the_database_gives_it(kind, words):
    assert set(words) == set(kind)


def test_customers_link_to_their_page_only_for_those_who_may(ada, cy, busy):
    assert 'href="/customers/' in cy.get("/incidents").text
    assert 'href="/customers/' not in ada.get("/incidents").text


def test_names_are_text_and_never_markup(cy, world, busy):
    world.rename_customer("Fabrikam", "<script>alert(1)</script>")
    for path in ("/incidents", "/calls", "/customers"):
        assert "<script>alert(1)" not in cy.get(path).text


def test_a_page_that_has_emptied_leads_to_the_beginning(cy, world):
    for _ in range(51):
        world.report()
    (older,) = links(cy.get("/incidents?promise=running"), "Older")
    world.do(lambda op: op.session.execute(sa.update(Incident).values(breached_at=op.now)))
    answer = cy.get(older)
    assert "Nothing matches" in answer.text
