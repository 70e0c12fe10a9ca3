"""Reading an address: what is asked for, and what is wrong with it."""

import base64
import json
import uuid
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.services.lists import CALLS, CUSTOMERS, INCIDENTS, LEDGER, MESSAGES, PEOPLE, Fault, Problem, ask
from hotline.services.lists.cursors import Place, encode
from tests.hotline.services.lists.things import question

ALL = [INCIDENTS, CALLS, MESSAGES, PEOPLE, CUSTOMERS, LEDGER]
PLACE = Place(datetime(2026, 11, 22, tzinfo=UTC), uuid.UUID(int=7))
everywhere = pytest.mark.parametrize("listing", ALL, ids=lambda listing: listing.name)


def faults(listing, **parameters):
    return [(found.parameter, found.fault) for found in ask(listing, parameters, ZoneInfo("UTC")).problems]


def packed(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_nothing_asked_is_the_list_from_its_beginning():
    assert question() == question(sort="at", dir="desc", word="", after="", utm="spam")


@everywhere
def test_every_sort_of_every_list_goes_both_ways(listing):
    for sort in listing.sorts:
        for direction in ("asc", "desc"):
            assert faults(listing, sort=sort, dir=direction) == []


@everywhere
def test_a_sort_that_does_not_exist_is_named(listing):
    assert faults(listing, sort="password_hash") == [("sort", Fault.NO_SORT)]
    assert faults(listing, dir="sideways") == [("dir", Fault.NO_SORT)]


@everywhere
@pytest.mark.parametrize("junk", ["x" * 201, "a\u200bb", "a\nb", "\ud800", "a\x00b"])
def test_no_filter_takes_junk(listing, junk):
    for name in listing.filters:
        assert [parameter for parameter, _ in faults(listing, **{name: junk})] == [name]


@pytest.mark.parametrize(
    "day", ["yesterday", "2026-13-01", "2026-1-2", "0001-01-01", "9999-12-31", "２０２６-11-22"]
)
def test_a_day_is_written_one_way(day):
    assert faults(INCIDENTS, to=day) == [("to", Fault.NO_DAY)]


def test_a_span_that_ends_before_it_begins_is_named():
    assert faults(INCIDENTS, **{"from": "2026-11-23", "to": "2026-11-22"}) == [("to", Fault.BACKWARDS)]
    assert faults(INCIDENTS, **{"from": "2026-11-22", "to": "2026-11-22"}) == []


@pytest.mark.parametrize(
    ("listing", "name"),
    [
        (INCIDENTS, "status"),
        (INCIDENTS, "owner"),
        (INCIDENTS, "product"),
        (CALLS, "kind"),
        (LEDGER, "currency"),
    ],
)
def test_a_choice_that_was_not_offered_is_named(listing, name):
    assert faults(listing, **{name: "everything"}) == [(name, Fault.NO_CHOICE)]


def test_a_cursor_leads_back_to_its_place():
    found = question(after=encode("things", "at", PLACE))
    assert (found.place, found.backwards, found.problems) == (PLACE, False, ())
    assert question(before=encode("things", "at", PLACE)).backwards


@pytest.mark.parametrize(
    "cursor",
    [
        encode("incidents", "at", PLACE),
        encode("things", "word", PLACE),
        encode("things", "at", PLACE)[:-3],
        "not base64!",
        "é",
        "A" * 3_000,
        packed(["things", "at", "2026-11-22T00:00:00", PLACE.id.hex]),
        packed(["things", "at", "9999-12-31T23:59:59-12:00", PLACE.id.hex]),
        packed(["things", "at", 7, PLACE.id.hex]),
        packed(["things", "at", None, "7"]),
        packed(["things", "at", None, 7]),
        packed(["things", "at"]),
        packed({"things": "at"}),
        packed(7),
        packed("four"),
        base64.urlsafe_b64encode(b"[" * 1_400).decode(),
    ],
)
def test_a_cursor_of_another_list_or_making_is_named(cursor):
    assert question(after=cursor).problems == (Problem("after", Fault.NO_PLACE),)


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
def test_a_cursor_holds_only_text_that_a_database_takes(value):
    cursor = packed(["things", "word", value, PLACE.id.hex])
    assert question(sort="word", after=cursor).problems == (Problem("after", Fault.NO_PLACE),)


def test_two_places_at_once_are_refused():
    cursor = encode("things", "at", PLACE)
    assert question(after=cursor, before=cursor).problems == (Problem("after", Fault.NO_PLACE),)


@given(st.text(max_size=80))
def test_no_text_at_all_breaks_a_cursor(text):
    assert len(question(after=text, before="").problems) <= 1


def test_days_are_those_of_the_viewer():
    found = ask(INCIDENTS, {"from": "2026-11-22", "to": "2026-11-22"}, ZoneInfo("Asia/Jakarta"))
    assert [clause.right.value for clause in found.where] == [
        datetime(2026, 11, 21, 17, tzinfo=UTC),
        datetime(2026, 11, 22, 17, tzinfo=UTC),
    ]


def test_a_day_whose_midnight_does_not_exist_begins_after_it():
    (clause,) = ask(INCIDENTS, {"from": "2026-04-24"}, ZoneInfo("Africa/Cairo")).where
    assert clause.right.value == datetime(2026, 4, 23, 22, tzinfo=UTC)
