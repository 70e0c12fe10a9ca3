"""What people look at: the board, facts of incidents, the ledger, timelines. Nothing here writes.

Every report takes a fixed number of queries, however many incidents there are.
"""

from hotline.services.reports.board import BoardRow, board, recently_finished, row_of
from hotline.services.reports.facts import incidents, ledger, totals
from hotline.services.reports.story import TimelineLine, timeline

__all__ = [
    "BoardRow",
    "TimelineLine",
    "board",
    "incidents",
    "ledger",
    "recently_finished",
    "row_of",
    "timeline",
    "totals",
]
