"""What is wrong with an address that asks for a list: which parameter, and why it cannot be used."""

import enum
from dataclasses import dataclass


class Fault(enum.StrEnum):
    """Why a parameter cannot be used; the pages say it in words."""

    TOO_LONG = "too long"
    UNPRINTABLE = "unprintable"
    NO_DAY = "no day"
    NO_CHOICE = "no choice"
    NO_SORT = "no sort"
    NO_PLACE = "no place"
    BACKWARDS = "backwards"


@dataclass(frozen=True, slots=True)
class Problem:
    """A parameter by its name, and what is wrong with it."""

    parameter: str
    fault: Fault


class UnusableError(Exception):
    """A filter cannot be applied; caught where a question is read, and kept as a :class:`Problem`."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault
