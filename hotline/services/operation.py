"""What every use case is handed: the transaction, the instant and the settings."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.settings import Settings


@dataclass(frozen=True, slots=True)
class Operation:
    """One unit of work: everything it reads and writes goes through ``session``, at ``now``.

    The entry point commits. ``now`` is read once, after a write transaction has begun, so that on
    SQLite, where writers queue, instants and commits have the same order.
    """

    session: Session
    now: datetime
    settings: Settings
