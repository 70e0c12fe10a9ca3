"""What can be done about an incident, as POSTs that are harmless twice and honest when late.

Each action is one transaction. When somebody was first, nothing fails: the page says who did what,
and how long ago. An action that changes what others rely on is not done from a page that was drawn
before somebody else decided something.
"""

import uuid
from collections.abc import Callable, Sequence

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import Incident, User
from hotline.errors import ConflictError, ForbiddenTransitionError, InvalidInputError
from hotline.services import reports
from hotline.services.access import Permission
from hotline.services.operation import Operation
from hotline.services.reports import TimelineLine
from hotline.services.response import calling, chasing, followup, handovers, incidents
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.incident import forms
from hotline.web.pages.site import the_site
from hotline.web.pages.words import ago, gettext, language

Work = Callable[[Operation, Incident, User], str]


class StaleError(Exception):
    """The page was drawn before these decisions; carries them."""

    def __init__(self, meanwhile: Sequence[TimelineLine]) -> None:
        super().__init__("the page is stale")
        self.meanwhile = meanwhile


def add_routes(blueprint: Blueprint) -> None:
    blueprint.post("/incidents/<reference>/take")(take)
    blueprint.post("/incidents/<reference>/call")(call_both)
    blueprint.post("/incidents/<reference>/on-it")(say_on_it)
    blueprint.post("/incidents/<reference>/withdraw")(withdraw_handover)
    blueprint.post("/incidents/<reference>/decline")(decline_handover)


@needs(Permission.WORK_ON_INCIDENTS)
def take(reference: str) -> ResponseReturnValue:
    """Take it, or accept the hand-over, and have the customer told; the second tap says that it is yours."""
    return act(reference, _take)


@needs(Permission.WORK_ON_INCIDENTS)
def call_both(reference: str) -> ResponseReturnValue:
    """Have one's own telephone rung, and then the customer's."""
    return act(reference, _call)


@needs(Permission.WORK_ON_INCIDENTS)
def say_on_it(reference: str) -> ResponseReturnValue:
    """Say that one is on it, when nobody has heard from one."""
    return act(reference, _on_it)


@needs(Permission.WORK_ON_INCIDENTS)
def withdraw_handover(reference: str) -> ResponseReturnValue:
    """Keep what one wanted to hand over."""
    return act(reference, _withdraw)


@needs(Permission.WORK_ON_INCIDENTS)
def decline_handover(reference: str) -> ResponseReturnValue:
    """Say no to a colleague."""
    return act(reference, _decline)


def act(reference: str, work: Work, *, if_current: bool = False, explain: bool = True) -> ResponseReturnValue:
    """Do ``work`` on the incident as the viewer and say what came of it, also when somebody was first.

    ``if_current``: not when somebody else decided something since the page was drawn. ``explain``: what
    cannot be done is said on the page; else :class:`InvalidInputError` is the caller's to explain.
    Raises :class:`hotline.errors.NotFoundError`.
    """
    site, me = the_site(), viewer().id

    def in_transaction(op: Operation) -> str:
        incident = incidents.by_reference(op, reference)
        op.session.refresh(incident, with_for_update=True)
        if if_current and forms.is_versioned():
            meanwhile = reports.decided_since(op, incident, forms.seen(), me, language())
            if meanwhile:
                raise StaleError(meanwhile)
        return work(op, incident, op.session.get_one(User, me))

    try:
        flash(site.write(in_transaction), "success")
    except StaleError as stale:
        flash(_not_done(stale.meanwhile), "warning")
    except (ConflictError, ForbiddenTransitionError) as late:
        flash(_first(reference) or gettext(str(late)), "warning")
    except InvalidInputError as mistake:
        if not explain:
            raise
        flash(gettext(str(mistake)), "warning")
    return redirect(url_for("pages.incident", reference=reference), 303)


def _take(op: Operation, incident: Incident, user: User) -> str:
    taken = incidents.accept(op, incident, user, "web")
    if taken.won:
        followup.after_acceptance(op, incident, user)
    if taken.won and incident.verified_at is None:
        return gettext("It is yours. Find out who reported, and verify it.")
    if taken.won:
        return gettext("It is yours. The customer is being told now.")
    if taken.owner.id == user.id:
        return gettext("It is yours already, since {ago}.").format(ago=ago(taken.at, op.now))
    raise ConflictError(f"{taken.owner.name} has incident {incident.reference}.")


def _call(op: Operation, incident: Incident, user: User) -> str:
    if calling.call_both(op, incident, user):
        return gettext("Your telephone rings now. Press 1 to be connected with the customer.")
    return gettext("That call is under way already.")


def _on_it(op: Operation, incident: Incident, user: User) -> str:
    if not chasing.settle(op, incident, user, "web"):
        raise ConflictError(f"Incident {incident.reference} is not yours.")
    return gettext("Noted. A note now and then tells the others how it stands.")


def _withdraw(op: Operation, incident: Incident, user: User) -> str:
    handovers.withdraw(op, incident, user)
    return gettext("It stays yours; your colleague is told.")


def _decline(op: Operation, incident: Incident, user: User) -> str:
    handovers.decline(op, incident, user)
    return gettext("Declined; your colleague is told and keeps it.")


def _not_done(meanwhile: Sequence[TimelineLine]) -> str:
    """Nothing was done, because of what somebody else decided: ``Bo took it (40 seconds ago).``"""
    last = meanwhile[-1]
    template = gettext(
        "Nothing was done, for this happened {ago}: {what} Look, and do it again if it is right."
    )
    return template.format(ago=ago(last.at, the_site().clock.now()), what=last.text)


def _first(reference: str) -> str | None:
    """The last decision that somebody took on the incident: ``Bo took it (40 seconds ago).``"""
    with the_site().reading() as op:
        nobody = uuid.UUID(int=0)
        decided = reports.decided_since(op, incidents.by_reference(op, reference), None, nobody, language())
    if not decided:
        return None
    template = gettext("Somebody was first, {ago}: {what}")
    return template.format(ago=ago(decided[-1].at, op.now), what=decided[-1].text)
