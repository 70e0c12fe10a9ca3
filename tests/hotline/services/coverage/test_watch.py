"""Managers hear of a near gap at once and once, and of the next 30 days every Monday at nine, once."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from hotline.db.models import ContactKind, ContactMethod, GapAlarm, Message, Watch
from hotline.services.coverage import watch
from hotline.services.operation import Operation
from tests.hotline.house import SITI, House
from tests.hotline.services.coverage.test_coverage import DAY, HOUR, layer, put
from tests.support.threads import at_once


def told(house: House) -> list[str]:
    """What the manager was told about coverage, oldest first."""
    return [one.body for one in house.all(Message) if one.to_phone == SITI and "HOTLINE" in one.body]


def sweep(house: House) -> int:
    return int(house.do(watch.sweep))


def test_a_gap_within_48_hours_is_told_once(house: House) -> None:
    with house.operation() as op:
        start = op.now + 47 * HOUR
        put(op, layer(op), None, start, start + HOUR)
    assert sweep(house) == 1
    (text,) = told(house)
    assert text.startswith("HOTLINE NOBODY is on call for Data Platform primary")
    assert text.endswith("/coverage")
    for _ in range(3):
        house.clock.advance(600)
        assert sweep(house) == 0
    assert len(told(house)) == 1
    assert len(house.all(GapAlarm)) == 1


def test_a_gap_further_away_waits_until_it_is_near(house: House) -> None:
    with house.operation() as op:
        start = op.now + 49 * HOUR
        put(op, layer(op), None, start, start + HOUR)
    assert sweep(house) == 0
    house.clock.advance(3600 * 1.5)
    assert sweep(house) == 1


def test_a_gap_that_begins_earlier_than_was_told_is_told_again(house: House) -> None:
    with house.operation() as op:
        start = op.now + 20 * HOUR
        put(op, layer(op), None, start, start + HOUR)
    assert sweep(house) == 1
    house.do(lambda op: put(op, layer(op), None, start - 2 * HOUR, start))
    house.clock.advance(600)
    assert sweep(house) == 1


def test_between_two_looks_nothing_is_looked_at(house: House) -> None:
    assert sweep(house) == 0
    with house.operation() as op:
        put(op, layer(op), None, op.now, op.now + HOUR)
    assert sweep(house) == 0, "five minutes are not over"
    house.clock.advance(301)
    assert sweep(house) == 1


def test_every_monday_at_nine_of_the_teams_the_manager_is_told(house: House) -> None:
    sweep(house)
    zones = {row.name for row in house.all(Watch)}
    assert "weekly:Asia/Jakarta" in zones
    with house.operation() as op:
        put(op, layer(op), None, op.now + 20 * DAY, op.now + 21 * DAY)
    house.clock.advance(7 * 24 * 3600 - 1)
    sweep(house)
    before = [text for text in told(house) if "coverage of" in text and "Data Platform" in text]
    assert before == []
    house.clock.advance(1)
    assert sweep(house) >= 1
    (text,) = [text for text in told(house) if "coverage of" in text and "Data Platform" in text]
    assert "Times with nobody: 1." in text
    assert sweep(house) == 0
    house.clock.advance(600)
    sweep(house)
    assert len([text for text in told(house) if "coverage of" in text and "Data Platform" in text]) == 1


def test_the_weekly_message_goes_by_e_mail_too_where_there_is_a_mail_server(house_with) -> None:  # type: ignore[no-untyped-def]
    house = house_with(smtp_url="smtp://localhost:2525", mail_from="hotline@example.com")
    with house.operation() as op:
        op.session.add(
            ContactMethod(
                user_id=house.user(op, SITI).id,
                kind=ContactKind.EMAIL,
                label="Work",
                value="siti@example.com",
                position=1,
                created_at=op.now,
                verified_at=op.now,
            )
        )
    sweep(house)
    house.clock.advance(7 * 24 * 3600)
    sweep(house)
    mails = [one for one in house.all(Message) if one.method_id is not None]
    assert mails
    assert all("coverage of" in one.body for one in mails)


def test_of_two_workers_one_tells(house: House) -> None:
    with house.operation() as op:
        put(op, layer(op), None, op.now + HOUR, op.now + 2 * HOUR)
    at_once(lambda: sweep(house), lambda: sweep(house))
    assert len([text for text in told(house) if "NOBODY" in text]) == 1


def test_a_worker_that_dies_leaves_it_due(house: House) -> None:
    with house.operation() as op:
        put(op, layer(op), None, op.now + HOUR, op.now + 2 * HOUR)

    def die(op: Operation) -> None:
        assert watch.sweep(op) == 1
        raise RuntimeError("the machine is gone")

    with pytest.raises(RuntimeError):
        house.do(die)
    assert told(house) == []
    house.worker.tick()
    assert len([text for text in told(house) if "NOBODY" in text]) == 1


def test_a_disabled_manager_is_not_told_and_admins_are_when_there_is_no_other(house: House) -> None:
    with house.operation() as op:
        house.user(op, SITI).disabled_at = op.now
        put(op, layer(op), None, op.now + HOUR, op.now + 2 * HOUR)
    assert sweep(house) >= 1
    assert told(house) == []
    assert any("NOBODY" in one.body or "TIDAK ADA" in one.body for one in house.all(Message))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 11, 23, 1, 59, tzinfo=UTC), datetime(2026, 11, 23, 2, 0, tzinfo=UTC)),
        (datetime(2026, 11, 23, 2, 0, tzinfo=UTC), datetime(2026, 11, 30, 2, 0, tzinfo=UTC)),
        (datetime(2026, 11, 29, 23, 0, tzinfo=UTC), datetime(2026, 11, 30, 2, 0, tzinfo=UTC)),
    ],
)
def test_monday_is_that_of_the_team(now: datetime, expected: datetime) -> None:
    assert watch.next_monday(now, "Asia/Jakarta") == expected


def test_monday_at_nine_follows_the_clocks() -> None:
    winter = watch.next_monday(datetime(2026, 10, 24, tzinfo=UTC), "Europe/Berlin")
    assert winter == datetime(2026, 10, 26, 8, 0, tzinfo=UTC)
    assert winter - timedelta(days=7) != watch.next_monday(
        datetime(2026, 10, 17, tzinfo=UTC), "Europe/Berlin"
    )


def test_the_watch_is_in_the_database_from_the_start(house: House) -> None:
    rows = house.do(lambda op: list(op.session.scalars(sa.select(Watch.name))))
    assert watch.GAPS in rows
