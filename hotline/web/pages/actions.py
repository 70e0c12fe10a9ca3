"""What can be done about an incident, as POSTs that are harmless twice and honest when late.

Each action is one transaction. When somebody was first, nothing fails: the page says who did what,
and how long ago.
"""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import Incident, User
from hotline.errors import ConflictError, ForbiddenTransitionError
from hotline.services import followup, incidents, reports
from hotline.services.access import Permission
from hotline.services.operation import Operation
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.site import the_site
from hotline.web.pages.words import ago, gettext, language

Work = Callable[[Operation, Incident, User], str]
_DECISIONS = frozenset({"accepted", "verified", "resolved", "cancelled"})


def add_routes(blueprint: Blueprint) -> None:
    for view in (take, resolve):
        blueprint.post(f"/incidents/<reference>/{view.__name__}")(view)


@needs(Permission.WORK_ON_INCIDENTS)
def take(reference: str) -> ResponseReturnValue:
    """Take it, and have the customer told; the second tap says that it is yours already."""
    return act(reference, _take)


@needs(Permission.WORK_ON_INCIDENTS)
def resolve(reference: str) -> ResponseReturnValue:
    """Say that it is solved."""
    return act(reference, _resolve)


def act(reference: str, work: Work) -> ResponseReturnValue:
    """Do ``work`` on the incident as the viewer and say what came of it, also when somebody was first.

    Raises :class:`hotline.errors.NotFoundError`, and what ``work`` raises besides conflicts.
    """
    site, me = the_site(), viewer().id

    def in_transaction(op: Operation) -> str:
        incident = incidents.by_reference(op, reference)
        op.session.refresh(incident, with_for_update=True)
        return work(op, incident, op.session.get_one(User, me))

    try:
        flash(site.write(in_transaction), "success")
    except (ConflictError, ForbiddenTransitionError) as late:
        flash(_meanwhile(reference) or str(late), "warning")
    return redirect(url_for("pages.incident", reference=reference), 303)


def _take(op: Operation, incident: Incident, user: User) -> str:
    taken = incidents.accept(op, incident, user, "web")
    if taken.won:
        followup.after_acceptance(op, incident, user)
        return gettext("It is yours. The customer is being told now.")
    if taken.owner.id == user.id:
        return gettext("It is yours already, since {ago}.").format(ago=ago(taken.at, op.now))
    raise ConflictError(f"{taken.owner.name} has incident {incident.reference}.")


def _resolve(op: Operation, incident: Incident, user: User) -> str:
    incidents.resolve(op, incident, user)
    return gettext("Resolved.")


def _meanwhile(reference: str) -> str | None:
    """The last decision that somebody took on the incident: ``Bo took it (40 seconds ago).``"""
    with the_site().reading() as op:
        lines = reports.timeline(op, incidents.by_reference(op, reference), language())
    decided = [line for line in lines if line.kind in _DECISIONS]
    if not decided:
        return None
    template = gettext("Somebody was first, {ago}: {what}")
    return template.format(ago=ago(decided[-1].at, op.now), what=decided[-1].text)
