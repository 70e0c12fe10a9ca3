"""Reports that arrive otherwise: the form to put one down, and the keys of customers' programs."""

from flask import Blueprint

from hotline.web.pages.arrivals import keys, recording
from hotline.web.pages.arrivals.words import install as install


def add_routes(blueprint: Blueprint) -> None:
    """Every page of this package."""
    for module in (recording, keys):
        module.add_routes(blueprint)
