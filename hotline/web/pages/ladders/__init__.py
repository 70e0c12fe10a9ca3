"""Ladders: who is rung, in which order, and what would happen if a customer called at a given minute."""

from flask import Blueprint

from hotline.web.pages.ladders.assigning import add_routes as add_assigning
from hotline.web.pages.ladders.dry_run import add_routes as add_dry_run
from hotline.web.pages.ladders.editing import add_routes as add_editing
from hotline.web.pages.ladders.views import add_routes as add_views


def add_routes(blueprint: Blueprint) -> None:
    """Every page of this package."""
    for add in (add_views, add_editing, add_dry_run, add_assigning):
        add(blueprint)
