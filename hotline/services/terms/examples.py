"""What terms come to in examples: the first misses of a period, and some attainments, limits applied."""

from dataclasses import dataclass

import sla

MISSES = 6
# Kept of a thousand incidents: 100 %, 90 %, 89.9 %, 85 %, 75 %.
_KEPT, _OF = (1000, 900, 899, 850, 750), 1000


@dataclass(frozen=True, slots=True)
class Example:
    """What one miss costs, or what one attainment earns; ``limits`` are the rules that changed it.

    ``share`` is the attainment in basis points, None for a miss.
    """

    amount: sla.Money
    limits: tuple[str, ...]
    share: int | None = None


def misses(terms: sla.Terms) -> list[Example]:
    """What the first misses of one period cost if they all come in it; none without a rising schedule."""
    found: list[Example] = []
    charged = sla.Money(0, terms.currency)
    for before in range(MISSES):
        fine = sla.assess(terms, terms.end_of(terms.effective_from), before, charged)
        if fine is None:
            return []
        found.append(Example(fine.amount, tuple(step.rule for step in fine.arithmetic[1:])))
        charged += fine.amount
    return found


def attainments(terms: sla.Terms) -> list[Example]:
    """What some attainments of a period earn, as if nothing else was charged; none without a schedule."""
    if terms.attainment is None:
        return []
    period = terms.period_of(terms.attainment.period, terms.effective_from)
    found = []
    for kept in _KEPT:
        credit = sla.settle(terms, period, sla.Tally(kept, _OF - kept))
        limits = tuple(step.rule for step in credit.arithmetic[1:])
        found.append(Example(credit.amount, limits, kept * 10_000 // _OF))
    return found
