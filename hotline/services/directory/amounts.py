"""Amounts as people type them: a currency, an amount of it, a share of the fee, lines of a text."""

import re
from collections.abc import Iterator
from datetime import date

import sla
from hotline.services.directory.kind import WrongFieldError, sentence
from hotline.services.reports.words import marked

# Ten million million: far above any fee, and far below what a database counts to.
MOST_MINOR = 10**15
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
_SHARE = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?\s*%")


def currency(text: str | None) -> str:
    """The code of a currency in capitals. Raises :class:`WrongFieldError` at ``currency``."""
    code = str(text or "").strip().upper()
    if code not in sla.EXPONENTS:
        raise WrongFieldError(
            "currency", sentence(marked("Type a currency by its three letters, such as USD."))
        )
    return code


def amount(text: str, code: str) -> sla.Money | None:
    """An amount of zero or more that can be kept; None for anything else."""
    try:
        found = sla.money_from_text(text, code)
    except ValueError:
        return None
    return found if 0 <= found.minor <= MOST_MINOR else None


def positive(text: str | None, code: str, field: str) -> sla.Money | None:
    """An amount above zero, None for nothing typed. Raises :class:`WrongFieldError` at ``field``."""
    plain = str(text or "").strip()
    if not plain:
        return None
    found = amount(plain, code)
    if found is None or found.minor == 0:
        raise WrongFieldError(
            field,
            sentence(
                marked("Write an amount above zero in {currency}, such as 12500 or 12,500.00."), currency=code
            ),
        )
    return found


def share(text: str) -> int | None:
    """Basis points of a percentage such as ``2.5 %``, at most 100 %; None for anything else."""
    found = _SHARE.fullmatch(text.strip())
    if found is None:
        return None
    points = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    return points if points <= 10_000 else None


def lines(text: str | None) -> Iterator[tuple[int, str]]:
    """Every line that says something, with its number from 1."""
    for number, line in enumerate(str(text or "").split("\n"), start=1):
        if line.strip():
            yield number, line.strip()


def day(found: date | None, field: str) -> date:
    """A day within reach of every calendar. Raises :class:`WrongFieldError` at ``field``."""
    if found is None or not EARLIEST <= found <= LATEST:
        raise WrongFieldError(field, sentence(marked("Type a day between the years 2000 and 2199.")))
    return found
