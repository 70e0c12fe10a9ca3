"""Checks that several kinds share: names, telephone numbers, zones, and what must be there once only."""

import uuid
from typing import Any

import sqlalchemy as sa

from hotline.phone_numbers import InvalidPhoneNumberError, normalise
from hotline.services.accounts.people import time_zones
from hotline.services.directory.kind import Sentence, WrongFieldError, sentence
from hotline.services.operation import Operation
from hotline.services.reaching import numbers
from hotline.services.reports.words import marked
from hotline.speech import LANGUAGES

OTHER_NAME = marked("{name} has that name already. Choose another.")
OTHER_NAME_ENDED = marked("{name} had that name and has ended. Bring it back, or choose another name.")


def name(text: str | None, field: str = "name", longest: int = 80) -> str:
    """``text`` without surplus spaces. Raises :class:`WrongFieldError`."""
    plain = " ".join((text or "").split())
    if not plain or len(plain) > longest or not plain.isprintable():
        raise WrongFieldError(
            field, sentence(marked("Type a name of 1 to {longest} characters."), longest=longest)
        )
    return plain


def phone(op: Operation, text: str | None, field: str = "phone") -> str:
    """A telephone number in E.164 that may be called. Raises :class:`WrongFieldError`."""
    try:
        number = normalise(text or "")
    except InvalidPhoneNumberError:
        raise WrongFieldError(
            field,
            sentence(marked("That is no complete international number; write it as +62 21 555 0100.")),
        ) from None
    if not numbers.is_allowed(op, number):
        raise WrongFieldError(
            field,
            sentence(
                marked("Numbers of that country may not be called: see HOTLINE_ALLOWED_COUNTRIES."),
            ),
        )
    return number


def time_zone(text: str | None) -> str:
    """An IANA zone that can be chosen. Raises :class:`WrongFieldError`."""
    if text not in time_zones():
        raise WrongFieldError("time_zone", sentence(marked("Choose a time zone such as Asia/Jakarta.")))
    return text


def language(text: str | None) -> str:
    """A language that is spoken here. Raises :class:`WrongFieldError`."""
    if text not in LANGUAGES:
        raise WrongFieldError("language", sentence(marked("Choose one of the languages.")))
    return text


def only_one(
    op: Operation, row: Any, column: Any, value: Any, field: str, taken: Sentence | None = None
) -> None:
    """Nobody else has ``value`` in ``column``. Raises :class:`WrongFieldError`, naming who has.

    Of two who save at once the database's constraint lets one through; the other is asked again, and
    then this finds the first.
    """
    model = type(row)
    with op.session.no_autoflush:
        rival = op.session.scalars(sa.select(model).where(column == value, model.id != _own(row))).first()
    if rival is None:
        return
    ended = getattr(rival, "ended_at", None) is not None
    words = OTHER_NAME_ENDED if ended else OTHER_NAME
    raise WrongFieldError(field, taken or sentence(words, name=getattr(rival, "name", value)))


def chosen(op: Operation, model: type[Any], row_id: object, field: str, kept: object = None) -> Any:
    """The row that was chosen; an ended one only if it was chosen before. Raises ``WrongFieldError``."""
    try:
        found = op.session.get(model, uuid.UUID(str(row_id)))
    except ValueError:
        found = None
    is_ended = found is not None and getattr(found, "ended_at", None) is not None and found.id != kept
    if found is None or is_ended:
        raise WrongFieldError(
            field, sentence(marked("Choose one that is there. This one is not, or has ended."))
        )
    return found


def days_in_order(first: Any, last: Any, field: str) -> None:
    """Raises :class:`WrongFieldError` at ``field`` when ``last`` is before ``first``."""
    if first is not None and last is not None and last < first:
        raise WrongFieldError(
            field, sentence(marked("The last day is before the first, {first}."), first=first.isoformat())
        )


def is_new(row: Any) -> bool:
    """Whether the row is in no database yet."""
    return bool(sa.inspect(row).transient)


def _own(row: Any) -> Any:
    """The row's id; one that no row has for a row that is new."""
    return row.id if row.id is not None else uuid.UUID(int=0)
