"""The letter and the file of a statement: exact, in the customer's numbers, the same bytes every time."""

import csv
import hashlib
import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from hotline.db.models import EntryKind, Statement, StatementKind
from hotline.services.statements import drawing, files, fonts
from tests.hotline.house import MADES_CONTRACT, House
from tests.support.statements import contract_of, enter

JANUARY = datetime(2026, 12, 3, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def drawn(house: House, *entries: dict[str, Any], **customer: Any) -> Statement:
    def work(op: Any) -> None:
        for name, value in customer.items():
            setattr(contract_of(op, MADES_CONTRACT).customer, name, value)
        for entry in entries:
            enter(op, MADES_CONTRACT, TODAY, **entry)

    house.do(work)
    house.clock.move_to(JANUARY)
    house.do(lambda op: drawing.draw(op, contract_of(op, MADES_CONTRACT)))
    return house.one(Statement, Statement.kind == StatementKind.MONTH)


def text_of(statement: Statement) -> str:
    reader = PdfReader(io.BytesIO(files.as_pdf(statement).data))
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def test_the_letter_says_everything(house_with: Any) -> None:
    house = house_with(vendor_name="Meridian Pte. Ltd.", vendor_address="1 Raffles Place; Singapore 048616")
    statement = drawn(
        house,
        {"minor": 1_234_567},
        {"minor": -34_567, "kind": EntryKind.WAIVER, "reason": "Agreed with Mr Tan."},
        locale="en_SG",
        language="en",
    )
    text = text_of(statement)
    for part in (
        "Meridian Pte. Ltd.",
        "Singapore 048616",
        "SC-2026-000001",
        "November 2026",
        "USD 12,000.00",
        "-345.67",
        "Reason: Agreed with Mr Tan.",
        f"{MADES_CONTRACT}:{statement.last_hash}"[:60],
        "Page 1 of 1",
    ):
        assert part in text, part


@pytest.mark.parametrize(
    ("locale", "currency", "minor", "written"),
    [
        ("en_SG", "USD", 123_456_789, "1,234,567.89"),
        (
            "de_CH",
            "USD",
            123_456_789,
            "1\N{RIGHT SINGLE QUOTATION MARK}234\N{RIGHT SINGLE QUOTATION MARK}567.89",
        ),
        ("id_ID", "IDR", 123_456_789, "1.234.567,89"),
        ("en_SG", "JPY", 123_456_789, "123,456,789"),
        ("en_SG", "KWD", 123_456_789, "123,456.789"),
        ("en_IN", "USD", 123_456_789, "12,34,567.89"),
        (None, "USD", 9_007_199_254_740_993, "90,071,992,547,409.93"),
    ],
)
def test_amounts_are_exact_in_the_customers_numbers(
    lite: House, locale: str | None, currency: str, minor: int, written: str
) -> None:
    statement = drawn(lite, {"minor": minor, "currency": currency}, locale=locale, language="en")
    assert f"{currency} {written}" in text_of(statement)
    rows = list(csv.DictReader(io.StringIO(files.as_csv(statement).data.decode("utf-8-sig"))))
    assert [row["line"] for row in rows] == ["opening", "entry", "closing"]
    assert {row["amount_minor"] for row in rows[1:]} == {str(minor)}


def test_indonesian_customers_read_indonesian(lite: House) -> None:
    text = text_of(drawn(lite, {"minor": 500_000}, language="id"))
    assert "Laporan kredit layanan" in text
    assert "Saldo akhir" in text
    assert "5.000,00" in text
    assert "Closing" not in text


def test_other_locales_get_english_words_with_their_numbers(lite: House) -> None:
    text = text_of(drawn(lite, {"minor": 500_000}, language="en", locale="de_CH"))
    assert "Closing balance" in text
    assert "1 Nov 2026" in text, "and days that nobody takes for another"


def test_the_same_statement_is_the_same_bytes(lite: House) -> None:
    statement = drawn(lite, {"minor": 500_000})
    first = files.as_pdf(statement)
    lite.clock.advance(86_400)
    again = files.as_pdf(lite.one(Statement, Statement.id == statement.id))
    assert first.digest == again.digest == hashlib.sha256(again.data).hexdigest()


def test_the_letter_says_who_wrote_it_in_which_language(lite: House) -> None:
    statement = drawn(lite, {"minor": 500_000}, language="id")
    reader = PdfReader(io.BytesIO(files.as_pdf(statement).data))
    assert statement.number in reader.metadata.title
    assert reader.metadata.creation_date == statement.drawn_at
    assert reader.trailer["/Root"]["/Lang"] == "id"


def test_a_long_statement_runs_over_pages_and_tears_no_row(lite: House) -> None:
    statement = drawn(lite, *[{"minor": 100 + place} for place in range(60)], language="en")
    reader = PdfReader(io.BytesIO(files.as_pdf(statement).data))
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) > 3
    for place, page in enumerate(pages, 1):
        assert f"Page {place} of {len(pages)}" in page
    whole = " ".join(pages)
    assert all(f"{(100 + place) / 100:.2f}" in whole for place in range(60))


def test_every_latin_greek_and_cyrillic_name_is_written() -> None:
    for name in ("Łódź Việt Đà Nẵng", "Şişli İstanbul", "Αθήνα", "Київ Банк", "Kovač & Söhne"):
        assert fonts.writable(name) == name
    assert fonts.writable("\N{LATIN SMALL LIGATURE FI}rst") in {"first", "\N{LATIN SMALL LIGATURE FI}rst"}
    assert fonts.writable("\u682a\u5f0f ABC") == "?? ABC"


def test_a_sentence_that_a_spreadsheet_would_run_is_guarded(lite: House) -> None:
    statement = drawn(lite, {"minor": 1, "reason": "=cmd()"})
    rows = list(csv.DictReader(io.StringIO(files.as_csv(statement).data.decode("utf-8-sig"))))
    assert rows[1]["reason"] == "'=cmd()"
    assert statement.drawn_at < JANUARY + timedelta(days=1)
