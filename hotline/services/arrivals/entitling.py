"""Whether a contract entitles to a report that did not come by call; each refusal says why."""

from collections.abc import Mapping
from datetime import datetime

import sla
from hotline.db.models import Contract, Product
from hotline.errors import InvalidInputError
from hotline.services.promise.promises import entitlement, terms_in_force
from hotline.services.reports.words import marked

ENDED, NO_TERMS = "contract_ended", "no_terms"
WORDS: Mapping[str, str] = {
    ENDED: marked("The contract had ended."),
    NO_TERMS: marked("Nothing was promised for that day: the contract has no terms in force."),
    sla.RefusalReason.PLAN_NOT_ELIGIBLE.value: marked("The plan of this contract is no premier plan."),
    sla.RefusalReason.NO_COVER.value: marked("The contract has no mission-critical cover."),
    sla.RefusalReason.COVER_NOT_STARTED.value: marked("The mission-critical cover had not begun."),
    sla.RefusalReason.COVER_EXPIRED.value: marked("The mission-critical cover was over."),
    sla.RefusalReason.PRODUCT_NOT_COVERED.value: marked("The contract does not cover this product."),
}


class NotEntitledError(InvalidInputError):
    """The contract opens no door; ``reason`` is a key of :data:`WORDS`."""

    code = "not-entitled"

    def __init__(self, reason: str) -> None:
        super().__init__(WORDS.get(reason, reason.replace("_", " ")))
        self.reason = reason


def refusal(contract: Contract, product: Product | None, at: datetime) -> str | None:
    """Why a report that arrived ``at`` is not covered; None when it is."""
    if contract.ended_at is not None and contract.ended_at <= at:
        return ENDED
    decision = entitlement(contract, product, at)
    if isinstance(decision, sla.Refusal):
        return decision.reason.value
    try:
        terms_in_force(contract, at)
    except InvalidInputError:
        return NO_TERMS
    return None
