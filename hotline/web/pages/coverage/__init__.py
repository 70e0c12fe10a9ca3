"""Whether somebody answers: what is wrong with the next 30 days, who carries how much, and holidays."""

from flask import Blueprint

from hotline.web.pages.coverage import fairness, holidays, problems


def add_routes(blueprint: Blueprint) -> None:
    """Every page of this package."""
    for module in (problems, fairness, holidays):
        module.add_routes(blueprint)
