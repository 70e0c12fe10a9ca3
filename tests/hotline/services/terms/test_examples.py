"""What misses cost in examples, limits applied."""

import sla
from hotline.services.terms import examples
from tests.support.terms import make_terms


def usd(minor: int) -> sla.Money:
    return sla.Money(minor, "USD")


def test_misses_of_one_period_rise_until_a_limit_holds() -> None:
    limits = sla.Limits(usd(600), usd(1_000), sla.Cap(usd(3_000), sla.Period.YEAR))
    found = examples.misses(make_terms([500, 800, 1_500], limits=limits))
    assert [one.amount.minor for one in found] == [600, 800, 1_000, 600, 0, 0]
    assert found[0].limits == ("floor",)
    assert found[3].limits == ("cap_incident", "cap_period")


def test_attainments_are_those_that_customers_ask_about() -> None:
    bands = (sla.Band(9_000, usd(100)), sla.Band(8_000, usd(300)))
    schedule = sla.AttainmentSchedule(bands, "USD", sla.Period.QUARTER)
    found = examples.attainments(make_terms(attainment=schedule))
    assert [(one.share, one.amount.minor) for one in found] == [
        (10_000, 0), (9_000, 0), (8_990, 100), (8_500, 100), (7_500, 300),
    ]  # fmt: skip


def test_there_is_nothing_to_show_of_what_is_not_agreed() -> None:
    bands = (sla.Band(9_000, usd(100)),)
    alone = make_terms(rising=None, attainment=sla.AttainmentSchedule(bands, "USD", sla.Period.YEAR))
    assert examples.misses(alone) == []
    assert examples.attainments(make_terms()) == []
