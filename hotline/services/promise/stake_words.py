"""What is at stake, in the words of messages."""

import sla
from hotline.speech import Prompt

_MISS = {
    sla.Period.YEAR: "sms.miss_year",
    sla.Period.QUARTER: "sms.miss_quarter",
    sla.Period.MONTH: "sms.miss_month",
}


def miss(stake: sla.Stake) -> Prompt:
    """Which miss it would be, of which period; by attainment, where a miss has no fine of its own."""
    return (
        Prompt.of("sms.miss_attainment")
        if stake.fine is None
        else numbered(stake.fine.period.kind, stake.fine.ordinal)
    )


def numbered(period: sla.Period, ordinal: int) -> Prompt:
    """The number of a miss in its period."""
    return Prompt.of(_MISS[period], ordinal=ordinal)
