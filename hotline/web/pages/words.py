"""The words of the pages: the viewer's language, times in the viewer's zone, numbers masked."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_decimal
from flask import Flask, g

import sla
from hotline.phone_numbers import mask
from hotline.speech import LANGUAGES
from hotline.speech.render import translations
from hotline.web.pages.guard import viewer_may, viewer_or_none
from hotline.web.pages.site import now_of_page


def install(app: Flask) -> None:
    """Give every template ``_()``, ``ngettext()`` and the filters below."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    # The i18n extension adds this method to the environment.
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    # ``_()`` fills in placeholders; text that comes from elsewhere goes through ``|translated`` untouched.
    app.jinja_env.filters.update(
        translated=gettext,
        local=local,
        utc=utc,
        iso=iso,
        ago=ago,
        masked=mask,
        span=span,
        clock_text=clock_text,
        amount=amount,
    )
    app.context_processor(_about_the_viewer)


def gettext(text: str) -> str:
    """``text`` in the viewer's language."""
    return translations(language()).gettext(text)


def marked(text: str) -> str:
    """``text`` as it is: it stands where a sentence is written that another place translates."""
    return text


def ngettext(singular: str, plural: str, count: int) -> str:
    """One or several, in the viewer's language."""
    return translations(language()).ngettext(singular, plural, count)


def language() -> str:
    """The viewer's language; English for strangers; the customer's on a page that speaks to one."""
    if "hotline_reader" in g:
        return str(g.hotline_reader[0])
    viewer = viewer_or_none()
    return viewer.language if viewer is not None and viewer.language in LANGUAGES else "en"


def time_zone() -> str:
    """The viewer's time zone; UTC for strangers; the customer's on a page that speaks to one."""
    if "hotline_reader" in g:
        return str(g.hotline_reader[1])
    viewer = viewer_or_none()
    return "UTC" if viewer is None else viewer.time_zone


def speak_to(customer_language: str, customer_zone: str) -> None:
    """From here on this page is for a customer, whoever may be signed in on that browser."""
    g.hotline_reader = (customer_language, customer_zone)


def local(at: datetime, zone: str | None = None, seconds: bool = False, dated: bool = False) -> str:
    """A time of day in the viewer's zone (or ``zone``), with its day unless that is today's.

    ``dated`` gives day and year always: what is read again in years must not depend on when.
    """
    tz = ZoneInfo(zone or time_zone())
    is_today = at.astimezone(tz).date() == now_of_page().astimezone(tz).date()
    day = "d MMM y " if dated else "" if is_today else "EEE d MMM "
    pattern = day + ("HH:mm:ss" if seconds else "HH:mm")
    return format_datetime(at, pattern, tzinfo=tz, locale=language())


def utc(at: datetime) -> str:
    """The same instant for a title: exact, in UTC."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def iso(at: datetime) -> str:
    """The same instant for machines."""
    return at.isoformat()


def ago(at: datetime, now: datetime) -> str:
    """How long ago, in words: ``40 seconds ago``."""
    return format_timedelta(at - now, add_direction=True, threshold=1.5, locale=language())


def span(seconds: float) -> str:
    """A length of time in words, rounded down to whole minutes once there is one."""
    whole = timedelta(seconds=seconds // 60 * 60 if seconds >= 60 else seconds)
    return format_timedelta(whole, threshold=1.5, format="short", locale=language())


def clock_text(seconds: float) -> str:
    """What a countdown reads before the script ticks: whole minutes, rounded down, late with a minus."""
    minutes = int(abs(seconds)) // 60
    hours, minutes = divmod(minutes, 60)
    if hours:
        text = gettext("{hours} h {minutes} min").format(hours=hours, minutes=f"{minutes:02d}")
    else:
        text = gettext("{minutes} min").format(minutes=minutes)
    return f"\N{MINUS SIGN}{text}" if seconds < 0 else text


def amount(money: sla.Money) -> str:
    """An amount as the viewer writes numbers, to the last minor unit: ``USD 12,500.00``."""
    exact = money.to_decimal()
    decimals = max(0, -int(exact.as_tuple().exponent))
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return f"{money.currency} {format_decimal(exact, pattern, locale=language())}"


def _about_the_viewer() -> dict[str, Any]:
    return {
        "viewer": viewer_or_none(),
        "may": viewer_may,
        "language": language(),
        "time_zone": time_zone(),
    }
