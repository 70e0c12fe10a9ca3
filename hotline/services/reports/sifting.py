"""Choosing rows of the board, and what they add up to. Pure: it reads rows, never the database."""

import enum
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import sla
from hotline.services.reports.board import BoardRow


class Which(enum.StrEnum):
    """What a row must be, besides being there."""

    AT_RISK = "at-risk"
    MISSED = "missed"
    UNTAKEN = "untaken"
    MINE = "mine"


@dataclass(frozen=True, slots=True)
class Sieve:
    """What somebody wants to see: every part that is set must fit. Texts compare without case.

    ``team`` is the name of a team or of a ladder, ``product`` a code or a name; ``text`` is looked for in
    reference, customer, contract, product and owner.
    """

    team: str = ""
    customer: str = ""
    product: str = ""
    which: Which | None = None
    text: str = ""

    @property
    def is_open(self) -> bool:
        """True when everything goes through."""
        return self == Sieve()

    def without(self, part: str) -> "Sieve":
        """The same with one part left out."""
        return replace(self, **{part: getattr(Sieve(), part)})

    def sift(self, rows: Iterable[BoardRow], viewer_id: uuid.UUID) -> list[BoardRow]:
        """The rows that fit, in their order. ``viewer_id`` is who is meant by :attr:`Which.MINE`."""
        return [row for row in rows if self._fits(row, viewer_id)]

    def _fits(self, row: BoardRow, viewer_id: uuid.UUID) -> bool:
        return (
            _is_one_of(self.team, row.hunt.team, row.hunt.ladder)
            and _is_one_of(self.customer, row.customer)
            and _is_one_of(self.product, row.product_code, row.product)
            and (self.which is None or _is_such(row, self.which, viewer_id))
            and _contains(
                self.text,
                row.reference,
                row.customer,
                row.contract,
                row.product,
                row.owner,
                *row.hunt.ringing,
            )
        )


@dataclass(frozen=True, slots=True)
class Sums:
    """What open rows add up to; money by currency, in the order of the codes."""

    open: int
    at_risk: int
    missed: int
    untaken: int
    at_stake: tuple[sla.Money, ...]


def sums(rows: Sequence[BoardRow]) -> Sums:
    """Counts, and what is at stake: the fines that are not in the ledger yet and may still come."""
    stakes = [row.cost for row in rows if row.cost is not None and not row.is_fined]
    codes = sorted({stake.currency for stake in stakes})
    return Sums(
        open=len(rows),
        at_risk=sum(row.is_running and row.state is sla.ClockState.AT_RISK for row in rows),
        missed=sum(row.state is sla.ClockState.BREACHED for row in rows),
        untaken=sum(row.is_untaken for row in rows),
        at_stake=tuple(sla.total((s for s in stakes if s.currency == code), code) for code in codes),
    )


def _is_one_of(wanted: str, *found: str | None) -> bool:
    return not wanted or wanted.casefold() in {text.casefold() for text in found if text is not None}


def _contains(wanted: str, *found: str | None) -> bool:
    return all(
        any(word in text.casefold() for text in found if text is not None)
        for word in wanted.casefold().split()
    )


def _is_such(row: BoardRow, which: Which, viewer_id: uuid.UUID) -> bool:
    match which:
        case Which.AT_RISK:
            return row.is_running and row.state is sla.ClockState.AT_RISK
        case Which.MISSED:
            return row.state is sla.ClockState.BREACHED
        case Which.UNTAKEN:
            return row.is_untaken
        case Which.MINE:
            return row.owner_id == viewer_id
