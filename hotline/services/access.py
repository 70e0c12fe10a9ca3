"""Who may do what on the pages: each role has the least that its work needs."""

import enum
from collections.abc import Mapping

from hotline.db.models import Role


class Permission(enum.StrEnum):
    """Something that a page shows or does. Every page names the one it needs."""

    OWN_ACCOUNT = "own account"  # one's own sign-in, contact methods, rules and shifts
    SEE_INCIDENTS = "see incidents"  # the board, incidents, calls, messages, who is on call
    WORK_ON_INCIDENTS = "work on incidents"  # take, hand over, note, verify, resolve, cancel, call
    TAKE_OVER = "take over"  # take an incident from somebody who does not answer
    SEE_MONEY = "see money"  # the ledger and its sums
    ADJUST_LEDGER = "adjust ledger"  # ask for and approve waivers, corrections, payments; record disputes
    SEND_STATEMENTS = "send statements"  # draw up statements of service credits, and send them
    QUOTE = "quote"  # annual fees from the rate card
    SEE_CUSTOMERS = "see customers"  # customers, contracts and who may call
    PLAN_ROSTERS = "plan rosters"  # overrides for other people
    MANAGE_PEOPLE = "manage people"  # accounts, roles and sessions of other people
    MANAGE_SERVICE = "manage service"  # teams, ladders, numbers, customers, contracts and callers
    SEE_AUDIT = "see audit"  # who changed what, with before and after


_EVERYBODY = frozenset({Permission.OWN_ACCOUNT, Permission.SEE_INCIDENTS})
_ENGINEER = _EVERYBODY | {Permission.WORK_ON_INCIDENTS}
_MANAGER = _ENGINEER | {
    Permission.TAKE_OVER,
    Permission.SEE_MONEY,
    Permission.ADJUST_LEDGER,
    Permission.SEND_STATEMENTS,
    Permission.QUOTE,
    Permission.SEE_CUSTOMERS,
    Permission.PLAN_ROSTERS,
}

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.ENGINEER: _ENGINEER,
    Role.MANAGER: _MANAGER,
    Role.ADMIN: _MANAGER | {Permission.MANAGE_PEOPLE, Permission.MANAGE_SERVICE, Permission.SEE_AUDIT},
    Role.AUDITOR: _EVERYBODY | {Permission.SEE_MONEY, Permission.SEE_CUSTOMERS, Permission.SEE_AUDIT},
}


def may(role: Role, permission: Permission) -> bool:
    """Whether people of ``role`` have ``permission``."""
    return permission in GRANTS[role]
