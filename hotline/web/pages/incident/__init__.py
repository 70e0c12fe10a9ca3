"""One incident: where it stands, what can be done, and everything that happened."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.errors import NotFoundError
from hotline.services.access import Permission
from hotline.services.response import references
from hotline.web.pages.guard import needs
from hotline.web.pages.incident import actions, clock, page, sound, typed
from hotline.web.pages.incident.forms import Forms
from hotline.web.pages.site import the_site


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/incidents/<reference>")(incident)
    for module in (actions, typed, sound, clock):
        module.add_routes(blueprint)


@needs(Permission.SEE_INCIDENTS)
def incident(reference: str) -> ResponseReturnValue:
    """The page of one incident; ``/incidents/27578`` leads to ``2757-8``, and a slip is helped with."""
    written = references.dashed(reference)
    if written is not None and written != reference:
        return redirect(url_for("pages.incident", reference=written, show=request.args.get("show")), 302)
    try:
        return page.show(reference, Forms())
    except NotFoundError:
        with the_site().reading() as op:
            meant = references.nearly(op, reference)
        is_misread = written is not None and not references.is_valid(reference)
        return render_template(
            "incident/unknown.html", reference=reference[:20], meant=meant, is_misread=is_misread
        ), 404
