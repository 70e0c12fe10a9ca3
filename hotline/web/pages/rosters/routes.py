"""The addresses of the rosters."""

from flask import Blueprint

from hotline.web.pages.rosters import changes, layers, swaps, timeline


def add_routes(blueprint: Blueprint) -> None:
    """Every page of this package."""
    for module in (timeline, changes, swaps, layers):
        module.add_routes(blueprint)
