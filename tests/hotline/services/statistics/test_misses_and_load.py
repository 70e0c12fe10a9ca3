"""When promises are missed, and who was paged."""

from datetime import UTC, datetime, timedelta

from hotline.services.statistics import load, misses

SUNDAY = datetime(2026, 11, 15, 22, 45, tzinfo=UTC)  # missed at 23:15


def test_a_miss_is_counted_at_the_hour_of_its_deadline_in_the_viewers_zone(past):
    past.happened(SUNDAY)
    past.happened(SUNDAY - timedelta(minutes=10), told=40)
    past.happened(SUNDAY, told=3)
    past.judged()
    in_utc, in_jakarta, in_kathmandu = (
        past.ask(misses.by_hour, zone=zone) for zone in ("UTC", "Asia/Jakarta", "Asia/Kathmandu")
    )
    assert in_utc[6][23] == 2
    assert in_jakarta[0][6] == 2
    assert in_kathmandu[0][4] == 1  # 04:50 and 05:00
    assert in_kathmandu[0][5] == 1
    assert sum(map(sum, in_kathmandu)) == 2


def test_no_miss_gives_a_week_of_nothing(past):
    counts = past.ask(misses.by_hour)
    assert (len(counts), {len(hours) for hours in counts}, sum(map(sum, counts))) == (7, {24}, 0)


def test_everybody_who_was_paged_is_there_with_what_became_theirs(past):
    past.happened(SUNDAY, told=3, by="Dewi", paged=("Dewi", "Bo"))
    past.happened(SUNDAY + timedelta(days=1), told=3, by="Bo", paged=("Dewi", "Bo"))
    past.happened(SUNDAY + timedelta(days=2), paged=("Dewi",))
    dewi, bo = past.ask(load.loads)
    assert (dewi.name.split()[0], dewi.paged, dewi.taken, dewi.others) == ("Dewi", 3, 1, 2)
    assert (bo.name.split()[0], bo.paged, bo.taken, bo.others) == ("Bo", 2, 1, 1)


def test_days_of_the_load_are_the_viewers(past):
    past.happened(SUNDAY, paged=("Dewi",))
    asked = {"from": "2026-11-16", "to": "2026-11-16"}
    assert past.ask(load.loads, zone="UTC", **asked) == []
    assert len(past.ask(load.loads, zone="Asia/Jakarta", **asked)) == 1
