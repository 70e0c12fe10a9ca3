"""Terms field by field, as the audit trail keeps them and people compare them."""

from typing import Any

import sla
from hotline.services.terms.typed import band_lines


def facts_of(terms: sla.Terms, note: str) -> dict[str, Any]:
    """Plain values in a fixed order; what is not agreed is None or empty."""
    limits, rising, attainment = terms.limits, terms.rising, terms.attainment
    cap = limits.per_period
    return {
        "effective_from": terms.effective_from.isoformat(),
        "minutes": int(terms.respond_within.total_seconds()) // 60,
        "warn_at": [str(share) for share in terms.warn_at],
        "stops": [stop.value for stop in sla.Stop if stop in terms.stops],
        "time_zone": terms.time_zone,
        "year_starts_on": terms.year_starts_on.isoformat(),
        "currency": terms.currency,
        "annual_fee": _text(terms.annual_fee),
        "fines": [] if rising is None else [str(step) for step in rising.steps],
        "fines_period": None if rising is None else rising.period.value,
        "attainment": band_lines(terms),
        "attainment_period": None if attainment is None else attainment.period.value,
        "floor": _text(limits.floor),
        "cap_incident": _text(limits.per_incident),
        "cap_period": None if cap is None else [str(cap.amount), cap.period.value],
        "note": note or None,
    }


def _text(money: sla.Money | None) -> str | None:
    return None if money is None else str(money)
