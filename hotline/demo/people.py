"""The people of the demo world: the vendor's engineers, manager, admin and auditor, and their teams."""

from dataclasses import dataclass

from hotline.db.models import Role

PASSWORD = "hotline-demo"  # noqa: S105 - the demo world's, printed wherever it is of use


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the house."""

    name: str
    phone: str
    time_zone: str
    role: Role = Role.ENGINEER
    language: str = "en"
    home: str | None = None  # a second number, called when a page is two minutes old

    @property
    def email(self) -> str:
        """The address they sign in with."""
        return self.name.split(" ")[0].lower() + "@hotline.example"


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """A team, its layers in ladder order, and how long each rung waits after the one before."""

    name: str
    ladder: str
    time_zone: str
    hand_off_hour: int
    layers: tuple[tuple[str, tuple[Person, ...]], ...]
    delays: tuple[int, ...]


DEWI = Person("Dewi Santoso", "+6281110000101", "Asia/Jakarta", language="id")
BO = Person("Bo Lindqvist", "+46701000102", "Europe/Stockholm")
ADA = Person("Ada Okafor", "+2348010000103", "Africa/Lagos")
RIZKY = Person("Rizky Pratama", "+6281110000104", "Asia/Jakarta", language="id")
MEI = Person("Mei Tan", "+6590000105", "Asia/Singapore", home="+6565550105")
JOOST = Person("Joost de Vries", "+31610000106", "Europe/Amsterdam")
SITI = Person("Siti Rahmawati", "+6281110000107", "Asia/Jakarta", Role.MANAGER)
NADIA = Person("Nadia Hartono", "+6281110000108", "Asia/Jakarta", Role.ADMIN)
OTTO = Person("Otto Brandt", "+4915110000109", "Europe/Berlin", Role.AUDITOR)

EVERYBODY = (DEWI, BO, ADA, RIZKY, MEI, JOOST, SITI, NADIA, OTTO)

TEAMS = (
    TeamPlan(
        "Data Platform",
        "Data Platform, day and night",
        "Asia/Jakarta",
        9,
        (("primary", (DEWI, MEI)), ("backup", (BO, ADA)), ("manager", (SITI,))),
        (0, 60, 120),
    ),
    TeamPlan(
        "Windows Platform",
        "Windows Platform, day and night",
        "Europe/Amsterdam",
        8,
        (("primary", (JOOST, RIZKY)), ("backup", (ADA, BO)), ("manager", (SITI,))),
        (0, 60, 120),
    ),
)
