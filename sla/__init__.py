"""What does silence cost? The response clock, terms, fines, credits, money. Pure: standard library only."""

from sla.attainment import AttainmentSchedule, Band, Tally, attainment_from_json, attainment_to_json
from sla.clock import ClockState, ClockWarning, ResponseClock
from sla.credits import Credit, settle
from sla.currency import EXPONENTS, exponent_of
from sla.entitlement import ELIGIBLE_PLANS, Cover, Entitled, Plan, Refusal, RefusalReason, entitle
from sla.fines import Fine, assess
from sla.limits import Applied, Cap, Limits, limits_from_json, limits_to_json
from sla.money import Money, money_from_text, total
from sla.period import ContractPeriod, Period, contract_period
from sla.price import FeeShare, Price, percent, worth
from sla.quotes import (
    Quote,
    QuoteLine,
    QuoteRefusal,
    QuoteRefusalReason,
    QuoteStep,
    quote,
    quote_from_json,
    quote_to_json,
)
from sla.rates import (
    ProductRate,
    RateCard,
    Tier,
    rate_card_from_json,
    rate_card_in_force,
    rate_card_to_json,
)
from sla.schedule import RisingSchedule, schedule_from_json, schedule_to_json
from sla.stake import Forecast, Stake, stake
from sla.terms import (
    ALWAYS_STOP,
    Stop,
    SuccessionError,
    Terms,
    attainment_terms,
    require_succession,
    terms_in_force,
)

__all__ = [
    "ALWAYS_STOP",
    "ELIGIBLE_PLANS",
    "EXPONENTS",
    "Applied",
    "AttainmentSchedule",
    "Band",
    "Cap",
    "ClockState",
    "ClockWarning",
    "ContractPeriod",
    "Cover",
    "Credit",
    "Entitled",
    "FeeShare",
    "Fine",
    "Forecast",
    "Limits",
    "Money",
    "Period",
    "Plan",
    "Price",
    "ProductRate",
    "Quote",
    "QuoteLine",
    "QuoteRefusal",
    "QuoteRefusalReason",
    "QuoteStep",
    "RateCard",
    "Refusal",
    "RefusalReason",
    "ResponseClock",
    "RisingSchedule",
    "Stake",
    "Stop",
    "SuccessionError",
    "Tally",
    "Terms",
    "Tier",
    "assess",
    "attainment_from_json",
    "attainment_terms",
    "attainment_to_json",
    "contract_period",
    "entitle",
    "exponent_of",
    "limits_from_json",
    "limits_to_json",
    "money_from_text",
    "percent",
    "quote",
    "quote_from_json",
    "quote_to_json",
    "rate_card_from_json",
    "rate_card_in_force",
    "rate_card_to_json",
    "require_succession",
    "schedule_from_json",
    "schedule_to_json",
    "settle",
    "stake",
    "terms_in_force",
    "total",
    "worth",
]
