"""What a chart shows, before it is drawn, and for which eyes."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass

COLOURS = {  # those of hotline.css: what a Tone means, then line, surface and text
    "light": ("#2f5fb3", "#1b6e4a", "#8a5200", "#b3202e", "#59626e", "#d9dde3", "#fff", "#1b2129"),
    "dark": ("#8db4f5", "#6fd3a3", "#ffc46b", "#ff97a0", "#a3adb9", "#343c47", "#1b2129", "#e6eaef"),
}
_LETTER = 0.56  # how wide a letter is beside its height, about
_WIDTHS = {"wide": 1040, "narrow": 350}
_FACTORS = (1, 2, 5)


class Tone(enum.IntEnum):
    """What a colour means; its place among the colours of a scheme."""

    ACCENT = 0
    SAFE = 1
    RISK = 2
    LATE = 3
    QUIET = 4


@dataclass(frozen=True, slots=True)
class Look:
    """For which eyes a picture is: ``scheme`` light or dark, ``size`` wide or narrow."""

    scheme: str = "light"
    size: str = "wide"

    @property
    def is_narrow(self) -> bool:
        """True for a telephone."""
        return self.size == "narrow"

    @property
    def width(self) -> int:
        """In pixels."""
        return _WIDTHS[self.size]

    @property
    def letters(self) -> int:
        """The size of letters in pixels: the picture is shown about as large as it is drawn."""
        return 12 if self.is_narrow else 13

    def width_of(self, texts: Sequence[str]) -> int:
        """About how many pixels the longest of some texts takes, and a little air."""
        return int(max((len(text) for text in texts), default=0) * self.letters * _LETTER) + 12


LOOKS = {f"{scheme}-{size}": Look(scheme, size) for scheme in COLOURS for size in _WIDTHS}


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of bar: what it is called in the legend, its colour, a value for each label.

    A kind that no label has is neither drawn nor in the legend; ``is_there`` says that one has it, of zero.
    """

    name: str
    tone: Tone
    values: Sequence[int]
    is_there: bool = False

    @property
    def is_shown(self) -> bool:
        """Whether any label has it."""
        return self.is_there or any(self.values)


@dataclass(frozen=True, slots=True)
class Plan:
    """A chart of bars, before it is drawn.

    ``captions`` stand at the ends of the bars. ``axis`` is the words of the values' axis with their unit,
    ``labels_axis`` those of the other; ``tick`` writes one value. ``top`` is the highest value of the axis
    when it is fixed, and ``unit`` what its values are multiples of. The promise is a line: across the bar of
    each label at its ``promises``, or between two labels where ``edges`` of them are before it; ``promise``
    says which it is.
    """

    labels: Sequence[str]
    series: Sequence[Series]
    axis: str
    tick: Callable[[int], str]
    captions: Sequence[str] = ()
    labels_axis: str = ""
    promise: str = ""
    promises: Sequence[Sequence[int]] = ()
    edges: Sequence[int] = ()
    top: int | None = None
    unit: int = 1

    @property
    def ends(self) -> list[int]:
        """How far the bars of each label reach, upwards."""
        return [sum(max(one, 0) for one in values) for values in zip(*self._values, strict=True)]

    @property
    def reach(self) -> list[int]:
        """How far the bar and the promise of each label reach."""
        promises = self.promises or [()] * len(self.labels)
        return [max([end, *values]) for end, values in zip(self.ends, promises, strict=True)]

    @property
    def depths(self) -> list[int]:
        """How far they reach below zero."""
        return [sum(min(one, 0) for one in values) for values in zip(*self._values, strict=True)]

    @property
    def _values(self) -> list[Sequence[int]]:
        return [one.values for one in self.series]


def scale(lowest: int, highest: int, steps: int = 5) -> list[int]:
    """Whole round values from at most ``lowest`` to at least ``highest``, about ``steps`` of them."""
    step = next(
        step
        for power in range(30)
        for step in (factor * 10**power for factor in _FACTORS)
        if step * steps >= max(highest - lowest, 1)
    )
    first, last = lowest // step, -(-highest // step)
    return [number * step for number in range(first, max(last, first + 1) + 1)]
