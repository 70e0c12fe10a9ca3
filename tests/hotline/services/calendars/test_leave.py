"""Calendars of leave: whole days where somebody lives, repeated ones too, and nothing believed blindly."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from hotline.db.models import AuditEntry, Leave, LeaveSource, Team
from hotline.errors import NotFoundError
from hotline.sending.calendars import CalendarUnreadableError, Fetched
from hotline.services.calendars import leave, leave_files
from hotline.services.calendars.leave import SourceRefusedError
from hotline.services.calendars.leave_files import UnusableCalendarError
from hotline.worker import Worker
from tests.hotline.house import ADA, BO, DEWI, SITI, House
from tests.hotline.services.planning.test_planning import look, override
from tests.support.threads import at_once

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
URL = "https://calendar.example.com/private-x7Qa/basic.ics"


def ics(*events: str) -> bytes:
    """A file of these events, each given by its lines."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//EN"]
    for number, event in enumerate(events):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{number}",
            "DTSTAMP:20260101T000000Z",
            *event.split("\n"),
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


CHRISTMAS = "DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261227\nSUMMARY:Christmas"


def spans(data: bytes, zone: str = "Asia/Jakarta") -> list[tuple[datetime, datetime]]:
    return [(entry.starts_at, entry.ends_at) for entry in leave_files.parse(data, zone, NOW)]


def test_whole_days_are_days_where_the_person_lives() -> None:
    assert spans(ics(CHRISTMAS)) == [
        (datetime(2026, 12, 24, 17, tzinfo=UTC), datetime(2026, 12, 26, 17, tzinfo=UTC))
    ]
    assert spans(ics(CHRISTMAS), "America/New_York") == [
        (datetime(2026, 12, 25, 5, tzinfo=UTC), datetime(2026, 12, 27, 5, tzinfo=UTC))
    ]


def test_a_day_without_an_end_is_one_day_and_a_day_of_25_hours_is_whole() -> None:
    (span,) = spans(ics("DTSTART;VALUE=DATE:20271031\nSUMMARY:x"), "Europe/Berlin")
    assert span[1] - span[0] == timedelta(hours=25)


def test_times_with_a_zone_are_those_and_times_without_are_local() -> None:
    zoned = "DTSTART;TZID=Europe/Berlin:20261201T090000\nDTEND;TZID=Europe/Berlin:20261201T170000"
    floating = "DTSTART:20261202T090000\nDURATION:PT2H"
    assert spans(ics(zoned, floating)) == [
        (datetime(2026, 12, 1, 8, tzinfo=UTC), datetime(2026, 12, 1, 16, tzinfo=UTC)),
        (datetime(2026, 12, 2, 2, tzinfo=UTC), datetime(2026, 12, 2, 4, tzinfo=UTC)),
    ]


def test_what_repeats_is_worked_out_for_a_year_without_what_was_taken_out() -> None:
    weekly = "DTSTART;VALUE=DATE:20261201\nRRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;VALUE=DATE:20261208"
    days = [start.date().isoformat() for start, _end in spans(ics(weekly), "UTC")]
    assert days == ["2026-12-01", "2026-12-15", "2026-12-22"]
    assert len(spans(ics(CHRISTMAS + "\nRRULE:FREQ=YEARLY"))) == 2


