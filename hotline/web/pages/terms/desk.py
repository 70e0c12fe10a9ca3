"""How versions of terms are kept: their form, what it begins with, and what is shown beside it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request

import sla
from hotline.db.models import Contract, ContractTerms
from hotline.services import directory
from hotline.services.directory import WrongFieldError
from hotline.services.directory.contracts import CONTRACTS
from hotline.services.directory.kind import Facts
from hotline.services.operation import Operation
from hotline.services.promise.promises import terms_of, versions_of
from hotline.services.quoting import quotes
from hotline.services.terms import examples, reading, typed
from hotline.services.terms.facts import facts_of
from hotline.services.terms.versions import TERMS, seen_of
from hotline.web.pages.admin import words
from hotline.web.pages.admin.desks import Desk
from hotline.web.pages.admin.forms import Edited
from hotline.web.pages.terms.forms import TermsForm
from hotline.web.pages.terms.words import share
from hotline.web.pages.words import amount, gettext, marked

_MINUTES, _WARN_AT = 30, "1/2, 5/6"


@dataclass(frozen=True, slots=True)
class Column:
    """A version in a table of what it costs."""

    heading: str
    misses: list[examples.Example]
    attainments: list[examples.Example]


def column(heading: str, terms: sla.Terms) -> Column:
    """What a version costs."""
    return Column(heading, examples.misses(terms), examples.attainments(terms))


def _begin(op: Operation, contract: Contract, _of: str) -> dict[str, Any]:
    """A new version is the last one with another first day; the first is what the offer says."""
    rows = versions_of(op, [contract.id])[contract.id]
    if rows:
        last = terms_of(rows[-1])
        return {**typed.typed(last), "effective_from": _next_first(op, last), "seen": seen_of(rows)}
    found = quotes.currencies(op)
    code = "USD" if "USD" in found or not found else found[0]
    quoted = quotes.of_contract(op, contract, code, contract.starts_on)
    return {
        "effective_from": contract.starts_on,
        "year_starts_on": contract.starts_on,
        "minutes": _MINUTES,
        "warn_at": _WARN_AT,
        "stops": list(sla.Stop),
        "time_zone": contract.customer.time_zone,
        "currency": code,
        "annual_fee": typed.major(quoted.annual_fee) if isinstance(quoted, sla.Quote) else "",
        "rising_period": sla.Period.YEAR,
        "attainment_period": sla.Period.QUARTER,
        "cap_period": sla.Period.YEAR,
        "seen": seen_of(rows),
    }


def _next_first(op: Operation, last: sla.Terms) -> date:
    """The first day of the next period: there every change is allowed."""
    kind = sla.Period.MONTH if last.attainment is None else last.attainment.period
    today = max(last.day_of(op.now), last.effective_from)
    return last.period_of(kind, today).ends_on + timedelta(days=1)


def _fill(row: ContractTerms) -> dict[str, Any]:
    return {**typed.typed(terms_of(row)), "note": row.note}


def _prepare(_op: Operation, form: Edited, _row: Any) -> None:
    """A button with one of the next allowed days sets that day; the rest stays as it was typed."""
    wanted = request.form.get("begin_on", "")
    try:
        day = date.fromisoformat(wanted)
    except ValueError:
        return
    field = form["effective_from"]
    field.data, field.raw_data, field.process_errors = day, [day.isoformat()], []


def changed_between(was: Facts, now: Facts) -> list[words.Difference]:
    """What a version changed of the one before it; that its day and its note differ is no change of terms."""
    fields = [(name, was[name], now[name]) for name in now if was[name] != now[name]]
    return words.differences(one for one in fields if one[0] not in {"effective_from", "note"})


TERMS_DESK = Desk(
    "terms",
    TERMS,
    marked("What is promised"),
    marked("Agree on what is promised"),
    lambda _op, _row: TermsForm,
    _fill,
    prepare=_prepare,
    begin=_begin,
    parent="contract",
    parent_kind=CONTRACTS,
    template="terms/change.html",
)


def beside(
    op: Operation, contract: Contract, row_id: uuid.UUID | None, form: Edited, change: directory.Change | None
) -> Mapping[str, Any]:
    """What stands beside the form: the quoted fee and, once it is looked at, what the terms would cost."""
    agreed = reading.read(op, contract.number)
    return {
        "contract": contract,
        "quoted": _quoted(op, contract, form),
        **({} if change is None else _preview(agreed, row_id, form)),
    }


def _quoted(op: Operation, contract: Contract, form: Edited) -> str:
    """What the rate card says, and how far the typed fee is from it; nothing without a quote."""
    data = form.data
    code, day = str(data["currency"] or "").strip().upper(), data["effective_from"]
    if code not in sla.EXPONENTS or day is None:
        return ""
    found = quotes.of_contract(op, contract, code, day)
    if not isinstance(found, sla.Quote):
        return ""
    quoted = found.annual_fee
    words = gettext(marked("The rate card comes to {amount}.")).format(amount=amount(quoted))
    try:
        agreed = sla.money_from_text(data["annual_fee"] or "", code)
    except ValueError:
        return words
    apart = quotes.difference(agreed, quoted)
    values = {"amount": amount(sla.Money(abs(apart.amount.minor), code)), "share": share(apart.basis_points)}
    if apart.amount.minor < 0:
        more = gettext(marked("The fee is {amount} ({share}) below it.")).format(**values)
    elif apart.amount.minor > 0:
        more = gettext(marked("The fee is {amount} ({share}) above it.")).format(**values)
    else:
        more = gettext(marked("The fee is the same."))
    return f"{words} {more}"


def _preview(agreed: reading.Agreed, row_id: uuid.UUID | None, form: Edited) -> Mapping[str, Any]:
    """What the terms as they were typed would cost, beside the version that they follow."""
    version = len(agreed.versions) + 1
    try:
        terms = typed.read(TERMS_DESK.read(form), version)
    except WrongFieldError:  # the review says so itself
        return {}
    earlier = [
        one
        for one in agreed.versions
        if one.row_id != row_id and one.terms.effective_from < terms.effective_from
    ]
    columns, changed = [column(gettext(marked("As typed")), terms)], []
    if earlier:
        last = earlier[-1]
        heading = gettext(marked("Version {version}")).format(version=last.terms.version)
        columns.insert(0, column(heading, last.terms))
        changed = changed_between(last.facts, facts_of(terms, ""))
    return {
        "preview": terms,
        "columns": columns,
        "follows": earlier[-1].terms.version if earlier else None,
        "changed": changed,
        "keeping": [one for one in agreed.versions if one.unfinished],
    }
