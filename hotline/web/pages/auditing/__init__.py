"""What the auditor found: every discrepancy with both sides, and who explained it."""

from flask import Blueprint

from hotline.web.pages.auditing import views


def add_routes(blueprint: Blueprint) -> None:
    """Every page of this package."""
    views.add_routes(blueprint)
