"""``/me/cover/<id>``: the page behind the link of a text message that asks for cover, and its answers."""

import uuid
from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import CoverStatus, User
from hotline.services.access import Permission
from hotline.services.operation import Operation
from hotline.services.planning import cover
from hotline.services.planning.cover import Decision
from hotline.services.planning.overrides import RefusedError
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.me import refusals, times
from hotline.web.pages.me.cover_lines import line
from hotline.web.pages.site import the_site
from hotline.web.pages.words import ago, gettext

Decide = Callable[[Operation, uuid.UUID, User], Decision]
_WANTED: dict[Decide, CoverStatus] = {
    cover.accept: CoverStatus.ACCEPTED,
    cover.withdraw: CoverStatus.WITHDRAWN,
    cover.decline: CoverStatus.OPEN,
}


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/me/cover/<cover_id>")(cover_request)
    for view, verb in ((accept_cover, "accept"), (decline_cover, "decline"), (withdraw_cover, "withdraw")):
        blueprint.post(f"/me/cover/<cover_id>/{verb}")(view)


@needs(Permission.OWN_ACCOUNT)
def cover_request(cover_id: str) -> ResponseReturnValue:
    """What is asked, and where it stands."""
    with the_site().reading() as op:
        found = cover.seen_by(op, refusals.identifier(cover_id), viewer())
        return render_template("me/cover.html", line=line(op, found, viewer().id))


@needs(Permission.WORK_ON_INCIDENTS)
def accept_cover(cover_id: str) -> ResponseReturnValue:
    """Be on call instead; of two at once one wins and the other reads who."""
    return _decide(cover_id, cover.accept)


@needs(Permission.OWN_ACCOUNT)
def decline_cover(cover_id: str) -> ResponseReturnValue:
    """Say no."""
    return _decide(cover_id, cover.decline)


@needs(Permission.OWN_ACCOUNT)
def withdraw_cover(cover_id: str) -> ResponseReturnValue:
    """Need no cover any more."""
    return _decide(cover_id, cover.withdraw)


def _decide(cover_id: str, decide: Decide) -> ResponseReturnValue:
    request_id, me = refusals.identifier(cover_id), viewer().id

    def work(op: Operation) -> tuple[str, str]:
        user = op.session.get_one(User, me)
        decision = decide(op, request_id, user)
        return _said(op, decision, user), "success" if _is_as_wanted(decision, decide, me) else "warning"

    try:
        flash(*the_site().write(work))
    except RefusedError as refused:
        flash(refusals.words(refused), "warning")
    return redirect(url_for("pages.cover_request", cover_id=request_id), 303)


def _is_as_wanted(decision: Decision, decide: Decide, me: uuid.UUID) -> bool:
    """A second tap by the same person is no surprise to them."""
    is_mine = decision.request.decided_by_id in (me, None)
    return decision.is_new or (is_mine and decision.request.status is _WANTED[decide])


def _said(op: Operation, decision: Decision, user: User) -> str:
    """What is true now, whoever brought it about."""
    request, status = decision.request, cover.state(op, decision.request)
    if status is CoverStatus.ACCEPTED:
        if request.decided_by_id == user.id:
            template = gettext("You are on call from {start} to {end}. {name} has been told.")
            span = {"start": times.said(max(request.starts_at, request.decided_at or request.starts_at))}
            span["end"] = times.said(request.ends_at)
            told = template.format(name=request.asked_by.name, **span)
            return told + refusals.also_elsewhere(
                op, user, request.rotation, request.starts_at, request.ends_at
            )
        who = "" if request.decided_by is None else request.decided_by.name
        when = ago(request.decided_at or op.now, op.now)
        return gettext("Nothing was changed: {name} covers it, since {ago}.").format(name=who, ago=when)
    if status is CoverStatus.WITHDRAWN:
        return gettext("Withdrawn: no cover is needed any more.")
    if status is CoverStatus.EXPIRED:
        return gettext("Nothing was changed: the time to answer is over.")
    return gettext("You said no. You may still change your mind while nobody covers it.")
