"""The customers of the demo world: what each bought, who may call, and what a miss costs."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

import sla

SQL_SERVER, WINDOWS_SERVER = "sql-server", "windows-server"
PRODUCTS = ((SQL_SERVER, "SQL Server"), (WINDOWS_SERVER, "Windows Server"))

RESPOND_WITHIN = timedelta(minutes=30)
WARN_AT = (Fraction(1, 2), Fraction(5, 6))

OUTCOMES = {  # what comes of a call on a contract, by `ContractPlan.entitled`
    "yes": "answered",
    "plan_not_eligible": "refused: the plan is too small",
    "no_cover": "refused: no mission-critical cover",
    "cover_not_started": "refused: the cover begins next month",
    "cover_expired": "refused: the cover has ended",
    "product_not_covered": "refused: no product is covered",
}


@dataclass(frozen=True, slots=True)
class ContractPlan:
    """A contract; ``cover`` holds days before (negative) or after today, None for cover never bought.

    ``fines`` and ``annual_fee`` are in minor units. ``attainment`` are bands by the quarter, as basis points
    of incidents and of the fee. ``entitled`` is what the hotline says to it: ``yes``, or the reason of the
    refusal.
    """

    number: str
    pin: str
    plan: str
    products: tuple[str, ...]
    cover: tuple[int, int] | None
    callers: tuple[tuple[str, str], ...]
    fines: tuple[int, ...]
    currency: str
    team: str
    entitled: str = "yes"
    annual_fee: int = 8_000_000
    attainment: tuple[tuple[int, int], ...] = ()
    limits: sla.Limits = field(default_factory=sla.Limits)

    def terms(self, starts_on: date, time_zone: str) -> sla.Terms:
        """What is promised from the first day on."""
        bands = tuple(sla.Band(below, sla.FeeShare(basis_points)) for below, basis_points in self.attainment)
        return sla.Terms(
            version=1,
            effective_from=starts_on,
            respond_within=RESPOND_WITHIN,
            warn_at=WARN_AT,
            year_starts_on=starts_on,
            time_zone=time_zone,
            currency=self.currency,
            annual_fee=sla.Money(self.annual_fee, self.currency),
            rising=sla.RisingSchedule(
                tuple(sla.Money(minor, self.currency) for minor in self.fines), self.currency
            ),
            attainment=sla.AttainmentSchedule(bands, self.currency, sla.Period.QUARTER) if bands else None,
            limits=self.limits,
        )

    def cover_days(self, today: date) -> tuple[date | None, date | None]:
        """First and last day of the cover."""
        if self.cover is None:
            return None, None
        return today + timedelta(days=self.cover[0]), today + timedelta(days=self.cover[1])


@dataclass(frozen=True, slots=True)
class CustomerPlan:
    """A customer, the number it dials (None: the shared one only) and its contracts."""

    name: str
    language: str
    time_zone: str
    dedicated_number: str | None
    contracts: tuple[ContractPlan, ...]


SHARED_NUMBER = "+6531590100"
SUPPORT_NUMBER = "+6531590199"

_IN_FORCE = (-200, 500)

CUSTOMERS = (
    CustomerPlan(
        "Nusantara Securities",
        "id",
        "Asia/Jakarta",
        "+622150100200",
        (
            ContractPlan(
                "200417",
                "482913",
                "premier_ultimate",
                (SQL_SERVER,),
                _IN_FORCE,
                (("Made Wirawan", "+6281220000201"), ("Intan Lestari", "+6281220000202")),
                (5_000_000, 10_000_000, 20_000_000),
                "USD",
                "Data Platform",
                annual_fee=20_000_000,
            ),
        ),
    ),
    CustomerPlan(
        "Meridian Airways",
        "en",
        "Asia/Singapore",
        "+6531590101",
        (
            ContractPlan(
                "310522",
                "704158",
                "premier_plus",
                (SQL_SERVER, WINDOWS_SERVER),
                _IN_FORCE,
                (("Hannah Koh", "+6580000301"),),
                (2_500_000, 4_000_000, 4_000_000, 8_000_000),
                "EUR",
                "Windows Platform",
                annual_fee=26_000_000,
                attainment=((9_000, 500), (8_000, 1_000)),
                limits=sla.Limits(
                    per_incident=sla.Money(8_000_000, "EUR"),
                    per_period=sla.Cap(sla.Money(50_000_000, "EUR"), sla.Period.YEAR),
                ),
            ),
        ),
    ),
    CustomerPlan(
        "Kirana Billing",
        "en",
        "America/New_York",
        None,
        (
            ContractPlan(
                "450631",
                "159260",
                "premier_plus",
                (WINDOWS_SERVER,),
                _IN_FORCE,
                (("Ruth Adler", "+12125550401"),),
                (1_250_050, 2_500_000),
                "USD",
                "Windows Platform",
            ),
            ContractPlan(
                "450632",
                "268041",
                "premier",
                (WINDOWS_SERVER,),
                _IN_FORCE,
                (("Tom Becker", "+12125550402"),),
                (1_000_000,),
                "USD",
                "Windows Platform",
                "plan_not_eligible",
            ),
            ContractPlan(
                "450633",
                "371952",
                "premier_plus",
                (WINDOWS_SERVER,),
                None,
                (("Uma Patel", "+12125550403"),),
                (1_000_000,),
                "USD",
                "Windows Platform",
                "no_cover",
            ),
            ContractPlan(
                "450634",
                "480263",
                "premier_ultimate",
                (WINDOWS_SERVER,),
                (30, 395),
                (("Vic Moreno", "+12125550404"),),
                (1_000_000,),
                "USD",
                "Windows Platform",
                "cover_not_started",
            ),
            ContractPlan(
                "450635",
                "591374",
                "premier_ultimate",
                (WINDOWS_SERVER,),
                (-400, -35),
                (("Wendy Cole", "+12125550405"),),
                (1_000_000,),
                "USD",
                "Windows Platform",
                "cover_expired",
            ),
            ContractPlan(
                "450636",
                "602485",
                "premier_plus",
                (),
                _IN_FORCE,
                (("Xander Hill", "+12125550406"),),
                (1_000_000,),
                "USD",
                "Windows Platform",
                "product_not_covered",
            ),
        ),
    ),
)

RATE_CARD_SINCE = date(2026, 1, 1)


def rate_card() -> sla.RateCard:
    """The prices of a year: SQL Server from USD 200,000 for one instance, and never above USD 1,000,000."""
    return sla.RateCard(
        "USD",
        RATE_CARD_SINCE,
        (
            _rate(SQL_SERVER, ((1, 20_000_000), (3, 15_000_000), (6, 10_000_000)), 100_000_000),
            _rate(WINDOWS_SERVER, ((1, 8_000_000), (3, 6_000_000), (6, 4_000_000)), 40_000_000),
        ),
    )


def _rate(product: str, tiers: tuple[tuple[int, int], ...], maximum: int) -> sla.ProductRate:
    found = tuple(sla.Tier(first, sla.Money(minor, "USD")) for first, minor in tiers)
    return sla.ProductRate(product, found, sla.Money(maximum, "USD"))
