"""Recovery codes on the pages: shown once, to be printed or downloaded, and made anew."""

from flask import Blueprint, Response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from hotline.services.access import Permission
from hotline.services.accounts import factors, recovery
from hotline.services.operation import Operation
from hotline.web.pages.guard import confirmed, needs, viewer
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext

_TOKEN = "recovery-codes"  # noqa: S105 - the name of a cookie's field


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/me/security/recovery-codes")(recovery_codes)
    blueprint.get("/me/security/recovery-codes.txt")(recovery_file)
    blueprint.post("/me/security/recovery-codes/kept")(keep_recovery_codes)
    blueprint.post("/me/security/recovery-codes/new")(new_recovery_codes)


def show_codes(token: str) -> ResponseReturnValue:
    """Lead to the page that shows codes which were made just now."""
    session[_TOKEN] = token
    return redirect(url_for("pages.recovery_codes"), 303)


@needs(Permission.OWN_ACCOUNT)
def recovery_codes() -> ResponseReturnValue:
    """The codes, for ten minutes after they were made, until the owner says that they have them."""
    codes = _codes()
    if not codes:
        return redirect(url_for("pages.security"))
    return render_template("account/recovery_codes.html", codes=codes)


@needs(Permission.OWN_ACCOUNT)
def recovery_file() -> ResponseReturnValue:
    """The same as a text file."""
    codes = _codes()
    if not codes:
        return redirect(url_for("pages.security"))
    heading = gettext("Recovery codes of {email} for Hotline. Each is good once.").format(
        email=viewer().email
    )
    text = "\n".join([heading, "", *codes, ""])
    name = "hotline-recovery-codes.txt"
    return Response(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


@needs(Permission.OWN_ACCOUNT)
def keep_recovery_codes() -> ResponseReturnValue:
    """They are never shown again."""
    token = session.pop(_TOKEN, None)
    the_site().write(lambda op: recovery.put_away(op, token))
    return redirect(url_for("pages.security"), 303)


@needs(Permission.OWN_ACCOUNT)
@confirmed
def new_recovery_codes() -> ResponseReturnValue:
    """Ten new ones, when there is a second factor that they could stand in for; the old ones end."""
    me = viewer().id

    def work(op: Operation) -> str | None:
        return factors.new_codes(op, me) if factors.of_user(op, me).is_any else None

    token = the_site().write(work)
    return redirect(url_for("pages.security"), 303) if token is None else show_codes(token)


def _codes() -> list[str]:
    with the_site().reading() as op:
        return list(recovery.shown(op, viewer().id, session.get(_TOKEN)))
