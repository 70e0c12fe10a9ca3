"""Lists and search: what has been, page by page, filtered by what stands in the address, and as a file."""

from flask import Blueprint

from hotline.web.pages.lists.customer import add_routes as add_customer
from hotline.web.pages.lists.search import add_routes as add_search
from hotline.web.pages.lists.views import add_routes as add_lists


def add_routes(blueprint: Blueprint) -> None:
    """Every list, the page of a customer, and the search."""
    for add in (add_lists, add_customer, add_search):
        add(blueprint)
