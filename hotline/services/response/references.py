"""Incident references that survive a crackling line: ``4821-7``.

The last digit is a check digit by Damm's algorithm (H. M. Damm, 2004), which catches every single
wrong digit and every pair of neighbours swapped. No digit follows itself.
"""

import secrets

import sqlalchemy as sa

from hotline.db.models import Incident
from hotline.services.operation import Operation

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_SHORTEST = 4
_TRIES_A_LENGTH = 12
_LONGEST, _MOST_MEANT = 10, 3


def check_digit(digits: str) -> int:
    """The digit that makes ``digits`` a valid reference when put behind it."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def is_valid(reference: str) -> bool:
    """True when the check digit is right; dashes and spaces do not matter."""
    digits = reference.replace("-", "").replace(" ", "")
    return len(digits) > _SHORTEST and digits.isascii() and digits.isdigit() and check_digit(digits) == 0


def new_reference(op: Operation) -> str:
    """A reference that no incident has; a digit longer once the short ones become scarce."""
    length = _SHORTEST
    while True:
        for _ in range(_TRIES_A_LENGTH):
            reference = _draw(length)
            taken = sa.select(Incident.id).where(Incident.reference == reference)
            if op.session.execute(taken).first() is None:
                return reference
        length += 1


def _draw(length: int) -> str:
    while True:
        digits = secrets.choice("123456789")
        while len(digits) < length:
            digits += secrets.choice([digit for digit in "0123456789" if digit != digits[-1]])
        check = check_digit(digits)
        if str(check) != digits[-1]:
            return f"{digits}-{check}"


def dashed(text: str) -> str | None:
    """``27578`` and ``2757 8`` as they are kept, ``2757-8``; None when no reference can be meant."""
    digits = _digits_of(text)
    return f"{digits[:-1]}-{digits[-1]}" if len(digits) > _SHORTEST else None


def nearly(op: Operation, text: str) -> list[str]:
    """The references of incidents that somebody may have meant who gave ``text``, in order.

    The check digit was left out, one digit is wrong, or two neighbours are swapped.
    """
    digits = _digits_of(text)
    if not _SHORTEST <= len(digits) <= _LONGEST:
        return []
    meant = {f"{digits}-{check_digit(digits)}", *misheard_as(digits)}
    query = sa.select(Incident.reference).where(Incident.reference.in_(meant - {dashed(text)}))
    return list(op.session.scalars(query.order_by(Incident.reported_at.desc()).limit(_MOST_MEANT)))


def misheard_as(reference: str) -> list[str]:
    """The valid references from which ``reference`` differs in a digit or by swapped neighbours."""
    digits = _digits_of(reference)
    wrong = {
        digits[:place] + digit + digits[place + 1 :] for place in range(len(digits)) for digit in "0123456789"
    }
    swapped = {
        digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        for place in range(len(digits) - 1)
    }
    return sorted(f"{one[:-1]}-{one[-1]}" for one in wrong | swapped if is_valid(one))


def _digits_of(text: str) -> str:
    digits = "".join(text.replace("-", "").split())
    return digits if digits.isascii() and digits.isdigit() else ""
