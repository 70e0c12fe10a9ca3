"""What does silence cost? The response clock, terms, fines and money. Pure: standard library only."""

from sla.clock import ClockState, ClockWarning, ResponseClock
from sla.currency import EXPONENTS, exponent_of
from sla.entitlement import ELIGIBLE_PLANS, Cover, Entitled, Plan, Refusal, RefusalReason, entitle
from sla.fines import Fine, assess
from sla.money import Money, money_from_text, total
from sla.schedule import RisingSchedule, fine_for, next_miss_costs, schedule_from_json, schedule_to_json
from sla.terms import Terms, terms_in_force
from sla.year import ContractYear, contract_year

__all__ = [
    "ELIGIBLE_PLANS",
    "EXPONENTS",
    "ClockState",
    "ClockWarning",
    "ContractYear",
    "Cover",
    "Entitled",
    "Fine",
    "Money",
    "Plan",
    "Refusal",
    "RefusalReason",
    "ResponseClock",
    "RisingSchedule",
    "Terms",
    "assess",
    "contract_year",
    "entitle",
    "exponent_of",
    "fine_for",
    "money_from_text",
    "next_miss_costs",
    "schedule_from_json",
    "schedule_to_json",
    "terms_in_force",
    "total",
]
