"""Search: one line of words, looked for in everything that has a name or a number."""

from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from hotline.db.models import Contract, Incident
from hotline.services.lists import matching
from hotline.services.lists.customers import CUSTOMERS, ContractRow
from hotline.services.lists.incidents import INCIDENTS, IncidentRow
from hotline.services.lists.keyset import Page, page
from hotline.services.lists.people import PEOPLE, PersonRow
from hotline.services.lists.problems import Problem
from hotline.services.lists.questions import ask
from hotline.services.operation import Operation
from hotline.services.response import references

MOST = 10
_UTC = ZoneInfo("UTC")
_NEAR_LENGTH = 8


def _nothing() -> Page[Any]:
    return Page([], None, None)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, at most :data:`MOST` of a kind; ``after`` of a page says that there is more.

    ``reference`` is the one incident that was meant. ``misheard`` is a reference whose check digit is
    wrong, and ``near`` are those that it may have been: one digit differs, or two neighbours are swapped.
    """

    reference: str | None = None
    misheard: str | None = None
    near: tuple[str, ...] = ()
    incidents: Page[IncidentRow] = field(default_factory=_nothing)
    customers: Page[ContractRow] = field(default_factory=_nothing)
    people: Page[PersonRow] = field(default_factory=_nothing)
    problems: tuple[Problem, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when nothing at all was found."""
        return not (self.near or self.incidents.rows or self.customers.rows or self.people.rows)


def search(op: Operation, words: str, *, customers: bool) -> Found:
    """Look for ``words``; for customers only when the viewer may see them. A fixed number of queries."""
    asked = {"q": words}
    question = ask(INCIDENTS, asked, _UTC)
    if question.problems:
        return Found(problems=question.problems)
    meant = matching.reference_in(words)
    known = _existing(op, matching.references_in(words))
    if meant in known and not _is_contract(op, words):
        return Found(reference=meant)
    is_wrong = (
        meant is not None and not known and len(meant) <= _NEAR_LENGTH and not references.is_valid(meant)
    )
    incidents = page(op, question, MOST)
    people = page(op, ask(PEOPLE, asked, _UTC), MOST)
    theirs = page(op, ask(CUSTOMERS, asked, _UTC), MOST) if customers else _nothing()
    return Found(
        misheard=meant if is_wrong else None,
        near=_existing(op, references.misheard_as(meant)) if is_wrong and meant is not None else (),
        incidents=incidents,
        customers=theirs,
        people=people,
    )


def _existing(op: Operation, wanted: list[str]) -> tuple[str, ...]:
    query = sa.select(Incident.reference).where(Incident.reference.in_(wanted))
    return tuple(sorted(op.session.scalars(query)))


def _is_contract(op: Operation, words: str) -> bool:
    query = sa.select(Contract.id).where(Contract.number == words.replace(" ", ""))
    return op.session.execute(query).first() is not None
