"""The administration: what admins keep without the command line, and the trail of who changed what."""

from flask import Blueprint, Flask, session

from hotline.phone_numbers import pretty
from hotline.web.pages.admin import audit, people, pins, views
from hotline.web.pages.admin.editing import SAVED


def install(app: Flask) -> None:
    """Give templates ``saved_form()``: the draft that is to be forgotten, once."""
    app.context_processor(lambda: {"saved_form": lambda: session.pop(SAVED, None)})


def add_routes(blueprint: Blueprint) -> None:
    """Every page of this package."""
    blueprint.add_app_template_filter(pretty, "pretty_number")
    for module in (pins, people, audit, views):
        module.add_routes(blueprint)
