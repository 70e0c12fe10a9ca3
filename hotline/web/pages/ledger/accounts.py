"""A contract's account, and one entry of it with everything that can be said about it."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

import sla
from hotline.db.models import Adjustment, Contract, ContractTerms, LedgerEntry, User
from hotline.services.access import Permission
from hotline.services.ledger import accounts, verify
from hotline.services.operation import Operation
from hotline.web.pages.guard import needs
from hotline.web.pages.ledger import wording
from hotline.web.pages.ledger.approvals import money_of
from hotline.web.pages.lists.words import ENTRY_KINDS, day
from hotline.web.pages.site import the_site

MOST_ENTRIES = 100


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/ledger/<number>")(ledger_account)
    blueprint.get("/ledger/<number>/<int:sequence>")(ledger_entry)


@needs(Permission.SEE_MONEY)
def ledger_account(number: str) -> ResponseReturnValue:
    """What is owed to the customer in each currency, and the newest entries with the sum that ran up."""
    with the_site().reading() as op:
        contract = accounts.contract_by(op, number)
        balances = [amount for _code, amount in accounts.balances(op, contract.id)]
        entries = _running(op, contract)
        return render_template(
            "ledger/account.html",
            contract=contract,
            balances=balances,
            entries=entries[:MOST_ENTRIES],
            has_more=len(entries) > MOST_ENTRIES,
            most=MOST_ENTRIES,
            requests=_requests(op, Adjustment.contract_id == contract.id),
            money_of=money_of,
            kinds=ENTRY_KINDS,
            day=day,
        )


@needs(Permission.SEE_MONEY)
def ledger_entry(number: str, sequence: int) -> ResponseReturnValue:
    """One entry: the sentence, the arithmetic, who and why, the chain, and what refers to it."""
    with the_site().reading() as op:
        entry = accounts.entry_by(op, number, sequence)
        stands = accounts.standing(op, entry)
        about = None if entry.entry_id is None else op.session.get_one(LedgerEntry, entry.entry_id)
        terms = None if entry.terms_id is None else op.session.get_one(ContractTerms, entry.terms_id)
        is_charge = entry.kind in accounts.CHARGES
        balance = accounts.balance(op, entry.contract_id, entry.currency)
        return render_template(
            "ledger/entry.html",
            entry=entry,
            amount=sla.Money(entry.amount, entry.currency),
            contract=entry.contract,
            stands=stands,
            about=about,
            terms=terms,
            referring=accounts.about(op, entry),
            requests=_requests(op, Adjustment.entry_id == entry.id),
            money_of=money_of,
            people=_people(op, entry),
            steps=wording.steps(entry),
            is_sound=verify.is_sound(op, entry),
            can_waive=is_charge and min(stands.owed, balance).minor > 0,
            can_correct=entry.kind in accounts.CORRECTABLE,
            can_dispute=is_charge,
            kinds=ENTRY_KINDS,
            disputes=wording.DISPUTES,
            money=lambda minor: sla.Money(minor, entry.currency),
            day=day,
        )


def _running(op: Operation, contract: Contract) -> list[tuple[LedgerEntry, sla.Money, sla.Money]]:
    """The newest entries first, each with its amount and the sum of its currency up to it."""
    ran_up = sa.func.sum(LedgerEntry.amount).over(
        partition_by=LedgerEntry.currency, order_by=LedgerEntry.sequence
    )
    query = (
        sa.select(LedgerEntry, ran_up)
        .where(LedgerEntry.contract_id == contract.id)
        .options(joinedload(LedgerEntry.incident))
        .order_by(LedgerEntry.sequence.desc())
        .limit(MOST_ENTRIES + 1)
    )
    return [
        (entry, sla.Money(entry.amount, entry.currency), sla.Money(int(total), entry.currency))
        for entry, total in op.session.execute(query)
    ]


def _requests(op: Operation, which: "sa.ColumnElement[bool]") -> list[Adjustment]:
    """What waits for a second person."""
    query = sa.select(Adjustment).where(which, Adjustment.decision.is_(None))
    whole = (joinedload(Adjustment.requested_by), joinedload(Adjustment.entry))
    return list(op.session.scalars(query.options(*whole).order_by(Adjustment.requested_at)))


def _people(op: Operation, entry: LedgerEntry) -> dict[Any, str]:
    wanted = {entry.requested_by_id, entry.approved_by_id} - {None}
    found = op.session.execute(sa.select(User.id, User.name).where(User.id.in_(wanted)))
    return {user_id: name for user_id, name in found}  # noqa: C416 - rows are no pairs to mypy
