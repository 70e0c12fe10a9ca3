"""The addresses of an engineer's own pages."""

from flask import Blueprint

from hotline.web.pages.me import answers, asking, calendar, page, shifts, times


def add_routes(blueprint: Blueprint) -> None:
    """Add ``/me`` and what is below it."""
    for module in (page, shifts, calendar, asking, answers):
        module.add_routes(blueprint)
    for name, words in times.FILTERS.items():
        blueprint.add_app_template_filter(words, name)