def test_what_is_cancelled_over_or_empty_is_left_out() -> None:
    assert (
        spans(
            ics(
                CHRISTMAS + "\nSTATUS:CANCELLED",
                "DTSTART;VALUE=DATE:20250101",
                "DTSTART:20261201T090000Z\nDTEND:20261201T090000Z",
            )
        )
        == []
    )


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "not-a-calendar"),
        (b"<!doctype html><title>Sign in</title>", "not-a-calendar"),
        (b"\xff\xfe\x00", "not-a-calendar"),
        (ics(CHRISTMAS)[:150], "not-a-calendar"),
        (ics("DTSTART;VALUE=DATE:2026122x"), "not-a-calendar"),
        (ics("SUMMARY:no start"), "not-a-calendar"),
        (ics("DTSTART:20261201T000000Z\nRRULE:FREQ=SECONDLY"), "too-many"),
        (
            ics(
                *(
                    f"DTSTART:20261201T{hour:02}{minute:02}00Z\nDURATION:PT1M"
                    for hour in range(20)
                    for minute in range(60)
                )
            ),
            "too-many",
        ),
        (ics(*["DTSTART;VALUE=DATE:20261201\nRRULE:FREQ=YEARLY"] * 201), "too-many"),
    ],
)
def test_what_is_no_calendar_is_refused_with_a_reason(data: bytes, problem: str) -> None:
    with pytest.raises(UnusableCalendarError) as caught:
        leave_files.parse(data, "UTC", NOW)
    assert caught.value.problem == problem


class Shelf:
    """Calendars that a test lays out."""

    def __init__(self) -> None:
        self.data: bytes | Exception = ics(CHRISTMAS)
        self.asked: list[tuple[str, str | None]] = []

    def fetch(self, url: str, etag: str | None) -> Fetched:
        self.asked.append((url, etag))
        if isinstance(self.data, Exception):
            raise self.data
        return Fetched(None, etag) if etag == '"1"' else Fetched(self.data, '"1"')


def reader(house: House, shelf: Shelf) -> Worker:
    return Worker(house.database, house.network, house.clock, house.settings, calendars=shelf)


def add(house: House) -> None:
    house.do(lambda op: leave.add_address(op, house.user(op, DEWI), "HR", URL))


def days_off(house: House) -> int:
    return house.count(Leave)


def test_an_address_is_read_and_again_after_three_hours_and_then_only_if_it_changed(house: House) -> None:
    shelf = Shelf()
    add(house)
    worker = reader(house, shelf)
    assert worker.read_calendars() == 1
    assert days_off(house) == 1
    assert worker.read_calendars() == 0
    house.clock.advance(3 * 3600)
    assert worker.read_calendars() == 1
    assert shelf.asked == [(URL, None), (URL, '"1"')]
    assert days_off(house) == 1
    with house.operation() as op:
        dewi = house.user(op, DEWI)
        found = leave.of_people(op, [dewi.id], op.now, op.now + timedelta(days=60))
        assert [one.summary for one in found[dewi.id]] == ["Christmas"]


def test_an_address_is_kept_sealed_and_the_same_one_is_one(house: House) -> None:
    add(house)
    add(house)
    (source,) = house.all(LeaveSource)
    assert "example" not in str(source.sealed_url)


def test_what_was_read_is_kept_when_the_address_fails_and_the_owner_sees_why(house: House) -> None:
    shelf = Shelf()
    add(house)
    reader(house, shelf).read_calendars()
    for wrong, problem in [
        (CalendarUnreadableError("unreachable"), "unreachable"),
        (b"<html>sign in</html>", "not-a-calendar"),
    ]:
        shelf.data = wrong
        house.do(lambda op: op.session.execute(sa.update(LeaveSource).values(next_read_at=op.now, etag=None)))
        reader(house, shelf).read_calendars()
        (source,) = house.all(LeaveSource)
        assert source.problem == problem
        assert source.failing_since == NOW
        assert days_off(house) == 1
        assert source.next_read_at == house.clock.now() + leave.AGAIN
    shelf.data = ics()
    house.clock.advance(3600)
    reader(house, shelf).read_calendars()
    (source,) = house.all(LeaveSource)
    assert (source.problem, source.failing_since, days_off(house)) == (None, None, 0)


def test_of_two_workers_one_reads_and_a_dead_one_is_replaced(house: House) -> None:
    add(house)
    shelf = Shelf()
    workers = [reader(house, shelf), reader(house, shelf)]
    assert sum(at_once(*(worker.read_calendars for worker in workers))) == 1
    house.clock.advance(3 * 3600)
    assert house.do(leave.claim) is not None, "a worker took it and died"
    assert reader(house, shelf).read_calendars() == 0
    house.clock.advance(301)
    assert reader(house, shelf).read_calendars() == 1


