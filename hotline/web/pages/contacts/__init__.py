"""Somebody's own telephone numbers and the rules by which they are paged: ``/me/contacts``, ``/me/rules``."""

from flask import Blueprint

from hotline.phone_numbers import pretty
from hotline.web.pages.contacts import addresses, numbers, rules, trying


def add_routes(blueprint: Blueprint) -> None:
    blueprint.add_app_template_filter(pretty, "whole_number")
    for module in (numbers, addresses, rules, trying):
        module.add_routes(blueprint)
