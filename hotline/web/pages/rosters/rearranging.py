"""The buttons of a layer's form that need no script: one more, one less, up and down."""

from datetime import date
from typing import Any

from hotline.web.pages.rosters.part_forms import new_part

_MOST = 40
_EXAMPLE = date(2026, 1, 5)
_NEW = {
    "members": "",
    "hand_offs": {"day": 1, "at": "21:00"},
    "hours": {"days": "work", "begins": "", "ends": ""},
}
Values = dict[str, Any]


def rearranged(data: Values, wish: str, zone: str) -> Values:
    """What was typed with one wish done, such as ``add:part``, ``add:members:0``, ``up:members:0:2``.

    A wish that makes no sense changes nothing.
    """
    parts = data["parts"]
    match wish.split(":"):
        case ["add", "part"] if 0 < len(parts) < _MOST:
            last = parts[-1]
            parts.append({**new_part(zone, _EXAMPLE), "starts_on": last["starts_on"]})
        case ["drop", "part", number] if len(parts) > 1 and _place(number, parts) is not None:
            del parts[int(number)]
        case ["add", what, number] if what in _NEW and _place(number, parts) is not None:
            entries = parts[int(number)][what]
            if len(entries) < _MOST:
                entries.append(_NEW[what])
        case [("drop" | "up" | "down") as how, what, number, place] if what in _NEW:
            if _place(number, parts) is not None:
                _moved(parts[int(number)][what], how, place)
    return data


def _moved(entries: list[Any], how: str, place: str) -> None:
    at = _place(place, entries)
    if at is None:
        return
    entry = entries.pop(at)
    if how != "drop":
        entries.insert(max(0, at + (1 if how == "down" else -1)), entry)


def _place(text: str, entries: list[Any]) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 4 and int(text) < len(entries) else None
