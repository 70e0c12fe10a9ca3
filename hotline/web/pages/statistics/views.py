"""``/reports``: pages of figures, their pictures and their files, for the days and filters of the address."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from hotline.services.access import Permission
from hotline.services.operation import Operation
from hotline.services.statistics.attainment import By
from hotline.services.statistics.frames import Frame
from hotline.web.pages.guard import needs, viewer_may
from hotline.web.pages.site import now_of_page, the_site
from hotline.web.pages.statistics import asking, attainment, load, misses, money, response
from hotline.web.pages.statistics.figures import Figure
from hotline.web.pages.statistics.plans import LOOKS
from hotline.web.pages.words import gettext, marked, time_zone

# A picture brings its own style sheet, which our policy would refuse where it is opened by itself.
_PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_Maker = Callable[[Operation, Frame, date], Figure]


def _attainment(by: By) -> _Maker:
    return lambda op, frame, today: attainment.figure(op, frame, by, today)


MAKERS: dict[str, _Maker] = {
    **{by.value: _attainment(by) for by in By},
    "response": lambda op, frame, _today: response.distribution(op, frame),
    "pickup": response.pickup,
    "misses": lambda op, frame, _today: misses.figure(op, frame),
    "load": lambda op, frame, _today: load.figure(op, frame),
}
PAGES = {
    "pages.reports": (marked("Attainment"), tuple(by.value for by in By)),
    "pages.response_report": (marked("Response time"), ("response", "pickup")),
    "pages.misses_report": (marked("Misses"), ("misses",)),
    "pages.load_report": (marked("Load"), ("load",)),
}
MONEY = "pages.money_report"


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/reports", endpoint="reports")(attainment_page)
    blueprint.get("/reports/response", endpoint="response_report")(response_page)
    blueprint.get("/reports/misses", endpoint="misses_report")(misses_page)
    blueprint.get("/reports/load", endpoint="load_report")(load_page)
    blueprint.get("/reports/money", endpoint="money_report")(money_page)
    blueprint.get("/reports/figures/<name>.svg", endpoint="report_picture")(picture)
    blueprint.get("/reports/figures/<name>.csv", endpoint="report_file")(file)
    blueprint.get("/reports/money/<name>.svg", endpoint="money_picture")(money_picture)
    blueprint.get("/reports/money/<name>.csv", endpoint="money_file")(money_file)


@needs(Permission.SEE_INCIDENTS)
def attainment_page() -> ResponseReturnValue:
    """Which share was answered in time."""
    return _page("pages.reports")


@needs(Permission.SEE_INCIDENTS)
def response_page() -> ResponseReturnValue:
    """How long customers waited."""
    return _page("pages.response_report")


@needs(Permission.SEE_INCIDENTS)
def misses_page() -> ResponseReturnValue:
    """When promises were missed."""
    return _page("pages.misses_report")


@needs(Permission.SEE_INCIDENTS)
def load_page() -> ResponseReturnValue:
    """Who was paged how often."""
    return _page("pages.load_report")


@needs(Permission.SEE_MONEY)
def money_page() -> ResponseReturnValue:
    """What it cost, what is at risk, and what was avoided, by currency."""
    return _page(MONEY)


@needs(Permission.SEE_INCIDENTS)
def picture(name: str) -> ResponseReturnValue:
    """The chart of a figure, for the scheme and the width that the address asks for."""
    return _picture(_named(name))


@needs(Permission.SEE_INCIDENTS)
def file(name: str) -> ResponseReturnValue:
    """Its table as a file."""
    return _file(_named(name))


@needs(Permission.SEE_MONEY)
def money_picture(name: str) -> ResponseReturnValue:
    """The chart of a figure of money."""
    return _picture(_money(name))


@needs(Permission.SEE_MONEY)
def money_file(name: str) -> ResponseReturnValue:
    """Its table as a file; amounts are exact decimals of the currency in its name."""
    return _file(_money(name))


def _page(endpoint: str) -> ResponseReturnValue:
    if "" in request.args.values():  # a form sends its empty fields too: keep them out of the address
        return redirect(asking.address(endpoint, asking.given()))
    with the_site().reading() as op:
        asked = asking.ask(op, endpoint)
        sections = {} if asked.problems else _sections(op, endpoint, asked.frame)
    page = render_template(
        "statistics/reports.html",
        view=asked,
        tabs_of=_tabs(endpoint, asked),
        sections=sections,
        is_money=endpoint == MONEY,
        ever=asking.address(endpoint, {**asked.given, "from": asking.EVER}),
        is_load=endpoint == "pages.load_report",
        pictures=lambda figure: _addresses(_endpoint(endpoint, "picture"), figure, asked.given),
        file=lambda figure: asking.address(_endpoint(endpoint, "file"), asked.given, name=figure.name),
    )
    return page, 422 if asked.problems else 200


def _endpoint(page: str, kind: str) -> str:
    return f"pages.{'money' if page == MONEY else 'report'}_{kind}"


def _sections(op: Operation, endpoint: str, frame: Frame) -> Mapping[str, Sequence[Figure]]:
    """Figures under a heading: a currency, or none."""
    if endpoint == MONEY:
        return money.all_figures(op, frame, _today())
    return {"": [MAKERS[name](op, frame, _today()) for name in PAGES[endpoint][1]]}


def _tabs(endpoint: str, asked: asking.Asked) -> list[tuple[str, str, bool]]:
    places = {name: label for name, (label, _figures) in PAGES.items()}
    if viewer_may(Permission.SEE_MONEY):
        places[MONEY] = marked("Money")
    return [
        (gettext(label), asking.address(name, asked.given), name == endpoint)
        for name, label in places.items()
    ]


def _addresses(endpoint: str, figure: Figure, given: Mapping[str, str]) -> dict[str, str]:
    """Where the pictures of a figure are, by their looks."""
    return {look: asking.address(endpoint, given, name=figure.name, look=look) for look in LOOKS}


def _named(name: str) -> Callable[[Operation, Frame], Figure | None]:
    def make(op: Operation, frame: Frame) -> Figure | None:
        maker = MAKERS.get(name)
        return None if maker is None else maker(op, frame, _today())

    return make


def _money(name: str) -> Callable[[Operation, Frame], Figure | None]:
    return lambda op, frame: money.figure(op, frame, _today(), name)


def _made(make: Callable[[Operation, Frame], Figure | None]) -> Figure:
    """The figure; 404 for none of that name, and for an address that cannot be used."""
    frame = asking.frame_of(asking.given())
    if frame.problems:
        abort(404)
    with the_site().reading() as op:
        figure = make(op, frame)
    if figure is None:
        abort(404)
    return figure


def _picture(make: Callable[[Operation, Frame], Figure | None]) -> Response:
    look = LOOKS.get(request.args.get("look", "light-wide"))
    if look is None:
        abort(404)
    answer = Response(_made(make).draw(look), mimetype="image/svg+xml")
    answer.headers["Content-Security-Policy"] = _PICTURE_POLICY
    return answer


def _file(make: Callable[[Operation, Frame], Figure | None]) -> Response:
    figure = _made(make)
    answer = Response(figure.as_csv(), mimetype="text/csv")
    name = f"hotline-{figure.name}-{now_of_page():%Y-%m-%d}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _today() -> date:
    return now_of_page().astimezone(ZoneInfo(time_zone())).date()
