"""What every kind of thing in the directory has in common, and what can be wrong with a change of it."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from hotline.errors import ConflictError, InvalidInputError
from hotline.services.operation import Operation

Row = TypeVar("Row")
Values = Mapping[str, Any]
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A marked sentence and the values for its placeholders: said in the language of whoever reads it."""

    text: str
    values: Mapping[str, str]

    def __str__(self) -> str:
        return self.text.format(**self.values)


def sentence(text: str, **values: object) -> Sentence:
    """A sentence with its values."""
    return Sentence(text, {name: str(value) for name, value in values.items()})


class WrongFieldError(InvalidInputError):
    """What was typed in ``field`` cannot be; ``why`` stands beside the field."""

    code = "wrong-field"

    def __init__(self, field: str, why: Sentence) -> None:
        super().__init__(str(why))
        self.field, self.why = field, why


class StaleError(ConflictError):
    """Somebody saved meanwhile: ``by`` (None for the command line), ``at``, and what they changed.

    ``seen`` is the version that is there now: who sends it too has seen that change.
    """

    code = "stale"

    def __init__(self, seen: str, by: str | None, at: datetime | None, before: Facts, after: Facts) -> None:
        super().__init__("Somebody saved this meanwhile.")
        self.seen, self.by, self.at, self.before, self.after = seen, by, at, before, after


class InUseError(ConflictError):
    """It cannot end, or cannot come back, before these things are done; each sentence says one."""

    code = "in-use"

    def __init__(self, reasons: list[Sentence]) -> None:
        super().__init__(" ".join(map(str, reasons)))
        self.reasons = reasons


def _nothing(_op: Operation, _row: Any) -> list[Sentence]:
    return []


@dataclass(frozen=True, slots=True)
class Kind(Generic[Row]):
    """A kind of thing. ``name`` is what the audit trail calls it.

    ``facts`` are what the audit keeps and people read, in JSON; those named in ``phones`` are masked
    there. ``put`` checks values and sets them on a row, or raises :class:`WrongFieldError`. ``holds``
    says what has to be done before it may end, ``returns`` before it may be brought back. A kind that
    ``makes`` its rows by another service leaves their audit entry to that service.
    """

    name: str
    model: type[Row]
    called: Callable[[Row], str]
    facts: Callable[[Operation, Row], Facts]
    put: Callable[[Operation, Row, Values], None]
    holds: Callable[[Operation, Row], list[Sentence]] = _nothing
    returns: Callable[[Operation, Row], list[Sentence]] = _nothing
    phones: tuple[str, ...] = ()
    makes: Callable[[Operation, uuid.UUID, uuid.UUID | None, Values], Row] | None = None
