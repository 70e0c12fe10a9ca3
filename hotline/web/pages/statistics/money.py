"""Figures of money, for one currency at a time: what was charged, what is at risk, what was avoided."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

import sla
from hotline.db.models import EntryKind
from hotline.services.operation import Operation
from hotline.services.statistics import avoided, money
from hotline.services.statistics.avoided import Avoided
from hotline.services.statistics.frames import Frame
from hotline.services.statistics.money import Account, Risk
from hotline.web.pages.statistics import drawing, figures
from hotline.web.pages.statistics.figures import Column, Figure, number
from hotline.web.pages.statistics.plans import Look, Plan, Series, Tone
from hotline.web.pages.words import amount, gettext

_ENTRIES, _RISKS, _AVOIDED = "ledger", "risk", "avoided"


def all_figures(op: Operation, frame: Frame, today: date) -> dict[str, list[Figure]]:
    """Three figures for every currency that has anything in one of them."""
    charged, risks, saved = money.by_month(op, frame), money.at_risk(op, frame), avoided.by_month(op, frame)
    return {
        currency: [
            _entries(currency, charged.get(currency, {}), today),
            _at_risk(currency, risks.get(currency, [])),
            _saved(currency, saved.get(currency, {}), today),
        ]
        for currency in sorted({*charged, *risks, *saved})
    }


def figure(op: Operation, frame: Frame, today: date, name: str) -> Figure | None:
    """One of them by its name, such as ``ledger-usd``; None for a name that none has."""
    kind, _, code = name.partition("-")
    currency = code.upper()
    if currency not in sla.EXPONENTS or currency.lower() != code:
        return None
    if kind == _ENTRIES:
        return _entries(currency, money.by_month(op, frame).get(currency, {}), today)
    if kind == _RISKS:
        return _at_risk(currency, money.at_risk(op, frame).get(currency, []))
    if kind == _AVOIDED:
        return _saved(currency, avoided.by_month(op, frame).get(currency, {}), today)
    return None


def _entries(currency: str, months: Mapping[int, Account], today: date) -> Figure:
    whole = money.in_all(currency, months)
    lines = [(figures.month_so_far(one, today), months[one]) for one in sorted(months)]
    cells = [(figures.iso_month(one), months[one]) for one in sorted(months)]
    if months:
        lines.append((gettext("All"), whole))
    return Figure(
        name=f"{_ENTRIES}-{currency.lower()}",
        title=gettext("What broken promises cost, in {currency}").format(currency=currency),
        sentence=_entries_sentence(whole)
        if months
        else gettext("Nothing was written into the ledger in these days."),
        columns=[
            Column("month", gettext("Month"), is_number=False),
            Column("fines", gettext("Fines")),
            Column("credits", gettext("Credits")),
            Column("given_back", gettext("Waived or corrected")),
            Column("paid", gettext("Paid")),
            Column("balance", gettext("Sum of all entries")),
        ],
        rows=[[label, *(_plain(one) for one in _parts(account))] for label, account in lines],
        cells=[[label, *(one.to_decimal() for one in _parts(account))] for label, account in cells],
        picture=partial(_entries_picture, currency, months),
    )


def _parts(account: Account) -> list[sla.Money]:
    return [
        account.sum_of(EntryKind.FINE),
        account.sum_of(EntryKind.CREDIT),
        account.given_back,
        account.paid,
        account.balance,
    ]


def _entries_sentence(whole: Account) -> str:
    return gettext(
        "Charged in fines and credits: {charged}. Waived or corrected: {given_back}. Paid: {paid}. "
        "All entries of these days come to {balance}."
    ).format(
        charged=amount(whole.charged),
        given_back=amount(whole.given_back),
        paid=amount(whole.paid),
        balance=amount(whole.balance),
    )


def _entries_picture(currency: str, months: Mapping[int, Account], look: Look) -> bytes:
    shown = [months.get(one) or Account(currency, {}) for one in figures.every_month(list(months))]
    return _columns(
        currency,
        figures.every_month(list(months)),
        [
            Series(gettext("fines and credits"), Tone.LATE, [one.charged.minor for one in shown]),
            Series(gettext("waived or corrected"), Tone.RISK, [one.given_back.minor for one in shown]),
            Series(gettext("paid"), Tone.ACCENT, [-one.paid.minor for one in shown]),
        ],
        look,
    )


def _at_risk(currency: str, risks: Sequence[Risk]) -> Figure:
    whole = sla.total((risk.amount for risk in risks), currency)
    return Figure(
        name=f"{_RISKS}-{currency.lower()}",
        title=gettext("At risk now, in {currency}").format(currency=currency),
        sentence=_risk_sentence(whole, sum(risk.incidents for risk in risks)),
        columns=[
            Column("customer", gettext("Customer"), is_number=False),
            Column("running", gettext("Clocks that run")),
            Column("amount", gettext("At risk")),
        ],
        rows=[[risk.customer, number(risk.incidents), _plain(risk.amount)] for risk in risks],
        cells=[[risk.customer, risk.incidents, risk.amount.to_decimal()] for risk in risks],
        picture=partial(_risk_picture, currency, risks),
        is_flat=not whole.minor,
        height=figures.rows_height(len(risks)),
    )


def _risk_sentence(whole: sla.Money, incidents: int) -> str:
    if not incidents:
        return gettext("No clock runs now: nothing is at risk.")
    return gettext(
        "Clocks that run now: {incidents}. Missing them would cost {amount}, each counted as the next miss "
        "of its contract, as on the board. They are those of this moment, whatever days are chosen."
    ).format(incidents=number(incidents), amount=amount(whole))


def _risk_picture(currency: str, risks: Sequence[Risk], look: Look) -> bytes:
    shown = risks[: figures.MOST_BARS]
    plan = Plan(
        labels=[risk.customer for risk in shown],
        series=[Series(gettext("At risk"), Tone.RISK, [risk.amount.minor for risk in shown])],
        axis=currency,
        tick=partial(_tick, currency),
        captions=[_plain(risk.amount) for risk in shown],
        unit=_unit(currency),
    )
    return drawing.rows(plan, look)


def _saved(currency: str, months: Mapping[int, Avoided], today: date) -> Figure:
    return Figure(
        name=f"{_AVOIDED}-{currency.lower()}",
        title=gettext("Avoided, in {currency}").format(currency=currency),
        sentence=_saved_sentence(months, currency),
        columns=[
            Column("month", gettext("Month"), is_number=False),
            Column("kept", gettext("Kept, each with a fine")),
            Column("periods", gettext("Periods with credits")),
            Column("avoided", gettext("Avoided")),
        ],
        rows=[
            [
                figures.month_so_far(one, today),
                number(months[one].kept),
                number(months[one].periods),
                _plain(months[one].amount),
            ]
            for one in sorted(months)
        ],
        cells=[
            [figures.iso_month(one), months[one].kept, months[one].periods, months[one].amount.to_decimal()]
            for one in sorted(months)
        ],
        picture=partial(_saved_picture, currency, months),
    )


def _saved_sentence(months: Mapping[int, Avoided], currency: str) -> str:
    if not months:
        return gettext("No promise with a price was kept in these days yet.")
    whole = sla.total((one.amount for one in months.values()), currency)
    kept, periods = sum(one.kept for one in months.values()), sum(one.periods for one in months.values())
    parts = [gettext("An estimate: {amount} was not charged because promises were kept.")]
    if kept:
        parts.append(
            gettext(
                "Each of {kept} incidents that were answered in time is priced as if it alone had been "
                "missed, as the next miss at its deadline."
            )
        )
    if periods:
        parts.append(
            gettext(
                "Credits for attainment are counted as if nobody had been answered in time, less what is due."
            )
        )
    parts.append(gettext("It is never more than the caps of a contract leave."))
    return " ".join(parts).format(amount=amount(whole), kept=number(kept))


def _saved_picture(currency: str, months: Mapping[int, Avoided], look: Look) -> bytes:
    every = figures.every_month(list(months))
    values = [months[one].amount.minor if one in months else 0 for one in every]
    return _columns(currency, every, [Series(gettext("Avoided"), Tone.SAFE, values)], look)


def _columns(currency: str, months: Iterable[int], series: Sequence[Series], look: Look) -> bytes:
    plan = Plan(
        labels=[figures.month(one, brief=True) for one in months],
        series=series,
        axis=currency,
        tick=partial(_tick, currency),
        unit=_unit(currency),
    )
    return drawing.columns(plan, look)


def _unit(currency: str) -> int:
    """How many minor units a major one has: an axis counts major ones."""
    return int(Decimal(1).scaleb(sla.exponent_of(currency)))


def _tick(currency: str, minor: int) -> str:
    return figures.short(minor // _unit(currency))


def _plain(money_: sla.Money) -> str:
    """An amount without its currency, which stands above."""
    return amount(money_).removeprefix(f"{money_.currency} ")
