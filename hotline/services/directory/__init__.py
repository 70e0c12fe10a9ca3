"""The directory: teams, products, numbers, customers, contracts and callers, as admins keep them.

Nothing here deletes. What history refers to ends (``ended_at``): it can be chosen no more, stays on
every page about the past, and can be brought back. Every change writes its audit entry in the same
transaction, with before and after.
"""

from hotline.services.directory.changes import Change, bring_back, change, create, end, find, present
from hotline.services.directory.kind import InUseError, Kind, Sentence, StaleError, WrongFieldError

__all__ = [
    "Change",
    "InUseError",
    "Kind",
    "Sentence",
    "StaleError",
    "WrongFieldError",
    "bring_back",
    "change",
    "create",
    "end",
    "find",
    "present",
]
