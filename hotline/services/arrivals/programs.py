"""Reports of customers' programs, for the contract whose key they show.

The clock counts from the arrival of the request. What a program sends again, for the answer was lost,
finds the incident that the first request opened.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from hotline.db.models import Contract, ContractKey, Incident, Product, ReportChannel
from hotline.errors import HotlineError, InvalidInputError, NotFoundError
from hotline.services import pins, throttles
from hotline.services.accounts.tokens import digest
from hotline.services.arrivals import entitling, origins
from hotline.services.callflow import reports_of_strangers
from hotline.services.operation import Operation
from hotline.services.response import incidents
from hotline.services.response.arrival import LONGEST_SUMMARY, Arrival, number_for
from hotline.services.throttles import Limit
from hotline.speech import language_or_default

AN_HOUR = 20
LONGEST_REFERENCE = 100
_HOUR = timedelta(hours=1)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class WrongValueError(InvalidInputError):
    """A member of the report cannot be used; ``name`` is which."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(why)
        self.name = name


class TooManyReportsError(HotlineError):
    """A contract's programs opened so many incidents within the hour that something is wrong with them."""

    code = "too-many-reports"
    http_status = 429


@dataclass(frozen=True, slots=True)
class Sent:
    """What a program reports. ``reference`` is its own, by which a repeat is known."""

    product: str
    summary: str
    reference: str


def report(op: Operation, key: ContractKey, sent: Sent) -> tuple[Incident, bool]:
    """Open an incident for the contract of ``key``; with it whether this request opened it.

    Raises :class:`WrongValueError`, :class:`~hotline.services.arrivals.origins.OtherReportError`,
    :class:`~hotline.services.arrivals.entitling.NotEntitledError` and :class:`TooManyReportsError`; then
    nothing was opened, and the same reference can be sent again.
    """
    contract, summary = key.contract, _summary(sent.summary)
    product = _product(op, contract, sent.product)
    _require_reference(sent.reference)
    origin = f"api:{contract.id.hex}:{digest(sent.reference)[:48]}"
    before = origins.claim(op, origin, origins.fingerprint(product.code, summary))
    if before is not None:
        return before, False
    reason = entitling.refusal(contract, product, op.now)
    if reason is not None:
        raise entitling.NotEntitledError(reason)
    if not throttles.reserve(op, [Limit(throttles.scope("api:reports", str(contract.id)), AN_HOUR, _HOUR)]):
        raise TooManyReportsError(f"At most {AN_HOUR} reports an hour for a contract. Call the hotline.")
    number = number_for(op, contract=contract)
    arrival = Arrival(
        channel=ReportChannel.API,
        at=op.now,
        number=number,
        language=language_or_default(contract.customer.language),
        words=pins.without_pin(summary),
    )
    incident = incidents.open_verified(op, arrival, contract, product)
    origins.settle(op, origin, incident)
    op.session.flush()
    return incident, True


def refused_as_too_many(op: Operation, contract: Contract) -> None:
    """Tell the managers, once an hour: a customer's program reports and nobody is rung for it any more."""
    reports_of_strangers.tell_managers(op, number_for(op, contract=contract), f"api:{contract.id}")


def of_contract(op: Operation, contract: Contract, reference: str) -> Incident:
    """An incident of the contract, however it was reported. Raises :class:`NotFoundError` for any other."""
    query = sa.select(Incident).where(Incident.reference == reference, Incident.contract_id == contract.id)
    found = None if "\0" in reference else op.session.scalars(query).first()
    if found is None:
        raise NotFoundError("There is no such report of this contract.")
    return found


def _summary(text: str) -> str:
    summary = _CONTROL.sub(" ", text).strip()
    if not summary:
        raise WrongValueError("summary", "Say in a sentence what is wrong.")
    if len(summary) > LONGEST_SUMMARY:
        raise WrongValueError("summary", f"At most {LONGEST_SUMMARY} characters.")
    return summary


def _require_reference(reference: str) -> None:
    if not reference.isascii() or not reference.isprintable() or not reference.strip():
        raise WrongValueError("reference", "A reference is made of letters, digits and signs of ASCII.")
    if len(reference) > LONGEST_REFERENCE:
        raise WrongValueError("reference", f"At most {LONGEST_REFERENCE} characters.")


def _product(op: Operation, contract: Contract, asked: str) -> Product:
    """The product of a code or a name, in whatever case; the error names only those of the contract."""
    wanted = asked.strip().casefold()
    for product in op.session.scalars(sa.select(Product)):
        if wanted in {product.code.casefold(), product.name.casefold()}:
            return product
    covered = ", ".join(entry.product.code for entry in contract.products) or "none"
    raise WrongValueError("product", f"There is no such product. This contract covers: {covered}.")
