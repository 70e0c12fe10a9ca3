"""Search: a reference leads straight to its incident; anything else to what was found, kind by kind."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.services.access import Permission
from hotline.services.lists import search as everything
from hotline.web.pages.guard import needs, viewer_may
from hotline.web.pages.lists import words
from hotline.web.pages.site import now_of_page, the_site
from hotline.web.pages.words import gettext


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/search")(search)


@needs(Permission.SEE_INCIDENTS)
def search() -> ResponseReturnValue:
    """What was found; without words, what can be searched."""
    typed = request.args.get("q", "").strip()
    found = everything.Found()
    if typed:
        with the_site().reading() as op:
            found = everything.search(op, typed, customers=viewer_may(Permission.SEE_CUSTOMERS))
    if found.reference is not None:
        return redirect(url_for("pages.incident", reference=found.reference))
    problems = [gettext(words.FAULTS[problem.fault]) for problem in found.problems]
    page = render_template(
        "lists/search.html",
        typed=typed,
        found=found,
        problems=problems,
        now=now_of_page(),
        roles=words.ROLES,
        plans=words.PLANS,
        statuses=words.STATUSES,
    )
    return page, 422 if problems else 200
