"""Parameters of a REST request: known names only, each checked against its documented type.

Kinds: ``text``, ``int:low:high``, ``bool``, ``url``, ``method``, ``a|b|c``; ``list:KIND`` may be
given several times.
"""

from urllib.parse import urlsplit

from werkzeug.datastructures import MultiDict

from hotline.emulator.rest.errors import invalid

Spec = dict[str, str]
PAGING: Spec = {"PageSize": "int:1:1000", "Page": "int:0:1000000", "PageToken": "text"}


class Params:
    """The checked parameters of one request."""

    def __init__(self, given: MultiDict[str, str], spec: Spec) -> None:
        for name in given:
            if name not in spec:
                raise invalid(name, "it is not a parameter of this resource")
            kind = spec[name]
            single = kind.removeprefix("list:")
            values = given.getlist(name)
            if kind == single and len(values) > 1:
                raise invalid(name, "it is given more than once")
            for value in values:
                _check(name, value, single)
        self._given = given

    def __contains__(self, name: str) -> bool:
        return name in self._given

    def text(self, name: str, default: str = "") -> str:
        return self._given.get(name, default)

    def number(self, name: str, default: int) -> int:
        value = self._given.get(name)
        return int(value) if value else default

    def flag(self, name: str, default: bool = False) -> bool:
        value = self._given.get(name)
        return default if not value else value.lower() == "true"

    def many(self, name: str) -> list[str]:
        """Every value given; a blank-separated list counts as several."""
        return [word for value in self._given.getlist(name) for word in value.split()]


def _check(name: str, value: str, kind: str) -> None:
    if kind == "text" or value == "":
        return
    if kind == "bool":
        good = value.lower() in ("true", "false")
    elif kind == "method":
        good = value.upper() in ("GET", "POST")
    elif kind == "url":
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.netloc)
    elif kind.startswith("int:"):
        low, high = kind[4:].split(":")
        good = value.lstrip("-").isdigit() and int(low) <= int(value) <= int(high)
    else:
        good = all(word in kind.split("|") for word in value.split())
    if not good:
        raise invalid(name, f"{value!r} is not {kind}")
