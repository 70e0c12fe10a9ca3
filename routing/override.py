"""Overrides: an exception to a rotation, for a while."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic

from routing.instants import require_utc
from routing.part import M


class OverrideKind(StrEnum):
    """What an override does to whoever is on call."""

    REPLACE = "replace"  # everybody, or `instead_of` alone, makes way for `member`
    ADD = "add"  # `member` is on call too
    REMOVE = "remove"  # `member` is not, whoever else is


@dataclass(frozen=True, slots=True)
class Override(Generic[M]):
    """From `starts_at` to just before `ends_at` (UTC) the roster is changed by `kind`.

    Anyone may be put on call, member of the rotation or not. Replacing by None leaves nobody; replacing
    `instead_of` changes nothing while that person is not on call. Overrides are given in the order of
    creation and act one after another: of two that replace everybody the last one wins.
    Raises ValueError if it is empty, runs backwards, is not in UTC, adds or removes nobody, or names
    `instead_of` without replacing.
    """

    rotation_id: Hashable
    member: M | None
    starts_at: datetime
    ends_at: datetime
    kind: OverrideKind = OverrideKind.REPLACE
    instead_of: M | None = None

    def __post_init__(self) -> None:
        require_utc(self.starts_at, self.ends_at)
        if self.ends_at <= self.starts_at:
            raise ValueError(f"the override ends at {self.ends_at}, not after its start at {self.starts_at}")
        if self.kind is not OverrideKind.REPLACE and (self.member is None or self.instead_of is not None):
            raise ValueError(f"an override to {self.kind} names one person")

    @property
    def is_total(self) -> bool:
        """True when what the roster says beneath it does not matter."""
        return self.kind is OverrideKind.REPLACE and self.instead_of is None

    def holds(self, at: datetime) -> bool:
        """Whether `at` lies within; the start does, the end does not."""
        return self.starts_at <= at < self.ends_at

    def applied_to(self, members: tuple[M, ...]) -> tuple[M, ...]:
        """Who is on call while it holds, given who was on call beneath it; nobody twice."""
        if self.member is None:
            return () if self.is_total else tuple(one for one in members if one != self.instead_of)
        if self.kind is OverrideKind.REMOVE:
            return tuple(one for one in members if one != self.member)
        if self.kind is OverrideKind.ADD:
            return members if self.member in members else (*members, self.member)
        if self.instead_of is None:
            return (self.member,)
        return tuple(dict.fromkeys(self.member if one == self.instead_of else one for one in members))


def overrides_of(rotation_id: Hashable, overrides: Iterable[Override[M]]) -> list[Override[M]]:
    """The overrides of one rotation, in the order given."""
    return [override for override in overrides if override.rotation_id == rotation_id]
