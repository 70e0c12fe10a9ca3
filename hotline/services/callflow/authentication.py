"""Who is calling: contract number and PIN, three tries a call, throttled in the database.

Checking a PIN is slow on purpose, and SQLite has one writer, so it happens between two transactions:
:func:`begin` counts the try and commits, the entry point checks the PIN, :func:`finish` records.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from hotline.db.models import Call, Caller, Contract
from hotline.services import pins, throttles
from hotline.services.operation import Operation
from hotline.services.response import timeline
from hotline.services.throttles import Limit, scope

TRIES_A_CALL = 3
_A_CALLER = 10
_A_CONTRACT = 10
_OVERALL = 200
_KNOWN = (
    sa.select(Contract)
    .join(Caller)
    .where(Caller.phone == sa.bindparam("phone"), Caller.ended_at.is_(None), Contract.ended_at.is_(None))
    .limit(2)
)
_BY_NUMBER = sa.select(Contract.id).where(
    Contract.number == sa.bindparam("number"), Contract.ended_at.is_(None)
)
_SHORTEST_PIN, _LONGEST_PIN = 4, 16


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a typed PIN is to be checked against. ``is_open`` is False when a throttle holds."""

    contract_id: uuid.UUID | None
    pin_hash: str
    is_open: bool


def begin(op: Operation, call: Call, *, count: bool) -> Challenge:
    """Count a try (unless it was counted before) and say what to check it against."""
    is_open = not count or throttles.reserve(op, _limits(call))
    contract = None if call.contract_id is None else op.session.get(Contract, call.contract_id)
    if contract is None:
        return Challenge(None, pins.nobodys_hash(), is_open)
    # No PIN was made yet: it takes as long as ever, and nobody's secret is longer than any PIN may be.
    return Challenge(contract.id, contract.pin_hash or pins.nobodys_hash(), is_open)


def check(challenge: Challenge, pin: str) -> bool:
    """Whether the PIN is right. Slow; call it outside any transaction."""
    if not challenge.is_open or not _SHORTEST_PIN <= len(pin) <= _LONGEST_PIN:
        return False
    return pins.matches(challenge.pin_hash, pin) and challenge.contract_id is not None


def finish(op: Operation, call: Call, *, right: bool) -> None:
    """Record the outcome: a right PIN authenticates the call. Its counted try is :func:`give_back`'s."""
    if right:
        call.authenticated_at = op.now
        call.silences = 0
    else:
        call.tries += 1
        if call.incident_id is not None:
            timeline.record(op, call.incident_id, "pin-wrong", call=str(call.id))


def give_back(op: Operation, call: Call) -> None:
    """Take back the counted try of a right PIN; last of all, for its row is everybody's."""
    throttles.give_back(op, _limits(call))


def known_contracts(op: Operation, phone: str) -> Sequence[Contract]:
    """The contracts for which this number is a contracted caller's."""
    return op.session.scalars(_KNOWN, {"phone": phone}).all()


def name_contract(op: Operation, call: Call, number: str) -> None:
    """Remember which contract the caller named; whether it exists is not revealed.

    Whoever names a contract has to give its PIN, also if they gave another's before.
    """
    call.authenticated_at = None
    call.contract_key = scope("pin:contract", number)
    call.contract_id = op.session.connection().execute(_BY_NUMBER, {"number": number}).scalar()


def _limits(call: Call) -> list[Limit]:
    # A call that we placed goes to a contracted number, so the person called is the caller here.
    party = call.from_phone if call.kind == "inbound" else call.to_phone
    limits = [Limit(scope("pin:caller", party), _A_CALLER)]
    if call.contract_key is not None:
        limits.append(Limit(call.contract_key, _A_CONTRACT))
    return [*limits, Limit("pin:overall", _OVERALL)]
