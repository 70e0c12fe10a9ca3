"""A letter on paper: A4, set by hand so that a row is never torn, the same bytes for the same letter."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

from fpdf import FPDF, ViewerPreferences, XPos, YPos
from fpdf.enums import Align, MethodReturnValue

from hotline.services.statements import fonts
from hotline.services.statements.letter import Letter, Row, Section

_FAMILY = "letter"
_MARGIN, _FOOT = 20.0, 22.0
_INK, _QUIET, _ACCENT, _LINE, _TINT = (
    (23, 32, 42),
    (90, 102, 115),
    (11, 94, 128),
    (205, 213, 220),
    (236, 243, 247),
)
_DAY, _AMOUNT = 26.0, 31.0  # widths of the first and the last column


def render(letter: Letter) -> bytes:
    """The letter as a PDF. Letters that the type lacks are spelt with those it has."""
    with fonts.cut(_letters(letter)) as files:
        paper = _Paper(letter, files)
        paper.write()
        return bytes(paper.output())


def _letters(letter: Letter) -> str:
    """Every letter that is printed, each once; in one order, so that the cut type is the same."""
    return "".join(sorted(set("".join(["0123456789()\N{MIDDLE DOT}", *_texts(astuple(letter))]))))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield fonts.writable(value)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from _texts(inner)


class _Paper(FPDF):
    def __init__(self, letter: Letter, files: dict[str, Path]) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self._letter = letter
        self.set_creation_date(letter.made_at)
        self.set_title(f"{letter.title} {letter.number}")
        self.set_author(letter.vendor)
        self.set_subject(f"{letter.customer}, {letter.subtitle}")
        self.set_creator("Hotline")
        self.set_lang(letter.language)
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.add_font(_FAMILY, "", files[fonts.REGULAR])
        self.add_font(_FAMILY, "B", files[fonts.STRONG])
        self.set_margins(_MARGIN, 18, _MARGIN)
        self.c_margin = 0
        self.set_auto_page_break(True, _FOOT)
        self.alias_nb_pages("{pages}")

    def write(self) -> None:  # type: ignore[override]
        """The whole letter."""
        self.add_page()
        self._head()
        self._summary()
        self._entries()
        self._months()
        self._proof()

    def footer(self) -> None:
        """The number of the statement and of the page."""
        self.set_y(-15)
        self._rule()
        self.ln(2)
        self._type(7.5, _QUIET)
        left = f"{self._letter.number} \N{MIDDLE DOT} {self._letter.customer}"
        width = self._width(self._letter.page_of.format(page=88, pages=88), 7.5)
        self._cell(self.epw - width, 4, left)
        # The count of pages is filled in at the end, so it cannot be set from the right.
        self._type(7.5, _QUIET)
        self._cell(width, 4, self._letter.page_of.replace("{page}", str(self.page_no())))

    def _head(self) -> None:
        letter = self._letter
        self.set_fill_color(*_ACCENT)
        self.rect(0, 0, self.w, 3.5, style="F")
        self._type(13, _INK, strong=True)
        self._line(6, letter.vendor)
        self._type(8, _QUIET)
        for line in letter.address:
            self._line(3.9, line)
        self.ln(9)
        top = self.get_y()
        self._type(11, _INK, strong=True)
        self._paragraph(self.epw / 2 - 6, 5.2, letter.customer)
        below = self.get_y()
        self.set_y(top)
        label = max(self._width(name, 8) for name, _value in letter.facts) + 4
        for name, value in letter.facts:
            self.set_x(_MARGIN + self.epw / 2)
            self._type(8, _QUIET)
            self._cell(label, 4.8, name)
            self._type(8, _INK)
            self._paragraph(self.epw / 2 - label, 4.8, value)
        self.set_y(max(self.get_y(), below) + 8)
        self._type(19, _INK, strong=True)
        self._paragraph(0, 8.5, letter.title)
        self._type(13, _ACCENT)
        self._paragraph(0, 6.5, letter.subtitle)
        self.ln(5)

    def _summary(self) -> None:
        """Opening, what moved, closing: the last line is the one that is read."""
        *others, (last_name, last_amount) = self._letter.summary
        for name, amount in others:
            self._type(9.5, _INK)
            self._pair(6.4, name, amount, inset=4)
            self._rule()
        self.set_fill_color(*_TINT)
        self.rect(_MARGIN, self.get_y(), self.epw, 11, style="F")
        self.set_fill_color(*_ACCENT)
        self.rect(_MARGIN, self.get_y(), 1.2, 11, style="F")
        self._type(11.5, _INK, strong=True)
        self._pair(11, last_name, last_amount, inset=4)
        self.ln(3.5)
        self._type(9.5, _INK)
        self._paragraph(0, 5, self._letter.result)
        for note in self._letter.notes:
            self._paragraph(0, 5, note)
        self.ln(5)

    def _entries(self) -> None:
        if not self._letter.sections:
            return
        self._room(40)
        for section in self._letter.sections:
            self._section(section)

    def _section(self, section: Section) -> None:
        self._room(16 + min(self._height(row) for row in section.rows))
        self._type(12, _ACCENT, strong=True)
        self._line(7, section.name)
        self._columns()
        for row in section.rows:
            if self._height(row) > self._left():
                self.add_page()
                self._columns()
            self._row(row)
        self._room(10)
        self._type(9, _INK, strong=True)
        self._pair(7.5, self._letter.subtotal_word, section.subtotal)
        self.ln(5)

    def _columns(self) -> None:
        day, entry, amount = self._letter.heads
        self._type(7.5, _QUIET)
        self._cell(_DAY, 5, day)
        self._cell(self.epw - _DAY - _AMOUNT, 5, entry)
        self._cell(_AMOUNT, 5, amount, Align.R)
        self.ln(5)
        self._rule(_INK)

    def _row(self, row: Row) -> None:
        top = self.get_y() + 1.6
        self.set_y(top)
        self._type(9, _INK)
        self._cell(_DAY, 4.8, row.day)
        width = self.epw - _DAY - _AMOUNT
        self._type(9, _INK, strong=True)
        self._paragraph(width, 4.8, self._named(row))
        below = self.get_y()
        self.set_xy(_MARGIN + self.epw - _AMOUNT, top)
        self._type(9, _INK)
        self._cell(_AMOUNT, 4.8, row.amount, Align.R)
        self.set_y(below)
        self._type(8, _QUIET)
        for text in row.details:
            self.set_x(_MARGIN + _DAY)
            self._paragraph(width, 4.1, text)
        self.ln(1.6)
        self._rule()

    def _height(self, row: Row) -> float:
        """How much of a page a row takes; a row taller than a page is torn all the same."""
        width = self.epw - _DAY - _AMOUNT
        self._type(9, _INK, strong=True)
        height = 3.6 + 4.8 * self._lines(width, self._named(row))
        self._type(8, _QUIET)
        height += 4.1 * sum(self._lines(width, text) for text in row.details)
        return min(height, self.h - 18 - _FOOT - 10)

    def _named(self, row: Row) -> str:
        return f"{row.name} ({row.mark})" if row.mark else row.name

    def _months(self) -> None:
        letter = self._letter
        if not letter.months:
            return
        self._room(12 + 6 * (len(letter.months) + 1))
        self._type(12, _ACCENT, strong=True)
        self._line(8, letter.months_title)
        widths = [self.epw * share for share in (0.23, 0.11, 0.11, 0.15, 0.21, 0.19)]
        self._type(7.5, _QUIET)
        self._cells(widths, 5, letter.month_heads)
        self._rule(_INK)
        self._type(9, _INK)
        for month in letter.months:
            self._cells(widths, 6, month)
            self._rule()
        self.ln(6)

    def _proof(self) -> None:
        letter = self._letter
        self._room(34)
        self._type(9, _INK, strong=True)
        self._line(5.5, letter.proof_title)
        self._type(8, _QUIET)
        for text in letter.proof:
            self._paragraph(0, 4.1, text)
        self.ln(1)
        self._type(8.5, _INK)
        self._paragraph(0, 5, letter.hash)

    # What the parts above are made of. Every text goes through `writable` here and nowhere else.

    def _type(self, size: float, ink: tuple[int, int, int], *, strong: bool = False) -> None:
        self.set_font(_FAMILY, "B" if strong else "", size)
        self.set_text_color(*ink)

    def _cell(self, width: float, height: float, text: str, align: Align = Align.L) -> None:
        self.cell(width, height, fonts.writable(text), align=align, new_x=XPos.RIGHT, new_y=YPos.TOP)

    def _line(self, height: float, text: str) -> None:
        self.cell(0, height, fonts.writable(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _paragraph(self, width: float, height: float, text: str) -> None:
        self.multi_cell(
            width, height, fonts.writable(text), align=Align.L, padding=0, new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )

    def _pair(self, height: float, name: str, amount: str, inset: float = 0) -> None:
        self.set_x(_MARGIN + inset)
        self._cell(self.epw * 0.62, height, name)
        self.set_x(_MARGIN)
        self._cell(self.epw - (2.5 if inset else 0), height, amount, Align.R)
        self.ln(height)

    def _cells(self, widths: Sequence[float], height: float, texts: Sequence[str]) -> None:
        for place, (width, text) in enumerate(zip(widths, texts, strict=True)):
            self._cell(width, height, text, Align.R if place else Align.L)
        self.ln(height)

    def _rule(self, ink: tuple[int, int, int] = _LINE) -> None:
        self.set_draw_color(*ink)
        self.set_line_width(0.2)
        self.line(_MARGIN, self.get_y(), _MARGIN + self.epw, self.get_y())

    def _left(self) -> float:
        return float(self.h - _FOOT - self.get_y())

    def _room(self, height: float) -> None:
        if height > self._left():
            self.add_page()

    def _width(self, text: str, size: float) -> float:
        self._type(size, _INK)
        return float(self.get_string_width(fonts.writable(text)))

    def _lines(self, width: float, text: str) -> int:
        found = self.multi_cell(
            width, 4, fonts.writable(text), dry_run=True, output=MethodReturnValue.LINES, padding=0
        )
        return len(found) if isinstance(found, list) and found else 1
