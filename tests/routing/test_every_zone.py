"""Every zone, every change of its clock from 2026 to 2036: the rules of decision 14, by brute force."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from itertools import pairwise, product
from zoneinfo import ZoneInfo, available_timezones

from routing import HandOff, Hours, Part, Rotation, Spell, Version, compile_timetable, gaps
from tests.routing.by_the_wall import DAY, QUARTER, TICK, Duty, Walls

DECADE = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2037, 1, 1, tzinfo=UTC))
MINUTE, SECOND, WEEK = timedelta(minutes=1), timedelta(seconds=1), timedelta(days=7)
AROUND = timedelta(hours=30)
TEAM = ("Ada", "Bo", "Cy")
MANY = ("Ada", "Bo", "Cy", "Dee", "Eve")
# Days that a calendar skipped or had twice, a change one minute past midnight, and one by half an hour.
HISTORY = [
    ("Pacific/Apia", datetime(2011, 12, 30, tzinfo=UTC)),
    ("Pacific/Kwajalein", datetime(1993, 8, 21, tzinfo=UTC)),
    ("Pacific/Kwajalein", datetime(1969, 9, 30, tzinfo=UTC)),
    ("America/St_Johns", datetime(2010, 11, 7, tzinfo=UTC)),
    ("Asia/Pyongyang", datetime(2018, 5, 4, tzinfo=UTC)),
]


@dataclass(frozen=True)
class Change:
    """At the instant ``at`` the local clock goes from ``shows`` to ``then``."""

    time_zone: str
    at: datetime
    shows: datetime
    then: datetime

    @property
    def low(self) -> datetime:
        """The first local time that is skipped or repeated."""
        return min(self.shows, self.then)

    @property
    def high(self) -> datetime:
        """The first local time that is neither any more."""
        return max(self.shows, self.then)

    @property
    def inside(self) -> tuple[datetime, ...]:
        """The edges of what is skipped or repeated, and its middle."""
        return self.low, self.low + (self.high - self.low) // (2 * MINUTE) * MINUTE, self.high

    @property
    def points(self) -> tuple[datetime, ...]:
        """The same, and the minute before each edge."""
        return self.low - MINUTE, *self.inside, self.high - MINUTE

    def showings(self, local: datetime) -> tuple[datetime, datetime]:
        """The first and the last instant at which ``local`` is shown; if it is skipped, the change."""
        if self.shows <= local < self.then:
            return self.at, self.at
        zone = ZoneInfo(self.time_zone)
        first, last = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        return first, last


def changes(time_zone: str, start: datetime, end: datetime) -> tuple[Change, ...]:
    """Every change between two instants, found to the second; no zone changes twice in a week."""
    zone, found, at = ZoneInfo(time_zone), [], start
    while at < end:
        before, after = at, min(at + WEEK, end)
        offset, at = at.astimezone(zone).utcoffset(), after
        if after.astimezone(zone).utcoffset() == offset:
            continue
        while after - before > SECOND:
            middle = before + (after - before) // (2 * SECOND) * SECOND
            before, after = (
                (middle, after) if middle.astimezone(zone).utcoffset() == offset else (before, middle)
            )
        local = after.astimezone(zone).replace(tzinfo=None)
        found.append(Change(time_zone, after, local - (after.astimezone(zone).utcoffset() - offset), local))
    return tuple(found)


@cache
def decades() -> dict[str, tuple[Change, ...]]:
    """The changes of one zone for all those whose clocks agree throughout the decade."""
    alike: dict[object, tuple[Change, ...]] = {}
    for time_zone in sorted(available_timezones()):
        offset = DECADE[0].astimezone(ZoneInfo(time_zone)).utcoffset()
        found = changes(time_zone, *DECADE)
        alike.setdefault((offset, tuple((change.at, change.then) for change in found)), found)
    return {found[0].time_zone: found for found in alike.values() if found}


def history() -> list[Change]:
    return [change for zone, day in HISTORY for change in changes(zone, day - 2 * DAY, day + 2 * DAY)]


@cache
def every_change() -> list[tuple[Change, Walls]]:
    """Each change with the clocks around it; those of the past did not keep to quarters of an hour."""
    ahead = [(change, QUARTER) for found in decades().values() for change in found]
    return [
        (change, Walls(change.at - 4 * DAY, change.at + 4 * DAY, step))
        for change, step in [*ahead, *((change, MINUTE) for change in history())]
    ]


def rotation_of(*parts: Part[str]) -> Rotation[str]:
    return Rotation("db", "first line", (Version(None, parts),))


def looked_at(change: Change) -> set[datetime]:
    """The change, each interesting local time at both showings, a tick before, and some quiet hours."""
    showings = {at for local in change.points for at in change.showings(local)} | {change.at}
    quiet = {change.at + hours * timedelta(hours=1) for hours in range(-28, 30, 7)}
    found = {at + nudge for at in showings for nudge in (-TICK, TICK * 0)} | quiet
    return {at for at in found if change.at - AROUND <= at < change.at + AROUND}


def spells_as_the_wall_has_them(
    rotation: Rotation[str], change: Change, walls: Walls, also: set[datetime]
) -> tuple[Spell[str], ...]:
    """The spells around the change, compared with the wall clocks at their edges and at ``also``."""
    timetable = compile_timetable(rotation, [], change.at - AROUND, change.at + AROUND)
    duty = Duty(rotation, [], walls)
    edges = {at for spell in timetable.spells for at in (spell.starts_at, spell.ends_at - TICK)}
    for at in edges | also:
        assert list(timetable.members_at(at)) == duty.at(at)[0], (change, rotation, at)
    return timetable.spells


def test_the_changes_are_found() -> None:
    found = decades()
    assert len(found) > 20
    assert {change.high - change.low for zone in found.values() for change in zone} >= {
        timedelta(minutes=30),
        timedelta(hours=1),
        timedelta(hours=2),
    }
    spring = next(change for change in changes("Europe/Amsterdam", *DECADE))
    assert (spring.at, spring.shows, spring.then) == (
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 3, 29, 2),  # noqa: DTZ001
        datetime(2026, 3, 29, 3),  # noqa: DTZ001
    )
    assert max(change.high - change.low for change in history()) == DAY


def test_a_hand_off_happens_once_at_the_first_showing_or_at_the_end_of_the_jump() -> None:
    for change, walls in every_change():
        also = looked_at(change)
        for local in change.points:
            at, noon = local.time(), (local + DAY / 2).time()
            day = local.date()
            daily = Part(change.time_zone, day - 3 * DAY, MANY, 1, (HandOff(0, at),))
            halves = Part(change.time_zone, day - 3 * DAY, MANY, 1, (HandOff(0, at), HandOff(0, noon)))
            weekly = Part(change.time_zone, day - WEEK, MANY, 7, (HandOff(0, at),))
            for part, number in ((daily, 3), (halves, 6 + (noon < at)), (weekly, 1)):
                assert part.hand_off_at(number) == change.showings(local)[0], (change, local)
                spells = spells_as_the_wall_has_them(rotation_of(part), change, walls, also)
                assert all(left.members != right.members for left, right in pairwise(spells)), (change, local)


def test_hours_begin_at_the_first_showing_and_end_at_the_last() -> None:
    for change, walls in every_change():
        also = looked_at(change)
        for begins, ends in product(change.inside, repeat=2):
            hours = (Hours(begins.weekday(), begins.time(), ends.time()),)
            hand_off = HandOff(0, change.inside[1].time())
            part = Part(change.time_zone, begins.date() - 3 * DAY, TEAM, 1, (hand_off,), hours)
            spells = spells_as_the_wall_has_them(rotation_of(part), change, walls, also)
            if begins < ends and ends - begins < timedelta(hours=3):
                opens, closes = change.showings(begins)[0], change.showings(ends)[1]
                spells = compile_timetable(
                    rotation_of(part), [], change.at - AROUND, change.at + AROUND
                ).spells
                open_at = [(spell.starts_at, spell.ends_at) for spell in spells if spell.members]
                assert open_at[:1] == ([(opens, open_at[0][1])] if opens < closes else [])
                assert open_at[-1:] == ([(open_at[-1][0], closes)] if opens < closes else [])


def test_hours_that_join_in_one_zone_leave_no_gap_and_overlap_only_while_a_time_is_repeated() -> None:
    for change, walls in every_change():
        also = looked_at(change)
        for local in change.inside:
            edges = [(local + third * timedelta(hours=8)).time() for third in range(4)]
            parts = [
                Part(
                    change.time_zone,
                    local.date() - WEEK,
                    (member,),
                    hours=tuple(Hours(weekday, begins, ends) for weekday in range(7)),
                )
                for member, (begins, ends) in zip(TEAM, pairwise(edges), strict=True)
            ]
            spells = spells_as_the_wall_has_them(rotation_of(*parts), change, walls, also)
            assert all(spell.members for spell in spells), (change, local)
            twice = [(spell.starts_at, spell.ends_at) for spell in spells if len(spell.members) > 1]
            if change.high - change.low < timedelta(hours=8):
                first, last = change.showings(local)
                assert twice == ([(first, last)] if first < last else []), (change, local)


# Eight local hours each, which join while all three clocks show standard time.
SUN = [("Asia/Singapore", 9, 17), ("Europe/Amsterdam", 10, 18), ("America/Los_Angeles", 9, 17)]


def follow_the_sun() -> Rotation[str]:
    return rotation_of(
        *(
            Part(
                time_zone,
                datetime(2025, 12, 1, tzinfo=UTC).date(),
                (member,),
                hours=tuple(Hours(weekday, time(begins), time(ends)) for weekday in range(7)),
            )
            for member, (time_zone, begins, ends) in zip(TEAM, SUN, strict=True)
        )
    )


def test_across_zones_there_is_a_gap_exactly_where_all_local_clocks_are_outside_their_hours() -> None:
    start, end = datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2027, 1, 1, 12, tzinfo=UTC)
    bare = gaps(follow_the_sun(), [], start, end)
    told = [
        gap.starts_at + count * QUARTER
        for gap in bare
        for count in range((gap.ends_at - gap.starts_at) // QUARTER)
    ]
    quarters = (start + count * QUARTER for count in range((end - start) // QUARTER))
    clocks = [(ZoneInfo(time_zone), begins, ends) for time_zone, begins, ends in SUN]
    silent = [
        at
        for at in quarters
        if not any(begins <= at.astimezone(zone).hour < ends for zone, begins, ends in clocks)
    ]
    assert told == silent


def test_with_the_clocks_of_standard_time_the_sun_leaves_no_gap_and_in_summer_an_hour_a_day() -> None:
    rotation = follow_the_sun()
    winter = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 8, tzinfo=UTC))
    assert gaps(rotation, [], *winter) == []
    summer = (datetime(2026, 6, 1, 12, tzinfo=UTC), datetime(2026, 6, 8, 12, tzinfo=UTC))
    assert [(gap.starts_at, gap.ends_at) for gap in gaps(rotation, [], *summer)] == [
        (datetime(2026, 6, day, tzinfo=UTC), datetime(2026, 6, day, 1, tzinfo=UTC)) for day in range(2, 9)
    ]


def test_an_hour_more_in_each_zone_that_changes_its_clock_keeps_the_sun_without_a_gap() -> None:
    ends = {"Asia/Singapore": 17, "Europe/Amsterdam": 19, "America/Los_Angeles": 18}
    rotation = rotation_of(
        *(
            Part(
                time_zone,
                datetime(2025, 12, 1, tzinfo=UTC).date(),
                (member,),
                hours=tuple(Hours(weekday, time(begins), time(ends[time_zone])) for weekday in range(7)),
            )
            for member, (time_zone, begins, _) in zip(TEAM, SUN, strict=True)
        )
    )
    assert gaps(rotation, [], datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 12, 1, tzinfo=UTC)) == []
