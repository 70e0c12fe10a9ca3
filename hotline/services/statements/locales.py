"""How amounts and days are written for a customer: exact, by their locale, in the words of their language."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_percent, parse_pattern

import sla
from hotline.db.models import Customer
from hotline.speech.render import language_or_default

_USUAL = {"en": "en_SG", "id": "id_ID"}
# Days are written by the locale where it speaks the language of the words, else as this writes them.
_DAYS = {"en": "en_GB", "id": "id_ID"}


def is_locale(text: str) -> bool:
    """Whether it is a locale that numbers can be written by, in its usual spelling, such as ``de_CH``."""
    try:
        return str(Locale.parse(text)) == text
    except (ValueError, UnknownLocaleError):
        return False


def language_of(customer: Customer) -> str:
    """The language of the words that are sent to a customer."""
    return language_or_default(customer.language)


def locale_of(customer: Customer) -> str:
    """The locale of the amounts that are sent to a customer."""
    return customer.locale or _USUAL[language_of(customer)]


class Writing:
    """Writes amounts, days and times for one reader."""

    def __init__(self, language: str, locale: str, zone: str) -> None:
        self.language, self.locale = language, locale
        self._zone = ZoneInfo(zone)
        speaks_it = locale.partition("_")[0] == language
        self._days = locale if speaks_it else _DAYS[language]

    def amount(self, minor: int, currency: str) -> str:
        """An amount with every digit, ``1,234.50`` or ``-1,234.50``; the currency stands elsewhere."""
        exact = sla.Money(minor, currency).to_decimal()
        decimals = max(0, -int(exact.as_tuple().exponent))
        speaker = Locale.parse(self.locale)
        pattern = parse_pattern(speaker.decimal_formats[None].pattern)  # groups as the locale does
        pattern.frac_prec = (decimals, decimals)
        return str(pattern.apply(exact, speaker))

    def money(self, minor: int, currency: str) -> str:
        """The same with its currency before it, and never a line's end between the two."""
        return f"{currency}\N{NO-BREAK SPACE}{self.amount(minor, currency)}"

    def share(self, part: int, whole: int) -> str:
        """A part of a whole in percent with one decimal, rounded down: 90 % is said of 90 % only."""
        if not whole:
            return "\N{EN DASH}"
        permille = part * 1000 // whole
        return str(format_percent(Decimal(permille) / 1000, "#,##0.0%", locale=self.locale))

    def day(self, day: date) -> str:
        """A day with its month in words."""
        return str(format_date(day, "d MMM y", locale=self._days))

    def month(self, day: date) -> str:
        """The month of a day, with its year."""
        return str(format_date(day, "MMMM y", locale=self._days))

    def time(self, at: datetime) -> str:
        """An instant on the customer's clock, to the minute."""
        return str(format_datetime(at, "d MMM y HH:mm", tzinfo=self._zone, locale=self._days))

    def second(self, at: datetime) -> str:
        """The same to the second: a deadline may be missed by less than a minute."""
        return str(format_datetime(at, "d MMM y HH:mm:ss", tzinfo=self._zone, locale=self._days))

    def local_day(self, at: datetime) -> str:
        """The day of an instant on the customer's calendar."""
        return self.day(at.astimezone(self._zone).date())
