"""A customer who texted a report calls and gives the PIN: the report is theirs, and counts from the text."""

import sqlalchemy as sa

from hotline.db.models import Call, Caller, Contract, Incident, Product, ReportChannel
from hotline.services.arrivals.entitling import NotEntitledError
from hotline.services.operation import Operation
from hotline.services.response import incidents, timeline


def confirm(op: Operation, call: Call, contract: Contract, product: Product) -> Incident | None:
    """The oldest open report that a registered number of the contract texted, verified now by the PIN.

    None when there is none, or the contract did not entitle to it when the text came: then the call is
    a report of its own.
    """
    incident = _texted(op, contract)
    if incident is None:
        return None
    op.session.refresh(incident, with_for_update=True)  # an engineer may verify it at this moment
    if incident.verified_at is not None or incident.is_finished:
        return None
    try:
        incidents.verify(op, incident, contract, product, None)
    except NotEntitledError:
        return None
    call.incident_id = incident.id
    timeline.record(op, incident, "joining", call=str(call.id))
    return incident


def _texted(op: Operation, contract: Contract) -> Incident | None:
    phones = sa.select(Caller.phone).where(Caller.contract_id == contract.id, Caller.ended_at.is_(None))
    query = (
        sa.select(Incident)
        .where(
            Incident.channel == ReportChannel.SMS,
            Incident.verified_at.is_(None),
            Incident.status.in_(incidents.UNFINISHED),
            Incident.caller_phone.in_(phones),
        )
        .order_by(Incident.reported_at)
    )
    return op.session.scalars(query.limit(1)).first()
