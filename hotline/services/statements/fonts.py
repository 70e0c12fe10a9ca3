"""The type of letters: IBM Plex Sans, cut down to the letters of one document before it is given its weight.

The package's file holds every weight at once; giving all its letters one weight takes seconds, those of one
document hundredths.
"""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

REGULAR, STRONG = "regular", "strong"
_WEIGHTS = {REGULAR: 400, STRONG: 600}
_FILE = "IBMPlexSans[wdth,wght].ttf"
_UNKNOWN = "?"
# What is slow to read and not needed: shaping is not done, and widths follow from the outlines.
_SLOW = ("GDEF", "GPOS", "GSUB", "HVAR", "MVAR", "STAT")


def writable(text: str) -> str:
    """``text`` in letters that the type has: Latin, Greek and Cyrillic with all their marks.

    Another letter becomes what it is made of, if that can be written, else a question mark: the page and the
    CSV file hold it as it is.
    """
    return "".join(map(_writable, text))


@contextmanager
def cut(letters: str) -> Iterator[dict[str, Path]]:
    """Files with these letters, by :data:`REGULAR` and :data:`STRONG`; they are gone afterwards."""
    with TemporaryDirectory(prefix="hotline-letter-") as folder:
        yield {name: _cut(Path(folder) / f"{name}.ttf", letters, weight) for name, weight in _WEIGHTS.items()}


def _cut(path: Path, letters: str, weight: int) -> Path:
    with _source() as source:
        font = TTFont(source, recalcTimestamp=False)
        for table in _SLOW:
            if table in font:
                del font[table]
        options = subset.Options(layout_features=[], hinting=False, notdef_outline=True)
        cutter = subset.Subsetter(options)
        cutter.populate(text=letters + _UNKNOWN)
        cutter.subset(font)
        instancer.instantiateVariableFont(font, {"wght": weight, "wdth": 100}, inplace=True)
        font.save(path)
    return path


@contextmanager
def _source() -> Iterator[Path]:
    with resources.as_file(resources.files("fontpkg_ibm_plex_sans") / "files" / _FILE) as path:
        yield path


@cache
def _known() -> frozenset[int]:
    with _source() as source, TTFont(source, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _writable(letter: str) -> str:
    if ord(letter) in _known():
        return letter
    parts = [part for part in unicodedata.normalize("NFKD", letter) if ord(part) in _known()]
    plain = [part for part in parts if not unicodedata.combining(part)]
    return "".join(plain) or _UNKNOWN
