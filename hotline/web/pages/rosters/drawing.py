"""Where everything stands on the timeline: bands, rows, bars, and what can be pressed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from flask import url_for

from hotline.db.models import OverrideKind, User
from hotline.services.calendars.timeline import LayerLine, Named, OverrideMark, Stretch, TeamLine
from hotline.web.pages.me.times import said
from hotline.web.pages.rosters import axis, shapes
from hotline.web.pages.rosters.shapes import Band, Bar, Cell, Row
from hotline.web.pages.rosters.window import Scale, Window
from hotline.web.pages.week_strip import COLOURS
from hotline.web.pages.words import gettext
from routing import first_instant

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_LANE, _TALL = 26, 40
# Percent of the width that one time of day needs, and two of them.
_FOR_A_TIME, _FOR_TWO_TIMES = 5.5, 11.0


@dataclass(frozen=True, slots=True)
class Canvas:
    """What a drawing needs to know: the window, whose zone is the second one, who looks and what they may."""

    window: Window
    other_zone: str
    now: datetime
    me: User
    is_planner: bool
    colours: dict[str, int] = field(default_factory=dict)

    def colour(self, user: Named) -> int:
        """The colour of a person, 1 to :data:`COLOURS`."""
        return self.colours.get(str(user.id), 1)


def bands(canvas: Canvas, team: TeamLine) -> list[Band]:
    """The timeline of one team."""
    canvas.colours.update({str(user.id): place % COLOURS + 1 for place, user in enumerate(team.users)})
    return [_band(canvas, team, start, end) for start, end in canvas.window.bands]


def overview(canvas: Canvas, team: TeamLine) -> Band:
    """The final rows of one team on a single band."""
    canvas.colours.update({str(user.id): place % COLOURS + 1 for place, user in enumerate(team.users)})
    return _band(canvas, team, *canvas.window.whole, is_overview=True)


def _band(canvas: Canvas, team: TeamLine, start: datetime, end: datetime, is_overview: bool = False) -> Band:
    rows: list[Row] = []
    draw = Line(canvas, start, end)
    for layer in team.layers:
        if canvas.window.is_detailed:
            rows += [draw.part(layer, number) for number in range(len(layer.parts))]
            rows.append(draw.overrides(layer))
        final = draw.final(layer, can_choose=not is_overview)
        rows += [final] if final.bars or not layer.has_ended else []
    zone, other = canvas.window.zone, canvas.other_zone
    is_day = canvas.window.scale is Scale.DAY
    return Band(
        start,
        end,
        (
            axis.sparse(draw.place, start, end, zone)
            if is_overview and not is_day
            else axis.ticks(draw.place, start, end, zone, canvas.now, canvas.window.day_url, is_day)
        ),
        axis.ticks(draw.place, start, end, other, canvas.now, None, is_day) if other != zone else [],
        draw.place(canvas.now) if start <= canvas.now < end else None,
        [row for row in rows if row.bars or row.kind == "final"],
    )


class Line:
    """Draws the rows of one band. With ``is_cut`` what begins or ends at its edges really goes on."""

    def __init__(self, canvas: Canvas, start: datetime, end: datetime, is_cut: bool = False) -> None:
        self.canvas, self.start, self.end = canvas, start, end
        self._edges_known = set() if is_cut else {start, end}

    def place(self, at: datetime) -> float:
        """Percent of the width."""
        return round((at - self.start) / (self.end - self.start) * 100, 3)

    def part(self, layer: LayerLine, number: int) -> Row:
        """Whose turn it is in one part, overrides apart."""
        part = layer.parts[number]
        bars = [
            self._bar(one.users, one.starts_at, one.ends_at, 0, _LANE)
            for one in shapes.merged(
                Stretch([turn.user], turn.starts_at, turn.ends_at, False) for turn in part.turns
            )
            if self._shows(one.starts_at, one.ends_at)
        ]
        label = part.name or (gettext("Rotation") if len(layer.parts) == 1 else f"{number + 1}. {part.zone}")
        return Row("part", layer.name, label, _LANE + 4, bars, href=self._layer_url(layer))

    def overrides(self, layer: LayerLine) -> Row:
        """The overrides, in as many lanes as they need."""
        bars, ends = [], list[datetime]()
        for mark in layer.overrides:
            if not self._shows(mark.starts_at, mark.ends_at):
                continue
            lane = next((place for place, end in enumerate(ends) if end <= mark.starts_at), len(ends))
            ends[lane : lane + 1] = [mark.ends_at]
            bars.append(self._override(mark, lane * (_LANE + 2)))
        return Row("override", layer.name, gettext("Overrides"), max(1, len(ends)) * (_LANE + 2) + 2, bars)

    def final(self, layer: LayerLine, can_choose: bool) -> Row:
        """Who is on call in the end."""
        cells = self._cells(layer) if can_choose else []
        row = self.stretches(layer.name, layer.name, layer.final)
        return replace(row, cells=cells, href=self._layer_url(layer))

    def stretches(self, layer: str, label: str, final: Sequence[Stretch]) -> Row:
        """A final schedule; several people are one above the other."""
        shown = [one for one in shapes.merged(final) if self._shows(one.starts_at, one.ends_at)]
        lanes = max([len(one.users) for one in shown] or [1])
        height = max(1, lanes) * (_TALL if lanes <= 1 else _LANE)
        bars = []
        for one in shown:
            each = height // max(1, len(one.users))
            for place, user in enumerate(one.users or [None]):
                span = one.starts_at, one.ends_at
                users = [] if user is None else [user]
                bars.append(self._bar(users, *span, place * each, each, one.is_override, is_final=True))
        return Row("final", layer, label, height + 2, bars)

    def _bar(
        self,
        users: Sequence[Named],
        starts_at: datetime,
        ends_at: datetime,
        y: int,
        height: int,
        is_override: bool = False,
        is_final: bool = False,
    ) -> Bar:
        begins, ends = max(starts_at, self.start), min(ends_at, self.end)
        x = self.place(begins)
        width = round(self.place(ends) - x, 3)
        user = users[0] if users else None
        name = gettext("NOBODY") if user is None else user.name
        short = "!" if user is None else shapes.initials(name)
        tz = ZoneInfo(self.canvas.window.zone)
        has_times, is_wide = is_final and width > _FOR_A_TIME, width > _FOR_TWO_TIMES
        return Bar(
            x,
            width,
            y,
            height - 2,
            0 if user is None else self.canvas.colour(user),
            name,
            short,
            shapes.fitting(name, short, width * shapes.DESK),
            shapes.fitting(name, short, width * shapes.PHONE),
            f"{name}: {said(starts_at)} - {said(ends_at)}",
            is_override,
            is_gap=user is None,
            is_mine=user is not None and user.id == self.canvas.me.id,
            is_past=ends_at <= self.canvas.now,
            begins=f"{starts_at.astimezone(tz):%H:%M}" if has_times and self._is_within(starts_at) else "",
            ends=f"{ends_at.astimezone(tz):%H:%M}"
            if has_times and is_wide and self._is_within(ends_at)
            else "",
        )

    def _override(self, mark: OverrideMark, y: int) -> Bar:
        bar = self._bar(
            [mark.user] if mark.user else [], mark.starts_at, mark.ends_at, y, _LANE, is_override=True
        )
        sign = {OverrideKind.ADD: "+ ", OverrideKind.REMOVE: "\N{MINUS SIGN} "}.get(mark.row.kind, "")
        name = sign + bar.name
        if mark.instead_of is not None:
            name = f"{bar.name} \N{LEFTWARDS ARROW} {mark.instead_of.name}"
        return replace(
            bar,
            name=name,
            short=sign + bar.short,
            desk=shapes.fitting(name, sign + bar.short, bar.width * shapes.DESK),
            phone=shapes.fitting(name, sign + bar.short, bar.width * shapes.PHONE),
            title=f"{name}: {said(mark.starts_at)} - {said(mark.ends_at)}",
            href=url_for("pages.roster_override", override_id=mark.id),
        )

    def _cells(self, layer: LayerLine) -> list[Cell]:
        """Pieces between hand-offs, of an hour on a single day; those that are over cannot be chosen."""
        edges = sorted({*self._edges(layer)})
        found = []
        for one in layer.final:
            inner = [edge for edge in edges if one.starts_at < edge < one.ends_at]
            marks = [one.starts_at, *inner, one.ends_at]
            for starts, ends in pairwise(marks):
                may = self.canvas.is_planner or any(user.id == self.canvas.me.id for user in one.users)
                if may and self._shows(starts, ends) and ends > self.canvas.now:
                    found.append(self._cell(layer, one.users, max(starts, self.canvas.now), ends))
        return found

    def _cell(self, layer: LayerLine, users: Sequence[Named], starts: datetime, ends: datetime) -> Cell:
        x = self.place(max(starts, self.start))
        who = ", ".join(user.name for user in users) or gettext("NOBODY")
        span = {"from": starts.isoformat(), "to": ends.isoformat()}
        if self.canvas.is_planner:
            href = url_for("pages.new_override", rotation_id=layer.rotation_id, **span)  # type: ignore[arg-type]
            template = gettext("{layer}, {start} to {end}: {who}. Change it")
        else:
            href = url_for("pages.cover_form", rotation=layer.rotation_id, **span)  # type: ignore[arg-type]
            template = gettext("{layer}, {start} to {end}: {who}. Ask for cover")
        label = template.format(layer=layer.name, start=said(starts), end=said(ends), who=who)
        width = round(self.place(min(ends, self.end)) - x, 3)
        return Cell(x, width, href, label, span["from"], span["to"])

    def _edges(self, layer: LayerLine) -> Iterable[datetime]:
        if self.canvas.window.scale is Scale.DAY:
            return (self.start + number * _HOUR for number in range((self.end - self.start) // _HOUR + 1))
        found = []
        for at, zone in layer.hand_offs:
            tz = ZoneInfo(zone)
            day = (self.start - _DAY).astimezone(tz).date()
            while (edge := first_instant(datetime.combine(day, at), tz)) < self.end + _DAY:
                found.append(edge)
                day += _DAY
        return found

    def _is_within(self, at: datetime) -> bool:
        return self.start < at < self.end or at in self._edges_known

    def _shows(self, starts_at: datetime, ends_at: datetime) -> bool:
        return starts_at < self.end and self.start < ends_at

    def _layer_url(self, layer: LayerLine) -> str:
        return (
            url_for("pages.roster_layer", rotation_id=layer.rotation_id)
            if self.canvas.is_planner and not layer.has_ended
            else ""
        )
