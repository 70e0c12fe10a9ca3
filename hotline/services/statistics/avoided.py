"""Avoided: what the promises that were kept would have cost, had they been broken.

- Every incident that was answered in time is priced as if it had been the next miss at its own deadline:
  after the misses before it in the period of the schedule, with the floor and the cap of an incident.
- A period whose attainment is credited: the credit had none been answered in time, less the credit it earned.
- Never more than a cap of the contract leaves after what was charged, the earliest month first.

Each incident is asked about alone, as if all the others had gone as they went.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

import sla
from hotline.db.models import AttainmentPeriod, ContractTerms, Incident
from hotline.services.operation import Operation
from hotline.services.promise import tallies
from hotline.services.promise.promises import terms_of
from hotline.services.statistics.attainment import IS_KEPT, IS_MISSED, count_if
from hotline.services.statistics.frames import Frame
from hotline.services.statistics.instants import contract_month_of, month_of

_LONGEST_PERIOD = timedelta(days=366)


@dataclass(slots=True)
class Avoided:
    """A month in one currency: ``kept`` incidents with a fine, ``periods`` with a credit, the ``amount``."""

    kept: int
    periods: int
    amount: sla.Money


class _Part(NamedTuple):
    """Something that was avoided, before the caps: ``day`` lies in the period whose cap holds."""

    month: int
    contract_id: uuid.UUID
    terms: sla.Terms
    day: Any
    kept: int
    periods: int
    amount: sla.Money


def by_month(op: Operation, frame: Frame) -> dict[str, dict[int, Avoided]]:
    """What was avoided, by currency and month. A fixed number of statements."""
    terms = {row.id: terms_of(row) for row in op.session.scalars(_terms_of(frame))}
    parts = _fines(op, frame, terms) + _credits(op, frame, terms)
    return _within_caps(op, sorted(parts, key=lambda part: (part.month, part.day, part.contract_id)))


def _terms_of(frame: Frame) -> "sa.Select[ContractTerms]":
    meant = sa.select(Incident.terms_id).where(Incident.due_on.is_not(None), *frame.incidents)
    return sa.select(ContractTerms).where(ContractTerms.id.in_(meant))


def _fines(op: Operation, frame: Frame, terms: Mapping[uuid.UUID, sla.Terms]) -> list[_Part]:
    """Incidents that were kept, counted by how many misses came before them in their period."""
    rising = {terms_id: value.rising for terms_id, value in terms.items() if value.rising is not None}
    if not rising:
        return []
    lengths: dict[int, list[uuid.UUID]] = defaultdict(list)
    for terms_id, schedule in rising.items():
        lengths[schedule.period.months].append(terms_id)
    numbered = _numbered(frame, lengths).subquery()
    kept = numbered.c
    query = (
        sa.select(
            kept.month, kept.contract_id, kept.terms_id, kept.contract_month, kept.missed_before,
            sa.func.count(), sa.func.max(kept.respond_by),
        )
        .where(kept.is_kept == 1)
        .group_by(kept.month, kept.contract_id, kept.terms_id, kept.contract_month, kept.missed_before)
    )  # fmt: skip
    parts = []
    for month, contract_id, terms_id, _number, before, count, respond_by in op.session.execute(query):
        fine = sla.assess(terms[terms_id], respond_by, int(before))
        if fine is not None:
            amount = sla.Money(count * fine.amount.minor, fine.amount.currency)
            parts.append(_Part(month, contract_id, terms[terms_id], fine.missed_on, count, 0, amount))
    return parts


def _numbered(frame: Frame, lengths: Mapping[int, list[uuid.UUID]]) -> "sa.Select[Any]":
    """Incidents with how many of their contract were missed before them in the period of their schedule.

    Misses count from the beginning of the period, which may lie before the first day that is asked for, and
    whatever their product or team.
    """
    contract_month = contract_month_of(Incident.due_on, ContractTerms.year_starts_on)
    months = sa.case(*((Incident.terms_id.in_(ids), length) for length, ids in lengths.items()))
    missed = sa.case((IS_MISSED, 1), else_=0)
    before = sa.func.sum(missed).over(
        partition_by=(Incident.contract_id, months, contract_month // months),
        order_by=(Incident.respond_by, Incident.id),
    )
    all_ids = [terms_id for ids in lengths.values() for terms_id in ids]
    query = (
        sa.select(
            month_of(Incident.due_on).label("month"),
            Incident.contract_id,
            Incident.terms_id,
            contract_month.label("contract_month"),
            before.label("missed_before"),
            Incident.respond_by,
            sa.case((sa.and_(IS_KEPT, *frame.incidents), 1), else_=0).label("is_kept"),
        )
        .join(ContractTerms, ContractTerms.id == Incident.terms_id)
        .where(Incident.due_on.is_not(None), Incident.terms_id.in_(all_ids))
    )
    since = frame.day("from")
    return query if since is None else query.where(Incident.due_on >= since - _LONGEST_PERIOD)


def _credits(op: Operation, frame: Frame, terms: Mapping[uuid.UUID, sla.Terms]) -> list[_Part]:
    """Periods of attainment that end in the span: what had none been kept, less what they earned."""
    period = AttainmentPeriod
    query = (
        sa.select(period.contract_id, period.terms_id, period.ends_on, count_if(IS_KEPT), count_if(IS_MISSED))
        .join(
            Incident,
            sa.and_(
                Incident.contract_id == period.contract_id,
                Incident.due_on.between(period.starts_on, period.ends_on),
            ),
        )
        .where(*frame.periods)
        .group_by(period.contract_id, period.terms_id, period.ends_on)
    )
    parts = []
    for contract_id, terms_id, ends_on, kept, missed in op.session.execute(query):
        value = terms.get(terms_id) or terms_of(op.session.get_one(ContractTerms, terms_id))
        if value.attainment is None:
            continue
        measured = value.period_of(value.attainment.period, ends_on)
        worst = sla.settle(value, measured, sla.Tally(0, int(kept) + int(missed)))
        earned = sla.settle(value, measured, sla.Tally(int(kept), int(missed)))
        month = ends_on.year * 12 + ends_on.month - 1
        parts.append(_Part(month, contract_id, value, ends_on, 0, 1, worst.amount - earned.amount))
    return parts


def _within_caps(op: Operation, parts: list[_Part]) -> dict[str, dict[int, Avoided]]:
    found: dict[str, dict[int, Avoided]] = defaultdict(dict)
    if not parts:
        return found
    since = min(part.day for part in parts) - _LONGEST_PERIOD
    charged = tallies.load(op, {part.contract_id for part in parts}, since)
    room: dict[tuple[uuid.UUID, sla.ContractPeriod], sla.Money] = {}
    for part in parts:
        amount, limits = part.amount, part.terms.limits
        capped = limits.cap_period(part.terms.year_starts_on, part.day)
        if capped is not None and limits.per_period is not None:
            key = (part.contract_id, capped)
            if key not in room:
                spent = charged.charged_in(part.contract_id, capped, amount.currency)
                room[key] = max(limits.per_period.amount - spent, sla.Money(0, amount.currency))
            amount = min(amount, room[key])
            room[key] -= amount
        months = found[amount.currency]
        line = months.setdefault(part.month, Avoided(0, 0, sla.Money(0, amount.currency)))
        line.kept, line.periods = line.kept + part.kept, line.periods + part.periods
        line.amount += amount
    return found
