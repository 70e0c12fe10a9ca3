"""The address below a letterhead as settings write it: lines with a semicolon between two."""

from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_settings import NoDecode

MOST_LINES, LONGEST_LINE = 6, 80


def lines(value: Any) -> Any:
    """The lines that are not empty. Raises ValueError for too many or too long ones."""
    parts = value.split(";") if isinstance(value, str) else list(value or ())
    found = tuple(part.strip() for part in parts if part.strip())
    if len(found) > MOST_LINES or any(len(line) > LONGEST_LINE for line in found):
        raise ValueError(f"is at most {MOST_LINES} lines of {LONGEST_LINE} characters, with a ; between two")
    return found


AddressLines = Annotated[tuple[str, ...], NoDecode, BeforeValidator(lines)]
