"""How one signs in and where one is signed in: ``/me/security``."""

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hotline.services.access import Permission
from hotline.services.accounts import duties, events, factors, passkeys, sessions
from hotline.web.pages.account.happenings import describe
from hotline.web.pages.guard import needs, signed_in
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, ngettext


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/me/security")(security)
    blueprint.post("/me/security/sessions/<uuid:session_id>/end")(end_session)
    blueprint.post("/me/security/sessions/end-others")(end_other_sessions)


@needs(Permission.OWN_ACCOUNT)
def security() -> ResponseReturnValue:
    """Second factors, sessions, and what happened lately."""
    site, who = the_site(), signed_in()
    with site.reading() as op:
        values = {
            "has": factors.of_user(op, who.user.id),
            "must_have": duties.must_have_second_factor(op, who.user),
            "sessions": sessions.of_user(op, who.user.id),
            "happened": [describe(line) for line in events.latest(op, who.user.id)],
        }
    return render_template(
        "account/security.html",
        owes=who.owes_second_factor,
        this=who.row.id,
        with_passkeys=passkeys.are_possible(site.settings),
        **values,
    )


@needs(Permission.OWN_ACCOUNT)
def end_session(session_id: uuid.UUID) -> ResponseReturnValue:
    """Sign one browser out; twice is as good as once."""
    me = signed_in().user.id
    ended = the_site().write(lambda op: sessions.revoke(op, me, session_id, me))
    flash(
        gettext("That browser is signed out.") if ended else gettext("It was signed out already."), "success"
    )
    return redirect(url_for("pages.security"), 303)


@needs(Permission.OWN_ACCOUNT)
def end_other_sessions() -> ResponseReturnValue:
    """Sign every other browser out."""
    who = signed_in()
    count = the_site().write(lambda op: sessions.revoke_all(op, who.user.id, who.user.id, keep=who.row.id))
    text = ngettext("{count} browser was signed out.", "{count} browsers were signed out.", count)
    flash(text.format(count=count) if count else gettext("You are signed in nowhere else."), "success")
    return redirect(url_for("pages.security"), 303)
