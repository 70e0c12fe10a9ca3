"""Credits: what a period's attainment comes to when it is settled, and why."""

from dataclasses import dataclass

from sla.attainment import AttainmentSchedule, Band, Tally
from sla.fines import money_record, period_record, share_words, told
from sla.limits import Applied
from sla.money import Money
from sla.period import ContractPeriod
from sla.price import percent
from sla.terms import Terms


@dataclass(frozen=True, slots=True)
class Credit:
    """One period's attainment, priced: it can be worked out again from the terms and the tally.

    `amount` is what the whole period earns, zero when no `band` holds; `charged` is what the period of the
    cap had cost before, without earlier credits for this period.
    """

    amount: Money
    tally: Tally
    band: Band | None
    period: ContractPeriod
    terms: Terms
    schedule: AttainmentSchedule
    arithmetic: tuple[Applied, ...]
    charged: Money

    @property
    def explanation(self) -> str:
        """One sentence in plain ASCII that a customer's lawyer can check against the contract."""
        return (
            f"In {self.period} {self.tally.kept} of {self.tally.total} incidents were answered in time, "
            f"which earns {self.amount}: {told(self.arithmetic)}, by terms version {self.terms.version}."
        )

    @property
    def record(self) -> dict[str, object]:
        """The same for machines: JSON values only, days in ISO 8601, money in minor units."""
        return {
            "kind": "attainment",
            "terms_version": self.terms.version,
            "time_zone": self.terms.time_zone,
            **period_record(self.period),
            "kept": self.tally.kept,
            "missed": self.tally.missed,
            "below_basis_points": None if self.band is None else self.band.below,
            **money_record(self.terms, self.arithmetic, self.charged),
        }


def settle(
    terms: Terms,
    period: ContractPeriod,
    tally: Tally,
    charged: Money | None = None,
    credited: Money | None = None,
) -> Credit:
    """The credit that a period earns by its attainment, as the tally stands.

    `terms` are those that settle the period (`attainment_terms`). `charged` is what the period of the cap
    (that of the period's last day) was charged before, nothing by default. When a period is settled again,
    `credited` is what it was credited so far, not in `charged`: no cap takes it back, only the tally can.
    Raises ValueError for terms without an attainment schedule.
    """
    schedule = terms.attainment
    if schedule is None:
        raise ValueError(f"terms version {terms.version} has no attainment schedule")
    band = schedule.band_for(tally)
    charged = Money(0, terms.currency) if charged is None else charged
    if band is None:
        highest = percent(schedule.bands[0].below)
        amount, words = Money(0, terms.currency), f"not below {highest}" if tally.total else "no incident"
    else:
        amount = terms.worth(band.credit)
        words = f"below {percent(band.below)}{share_words(band.credit, terms, amount)}"
    limited = terms.limits.apply(amount, charged, is_incident=False, credited=credited)
    arithmetic = (Applied("band", amount, words), *limited)
    return Credit(arithmetic[-1].amount, tally, band, period, terms, schedule, arithmetic, charged)
