"""What typed words mean: part of a name, a contract's number, a reference, the end of a phone number."""

import re
import uuid
from typing import Any

import sqlalchemy as sa

from hotline import phone_numbers
from hotline.db.models import Caller, Contract, Customer, Incident
from hotline.db.names import fold
from hotline.services.response import references

FEWEST_DIGITS = 4
_PHONE = re.compile(r"[0-9+()./ \-\u2010-\u2015]+")
_REFERENCE = re.compile(r"[0-9]{4,}[ -]?[0-9]")
_BARE = re.compile(r"[0-9]{4,10}")


def reference_in(typed: str) -> str | None:
    """The reference that is meant, with its dash: ``48217`` and ``4821 7`` are ``4821-7``."""
    plain = typed.strip()
    if not (_REFERENCE.fullmatch(plain) and plain.isascii()):
        return None
    digits = "".join(character for character in plain if character.isdigit())
    return f"{digits[:-1]}-{digits[-1]}" if len(digits) <= 11 else None


def references_in(typed: str) -> list[str]:
    """The references that may be meant: ``4821`` is one without its check digit, ``48217`` may be either."""
    whole = reference_in(typed)
    bare = typed.strip()
    meant = [] if whole is None else [whole]
    if _BARE.fullmatch(bare) and bare.isascii():
        meant.append(f"{bare}-{references.check_digit(bare)}")
    return meant


def reference_is(typed: str) -> "sa.ColumnElement[bool]":
    """The incident of this reference, its check digit written or left out."""
    return Incident.reference.in_(references_in(typed))


def phone_in(typed: str) -> str | None:
    """The digits that a phone number must end with, in whatever writing; None if it is no number.

    A national ``0`` and an international ``00`` or ``+`` say how it was dialled, not what it is.
    """
    if not _PHONE.fullmatch(typed):
        return None
    digits = "".join(character for character in typed if character.isascii() and character.isdigit())
    digits = digits.lstrip("0") if len(digits) > 2 * FEWEST_DIGITS else digits
    return digits if FEWEST_DIGITS <= len(digits) <= 15 else None


def phone_is(column: Any, typed: str) -> "sa.ColumnElement[bool]":
    """The number is this one, or ends with these digits; nothing for what is no number."""
    try:
        # A whole number is looked up; only the end of one has to be looked for.
        return sa.and_(column == phone_numbers.normalise(typed))
    except phone_numbers.InvalidPhoneNumberError:
        digits = phone_in(typed)
        return sa.false() if digits is None else column.endswith(digits, autoescape=True)


def name_holds(column: Any, typed: str) -> "sa.ColumnElement[bool]":
    """Every word is somewhere in the name, whatever its case and accents."""
    words = fold(typed).split()
    return sa.and_(*(column.contains(word, autoescape=True) for word in words)) if words else sa.false()


def contracts_of(typed: str) -> "sa.Select[Any]":
    """The ids of contracts by customer's name or by the beginning of their number."""
    return (
        sa.select(Contract.id)
        .join(Customer, Customer.id == Contract.customer_id)
        .where(
            sa.or_(
                name_holds(Customer.name_key, typed),
                Contract.number.startswith(_number(typed), autoescape=True),
            )
        )
    )


def of_customer(contract: Any, customer_id: uuid.UUID) -> "sa.ColumnElement[bool]":
    """The ``contract`` is one of this customer's."""
    return sa.and_(contract.in_(sa.select(Contract.id).where(Contract.customer_id == customer_id)))


def customers_by(typed: str) -> "sa.ColumnElement[bool]":
    """Customers by name, contract number, or the name or phone number of one of their callers."""
    theirs = (
        sa.select(Contract.customer_id)
        .outerjoin(Caller, Caller.contract_id == Contract.id)
        .where(
            sa.or_(
                Contract.number.startswith(_number(typed), autoescape=True),
                name_holds(Caller.name_key, typed),
                phone_is(Caller.phone, typed),
            )
        )
    )
    return sa.or_(name_holds(Customer.name_key, typed), Customer.id.in_(theirs))


def incidents_by(typed: str) -> "sa.ColumnElement[bool]":
    """Incidents by reference, customer's name, contract number or the caller's phone number."""
    return traffic_by(typed, Incident.contract_id, Incident.caller_phone)


def traffic_by(typed: str, contract: Any, *phones: Any) -> "sa.ColumnElement[bool]":
    """Rows beside an incident: by its reference, by whose ``contract`` it is, or by one of ``phones``."""
    numbers = (phone_is(phone, typed) for phone in phones)
    return sa.or_(*numbers, reference_is(typed), contract.in_(contracts_of(typed)))


def _number(typed: str) -> str:
    return typed.replace(" ", "")
