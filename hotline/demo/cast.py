"""Who is who in the demo world: everybody who has a telephone, and the lines they may dial."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from hotline.demo.offers import CUSTOMERS, SHARED_NUMBER
from hotline.demo.people import EVERYBODY, TEAMS, Person
from hotline.phone_numbers import pretty


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody with a telephone. ``line`` and ``pin`` are those of a caller, None for the vendor's own."""

    name: str
    phone: str
    time_zone: str
    language: str
    company: str | None = None
    line: str | None = None
    contract: str | None = None
    pin: str | None = None
    entitled: str = "yes"

    @property
    def first(self) -> str:
        """What they are called."""
        return self.name.split(" ")[0]

    @property
    def city(self) -> str:
        """Where they are, as their time zone says."""
        return self.time_zone.rpartition("/")[2].replace("_", " ")

    def local(self, at: datetime) -> str:
        """The time of day where they are."""
        return f"{at.astimezone(ZoneInfo(self.time_zone)):%H:%M}"


def _callers() -> Iterable[Character]:
    for plan in CUSTOMERS:
        line = plan.dedicated_number or SHARED_NUMBER
        for contract in plan.contracts:
            for name, phone in contract.callers:
                yield Character(
                    name,
                    phone,
                    plan.time_zone,
                    plan.language,
                    plan.name,
                    line,
                    contract.number,
                    contract.pin,
                    contract.entitled,
                )


CALLERS = tuple(_callers())
COLLEAGUES = tuple(
    Character(person.name, person.phone, person.time_zone, person.language) for person in EVERYBODY
)
BY_PHONE = {character.phone: character for character in (*CALLERS, *COLLEAGUES)}
LINES = {SHARED_NUMBER: "the shared line"} | {
    plan.dedicated_number: f"the line of {plan.name}"
    for plan in CUSTOMERS
    if plan.dedicated_number is not None
}


def first_name(phone: str) -> str:
    """What the owner of a telephone is called, or its number when nobody of the demo world owns it."""
    character = BY_PHONE.get(phone)
    return pretty(phone) if character is None else character.first


def caller(first: str) -> Character:
    """The caller of that first name."""
    return next(one for one in CALLERS if one.first == first)


def layer(team: str, name: str) -> tuple[Person, ...]:
    """Everybody who takes turns in one layer of a team's rota."""
    plan = next(plan for plan in TEAMS if plan.name == team)
    return dict(plan.layers)[name]
