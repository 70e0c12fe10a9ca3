"""Statements of service credits: the list, one statement, its files, and sending it."""

from flask import Blueprint

from hotline.web.pages.statements import acting, listing, page


def add_routes(blueprint: Blueprint) -> None:
    """The list and its file, a statement and its files, and what people do with them."""
    for module in (listing, page, acting):
        module.add_routes(blueprint)
