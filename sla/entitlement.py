"""Entitlement: whether a caller's contract opens the door, and if not, why not."""

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

P = TypeVar("P", bound=Hashable)


class Plan(StrEnum):
    """The support plan underneath; the critical cover is an addition to it."""

    PREMIER = "premier"
    PREMIER_PLUS = "premier_plus"
    PREMIER_ULTIMATE = "premier_ultimate"


ELIGIBLE_PLANS = frozenset({Plan.PREMIER_PLUS, Plan.PREMIER_ULTIMATE})


class RefusalReason(StrEnum):
    """Why the door stays shut, in the order in which it is checked."""

    PLAN_NOT_ELIGIBLE = "plan_not_eligible"
    NO_COVER = "no_cover"
    COVER_NOT_STARTED = "cover_not_started"
    COVER_EXPIRED = "cover_expired"
    PRODUCT_NOT_COVERED = "product_not_covered"


@dataclass(frozen=True, slots=True)
class Cover:
    """Critical cover from `starts_on` to `ends_on`, both days included; None is until further notice.

    Raises ValueError if it ends before it starts.
    """

    starts_on: date
    ends_on: date | None

    def __post_init__(self) -> None:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError(f"the cover ends on {self.ends_on}, before it starts on {self.starts_on}")


@dataclass(frozen=True, slots=True)
class Entitled:
    """The door opens, by this plan and this cover."""

    plan: Plan
    cover: Cover


@dataclass(frozen=True, slots=True)
class Refusal:
    """The door stays shut, for the first reason found."""

    reason: RefusalReason


def entitle(
    plan: Plan, cover: Cover | None, covered_products: Collection[P], product: P, day: date
) -> Entitled | Refusal:
    """Entitled only if plan, cover and product all allow it on `day`, the contract's local day of the report.

    1. The plan is Premier Plus or Premier Ultimate.
    2. There is cover, and `day` lies within it.
    3. The product is one of those covered.
    """
    if plan not in ELIGIBLE_PLANS:
        return Refusal(RefusalReason.PLAN_NOT_ELIGIBLE)
    if cover is None:
        return Refusal(RefusalReason.NO_COVER)
    if day < cover.starts_on:
        return Refusal(RefusalReason.COVER_NOT_STARTED)
    if cover.ends_on is not None and day > cover.ends_on:
        return Refusal(RefusalReason.COVER_EXPIRED)
    return (
        Entitled(plan, cover) if product in covered_products else Refusal(RefusalReason.PRODUCT_NOT_COVERED)
    )
