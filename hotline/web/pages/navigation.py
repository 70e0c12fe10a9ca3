"""Where one can go: the pages that a role may see, in the order in which they are needed at night."""

from dataclasses import dataclass

from flask import Flask, current_app, request

from hotline.services.access import Permission
from hotline.web.pages.guard import viewer_may
from hotline.web.pages.ledger.approvals import waiting_for_viewer
from hotline.web.pages.words import gettext, marked

# The first of these stand in the bar itself, the others behind "More".
_IN_THE_BAR = 4


@dataclass(frozen=True, slots=True)
class Place:
    """A page to go to; ``is_here`` when it is the present one or the list that the present one is from.

    ``waiting`` is how many things wait there for the viewer.
    """

    endpoint: str
    label: str
    icon: str
    is_here: bool
    waiting: int = 0


_PLACES = (
    ("pages.board", marked("Board"), "board", Permission.SEE_INCIDENTS),
    ("pages.incident_list", marked("Incidents"), "list", Permission.SEE_INCIDENTS),
    ("pages.on_call", marked("On call"), "people", Permission.SEE_INCIDENTS),
    ("pages.rosters", marked("Rosters"), "list", Permission.SEE_INCIDENTS),
    ("pages.ledger", marked("Ledger"), "money", Permission.SEE_MONEY),
    ("pages.approvals", marked("To be approved"), "tick", Permission.ADJUST_LEDGER),
    ("pages.reports", marked("Reports"), "chart", Permission.SEE_INCIDENTS),
    ("pages.statements", marked("Statements"), "money", Permission.SEE_MONEY),
    ("pages.coverage", marked("Coverage"), "tick", Permission.SEE_INCIDENTS),
    ("pages.ladders", marked("Ladders"), "list", Permission.SEE_INCIDENTS),
    ("pages.call_list", marked("Calls"), "phone", Permission.SEE_INCIDENTS),
    ("pages.message_list", marked("Messages"), "message", Permission.SEE_INCIDENTS),
    ("pages.customers", marked("Customers"), "people", Permission.SEE_CUSTOMERS),
    ("pages.quote", marked("Quote"), "money", Permission.QUOTE),
    ("pages.people", marked("People"), "people", Permission.SEE_INCIDENTS),
    ("pages.audit", marked("Audit trail"), "list", Permission.SEE_AUDIT),
    ("pages.admin", marked("Administration"), "filter", Permission.MANAGE_SERVICE),
    ("pages.health", marked("Health"), "tick", Permission.SEE_INCIDENTS),
    ("pages.wall", marked("Wall screen"), "wall", Permission.SEE_INCIDENTS),
)
# A page that is reached from a list belongs to it.
_BELONGS_TO = {
    "pages.discrepancy_list": "pages.ledger",
    **dict.fromkeys(
        ("pages.ledger_account", "pages.ledger_entry", "pages.adjust_entry", "pages.pay"), "pages.ledger"
    ),
    "pages.adjustment": "pages.approvals",
    "pages.incident": "pages.incident_list",
    "pages.record_report": "pages.incident_list",
    "pages.save_report": "pages.incident_list",
    **dict.fromkeys(
        (
            "pages.new_override",
            "pages.roster_override",
            "pages.swap",
            "pages.roster_layer",
            "pages.new_layer",
        ),
        "pages.rosters",
    ),
    "pages.ladder": "pages.ladders",
    "pages.statement": "pages.statements",
    **dict.fromkeys(
        (
            "pages.response_report",
            "pages.misses_report",
            "pages.load_report",
            "pages.money_report",
        ),
        "pages.reports",
    ),
}


def install(app: Flask) -> None:
    """Give templates ``places()``, ``has_page()`` and ``waiting_for_viewer()``."""
    app.context_processor(
        lambda: {"places": places, "has_page": has_page, "waiting_for_viewer": waiting_for_viewer}
    )


def places() -> tuple[list[Place], list[Place]]:
    """The places in the bar, and those behind "More", for the viewer of this request."""
    here = _BELONGS_TO.get(request.endpoint or "", request.endpoint)
    found = [
        Place(endpoint, gettext(label), icon, endpoint == here, _waiting(endpoint))
        for endpoint, label, icon, permission in _PLACES
        if viewer_may(permission)
    ]
    return found[:_IN_THE_BAR], found[_IN_THE_BAR:]


def _waiting(endpoint: str) -> int:
    return waiting_for_viewer() if endpoint == "pages.approvals" else 0


def has_page(endpoint: str) -> bool:
    """Whether this installation has a page, for links to what may not be installed."""
    return endpoint in current_app.view_functions
