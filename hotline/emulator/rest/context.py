"""What a REST handler is given: the account, the checked parameters, and paging."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import request

from hotline.emulator.exchange import Exchange
from hotline.emulator.rest.errors import invalid
from hotline.emulator.rest.params import Params, Spec

T = TypeVar("T")
Reply = tuple[int, Any]


@dataclass
class Context:
    """One request. ``before_answer`` holds what is done without the lock before the answer goes out."""

    exchange: Exchange
    before_answer: list[Callable[[], None]] = field(default_factory=list)

    def form(self, spec: Spec) -> Params:
        return Params(request.form, spec)

    def query(self, spec: Spec) -> Params:
        return Params(request.args, spec)

    def page(self, key: str, items: list[T], params: Params, render: Callable[[T], Any]) -> Reply:
        """One page of a list in Twilio's envelope."""
        size, number = params.number("PageSize", 50), params.number("Page", 0)
        start = size * number
        chosen = items[start : start + size]
        last = max(0, (len(items) - 1) // size)
        return 200, {
            key: [render(item) for item in chosen],
            "page": number,
            "page_size": size,
            "start": start,
            "end": max(start, start + len(chosen) - 1),
            "uri": self._page_uri(number, size),
            "first_page_uri": self._page_uri(0, size),
            "previous_page_uri": self._page_uri(number - 1, size) if number else None,
            "next_page_uri": self._page_uri(number + 1, size) if number < last else None,
        }

    def _page_uri(self, number: int, size: int) -> str:
        kept = [
            (k, v) for k, v in request.args.items(multi=True) if k not in ("Page", "PageSize", "PageToken")
        ]
        query = [*kept, ("PageSize", str(size)), ("Page", str(number))]
        if number:
            query.append(("PageToken", f"PA{number}"))
        return f"{request.path}?{urlencode(query)}"


def within(params: Params, name: str, instant: datetime | None) -> bool:
    """Whether ``instant`` fits the filters ``name``, ``name<`` and ``name>``; a day means all of it."""
    for sign in ("", "<", ">"):
        text = params.text(f"{name}{sign}")
        if not text:
            continue
        low, high = _span(f"{name}{sign}", text)
        if instant is None:
            return False
        fits = {"": low <= instant <= high, "<": instant <= high, ">": instant >= low}[sign]
        if not fits:
            return False
    return True


def _span(name: str, text: str) -> tuple[datetime, datetime]:
    try:
        if len(text) == 10:
            day = datetime.combine(datetime.fromisoformat(text).date(), time.min, UTC)
            return day, day + timedelta(days=1, microseconds=-1)
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            instant = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        raise invalid(name, f"{text!r} is no date") from None
    instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    if instant.time() == time.min and name[-1] not in "<>":
        # The SDK turns a day into its midnight.
        return instant, instant + timedelta(days=1, microseconds=-1)
    return instant, instant + timedelta(microseconds=999_999)
