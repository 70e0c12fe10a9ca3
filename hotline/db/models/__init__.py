"""Every table, a file per family."""

from hotline.db.models.calls import (
    Call,
    CallKind,
    CallOutcome,
    CallStatus,
    Recording,
    Throttle,
    WebhookReply,
    Wish,
)
from hotline.db.models.customers import (
    Caller,
    Contract,
    ContractProduct,
    ContractTerms,
    Customer,
    Product,
    ServiceNumber,
)
from hotline.db.models.health import Heartbeat
from hotline.db.models.incidents import Incident, IncidentEvent, IncidentStatus, ToldBy
from hotline.db.models.ledger import Breach, EntryKind, LedgerEntry
from hotline.db.models.messages import (
    Effect,
    Message,
    MessageKind,
    MessageStatus,
    OutboxItem,
    OutboxStatus,
    Page,
)
from hotline.db.models.people import Role, User
from hotline.db.models.rosters import Ladder, Override, Rotation, RotationMember, Rung, Team

__all__ = [
    "Breach",
    "Call",
    "CallKind",
    "CallOutcome",
    "CallStatus",
    "Caller",
    "Contract",
    "ContractProduct",
    "ContractTerms",
    "Customer",
    "Effect",
    "EntryKind",
    "Heartbeat",
    "Incident",
    "IncidentEvent",
    "IncidentStatus",
    "Ladder",
    "LedgerEntry",
    "Message",
    "MessageKind",
    "MessageStatus",
    "OutboxItem",
    "OutboxStatus",
    "Override",
    "Page",
    "Product",
    "Recording",
    "Role",
    "Rotation",
    "RotationMember",
    "Rung",
    "ServiceNumber",
    "Team",
    "Throttle",
    "ToldBy",
    "User",
    "WebhookReply",
    "Wish",
]
