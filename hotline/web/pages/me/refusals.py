"""Why the roster was not changed, in words, and the questions that every form about it shares."""

import uuid
from collections.abc import Callable
from datetime import datetime

from flask import abort, flash

from hotline.db.models import Rotation, User
from hotline.services.operation import Operation
from hotline.services.planning import overrides
from hotline.services.planning.overrides import Refusal, RefusedError
from hotline.web.pages.me.times import said
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked

_SENTENCES = {
    Refusal.PAST: marked("That time is over. Choose one that lies ahead."),
    Refusal.BACKWARDS: marked("It ends before it begins. Choose a later end."),
    Refusal.TOO_LONG: marked("At most 90 days at a time."),
    Refusal.TOO_FAR: marked("Choose a time within a year from now."),
    Refusal.NO_NUMBER: marked("{name} has no verified number to ring. Add one first."),
    Refusal.BAD_NUMBER: marked("{name} cannot be rung: the number failed lately. Use another."),
    Refusal.DISABLED: marked("{name} cannot sign in any more, and so cannot be on call."),
    Refusal.ROLE: marked("{name} may not work on incidents, and so cannot be on call."),
    Refusal.NOT_IN_TEAM: marked("Only people of the team can do that."),
    Refusal.NOBODY: marked("That leaves nobody on call. Only a manager may decide that, and confirms it."),
    Refusal.NOT_YOURS: marked("Only who made it, who is on call by it, or a manager may change it."),
    Refusal.NO_COLLEAGUES: marked("Nobody else in the team can be rung. Call your manager."),
    Refusal.UNANSWERED: marked(
        "Nothing was saved: the hotline would be unanswered now. Nobody could be rung on {name}."
    ),
    Refusal.ENDED: marked("This layer has ended. Nothing was changed."),
    Refusal.IS_RUNG: marked("Ladders ring this layer: {name}. Take it off them first."),
    Refusal.SAME: marked("{name} cannot take their own place. Choose two people."),
    Refusal.EMPTY: marked("Choose at least one person for every part."),
    Refusal.TAKEN_NAME: marked("The team has or had a layer of that name. Choose another."),
    Refusal.YOURSELF: marked("That is you. Choose a colleague."),
}


def words(refused: RefusedError) -> str:
    """The sentence for people: what stands in the way, and who."""
    if refused.why is Refusal.CHANGED:
        who = refused.who or gettext("nobody")
        if refused.since is None:
            return gettext("Nothing was changed: {name} is on call there by now.").format(name=who)
        template = gettext("Nothing was changed: {name} is on call there since {time}.")
        return template.format(name=who, time=said(refused.since))
    return gettext(_SENTENCES[refused.why]).format(name=refused.who or "")


def identifier(text: str) -> uuid.UUID:
    """An id in an address or a form; anything else is not found."""
    try:
        return uuid.UUID(text)
    except ValueError:
        abort(404)


def try_to(work: Callable[[Operation], str]) -> bool:
    """Do ``work`` in a transaction and say what came of it; False when it was refused, which is said too."""
    try:
        flash(the_site().write(work), "success")
    except RefusedError as refused:
        flash(words(refused), "warning")
        return False
    return True


def also_elsewhere(op: Operation, user: User, rotation: Rotation, start: datetime, end: datetime) -> str:
    """A warning to add where somebody is double booked; empty when they are not."""
    others = overrides.elsewhere(op, user.id, start, end, but=rotation.id)
    if not others:
        return ""
    places = ", ".join(f"{row.team.name} {row.layer}" for row in others)
    template = gettext("Mind: {name} is on call in {places} at that time too.")
    return " " + template.format(name=user.name, places=places)
