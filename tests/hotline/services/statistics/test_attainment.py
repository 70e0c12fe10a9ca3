"""Attainment by month, customer, team and product."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

import sla
from hotline.db.models import Customer, Product, Team
from hotline.services.statistics import attainment
from hotline.services.statistics.attainment import By, Share

OCTOBER, NOVEMBER = datetime(2026, 10, 12, 3, tzinfo=UTC), datetime(2026, 11, 12, 3, tzinfo=UTC)
NINETY = sla.AttainmentSchedule((sla.Band(9000, sla.Money(5000, "EUR")),), "EUR", sla.Period.MONTH)


def share(kept: int, missed: int, promised: int) -> Share:
    return Share("Contoso", 0, sla.Tally(kept, missed), 0, (kept + missed) * promised)


def test_just_below_ninety_never_reads_ninety():
    almost = share(2249, 251, 9000)
    assert almost.tally.attainment < sla.Tally(9, 1).attainment
    assert (almost.tenths, almost.is_below) == (899, True)
    assert (share(2250, 250, 9000).tenths, share(2250, 250, 9000).is_below) == (900, False)


def test_a_share_that_was_promised_is_never_rounded_down():
    mixed = Share("Databases", 0, sla.Tally(2, 1), 0, 2 * 9000 + 10_000)
    assert mixed.promised == 9334  # 93.333... %
    assert mixed.is_below


def test_nothing_decided_is_neither_kept_nor_below():
    nothing = share(0, 0, 9000)
    assert (nothing.tenths, nothing.promised, nothing.is_below) == (None, None, False)


@pytest.fixture
def autumn(past):
    """Meridian is promised 90 %, Nusantara that every one is answered in time."""
    past.agree("310522", rising=None, attainment=NINETY)
    for number in range(9):
        past.happened(OCTOBER + timedelta(hours=number), told=5, contract="310522", product="windows-server")
    past.happened(OCTOBER + timedelta(days=1), told=31, contract="310522", product="sql-server")
    past.happened(NOVEMBER, told=30, contract="200417")
    past.happened(NOVEMBER + timedelta(hours=1), contract="200417")
    past.judged()
    past.happened(past.house.clock.now() - timedelta(minutes=1), contract="200417")
    return past


def test_months_stand_in_their_order_and_nothing_undecided_counts(autumn):
    october, november = autumn.ask(attainment.shares, By.MONTH)
    assert (october.month, november.month) == (2026 * 12 + 9, 2026 * 12 + 10)
    assert (october.tally, october.promised, october.is_below) == (sla.Tally(9, 1), 9000, False)
    assert (november.tally, november.running, november.promised) == (sla.Tally(1, 1), 1, 10_000)
    assert november.is_below


@pytest.mark.parametrize(
    ("by", "names"),
    [
        (By.CUSTOMER, ["Nusantara Securities", "Meridian Airways"]),
        (By.TEAM, ["Data Platform", "Windows Platform"]),
        (By.PRODUCT, ["SQL Server", "Windows Server"]),
    ],
)
def test_others_stand_the_worst_first(autumn, by, names):
    assert [one.name for one in autumn.ask(attainment.shares, by)] == names


@pytest.mark.parametrize(
    ("typed", "counted"),
    [
        ({"from": "2026-11-01"}, 2),
        ({"to": "2026-10-31"}, 10),
        ({"from": "2026-10-13", "to": "2026-10-13"}, 1),
        ({"customer": "Meridian Airways"}, 10),
        ({"product": "Windows Server"}, 9),
        ({"team": "Data Platform"}, 2),
        ({"team": "Data Platform", "product": "Windows Server"}, 0),
    ],
)
def test_filters_narrow_what_is_counted(autumn, typed, counted):
    tables = {"customer": Customer, "product": Product, "team": Team}
    with autumn.house.operation() as op:
        asked = {
            name: text
            if name not in tables
            else str(op.session.scalars(sa.select(tables[name].id).where(tables[name].name == text)).one())
            for name, text in typed.items()
        }
    assert sum(one.tally.total for one in autumn.ask(attainment.shares, By.MONTH, **asked)) == counted


def test_an_address_that_cannot_be_used_has_its_problems(past):
    assert {one.parameter for one in past.frame(**{"from": "soon", "customer": "x"}).problems} == {
        "from",
        "customer",
    }
    assert [one.parameter for one in past.frame(**{"from": "2026-02-02", "to": "2026-02-01"}).problems] == [
        "to"
    ]
