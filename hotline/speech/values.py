"""Values inside prompts, each spoken (or written) as people of a language say it."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time, get_timezone_location

from hotline.phone_numbers import pretty


@dataclass(frozen=True, slots=True)
class Reference:
    """An incident reference such as ``4821-7``: spoken digit by digit, written as it is."""

    text: str

    def spoken(self, language: str) -> str:
        return spell(self.text)

    def written(self, language: str) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Spelled:
    """Letters and digits that are read one by one, such as a reply code."""

    text: str

    def spoken(self, language: str) -> str:
        return spell(self.text)

    def written(self, language: str) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class ClockTime:
    """An instant as a time of day in somebody's own zone; spoken with the place it is true for."""

    at: datetime
    time_zone: str

    def spoken(self, language: str) -> str:
        place = get_timezone_location(ZoneInfo(self.time_zone), locale=language, return_city=True)
        return f"{self._short(language)}, {place}"

    def written(self, language: str) -> str:
        return f"{self.at.astimezone(ZoneInfo(self.time_zone)):%H:%M}"

    def _short(self, language: str) -> str:
        local = self.at.astimezone(ZoneInfo(self.time_zone))
        return format_time(local, format="short", locale=language).replace("\u202f", " ")


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant with its day in somebody's own zone: what is read may be days away."""

    at: datetime
    time_zone: str

    def spoken(self, language: str) -> str:
        return self.written(language)

    def written(self, language: str) -> str:
        zone = ZoneInfo(self.time_zone)
        return format_datetime(self.at, "EEE d MMM HH:mm", tzinfo=zone, locale=language)


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day, in full."""

    day: date

    def spoken(self, language: str) -> str:
        return format_date(self.day, format="long", locale=language)

    def written(self, language: str) -> str:
        return self.spoken(language)


@dataclass(frozen=True, slots=True)
class Minutes:
    """A span in whole minutes; the catalogues carry its plural."""

    count: int

    def written(self, language: str) -> str:
        return str(self.count)


@dataclass(frozen=True, slots=True)
class Telephone:
    """A telephone number, read in groups."""

    e164: str

    def spoken(self, language: str) -> str:
        groups = pretty(self.e164).removeprefix("+").replace("-", " ").split()
        return "+ " + ", ".join(" ".join(group) for group in groups)

    def written(self, language: str) -> str:
        return pretty(self.e164)


def spell(text: str) -> str:
    """``4821-7`` becomes ``4, 8, 2, 1, 7``: slow enough to write down."""
    return ", ".join(character for character in text if character.isalnum())
