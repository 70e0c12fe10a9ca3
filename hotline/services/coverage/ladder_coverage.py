"""When a ladder that customers depend on would reach nobody who can be rung, over a span of time.

Whom a target of a ladder means is said by :class:`hotline.services.on_call.targets.Resolver`, as it is when
the ladder is climbed; what follows on a ladder that reaches nobody counts as part of it.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

import routing
from hotline.db.models import Contract, ContractProduct, Ladder, Rotation, Rung, ServiceNumber, TargetKind
from hotline.services.on_call import fallbacks, versions
from hotline.services.on_call.targets import OnCall, Resolver, Target
from hotline.services.operation import Operation
from hotline.services.reaching import reach

_OF_A_TEAM = {TargetKind.TEAM, TargetKind.DUTY_MANAGER}


@dataclass(frozen=True, slots=True)
class Silent:
    """A ladder in use reaches nobody at ``spans``: in order, none touching another."""

    ladder: Ladder
    spans: tuple[tuple[datetime, datetime], ...]


def silent(
    op: Operation,
    rows: Sequence[Rotation],
    tables: "Mapping[uuid.UUID, routing.Timetable[uuid.UUID]]",
    start: datetime,
    end: datetime,
) -> list[Silent]:
    """The ladders in use that reach nobody at some time of [start, end), going by who can be rung today.

    ``rows`` are all rotations that have not ended, ``tables`` their timetables over that span. Between two
    edges of the layers that a ladder rings nothing changes, so it is asked once for each stretch.
    """
    ladders, targets = load(op)
    targeted = resolver(op, lambda row_id, at: tables[row_id].members_at(at), rows, targets)
    ids = {member for row in rows for spell in tables[row.id].spells for member in spell.members}
    reachable = _reachable(op, ids, rows, targets)
    found = []
    for ladder_id in in_use(op):
        wanted = whom(ladders, targets, ladder_id)
        spans: list[tuple[datetime, datetime]] = []
        for since, until in pairwise([start, *_edges(wanted, rows, tables, start), end]):
            if any(not reachable.isdisjoint(targeted.resolve(target, since)) for target in wanted):
                continue
            joins = bool(spans) and spans[-1][1] == since
            spans.append((spans.pop()[0] if joins else since, until))
        if spans:
            found.append(Silent(ladders[ladder_id], tuple(spans)))
    return found


def load(op: Operation) -> tuple[dict[uuid.UUID, Ladder], dict[uuid.UUID, list[Target]]]:
    """Every ladder and whom it rings, in three queries."""
    query = (
        sa.select(Ladder)
        .options(joinedload(Ladder.team), selectinload(Ladder.rungs).selectinload(Rung.targets))
        .execution_options(populate_existing=True)
    )
    ladders = {row.id: row for row in op.session.scalars(query)}
    return ladders, {
        row.id: [Target.of(target) for rung in row.rungs for target in rung.targets]
        for row in ladders.values()
    }


def whom(
    ladders: Mapping[uuid.UUID, Ladder], targets: Mapping[uuid.UUID, list[Target]], first: uuid.UUID
) -> list[Target]:
    """Whom a ladder rings, and those that follow on it."""
    return [target for row in fallbacks.rows(first, ladders.__getitem__) for target in targets[row.id]]


def _edges(
    wanted: Iterable[Target],
    rows: Iterable[Rotation],
    tables: "Mapping[uuid.UUID, routing.Timetable[uuid.UUID]]",
    start: datetime,
) -> list[datetime]:
    """When the layers of these targets change within the span."""
    ids = {target.id for target in wanted}
    mine = [row for row in rows if row.id in ids or row.team_id in ids]
    found = {spell.starts_at for row in mine for spell in tables[row.id].spells}
    return sorted(edge for edge in found if edge > start)


def resolver(
    op: Operation, on_call: OnCall, rows: Sequence[Rotation], targets: Mapping[uuid.UUID, list[Target]]
) -> Resolver:
    """What resolves these targets, given who is on call in a rotation at an instant."""
    ended = op.session.scalars(sa.select(Rotation).where(Rotation.ended_at.is_not(None))).all()
    teams = {target.id for found in targets.values() for target in found if target.kind in _OF_A_TEAM}
    return Resolver(on_call, [*rows, *ended], teams)


def _reachable(
    op: Operation,
    ids: set[uuid.UUID],
    rows: Iterable[Rotation],
    targets: Mapping[uuid.UUID, list[Target]],
) -> set[uuid.UUID]:
    """Whoever can be rung among all whom a ladder may mean."""
    for row in rows:
        ids.update(versions.member_ids(row, op.now))
    return reachable_of(
        op, ids | {one.id for found in targets.values() for one in found if one.kind is TargetKind.PERSON}
    )


def reachable_of(op: Operation, ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these people who can be rung."""
    return {user_id for user_id, how in reach.of(op, ids).items() if how.can_be_rung}


def in_use(op: Operation) -> list[uuid.UUID]:
    """The ladders that a number of ours, a contract or a product of one leads to, unless that has ended."""
    by_number = sa.select(ServiceNumber.ladder_id).where(ServiceNumber.ended_at.is_(None))
    by_contract = sa.select(Contract.ladder_id).where(Contract.ended_at.is_(None))
    by_product = (
        sa.select(ContractProduct.ladder_id)
        .join(Contract, Contract.id == ContractProduct.contract_id)
        .where(Contract.ended_at.is_(None), ContractProduct.ladder_id.is_not(None))
    )
    return list(op.session.scalars(by_number.union(by_contract, by_product)))
