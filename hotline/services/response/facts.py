"""What every message about an incident says of it: whose it is, what for, how long there is, and where."""

from hotline.db.models import Incident, User
from hotline.services.access import Permission, may
from hotline.services.operation import Operation
from hotline.services.promise.stakes import stake_of
from hotline.speech import Minutes, Prompt
from hotline.speech.prompts import Value


def link(op: Operation, incident: Incident) -> str:
    """Where the incident is on the pages."""
    return f"{op.settings.public_url}/incidents/{incident.reference}"


def customer_name(incident: Incident) -> Value:
    """The customer; for a caller who is not verified, that, and whose own number was dialled."""
    if incident.contract is not None:
        return incident.contract.customer.name
    line = incident.service_number.customer
    if line is not None:
        return Prompt.of("caller.unidentified_on_line", customer=line.name)
    return Prompt.of("caller.unidentified")


def product_name(incident: Incident) -> str:
    """The product; nothing for a caller who is not verified."""
    return incident.product.name if incident.product is not None else ""


def minutes_left(op: Operation, incident: Incident) -> Minutes | None:
    """Whole minutes until the deadline, rounded down; None without a clock or once it has passed."""
    if incident.respond_by is None or incident.respond_by <= op.now:
        return None
    return Minutes(int((incident.respond_by - op.now).total_seconds()) // 60)


def at_stake(op: Operation, incident: Incident, user: User) -> str | None:
    """For managers, what missing the deadline would cost now; None for others, and for nothing."""
    if not may(user.role, Permission.SEE_MONEY):
        return None
    stake = stake_of(op, incident)
    return None if stake is None or stake.amount.minor <= 0 else str(stake.amount)