def test_a_removed_calendar_takes_its_days_along_even_while_it_is_read(house: House) -> None:
    add(house)
    due = house.do(leave.claim)
    (source,) = house.all(LeaveSource)
    assert house.do(lambda op: leave.remove(op, source.id, house.user(op, DEWI)))
    assert not house.do(lambda op: leave.remove(op, source.id, house.user(op, DEWI)))
    house.do(lambda op: leave.keep(op, due.source_id, ics(CHRISTMAS), None))
    assert days_off(house) == 0
    assert house.do(leave.claim) is None


def test_another_persons_calendar_is_not_there(house: House) -> None:
    add(house)
    (source,) = house.all(LeaveSource)
    for action in (leave.remove, leave.read_again):
        with pytest.raises(NotFoundError):
            house.do(lambda op, action=action: action(op, source.id, house.user(op, BO)))


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "address"),
        ("calendar.example.com", "address"),
        ("ftp://example.com/a.ics", "address"),
        ("https://[", "address"),
        ("https://example.com/a b", "address"),
        ("https://example.com/\0", "address"),
        ("https://example.com/" + "a" * 2000, "address"),
        ("http://example.com/a.ics", "not-https"),
    ],
)
def test_an_address_that_is_none_is_refused(lite: House, url: str, problem: str) -> None:
    with pytest.raises(SourceRefusedError) as caught:
        lite.do(lambda op: leave.add_address(op, lite.user(op, DEWI), "HR", url))
    assert caught.value.problem == problem


def test_webcal_is_https_and_five_are_enough(lite: House) -> None:
    for number in range(5):
        lite.do(
            lambda op, number=number: leave.add_address(
                op, lite.user(op, DEWI), "HR", f"webcal://example.com/{number}"
            )
        )
    assert lite.do(leave.claim).url.startswith("https://example.com/")
    with pytest.raises(SourceRefusedError, match="enough"):
        lite.do(lambda op: leave.add_file(op, lite.user(op, DEWI), "More", ics(CHRISTMAS)))


def test_a_newer_file_of_the_same_name_replaces_the_older(house: House) -> None:
    for data, count in ((ics(CHRISTMAS), 1), (ics(CHRISTMAS, "DTSTART;VALUE=DATE:20270101"), 2)):
        house.do(lambda op, data=data: leave.add_file(op, house.user(op, DEWI), "HR", data))
        assert days_off(house) == count
    assert house.count(LeaveSource) == 1


def test_who_is_put_on_call_on_their_leave_is_named_before_it_is_saved(house: House) -> None:
    house.do(lambda op: leave.add_file(op, house.user(op, BO), "HR", ics("DTSTART;VALUE=DATE:20261124")))
    outcome = look(house, override(house, BO, timedelta(0), timedelta(days=3)))
    # Midnight of the 24th in Stockholm.
    assert [(one.name, at) for one, at in outcome.away] == [
        ("Bo Lindqvist", datetime(2026, 11, 23, 23, tzinfo=UTC))
    ]
    assert look(house, override(house, ADA, timedelta(0), timedelta(days=3))).away == []


def test_a_teams_holidays_are_a_managers_to_keep_and_in_the_trail(house: House) -> None:
    def give(phone: str) -> None:
        with house.operation() as op:
            team = op.session.scalars(sa.select(Team).order_by(Team.name)).first()
            leave.add_file(op, house.user(op, phone), "Indonesia", ics(CHRISTMAS), team)

    with pytest.raises(NotFoundError):
        give(BO)
    give(SITI)
    with house.operation() as op:
        (days,) = leave.of_teams(op, op.now, op.now + timedelta(days=60)).values()
        assert [day.summary for day in days] == ["Christmas"]
    assert [(row.kind, row.action) for row in house.all(AuditEntry)] == [("holiday calendar", "created")]
