"""Attainment: which share of the incidents was answered in time, by customer, team, product and month."""

import enum
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

import sla
from hotline.db.models import Contract, ContractTerms, Customer, Incident, Ladder, Product, Team
from hotline.services.operation import Operation
from hotline.services.statistics.frames import Frame, ladder_of_first_hunt
from hotline.services.statistics.instants import month_of
from sla.money import WHOLE_IN_BASIS_POINTS

EVERY_ONE = WHOLE_IN_BASIS_POINTS  # promised where each single miss is fined and no share is agreed


class By(enum.StrEnum):
    """What incidents are counted by."""

    MONTH = "month"
    CUSTOMER = "customer"
    TEAM = "team"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Share:
    """How the incidents of one group stand.

    ``name`` is that of the customer, team or product, ``month`` what :func:`month_of` gives. ``running`` are
    not decided yet and count for neither side. ``owed`` is what the contracts of the group promise of the
    decided ones, in incidents and basis points: 20 incidents of which 90 % are promised are 180,000.
    """

    name: str
    month: int
    tally: sla.Tally
    running: int
    owed: int

    @property
    def tenths(self) -> int | None:
        """Attainment in tenths of a percent, rounded down: 89.96 % is 899. None while nothing is decided."""
        return self.tally.kept * 1000 // self.tally.total if self.tally.total else None

    @property
    def promised(self) -> int | None:
        """The share that was promised, in basis points, rounded up; None while nothing is decided.

        Of contracts that promise different shares it is the mean, weighed by their incidents.
        """
        return -(-self.owed // self.tally.total) if self.tally.total else None

    @property
    def is_below(self) -> bool:
        """Whether less was kept than was promised, compared in whole numbers; never of nothing."""
        return self.tally.kept * WHOLE_IN_BASIS_POINTS < self.owed


IS_MISSED = Incident.breached_at.is_not(None)
IS_KEPT = sa.and_(
    Incident.breached_at.is_(None), Incident.told_at.is_not(None), Incident.told_at <= Incident.respond_by
)
_TEAM = (Team.id, Team.name)
_KEYS: Mapping[By, tuple[Any, ...]] = {
    By.MONTH: (month_of(Incident.due_on),),
    By.CUSTOMER: (Customer.id, Customer.name),
    By.TEAM: _TEAM,
    By.PRODUCT: (Product.id, Product.name),
}


def shares(op: Operation, frame: Frame, by: By) -> list[Share]:
    """Every group that has incidents with a promise: months in their order, others the worst first."""
    keys = _KEYS[by]
    query = (
        _joined(
            sa.select(*keys, Incident.terms_id, count_if(IS_MISSED), count_if(IS_KEPT), sa.func.count()), by
        )
        .where(Incident.due_on.is_not(None), *frame.incidents)
        .group_by(*keys, Incident.terms_id)
    )
    groups: dict[Any, _Sum] = {}
    for *key, terms_id, missed, kept, whole in op.session.execute(query):
        groups.setdefault(tuple(key), _Sum()).add(terms_id, missed, kept, whole)
    promised = promised_shares(op, {terms_id for group in groups.values() for terms_id in group.terms})
    found = [_share(key, group, promised, by) for key, group in groups.items()]
    return sorted(found, key=_by_month if by is By.MONTH else _worst_first)


def promised_shares(op: Operation, terms_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """What versions of terms promise, in basis points: below it a credit is due, or each miss is fined."""
    query = sa.select(ContractTerms.id, ContractTerms.attainment).where(ContractTerms.id.in_(set(terms_ids)))
    return {
        terms_id: EVERY_ONE if agreed is None else sla.attainment_from_json(agreed).bands[0].below
        for terms_id, agreed in op.session.execute(query)
    }


@dataclass(slots=True)
class _Sum:
    missed: int = 0
    kept: int = 0
    whole: int = 0
    terms: Counter[uuid.UUID] = field(default_factory=Counter)

    def add(self, terms_id: uuid.UUID, missed: int, kept: int, whole: int) -> None:
        self.missed, self.kept, self.whole = self.missed + missed, self.kept + kept, self.whole + whole
        self.terms[terms_id] += missed + kept


def _joined(query: "sa.Select[Any]", by: By) -> "sa.Select[Any]":
    query = query.select_from(Incident)
    match by:
        case By.CUSTOMER:
            query = query.join(Contract, Contract.id == Incident.contract_id)
            return query.join(Customer, Customer.id == Contract.customer_id)
        case By.TEAM:
            query = query.join(Ladder, Ladder.id == ladder_of_first_hunt())
            return query.join(Team, Team.id == Ladder.team_id)
        case By.PRODUCT:
            return query.join(Product, Product.id == Incident.product_id)
        case By.MONTH:
            return query


def count_if(condition: Any) -> "sa.ColumnElement[int]":
    """How many rows fit."""
    return sa.func.sum(sa.case((condition, 1), else_=0))


def _share(key: tuple[Any, ...], group: _Sum, promised: Mapping[uuid.UUID, int], by: By) -> Share:
    return Share(
        name="" if by is By.MONTH else key[1],
        month=key[0] if by is By.MONTH else 0,
        tally=sla.Tally(group.kept, group.missed),
        running=group.whole - group.kept - group.missed,
        owed=sum(count * promised[terms_id] for terms_id, count in group.terms.items()),
    )


def _by_month(share: Share) -> int:
    return share.month


def _worst_first(share: Share) -> tuple[Any, ...]:
    """By attainment exactly, then by how many were missed; what is not decided comes last."""
    reached = share.tally.attainment
    return reached is None, reached or 0, -share.tally.missed, share.name
