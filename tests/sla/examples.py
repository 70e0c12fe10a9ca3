"""Contracts that the tests of this folder share."""

from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from sla import EXPONENTS, AttainmentSchedule, Band, FeeShare, Money, Period, RisingSchedule, Terms

BOUNDED = settings(max_examples=300, deadline=None, derandomize=True, database=None)
DAY = timedelta(days=1)
currencies = st.sampled_from(sorted(EXPONENTS))
periods = st.sampled_from(list(Period))
shares = st.builds(FeeShare, st.integers(0, 10_000))


def usd(dollars: int) -> Money:
    return Money(dollars * 100, "USD")


FINES = RisingSchedule((usd(5_000), usd(12_500), usd(25_000)), "USD")
BANDS = AttainmentSchedule(
    (Band(9_000, FeeShare(500)), Band(8_500, FeeShare(1_000)), Band(7_500, FeeShare(2_500))),
    "USD",
    Period.MONTH,
)


def terms(version: int = 1, **changed: object) -> Terms:
    """Terms of Jakarta with rising fines, whose contract years begin on 1 July 2024."""
    facts: dict[str, object] = {
        "effective_from": date(2024, 7, 1),
        "respond_within": timedelta(minutes=30),
        "warn_at": (),
        "year_starts_on": date(2024, 7, 1),
        "time_zone": "Asia/Jakarta",
        "currency": "USD",
        "rising": FINES,
    }
    return Terms(version, **(facts | changed))  # type: ignore[arg-type]


def measured(version: int = 1, **changed: object) -> Terms:
    """The same with a fee of USD 200,000 and bands of attainment by the month, without fines."""
    facts: dict[str, object] = {"rising": None, "attainment": BANDS, "annual_fee": usd(200_000)}
    return terms(version, **(facts | changed))
