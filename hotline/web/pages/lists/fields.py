"""What a list may be filtered by, as a form shows it: a word, a day, or one of some choices."""

import enum
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import request

from hotline.db.models import Customer, Product, User
from hotline.services.access import Permission
from hotline.services.lists import filters
from hotline.services.operation import Operation
from hotline.web.pages.guard import viewer_may
from hotline.web.pages.words import gettext, marked

# A longer choice is no help; such lists are narrowed by the search field, and by links.
MOST_CHOICES = 200


class FieldKind(enum.StrEnum):
    """How a field is drawn."""

    TEXT = "text"
    DAY = "day"
    CHOICE = "choice"
    HIDDEN = "hidden"  # chosen by a link; it can be removed, and stays while others are added


@dataclass(frozen=True, slots=True)
class Field:
    """One filter. ``choices`` are pairs of value and words, in the viewer's language."""

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""

    def words(self, value: str) -> str:
        """A value as a person would say it."""
        if self.kind in {FieldKind.TEXT, FieldKind.DAY}:
            return value
        return dict(self.choices).get(value, "–")


def text(hint: str) -> Field:
    """The field for words, above the others."""
    return Field("q", marked("Search"), hint=hint)


def days(from_label: str, to_label: str) -> list[Field]:
    """From a day to a day."""
    return [Field("from", from_label, FieldKind.DAY), Field("to", to_label, FieldKind.DAY)]


def choice(name: str, label: str, words: Mapping[str, str]) -> Field:
    """One of some values, each with its words in English."""
    return Field(
        name, label, FieldKind.CHOICE, tuple((str(value), gettext(said)) for value, said in words.items())
    )


def product(op: Operation) -> Field:
    """One of the products."""
    query = sa.select(Product.id, Product.name).order_by(Product.position, Product.id)
    return Field("product", marked("Product"), FieldKind.CHOICE, _pairs(op.session.execute(query)))


def person(op: Operation, name: str, label: str, *, nobody: bool = False) -> Field:
    """One of the people of the house."""
    people = _offered(op, User, name)
    if people is None:
        return _chosen(op, User, name, label)
    first = ((filters.NOBODY, gettext(marked("Nobody"))),) if nobody else ()
    return Field(name, label, FieldKind.CHOICE, first + people)


def customer(op: Operation) -> Field:
    """One of the customers; whoever may not see the list of them keeps one that a link chose."""
    label = marked("Customer")
    found = _offered(op, Customer, "customer") if viewer_may(Permission.SEE_CUSTOMERS) else None
    if found is None:
        return _chosen(op, Customer, "customer", label)
    return Field("customer", label, FieldKind.CHOICE, found)


def _offered(op: Operation, model: Any, name: str) -> tuple[tuple[str, str], ...] | None:
    """All of them by name, or None when there are too many to choose from."""
    query = sa.select(model.id, model.name).order_by(model.name_key, model.id).limit(MOST_CHOICES + 1)
    found = _pairs(op.session.execute(query))
    return found if len(found) <= MOST_CHOICES else None


def _chosen(op: Operation, model: Any, name: str, label: str) -> Field:
    try:
        wanted = uuid.UUID(request.args.get(name, ""))
    except ValueError:
        return Field(name, label, FieldKind.HIDDEN)
    query = sa.select(model.id, model.name).where(model.id == wanted)
    return Field(name, label, FieldKind.HIDDEN, _pairs(op.session.execute(query)))


def _pairs(rows: Iterable[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(row_id), name) for row_id, name in rows)
