"""Charts as SVG pictures: drawn on the server, without a script, in the colours of the pages.

A picture stands in an ``<img>``, so it knows nothing of the page around it: its :class:`Look` says for which
scheme and width it is. Whole numbers go in; only the places on the paper are worked out from them.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import isqrt
from typing import Any

import pygal
from pygal.style import Style

from hotline.web.pages.statistics.plans import COLOURS, Look, Plan, Tone, scale
from hotline.web.pages.statistics.shapes import Columns, Dots, Rows

_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif"
_BESIDE = 80  # pixels beside the bars that stand: their axis and the margins
_WIDEST = 90
_CSS = (
    "inline:.caption {{ fill: {text}; }} .promise-words {{ fill: {text}; font-weight: 600; }}"
    "text {{ font-family: {font}; }} .axis text, .axis text.major, .title {{ fill: {quiet}; }}"
    ".text-overlay text {{ font-size: {size}px; }} .text-overlay .caption {{ font-size: {small}px; }}"
    ".promise {{ stroke: {text}; stroke-width: 2; stroke-dasharray: 7 4; fill: none; }}"
    ".halo {{ stroke: {surface}; stroke-width: 5; fill: none; }} .axis .line {{ stroke: {line}; }}"
)


def columns(plan: Plan, look: Look) -> bytes:
    """Bars that stand, side by side, in the order of the labels."""
    each = (look.width - _BESIDE) // max(len(plan.labels), 1)
    captions = plan.captions if each > look.width_of(plan.captions) else ()
    chart = _bars(Columns, replace(plan, captions=captions), look, 320 if look.is_narrow else 340)
    chart.y_title, chart.x_title = plan.axis, plan.labels_axis or None
    chart.margin_bottom = 16 if plan.labels_axis else 4
    chart._series_margin = max(0.06, 0.5 - _WIDEST / each / 2)  # noqa: SLF001 - a single bar fills no page
    chart.x_labels = _thinned(plan.labels, look)
    for one in chart.plan.series:
        chart.add(one.name, list(one.values))
    return _render(chart)


def rows(plan: Plan, look: Look) -> bytes:
    """Bars that lie, one below the other, in the order of the labels; longer names are cut."""
    room = 15 if look.is_narrow else 34
    labels = [_cut(label, room) for label in plan.labels]
    chart = _bars(Rows, plan, look, height_of_rows(len(labels)), look.width_of(labels))
    chart.x_title, chart.margin_bottom = plan.axis, 16
    chart.x_labels = labels[::-1]
    for one in chart.plan.series:
        chart.add(one.name, list(one.values[::-1]))
    return _render(chart)


def height_of_rows(count: int) -> int:
    """How high :func:`rows` draws so many bars."""
    return 120 + 30 * count


def dots(days: Sequence[str], hours: Sequence[str], counts: Sequence[Sequence[int]], look: Look) -> bytes:
    """A dot for every hour of every day; its area says how many."""
    chart = _configured(Dots, look, 270 if look.is_narrow else 330, (Tone.LATE,) * len(days))
    chart.show_legend = False
    chart.x_labels = list(hours)
    chart.x_labels_major = list(hours)[:: 6 if look.is_narrow else 2]
    chart.show_minor_x_labels = False
    for day, values in zip(days, counts, strict=True):
        # The eye compares areas, and pygal draws the value as the width.
        chart.add(day, [isqrt(value * 10_000) for value in values])
    return _render(chart)


def nothing(words: str, look: Look) -> bytes:
    """A picture that says that there is nothing to draw."""
    chart = _configured(pygal.Bar, look, 120, (Tone.ACCENT,))
    chart.no_data_text = words
    chart.show_y_labels = False
    return _render(chart)


def _bars(kind: Any, plan: Plan, look: Look, height: int, beside: int = 0) -> Any:
    series = [one for one in plan.series if one.is_shown] or plan.series[:1]
    plan = replace(plan, series=series)  # a legend of what is not there would only ask for a search
    chart = _configured(kind, look, height, [one.tone for one in series])
    chart.plan = plan
    lowest = min([0, *plan.depths])
    promised = [value for values in plan.promises for value in values]
    highest = max([1, *plan.ends, *promised]) if plan.top is None else plan.top
    steps = scale(lowest // plan.unit, -(-highest // plan.unit), 4 if look.is_narrow else 5)
    values = [step * plan.unit for step in steps]
    if plan.top is not None:
        values = [value for value in values if value <= plan.top]
    chart.y_labels = [{"value": value, "label": plan.tick(value)} for value in values]
    chart.range = (values[0], _with_room(values, plan, look, beside if kind is Rows else None))
    return chart


def _with_room(values: Sequence[int], plan: Plan, look: Look, beside: int | None) -> int:
    """Where the axis ends, so that the captions at the ends of the longest bars have room."""
    top = max([values[-1], *plan.ends])
    if not plan.captions:
        return top
    if beside is None:
        return top + max((top - values[0]) // 12, 1)
    whole = max(look.width - beside - 40, 1)
    left = max(whole - look.width_of(plan.captions), whole // 4)
    return values[0] + (top - values[0]) * whole // left


def _configured(kind: Any, look: Look, height: int, tones: Sequence[Tone]) -> Any:
    colours = COLOURS[look.scheme]
    line, _surface, text = colours[5:]
    style = Style(
        background="transparent", plot_background="transparent",
        foreground=text, foreground_strong=text, foreground_subtle=line,
        font_family=_FONT, opacity="1", stroke_opacity="1", transition="none",
        guide_stroke_color=line, major_guide_stroke_color=line,
        guide_stroke_dasharray="none", major_guide_stroke_dasharray="none",
        label_font_size=look.letters, major_label_font_size=look.letters, title_font_size=look.letters,
        legend_font_size=look.letters, value_font_size=look.letters, no_data_font_size=look.letters + 3,
        colors=tuple(colours[tone] for tone in tones),
    )  # fmt: skip
    chart = kind(
        style=style, js=[], no_prefix=True, explicit_size=True, width=look.width, height=height,
        legend_at_bottom=True, legend_at_bottom_columns=1 if look.is_narrow else max(len(tones), 1),
        legend_box_size=look.letters, show_legend=True, truncate_legend=-1, truncate_label=-1,
        spacing=8, margin=4, margin_top=26, margin_right=12, print_values=False, rounded_bars=2,
        css=["file://style.css", "file://graph.css", _css(look)],
    )  # fmt: skip
    chart.look = look
    chart.add_xml_filter(_without_extras)
    return chart


def _css(look: Look) -> str:
    colours = COLOURS[look.scheme]
    line, surface, text = colours[5:]
    return _CSS.format(
        text=text, quiet=colours[Tone.QUIET], surface=surface, line=line,
        font=_FONT, size=look.letters, small=look.letters - 1,
    )  # fmt: skip


def _thinned(labels: Sequence[str], look: Look) -> list[str]:
    """Labels that would touch the one before them are left out."""
    each = (look.width - _BESIDE) / max(len(labels), 1)
    kept: list[str] = []
    free_from = 0.0
    for place, label in enumerate(labels):
        half = look.width_of([label]) / 2
        fits = place * each - half >= free_from or place == 0
        kept.append(label if fits else "")
        free_from = place * each + half if fits else free_from
    return kept


def _cut(label: str, room: int) -> str:
    return label if len(label) <= room else label[: room - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _without_extras(root: Any) -> Any:
    """What only pygal's own script would use is left out."""
    for parent in list(root.iter()):
        for child in list(parent):
            if isinstance(child.tag, str) and child.tag.rpartition("}")[2] in {"script", "desc"}:
                parent.remove(child)
    return root


def _render(chart: Any) -> bytes:
    picture: bytes = chart.render()
    return picture
