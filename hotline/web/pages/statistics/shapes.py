"""The shapes that pygal draws, and what we draw upon them: the promise, and words at the ends of bars."""

import sys
from collections.abc import Sequence
from typing import Any

import pygal

from hotline.web.pages.statistics.plans import Look, Plan

# The library adds a finder for its maps that Python no longer asks, and warns about at every import.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != pygal.__name__]

_BOLD = 0.62  # how wide a bold letter is beside its height, about


class _Marked:
    """What pygal does not draw: the promise as a line, and words at the ends of bars."""

    plan: Plan
    look: Look

    def _plot(self) -> None:
        super()._plot()  # type: ignore[misc]
        chart: Any = self
        self._draw_captions()
        for place, values in zip(self._places(), self.plan.promises, strict=False):
            for value in values:
                self._draw_promise(place, value)
        for edge in self.plan.edges:
            self._stroke(f"M{chart.view.x(edge / len(self.plan.labels))} 0 v{chart.view.height}")
        if self.plan.promise:
            self._draw_key()

    def _places(self) -> Sequence[float]:
        """Where the bars stand, in the order of the plan's labels."""
        raise NotImplementedError

    def _draw_captions(self) -> None:
        raise NotImplementedError

    def _draw_promise(self, place: float, value: int) -> None:
        raise NotImplementedError

    def _draw_key(self) -> None:
        """What the line is: above the bars, where nothing else is."""
        chart: Any = self
        right = chart.view.width
        self._text(right, -10, self.plan.promise, "end", "promise-words")
        left = right - len(self.plan.promise) * self.look.letters * _BOLD - 8
        self._stroke(f"M{left - 24} -14 h24")

    def _text(self, x: float, y: float, words: str, anchor: str, kind: str) -> None:
        chart: Any = self
        place = {"text-anchor": anchor}
        chart.svg.node(chart.nodes["text_overlay"], "text", place, x=x, y=y, class_=kind).text = words

    def _stroke(self, path: str) -> None:
        chart: Any = self
        for kind in ("halo", "promise"):
            chart.svg.node(chart.nodes["overlay"], "path", d=path, class_=kind)


class Columns(_Marked, pygal.StackedBar):  # type: ignore[misc]
    """Bars that stand."""

    def _places(self) -> Sequence[float]:
        return list(self._x_pos)

    def _draw_captions(self) -> None:
        for x, end, words in zip(self._places(), self.plan.reach, self.plan.captions, strict=False):
            self._text(self.view.x(x), self.view.y(end) - 5, words, "middle", "caption")

    def _draw_promise(self, place: float, value: int) -> None:
        half = 0.5 / len(self.plan.labels)
        self._stroke(f"M{self.view.x(place - half)} {self.view.y(value)} H{self.view.x(place + half)}")


class Rows(_Marked, pygal.HorizontalStackedBar):  # type: ignore[misc]
    """Bars that lie; pygal counts them from below, and its view has x and y changed over."""

    def _places(self) -> Sequence[float]:
        return list(self._x_pos)[::-1]

    def _draw_captions(self) -> None:
        for place, end, words in zip(self._places(), self.plan.reach, self.plan.captions, strict=False):
            y = self.view.x(place) + self.look.letters / 3
            self._text(self.view.y(end) + 6, y, words, "start", "caption")

    def _draw_promise(self, place: float, value: int) -> None:
        half = 0.5 / len(self.plan.labels)
        self._stroke(f"M{self.view.y(value)} {self.view.x(place - half)} V{self.view.x(place + half)}")


class Dots(pygal.Dot):  # type: ignore[misc]
    """A dot for each hour of each day, the larger the more."""
