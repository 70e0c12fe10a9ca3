"""What people look at: the board, facts of incidents, the ledger, timelines. Nothing here writes.

Every report takes a fixed number of queries, however many incidents there are.
"""

from hotline.services.reports.board import BoardRow, board, recently_finished, row_of
from hotline.services.reports.facts import incidents, ledger, totals
from hotline.services.reports.history import Entry, History, decided_since, history
from hotline.services.reports.hunt import Hunt
from hotline.services.reports.promise import Promise, promise_of
from hotline.services.reports.sifting import Sieve, Sums, Which, sums
from hotline.services.reports.story import Group, TimelineLine, timeline

__all__ = [
    "BoardRow",
    "Entry",
    "Group",
    "History",
    "Hunt",
    "Promise",
    "Sieve",
    "Sums",
    "TimelineLine",
    "Which",
    "board",
    "decided_since",
    "history",
    "incidents",
    "ledger",
    "promise_of",
    "recently_finished",
    "row_of",
    "sums",
    "timeline",
    "totals",
]
