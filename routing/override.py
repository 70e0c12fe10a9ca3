"""Overrides: an exception to a rotation, for a while."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from routing.instants import require_utc
from routing.rotation import M


@dataclass(frozen=True, slots=True)
class Override(Generic[M]):
    """From `starts_at` to just before `ends_at` (UTC), `member` is on call whatever the rotation says.

    Anyone may cover, member of the rotation or not; None removes whoever was on call and leaves nobody. Of
    overrides that overlap, the one created last wins: they are given in the order of creation.
    Raises ValueError if it is empty, runs backwards, or is not in UTC.
    """

    rotation_id: Hashable
    member: M | None
    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        require_utc(self.starts_at, self.ends_at)
        if self.ends_at <= self.starts_at:
            raise ValueError(f"the override ends at {self.ends_at}, not after its start at {self.starts_at}")

    def holds(self, at: datetime) -> bool:
        """Whether `at` lies within; the start does, the end does not."""
        return self.starts_at <= at < self.ends_at


def overrides_of(rotation_id: Hashable, overrides: Iterable[Override[M]]) -> list[Override[M]]:
    """The overrides of one rotation, in the order given."""
    return [override for override in overrides if override.rotation_id == rotation_id]
