"""Reading what was typed, forgivingly."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Typed:
    """Keys as they were meant: ``digits`` to use, or a wish to hear it again, or for a person."""

    digits: str
    wants_repeat: bool = False
    wants_person: bool = False


def read(pressed: str) -> Typed:
    """``*`` at the end repeats; before that it means "from the start". ``0`` alone asks for a person."""
    meant = "".join(key for key in pressed if key in "0123456789*").rpartition("*")
    if meant[1] and not meant[2]:
        return Typed("", wants_repeat=True)
    if meant[2] == "0":
        return Typed("", wants_person=True)
    return Typed(meant[2])
