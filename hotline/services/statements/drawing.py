"""Drawing up: every statement of a contract whose period is over, in the order of the periods.

1. The contract is locked, so no entry is written meanwhile, and a second worker waits or passes by.
2. Entries that stand on no statement yet are given their periods, by the rule of
   :mod:`hotline.services.statements.periods`. What came too late for a statement that is drawn up belongs to
   the one after it.
3. Each statement opens with what the one before it closed with, and is numbered under the row of its year.
4. The contract is put on the schedule for the next one.

All of it is one transaction: whatever crashes, there is a statement with its number, its lines and the next
date, or nothing of it. A period without entries gets a statement only while a balance is carried through it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from hotline.db.base import new_id
from hotline.db.models import (
    Contract,
    LedgerEntry,
    Statement,
    StatementKind,
    StatementLine,
    StatementSchedule,
    User,
)
from hotline.errors import NotFoundError
from hotline.services import audit
from hotline.services.operation import Operation
from hotline.services.promise import promises
from hotline.services.reports.words import marked
from hotline.services.statements import content, numbering
from hotline.services.statements.periods import Calendar, Span, month_of, next_span, span_of, years_of


@dataclass(slots=True)
class _Account:
    """One contract's account in one currency, as statements of a kind see it: what waits for the next one."""

    contract: Contract
    kind: StatementKind
    currency: str
    calendar: Calendar
    zone: ZoneInfo
    waiting: Sequence[LedgerEntry]
    last_ends_on: date | None  # of the statement before
    balance: int  # with which it closed

    def span_of(self, entry: LedgerEntry) -> Span:
        """The period of an entry; the next one when its own has its statement already."""
        span = span_of(self.calendar, entry.day, entry.at, self.zone)
        if self.last_ends_on is not None and span.starts_on <= self.last_ends_on:
            return next_span(self.calendar, self.last_ends_on)
        return span

    def next(self) -> Span | None:
        """The period of the next statement; None while the account is at rest."""
        if self.last_ends_on is not None and self.balance:
            return next_span(self.calendar, self.last_ends_on)
        spans = [self.span_of(entry) for entry in self.waiting]
        return min(spans, key=lambda span: span.ends_on, default=None)

    def take(self, span: Span) -> list[LedgerEntry]:
        """The entries of the statement of a period; they wait no longer."""
        taken = [entry for entry in self.waiting if self.span_of(entry).ends_on <= span.ends_on]
        ids = {entry.id for entry in taken}
        self.waiting = [entry for entry in self.waiting if entry.id not in ids]
        self.last_ends_on = span.ends_on
        self.balance += sum(entry.amount for entry in taken)
        return taken


def draw(
    op: Operation, contract: Contract, actor: User | None = None, *, is_early: bool = False
) -> list[Statement]:
    """Every statement that is due, or if ``is_early`` whose period is over; the contract is locked.

    Puts the contract on the schedule for the next.
    """
    zone = ZoneInfo(contract.customer.time_zone)
    drawn: list[Statement] = []
    following: list[datetime] = []
    for kind, calendar in _calendars(op, contract):
        for account in _accounts(op, contract, kind, calendar, zone):
            while (span := account.next()) is not None:
                if (span.over_at(zone) if is_early else span.due_at(zone)) > op.now:
                    following.append(span.due_at(zone))
                    break
                drawn.append(_draw_one(op, account, span, actor))
    row = op.session.get(StatementSchedule, contract.id)
    due_at = min(following, default=None)
    if row is not None:
        row.due_at = due_at
    elif due_at is not None:
        op.session.add(StatementSchedule(contract_id=contract.id, due_at=due_at))
    op.session.flush()
    return drawn


def draw_by_hand(op: Operation, number: str, actor: User | None) -> list[Statement]:
    """What is over of a contract, without waiting another day. Raises :class:`NotFoundError`."""
    query = sa.select(Contract).where(Contract.number == number)
    contract = op.session.scalars(query.with_for_update(of=Contract)).one_or_none()
    if contract is None:
        raise NotFoundError(marked("There is no such contract."))
    drawn = draw(op, contract, actor, is_early=True)
    for statement in drawn:
        audit.record(op, actor, "drew up", "statement", statement.id, statement.number)
    return drawn


def _calendars(op: Operation, contract: Contract) -> Iterator[tuple[StatementKind, Calendar]]:
    yield StatementKind.MONTH, month_of
    versions = promises.versions_of(op, [contract.id])[contract.id]
    yield StatementKind.YEAR, years_of(contract.starts_on, versions)


def _accounts(
    op: Operation, contract: Contract, kind: StatementKind, calendar: Calendar, zone: ZoneInfo
) -> Iterator[_Account]:
    is_on_one = sa.exists().where(StatementLine.entry_id == LedgerEntry.id, StatementLine.kind == kind)
    waiting = op.session.scalars(
        sa.select(LedgerEntry)
        .where(LedgerEntry.contract_id == contract.id, ~is_on_one)
        .order_by(LedgerEntry.sequence)
    ).all()
    last = _last_of(op, contract, kind)
    for currency in sorted({entry.currency for entry in waiting} | last.keys()):
        before = last.get(currency)
        yield _Account(
            contract, kind, currency, calendar, zone,
            [entry for entry in waiting if entry.currency == currency],
            None if before is None else before.ends_on,
            0 if before is None else before.closing,
        )  # fmt: skip


def _last_of(op: Operation, contract: Contract, kind: StatementKind) -> dict[str, Statement]:
    """The latest statement of each currency."""
    query = sa.select(Statement).where(Statement.contract_id == contract.id, Statement.kind == kind)
    return {row.currency: row for row in op.session.scalars(query.order_by(Statement.ends_on))}


def _draw_one(op: Operation, account: _Account, span: Span, actor: User | None) -> Statement:
    opening = account.balance
    entries = account.take(span)
    year = op.now.astimezone(account.zone).year
    serial, number = numbering.take(op, year)
    head = content.head_of(op, account.contract)
    statement = Statement(
        id=new_id(),
        number=number,
        year=year,
        serial=serial,
        kind=account.kind,
        contract_id=account.contract.id,
        currency=account.currency,
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        opening=opening,
        moved=account.balance - opening,
        closing=account.balance,
        last_sequence=head.sequence,
        last_hash=head.hash,
        drawn_at=op.now,
        drawn_by_id=None if actor is None else actor.id,
        content=content.snapshot(op, account.contract, account.kind, account.currency, span, entries),
    )
    op.session.add(statement)
    op.session.flush()
    lines = [
        {"id": new_id(), "statement_id": statement.id, "entry_id": entry.id, "kind": account.kind}
        for entry in entries
    ]
    if lines:
        op.session.execute(sa.insert(StatementLine), lines)
    return statement
