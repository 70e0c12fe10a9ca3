"""Hotline: the telephone number behind a premier support promise.

A call comes in at :mod:`hotline.web`, asks :mod:`hotline.services` to act, which asks
:mod:`routing` who answers and :mod:`sla` what silence costs, writes everything in one
transaction, and a worker carries the outgoing calls and messages out.
"""

__version__ = "0.1.0"
