"""Attainment: which share of a period's incidents was answered in time, and what too small a one earns."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from sla.money import WHOLE_IN_BASIS_POINTS
from sla.period import Period
from sla.price import Price, percent, price_from_json, price_to_json
from sla.schedule import falls, require_prices


@dataclass(frozen=True, slots=True)
class Tally:
    """How many incidents of a period were `kept` and how many `missed`.

    ValueError for fewer than none, and for what is no whole number.
    """

    kept: int
    missed: int

    def __post_init__(self) -> None:
        if any(type(count) is not int or count < 0 for count in (self.kept, self.missed)):
            raise ValueError(
                f"incidents are counted in whole numbers from 0, not {self.kept!r}, {self.missed!r}"
            )

    @property
    def total(self) -> int:
        """All of them."""
        return self.kept + self.missed

    @property
    def attainment(self) -> Fraction | None:
        """The share that was answered in time, exactly; None of no incidents."""
        return Fraction(self.kept, self.total) if self.total else None

    def is_below(self, basis_points: int) -> bool:
        """Whether attainment is below a threshold, compared in whole numbers; never for no incidents."""
        return self.kept * WHOLE_IN_BASIS_POINTS < basis_points * self.total


@dataclass(frozen=True, slots=True)
class Band:
    """Attainment below `below` (basis points) is credited with `credit`."""

    below: int
    credit: Price

    def __post_init__(self) -> None:
        if type(self.below) is not int or not 0 < self.below <= WHOLE_IN_BASIS_POINTS:
            raise ValueError(
                f"a band lies below 1 to {WHOLE_IN_BASIS_POINTS} basis points, not {self.below!r}"
            )

    def __str__(self) -> str:
        """As in `below 90 %: 5 % of the annual fee`."""
        return f"below {percent(self.below)}: {self.credit}"


@dataclass(frozen=True, slots=True)
class AttainmentSchedule:
    """Bands from the highest threshold down; at or above the highest, a period earns no credit.

    Raises ValueError without a band, for thresholds that do not fall strictly, for a credit that is negative,
    in another currency, or smaller than one of the same kind above it.
    """

    bands: tuple[Band, ...]
    currency: str
    period: Period

    def __post_init__(self) -> None:
        if not self.bands:
            raise ValueError("an attainment schedule needs at least one band")
        require_prices(tuple(band.credit for band in self.bands), self.currency)
        for upper, lower in pairwise(self.bands):
            if lower.below >= upper.below:
                raise ValueError(f"thresholds fall from band to band: {upper}, then {lower}")
            if falls(upper.credit, lower.credit):
                raise ValueError(f"a lower attainment is not credited with less: {upper}, then {lower}")

    def band_for(self, tally: Tally) -> Band | None:
        """The lowest band that attainment falls into; None at or above the highest, and of no incidents."""
        held = [band for band in self.bands if tally.is_below(band.below)]
        return held[-1] if held else None


def attainment_to_json(schedule: AttainmentSchedule) -> dict[str, object]:
    """Plain JSON values; thresholds are basis points, credits as in a rising schedule."""
    return {
        "kind": "attainment",
        "period": schedule.period.value,
        "currency": schedule.currency,
        "bands": [{"below": band.below, "credit": price_to_json(band.credit)} for band in schedule.bands],
    }


def attainment_from_json(data: Mapping[str, object]) -> AttainmentSchedule:
    """The schedule that `attainment_to_json` wrote, equal to the original; ValueError for anything else."""
    currency, bands = data.get("currency"), data.get("bands")
    if (
        set(data) != {"kind", "period", "currency", "bands"}
        or data["kind"] != "attainment"
        or not isinstance(currency, str)
        or not isinstance(bands, list)
        or any(not isinstance(band, dict) or set(band) != {"below", "credit"} for band in bands)
    ):
        raise ValueError("an attainment schedule has a kind, a period, a currency and a list of bands")
    read = tuple(Band(band["below"], price_from_json(band["credit"], currency)) for band in bands)
    return AttainmentSchedule(read, currency, Period(str(data["period"])))
