"""Who answers now, in every layer of every team, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hotline.services import rosters
from hotline.services.access import Permission
from hotline.web.pages.guard import needs
from hotline.web.pages.site import the_site


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer; ``who`` is None when nobody is on call, which the page shouts."""

    name: str
    who: str | None
    is_reachable: bool
    since: datetime | None
    until: datetime | None
    is_override: bool


@dataclass(frozen=True, slots=True)
class TeamNow:
    """A team and its layers, the first to be rung first."""

    name: str
    time_zone: str
    layers: list[Layer]

    @property
    def has_gap(self) -> bool:
        """True when some layer has nobody."""
        return any(layer.who is None for layer in self.layers)


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/on-call")(on_call)


@needs(Permission.SEE_INCIDENTS)
def on_call() -> ResponseReturnValue:
    """The page of all teams."""
    with the_site().reading() as op:
        teams = _teams(rosters.duties(op))
    return render_template("on_call.html", teams=teams)


def _teams(duties: Sequence[rosters.Duty]) -> list[TeamNow]:
    return [
        TeamNow(team.name, team.time_zone, [_layer(duty) for duty in group])
        for team, group in groupby(duties, key=lambda duty: duty.team)
    ]


def _layer(duty: rosters.Duty) -> Layer:
    user = duty.user
    return Layer(
        duty.layer,
        None if user is None else user.name,
        user is not None and user.phone is not None and user.phone_failed_at is None,
        duty.since,
        duty.until,
        duty.is_override,
    )
