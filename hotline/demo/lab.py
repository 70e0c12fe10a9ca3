"""Furnishes the phone lab: whose telephone is whose, contract cards, the tour, and where the pages are."""

from dataclasses import replace
from functools import lru_cache

from hotline.demo.cast import CALLERS, LINES, Character, caller
from hotline.demo.gloss import gloss
from hotline.demo.offers import CUSTOMERS, OUTCOMES, PRODUCTS, SHARED_NUMBER
from hotline.demo.people import DEWI, EVERYBODY, NADIA, OTTO, PASSWORD, SITI, Person
from hotline.demo.tour import TOUR
from hotline.emulator import Emulator, Label, Line, Notes
from hotline.phone_numbers import pretty
from hotline.services.on_call.rosters import Duty, duties
from hotline.services.operation import Operation

_FIRST_CALLER = "Ruth"
_STRANGER = "+12125550499"
_GLOSSES_KEPT = 2048
_LAYERS = ("primary", "backup", "manager")
_CODE = r"\bACK ([2-9][A-Z]{2,4})\b"
_REPLIES = (
    Line(_CODE, "ACK $1"),
    Line(_CODE, "RESOLVE $1"),
    Line("^HOTLINE()", "STATUS"),
    Line("^HOTLINE()", "WHO"),
)


def furnish(emulator: Emulator, url: str, op: Operation) -> None:
    """Label every telephone of the demo world, and tell the lab about the service at ``url``."""
    for one in CALLERS:
        emulator.handset(one.phone).label = _caller(one)
    emulator.handset(_STRANGER).label = _stranger()
    found = duties(op)
    for person in sorted(EVERYBODY, key=lambda one: _rank(one, found)):
        label = _colleague(person, found)
        emulator.handset(person.phone).label = label
        if person.home is not None:
            emulator.handset(person.home).label = replace(label, name=f"{person.name}, second phone")
    emulator.notes = _notes(url)
    emulator.gloss = lru_cache(_GLOSSES_KEPT)(gloss)


def line_name(line: str) -> str:
    """What a number of the service is called, with a capital letter."""
    name = LINES[line]
    return name[0].upper() + name[1:]


def _notes(url: str) -> Notes:
    return Notes(
        service="Hotline",
        links=(
            Line("Board", f"{url}/"),
            Line("Who is on call", f"{url}/on-call"),
            Line("Ledger (not for engineers)", f"{url}/ledger"),
        ),
        sign_in=tuple(
            Line(f"{person.name}, {person.role.value}", person.email) for person in (DEWI, SITI, NADIA, OTTO)
        ),
        password=PASSWORD,
        tour=TOUR,
        replies=_REPLIES,
    )


def _caller(one: Character) -> Label:
    return Label(
        name=one.name,
        kind="caller",
        role=f"{one.company}, {one.city}",
        group=one.company or "",
        dials=one.line or "",
        time_zone=one.time_zone,
        first=one.first == _FIRST_CALLER,
        card=_card(one, "yes: the PIN is enough"),
    )


def _stranger() -> Label:
    ruth = caller(_FIRST_CALLER)
    return Label(
        name="A telephone nobody knows",
        kind="caller",
        role=f"In the hands of Ruth's colleague, {ruth.city}",
        group="Not a known caller",
        dials=SHARED_NUMBER,
        time_zone=ruth.time_zone,
        card=_card(ruth, "no: asks for contract and PIN"),
    )


def _card(one: Character, known: str) -> tuple[Line, ...]:
    contract = next(c for plan in CUSTOMERS for c in plan.contracts if c.number == one.contract)
    names = dict(PRODUCTS)
    return (
        Line("Contract", contract.number, f"{contract.number}#"),
        Line("PIN", contract.pin, f"{contract.pin}#"),
        Line("Dials", pretty(one.line or "")),
        Line("Products", ", ".join(names[code] for code in contract.products) or "none"),
        Line("Known caller", known),
        Line("Outcome", OUTCOMES[contract.entitled]),
    )


def _rank(person: Person, found: list[Duty]) -> int:
    """Who is rung first stands first."""
    ranks = [
        _LAYERS.index(duty.layer)
        for duty in found
        if duty.layer in _LAYERS and any(user.phone == person.phone for user in duty.users)
    ]
    return min(ranks, default=len(_LAYERS))


def _colleague(person: Person, found: list[Duty]) -> Label:
    mine = [duty for duty in found if any(user.phone == person.phone for user in duty.users)]
    until = [duty.until for duty in mine if duty.until is not None]
    return Label(
        name=person.name,
        kind="colleague",
        role=f"{person.role.value}, {person.time_zone.rpartition('/')[2]}",
        dials=SHARED_NUMBER,
        time_zone=person.time_zone,
        first=bool(mine),
        duty=", ".join(f"{duty.layer} of {duty.team.name}" for duty in mine),
        until=min(until).isoformat() if until else "",
    )
