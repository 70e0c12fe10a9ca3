"""The list of people of the house."""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hotline.db.models import ContactMethod, Role, User
from hotline.phone_numbers import mask
from hotline.services.lists import filters, matching
from hotline.services.lists.listing import Listing, Order, Sort
from hotline.services.on_call import rosters
from hotline.services.operation import Operation

ACTIVE, DISABLED = "active", "disabled"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody of the house."""

    id: uuid.UUID
    name: str
    role: Role
    raw_phone: str | None
    language: str
    time_zone: str
    disabled_at: datetime | None

    @property
    def phone(self) -> str | None:
        """Masked; None for whoever cannot be rung."""
        return None if self.raw_phone is None else mask(self.raw_phone)


def on_call(op: Operation) -> dict[uuid.UUID, list[rosters.Duty]]:
    """What everybody who is on call now is on call for."""
    found = defaultdict(list)
    for duty in rosters.duties(op):
        for user in duty.users:
            found[user.id].append(duty)
    return found


def by(typed: str) -> "sa.ColumnElement[bool]":
    """People by name, or by the end of their number."""
    numbers = sa.select(ContactMethod.user_id).where(
        ContactMethod.verified_at.is_not(None),
        ContactMethod.removed_at.is_(None),
        matching.phone_is(ContactMethod.value, typed),
    )
    return sa.or_(matching.name_holds(User.name_key, typed), User.id.in_(numbers))


PEOPLE: Listing[PersonRow] = Listing(
    name="people",
    select=sa.select(
        User.id, User.name, User.role, User.phone, User.language, User.time_zone, User.disabled_at
    ),
    id=User.id,
    make=PersonRow,
    sorts={"name": Sort(User.name_key, Order.TEXT)},
    sort="name",
    descending=False,
    filters={
        "q": filters.text(by),
        "role": filters.choice(Role, User.role),
        "account": filters.cases(
            {ACTIVE: User.disabled_at.is_(None), DISABLED: User.disabled_at.is_not(None)}
        ),
    },
    columns={
        "name": lambda row: row.name,
        "role": lambda row: row.role.value,
        "phone": lambda row: row.phone,
        "language": lambda row: row.language,
        "time_zone": lambda row: row.time_zone,
        "disabled_at": lambda row: row.disabled_at,
    },
)
