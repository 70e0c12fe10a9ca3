"""Entitlement: every combination, and the first reason found is the one given."""

from datetime import date, timedelta
from itertools import product

import pytest

from sla import Cover, Entitled, Plan, Refusal, RefusalReason, entitle

FIRST, LAST, DAY = date(2026, 1, 1), date(2026, 12, 31), timedelta(days=1)
COVER = Cover(FIRST, LAST)
PRODUCTS = frozenset({"sql-server", "exchange"})


@pytest.mark.parametrize("plan", [Plan.PREMIER_PLUS, Plan.PREMIER_ULTIMATE])
def test_ada_at_contoso_is_let_in_on_the_first_and_on_the_last_day(plan: Plan) -> None:
    for day in (FIRST, FIRST + 100 * DAY, LAST):
        assert entitle(plan, COVER, PRODUCTS, "sql-server", day) == Entitled(plan, COVER)


def test_cover_until_further_notice_does_not_expire() -> None:
    assert isinstance(
        entitle(Plan.PREMIER_PLUS, Cover(FIRST, None), PRODUCTS, "exchange", date.max), Entitled
    )


@pytest.mark.parametrize(
    ("plan", "cover", "asked", "day", "reason"),
    [
        (Plan.PREMIER, COVER, "sql-server", FIRST, "plan_not_eligible"),
        (Plan.PREMIER_PLUS, None, "sql-server", FIRST, "no_cover"),
        (Plan.PREMIER_PLUS, COVER, "sql-server", FIRST - DAY, "cover_not_started"),
        (Plan.PREMIER_PLUS, COVER, "sql-server", LAST + DAY, "cover_expired"),
        (Plan.PREMIER_PLUS, COVER, "sharepoint", FIRST, "product_not_covered"),
    ],
)
def test_each_single_fault_has_its_own_refusal(
    plan: Plan, cover: Cover | None, asked: str, day: date, reason: str
) -> None:
    assert entitle(plan, cover, PRODUCTS, asked, day) == Refusal(RefusalReason(reason))


def test_of_several_faults_plan_comes_before_cover_and_cover_before_product() -> None:
    days = (FIRST - DAY, FIRST, LAST, LAST + DAY)
    for plan, cover, asked, day in product(Plan, (None, COVER), ("sql-server", "sharepoint"), days):
        faults = [
            (plan == Plan.PREMIER, RefusalReason.PLAN_NOT_ELIGIBLE),
            (cover is None, RefusalReason.NO_COVER),
            (day < FIRST, RefusalReason.COVER_NOT_STARTED),
            (day > LAST, RefusalReason.COVER_EXPIRED),
            (asked not in PRODUCTS, RefusalReason.PRODUCT_NOT_COVERED),
        ]
        answer = entitle(plan, cover, PRODUCTS, asked, day)
        first = next((reason for is_fault, reason in faults if is_fault), None)
        assert (answer.reason if isinstance(answer, Refusal) else None) == first


def test_cover_of_one_day_is_cover_and_cover_that_ends_before_it_starts_is_refused() -> None:
    assert isinstance(entitle(Plan.PREMIER_PLUS, Cover(FIRST, FIRST), PRODUCTS, "exchange", FIRST), Entitled)
    with pytest.raises(ValueError, match="before it starts"):
        Cover(FIRST, FIRST - DAY)
