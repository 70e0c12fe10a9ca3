"""The board and the wall screen: what is about to go wrong, first thing first, chosen by the address."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.services import reports
from hotline.services.access import Permission
from hotline.services.on_call import rosters
from hotline.services.promise import heartbeat
from hotline.services.reports import BoardRow, Sieve, Sums, Which
from hotline.web.pages import live
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked

REFRESH_SECONDS = live.RELOAD_SECONDS
_MOST_FINISHED = 10
_LONGEST_WORD = 100
_STATES = {
    None: marked("All"),
    Which.AT_RISK: marked("At risk"),
    Which.MISSED: marked("Missed"),
    Which.UNTAKEN: marked("Nobody has it"),
    Which.MINE: marked("Mine"),
}
_CHIPS = {
    "text": marked("Text: {value}"),
    "team": marked("Team: {value}"),
    "customer": marked("Customer: {value}"),
    "product": marked("Product: {value}"),
    "which": marked("State: {value}"),
}
# What each part of a sieve is called in an address.
_NAMES = {"team": "team", "customer": "customer", "product": "product", "which": "state", "text": "q"}


@dataclass(frozen=True, slots=True)
class View:
    """What goes through one sieve. ``finished`` are the latest of them, ``of`` counts what is open in all."""

    rows: tuple[BoardRow, ...]
    finished: tuple[BoardRow, ...]
    sums: Sums
    of: int
    silent_since: datetime | None


@dataclass(slots=True)
class Snapshot:
    """Everything on the board, read once for all viewers; each sieve is applied once."""

    at: datetime
    rows: list[BoardRow]
    finished: list[BoardRow]
    silent_since: datetime | None
    _views: dict[tuple[Sieve, uuid.UUID | None], tuple[View, str]] = field(default_factory=dict)

    def through(self, sieve: Sieve, viewer_id: uuid.UUID) -> tuple[View, str]:
        """What goes through, and its text for the fingerprint."""
        key = sieve, viewer_id if sieve.which is Which.MINE else None
        if key not in self._views:
            rows = tuple(sieve.sift(self.rows, viewer_id))
            finished = tuple(sieve.sift(self.finished, viewer_id)[:_MOST_FINISHED])
            view = View(rows, finished, reports.sums(rows), len(self.rows), self.silent_since)
            self._views[key] = view, repr(view)
        return self._views[key]

    def choices(self) -> dict[str, list[tuple[str, str]]]:
        """What can be chosen: teams, customers and products that stand on the board, value and label."""
        rows = [*self.rows, *self.finished]
        return {
            "team": _sorted((row.hunt.team, row.hunt.team) for row in rows),
            "customer": _sorted((row.customer, row.customer) for row in rows if row.customer),
            "product": _sorted(
                (row.product_code, row.product) for row in rows if row.product_code and row.product
            ),
        }


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who is on call in a team, the first to be rung first; None where nobody is."""

    team: str
    people: tuple[tuple[str, str | None], ...]


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/")(board)
    blueprint.get("/wall")(wall)


@needs(Permission.SEE_INCIDENTS)
def board() -> ResponseReturnValue:
    """Everything that needs somebody, then what was finished within the last day."""
    snapshot, sieve = _snapshot(), _asked_for()
    view, text = snapshot.through(sieve, viewer().id)

    def draw() -> str:
        return render_template(
            "board.html",
            view=view,
            drawn_at=snapshot.at,
            sieve=sieve,
            choices=snapshot.choices(),
            chips=_chips(sieve, "pages.board"),
            states=[
                (gettext(label), _address(sieve, which), sieve.which is which)
                for which, label in _STATES.items()
            ],
            wall=_address(sieve, sieve.which, "pages.wall"),
        )

    return live.answer((sieve, text), draw, is_shared=True)


@needs(Permission.SEE_INCIDENTS)
def wall() -> ResponseReturnValue:
    """The same for a screen on the wall: nothing to press, readable from across the room."""
    snapshot, sieve = _snapshot(), _asked_for()
    view, text = snapshot.through(sieve, viewer().id)
    on_duty = live.shared("on duty", _on_duty)
    theme = "light" if request.args.get("theme") == "light" else "dark"

    def draw() -> str:
        return render_template(
            "wall.html",
            view=view,
            drawn_at=snapshot.at,
            chips=_chips(sieve, "pages.wall"),
            on_duty=on_duty,
            theme=theme,
        )

    return live.answer((sieve, text, on_duty, theme), draw, is_shared=True)


def _snapshot() -> Snapshot:
    return live.shared("board", _look)


def _look() -> Snapshot:
    with the_site().reading() as op:
        return Snapshot(
            op.now, reports.board(op), reports.recently_finished(op, limit=100), heartbeat.silent_since(op)
        )


def _on_duty() -> tuple[OnDuty, ...]:
    with the_site().reading() as op:
        teams: dict[str, list[tuple[str, str | None]]] = {}
        for duty in rosters.duties(op):
            teams.setdefault(duty.team.name, []).append((duty.layer, duty.names))
    return tuple(OnDuty(team, tuple(people)) for team, people in teams.items())


def _asked_for() -> Sieve:
    """The sieve that the address names. A state that there is not asks for nothing."""
    values = {part: request.args.get(name, "").strip()[:_LONGEST_WORD] for part, name in _NAMES.items()}
    state = values.pop("which")
    return Sieve(which=Which(state) if state in set(Which) else None, **values)


def _in_address(sieve: Sieve) -> dict[str, Any]:
    values: Mapping[str, Any] = {name: getattr(sieve, part) for part, name in _NAMES.items()}
    return {name: str(value) for name, value in values.items() if value}


def _address(sieve: Sieve, which: Which | None, endpoint: str = "pages.board") -> str:
    return url_for(endpoint, **_in_address(replace(sieve, which=which)))


def _chips(sieve: Sieve, endpoint: str) -> list[tuple[str, str]]:
    """What is chosen, in words, each with the address at which it is not."""
    chips = []
    for part, label in _CHIPS.items():
        value = getattr(sieve, part)
        if value:
            shown = gettext(_STATES[value]) if isinstance(value, Which) else value
            address = url_for(endpoint, **_in_address(sieve.without(part)))
            chips.append((gettext(label).replace("{value}", shown), address))
    return chips


def _sorted(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(set(pairs), key=lambda pair: pair[1].casefold())
