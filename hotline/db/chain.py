"""Hashes that chain rows: whoever changes one row breaks every hash after it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

FIRST = "0" * 64  # what the first row of a chain has before it


def digest(previous: str, content: Mapping[str, Any]) -> str:
    """The SHA-256 of the hash before and of ``content``, JSON values in one canonical spelling.

    Keys are sorted, nothing but ASCII, no blank; a float is refused, for its spelling is nobody's promise.
    """
    _refuse_floats(content)
    text = json.dumps(
        {"previous": previous, **content}, sort_keys=True, separators=(",", ":"), ensure_ascii=True
    )
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError(f"a float cannot be chained: {value!r}")
    if isinstance(value, Mapping):
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)
