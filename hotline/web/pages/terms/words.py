"""The words of what is promised: periods, ways of telling, shares, and where a version stands."""

from collections.abc import Mapping
from decimal import Decimal

from babel.numbers import format_decimal

import sla
from hotline.services.terms.reading import Standing
from hotline.web.pages.words import language, marked

PERIODS: Mapping[str, str] = {
    sla.Period.MONTH: marked("month"),
    sla.Period.QUARTER: marked("quarter"),
    sla.Period.YEAR: marked("year"),
}
STOPS: Mapping[str, str] = {
    sla.Stop.BRIDGE: marked("being connected to the engineer"),
    sla.Stop.SPOKEN: marked("being told while holding"),
    sla.Stop.CALLBACK: marked("being told in a call from us"),
    sla.Stop.MESSAGE: marked("a text message that was delivered"),
}
STANDINGS: Mapping[str, str] = {
    Standing.OVER: marked("over"),
    Standing.IN_FORCE: marked("in force"),
    Standing.FUTURE: marked("not begun"),
}
RULES: Mapping[str, str] = {
    "floor": marked("raised to the least"),
    "cap_incident": marked("most of an incident"),
    "cap_period": marked("most of the period"),
}


def share(basis_points: int) -> str:
    """A share as the viewer writes numbers: ``89.9 %``."""
    return f"{format_decimal(Decimal(basis_points) / 100, '0.##', locale=language())} %"
