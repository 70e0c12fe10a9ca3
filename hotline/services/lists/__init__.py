"""Lists that people page through, filter, sort and take away as a file: one engine, a module a list.

:func:`ask` reads an address, :func:`page` answers it with at most :data:`PAGE_SIZE` rows by key, and
:func:`as_csv` gives everything that fits. Nothing here writes.
"""

from hotline.services.lists.audit import AUDIT, AuditRow
from hotline.services.lists.calls import CALLS, CallRow
from hotline.services.lists.customers import CUSTOMERS, ContractRow
from hotline.services.lists.export import as_csv
from hotline.services.lists.incidents import INCIDENTS, IncidentRow
from hotline.services.lists.keyset import PAGE_SIZE, Page, page
from hotline.services.lists.ledger import LEDGER, EntryRow
from hotline.services.lists.listing import Listing
from hotline.services.lists.messages import MESSAGES, MessageRow
from hotline.services.lists.people import PEOPLE, PersonRow
from hotline.services.lists.problems import Fault, Problem
from hotline.services.lists.questions import Question, ask
from hotline.services.lists.statements import STATEMENTS, StatementRow

__all__ = [
    "AUDIT",
    "CALLS",
    "CUSTOMERS",
    "INCIDENTS",
    "LEDGER",
    "MESSAGES",
    "PAGE_SIZE",
    "PEOPLE",
    "STATEMENTS",
    "AuditRow",
    "CallRow",
    "ContractRow",
    "EntryRow",
    "Fault",
    "IncidentRow",
    "Listing",
    "MessageRow",
    "Page",
    "PersonRow",
    "Problem",
    "Question",
    "StatementRow",
    "as_csv",
    "ask",
    "page",
]
