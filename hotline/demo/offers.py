"""The customers of the demo world: what each bought, who may call, and what a miss costs."""

from dataclasses import dataclass
from datetime import date, timedelta

SQL_SERVER, WINDOWS_SERVER = "sql-server", "windows-server"
PRODUCTS = ((SQL_SERVER, "SQL Server"), (WINDOWS_SERVER, "Windows Server"))

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

    ``entitled`` is what the hotline says to it: ``yes``, or the reason of the refusal.
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
