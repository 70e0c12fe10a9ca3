"""What is about to leave the house, made inside a transaction and carried out outside of it."""

from collections.abc import Callable
from dataclasses import dataclass

from hotline.sending.port import PostOffice
from hotline.telephony.port import Telephony


@dataclass(frozen=True, slots=True)
class Order:
    """Something to be asked of the telephone network; ``carry_out`` returns the new sid, if there is one."""

    carry_out: Callable[[Telephony], str | None]


@dataclass(frozen=True, slots=True)
class Parcel:
    """Something to be handed to the post office."""

    carry_out: Callable[[PostOffice], None]
