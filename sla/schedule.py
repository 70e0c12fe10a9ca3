"""Fine schedules: what each miss in a contract year costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from sla.money import Money, total


@dataclass(frozen=True, slots=True)
class RisingSchedule:
    """The nth miss in a contract year costs step n; beyond the last step, the last step again.

    Raises ValueError without a step, for a negative or falling step, and for steps in different currencies.
    """

    steps: tuple[Money, ...]

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError("a schedule of fines needs at least one step")
        if self.steps[0].minor < 0:
            raise ValueError(f"a fine cannot be negative: {self.steps[0]}")
        for lower, upper in pairwise(self.steps):
            if upper < lower:
                raise ValueError(f"fines may not fall from one miss to the next: {lower}, then {upper}")

    @property
    def currency(self) -> str:
        """The one currency of every step."""
        return self.steps[0].currency

    def step_for(self, ordinal: int) -> int:
        """The number of the step, from 1, that miss `ordinal` costs; ValueError for an ordinal below 1."""
        if ordinal < 1:
            raise ValueError(f"misses are counted from 1, not {ordinal}")
        return min(ordinal, len(self.steps))


def fine_for(schedule: RisingSchedule, ordinal: int) -> Money:
    """What miss `ordinal` of a contract year costs, counted from 1; ValueError for an ordinal below 1."""
    return schedule.steps[schedule.step_for(ordinal) - 1]


def next_miss_costs(schedule: RisingSchedule, previous_misses_in_year: int, misses: int = 1) -> Money:
    """The money at stake: what the next `misses` together cost, after those already counted this year.

    Several clocks that run at once stand for several misses, each dearer than the one before. Raises
    ValueError for a negative count.
    """
    if previous_misses_in_year < 0 or misses < 0:
        raise ValueError("misses are counted from 0")
    first = previous_misses_in_year + 1
    return total((fine_for(schedule, first + later) for later in range(misses)), schedule.currency)


def schedule_to_json(schedule: RisingSchedule) -> dict[str, object]:
    """Plain JSON values, with a `kind` that says how to read the rest; steps are whole minor units."""
    return {
        "kind": "rising",
        "currency": schedule.currency,
        "steps": [step.minor for step in schedule.steps],
    }


def schedule_from_json(data: Mapping[str, object]) -> RisingSchedule:
    """The schedule that `schedule_to_json` wrote, equal to the original.

    Raises ValueError for an unknown `kind`, and for a key missing, unknown or of the wrong type.
    """
    read = _READERS.get(str(data.get("kind")))
    if read is None:
        raise ValueError(f"no schedule of fines is of the kind {data.get('kind')!r}")
    return read(data)


def _read_rising(data: Mapping[str, object]) -> RisingSchedule:
    currency, steps = data.get("currency"), data.get("steps")
    if (
        set(data) != {"kind", "currency", "steps"}
        or not isinstance(currency, str)
        or not isinstance(steps, list)
    ):
        raise ValueError("a rising schedule has a kind, a currency and a list of steps, and nothing else")
    try:
        return RisingSchedule(tuple(Money(minor, currency) for minor in steps))
    except TypeError as wrong:
        raise ValueError(f"a step of a rising schedule is whole minor units: {wrong}") from wrong


_READERS = {"rising": _read_rising}
