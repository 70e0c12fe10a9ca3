"""Many incidents at once, written in bulk, with the clerk's books beside them."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from hotline.db.base import new_id
from hotline.db.models import Contract, Incident, IncidentStatus, ServiceNumber, ToldBy
from hotline.services.operation import Operation
from hotline.services.promise import settlements
from tests.hotline.house import MADE, House
from tests.proof.clerk import Clerk
from tests.proof.service import add_contract
from tests.proof.stories import FIRST, arrival, versions_from

_CHUNK = 5_000
_MICROSECOND = timedelta(microseconds=1)


def fill(house: House, clerk: Clerk, random: Random, contracts: int, incidents: int) -> datetime:
    """So many contracts with so many incidents each, over three years; returns an instant after them all."""
    rows: list[dict[str, Any]] = []
    with house.database.read() as session:
        number = session.scalars(sa.select(ServiceNumber)).first()
    assert number is not None
    for place in range(contracts):
        name, versions = f"91{place:04}", versions_from(random)
        contract_id = add_contract(house.database, name, versions)
        with house.database.read() as session:
            contract = session.get_one(Contract, contract_id)
            fixed = {
                "contract_id": contract_id,
                "product_id": contract.products[0].product_id,
                "ladder_id": contract.ladder_id,
                "service_number_id": number.id,
            }
            terms = {row.version: row.id for row in contract.terms}
        clerk.oracle.agree(name, *versions)
        for _ in range(incidents):
            rows.append({**fixed, **_incident(random, clerk, name, versions, terms, len(rows))})
    with house.database.write() as session:
        for chunk in _chunks(rows):
            session.execute(sa.insert(Incident), chunk)
        op = Operation(session, FIRST, house.settings)
        for name in clerk.oracle.versions:
            contract = session.scalars(sa.select(Contract).where(Contract.number == name)).one()
            for due_on in sorted({row["due_on"] for row in rows if row["contract_id"] == contract.id}):
                settlements.plan(op, contract.id, contract.terms, due_on)
    return max(clock.respond_by for clock in clerk.oracle.clocks.values()) + timedelta(days=400)


def _incident(
    random: Random,
    clerk: Clerk,
    contract: str,
    versions: list[dict[str, Any]],
    terms: dict[int, uuid.UUID],
    place: int,
) -> dict[str, Any]:
    incident_id, reported = new_id(), arrival(random, versions)
    clerk.start(incident_id, contract, reported, FIRST)
    clock = clerk.oracle.clocks[incident_id]
    told = None
    if random.random() < 0.8:
        target = clock.respond_by - reported
        late = random.choice((timedelta(0), -_MICROSECOND, _MICROSECOND, timedelta(hours=1)))
        told = reported + target * random.random() if random.random() < 0.8 else clock.respond_by + late
        clerk.oracle.tell(incident_id, told)
    return {
        "id": incident_id,
        "reference": f"{10_000 + place}-0",
        "status": IncidentStatus.OPEN,
        "language": "en",
        "caller_phone": MADE,
        "reported_at": reported,
        "opened_at": reported,
        "verified_at": reported,
        "terms_id": terms[clock.version["version"]],
        "respond_by": clock.respond_by,
        "due_on": clock.due_on,
        "told_at": told,
        "told_by": None if told is None else ToldBy.BRIDGE,
    }


def ticks(random: Random, last: datetime, count: int) -> Iterator[datetime]:
    """So many instants on the half second until the last: some near each other, some months apart."""
    span = (last - FIRST).total_seconds()
    for second in sorted(random.randrange(int(span)) for _ in range(count - 1)):
        yield FIRST + timedelta(seconds=second, milliseconds=500)
    yield last.astimezone(UTC).replace(microsecond=500_000)


def _chunks(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]
