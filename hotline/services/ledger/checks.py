"""What may be asked of the ledger: every rule of an adjustment, judged by where the account stands now."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

import sla
from hotline.db.models import Adjustment, Decision, DisputeOutcome, EntryKind, LedgerEntry, User
from hotline.services.directory.kind import WrongFieldError, sentence
from hotline.services.ledger import accounts
from hotline.services.ledger.accounts import DisputeState
from hotline.services.operation import Operation
from hotline.services.reports.words import marked

LONGEST_REASON = 1000
LONGEST_REFERENCE = 80
ALONE_WITHIN = timedelta(hours=24)  # whatever one person moves alone within it counts together
_LARGEST = 10**15  # minor units: more than anybody owes, and sums of it still fit into a column


@dataclass(frozen=True, slots=True)
class Wanted:
    """An adjustment as somebody asks for it.

    ``amount`` is signed as the entry will be: below zero takes away from what is owed to the customer, and
    zero for disputes and resolutions. All but payments are about an entry. ``id`` is chosen by whoever
    asks: the same id asked for twice is one adjustment.
    """

    id: uuid.UUID
    kind: EntryKind
    contract_id: uuid.UUID
    amount: sla.Money
    reason: str
    entry_id: uuid.UUID | None = None
    reference: str | None = None
    outcome: DisputeOutcome | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What an adjustment changes: before and after, of its entry (None for a payment) and of the account."""

    entry: LedgerEntry | None
    owed: tuple[sla.Money, sla.Money] | None
    balance: tuple[sla.Money, sla.Money]

    @property
    def seen(self) -> str:
        """What somebody saw who saw this, as a short text for a form."""
        pairs = [self.balance] if self.owed is None else [self.owed, self.balance]
        return ":".join(str(amount.minor) for pair in pairs for amount in pair)


def effect_of(op: Operation, wanted: Wanted) -> Effect:
    """What it would change as things stand; exact for as long as the contract is locked.

    Raises :class:`WrongFieldError` that says what is against it.
    """
    _words(wanted)
    if abs(wanted.amount.minor) > _LARGEST:
        raise _wrong("amount", marked("That is more than the ledger takes."))
    balance = accounts.balance(op, wanted.contract_id, wanted.amount.currency)
    if wanted.kind is EntryKind.PAYMENT:
        _payment(op, wanted, balance)
        return Effect(None, None, (balance, balance + wanted.amount))
    entry = _entry(op, wanted)
    stands = accounts.standing(op, entry)
    if wanted.kind is EntryKind.WAIVER:
        _waiver(wanted, min(stands.owed, balance))
    elif wanted.kind is EntryKind.CORRECTION:
        _correction(wanted, entry, stands.owed, balance)
    elif wanted.kind is EntryKind.DISPUTE:
        _dispute(wanted, stands)
    elif wanted.kind is EntryKind.RESOLUTION:
        _resolution(wanted, stands)
    else:
        raise ValueError(f"nobody asks for a {wanted.kind}")
    return Effect(entry, (stands.owed, stands.owed + wanted.amount), (balance, balance + wanted.amount))


def needs_second(op: Operation, actor: User, wanted: Wanted) -> bool:
    """Whether a second person has to approve it; never where no money moves.

    What was moved already without a second person counts, whichever way and of whatever kind: by ``actor``
    on the same contract within the last 24 hours, and by anybody of the same entry. So nobody gets past the
    limit in several steps, over several entries, or by correcting a small payment into a large one.
    """
    if wanted.kind in {EntryKind.DISPUTE, EntryKind.RESOLUTION}:
        return False
    limits = {limit.currency: limit.minor for limit in op.settings.approval_limits}
    limit = limits.get(wanted.amount.currency)
    return limit is None or _moved_alone(op, actor, wanted) + abs(wanted.amount.minor) > limit


def _moved_alone(op: Operation, actor: User, wanted: Wanted) -> int:
    """The larger of the two sums, in minor units."""
    alone = (
        sa.select(sa.func.coalesce(sa.func.sum(sa.func.abs(Adjustment.amount)), 0))
        .where(
            Adjustment.decision == Decision.APPROVED, Adjustment.decided_by_id == Adjustment.requested_by_id
        )
        .where(Adjustment.contract_id == wanted.contract_id, Adjustment.currency == wanted.amount.currency)
    )
    lately = alone.where(
        Adjustment.requested_by_id == actor.id, Adjustment.requested_at > op.now - ALONE_WITHIN
    )
    moved = int(op.session.scalar(lately) or 0)
    if wanted.entry_id is None:
        return moved
    of_entry = alone.where(Adjustment.entry_id == wanted.entry_id)
    return max(moved, int(op.session.scalar(of_entry) or 0))


def _words(wanted: Wanted) -> None:
    if len(wanted.reason) < 3 or len(wanted.reason) > LONGEST_REASON:
        raise _wrong("reason", marked("Say why, in 3 to {longest} characters."), longest=LONGEST_REASON)
    if not wanted.reason.replace("\n", "").isprintable():
        raise _wrong("reason", marked("The reason holds characters that nobody can type."))


def _entry(op: Operation, wanted: Wanted) -> LedgerEntry:
    entry = None if wanted.entry_id is None else op.session.get(LedgerEntry, wanted.entry_id)
    allowed = accounts.CORRECTABLE if wanted.kind is EntryKind.CORRECTION else accounts.CHARGES
    if entry is None or entry.contract_id != wanted.contract_id or entry.kind not in allowed:
        raise _wrong("", marked("That cannot be done with this entry."))
    if entry.currency != wanted.amount.currency:
        raise _wrong("amount", marked("The entry is in {currency}."), currency=entry.currency)
    return entry


def _payment(op: Operation, wanted: Wanted, balance: sla.Money) -> None:
    reference = wanted.reference or ""
    if not reference or len(reference) > LONGEST_REFERENCE or not reference.isprintable():
        raise _wrong(
            "reference",
            marked("Type the payment's reference, 1 to {longest} characters."),
            longest=LONGEST_REFERENCE,
        )
    if wanted.amount.minor >= 0:
        raise _wrong("amount", marked("Type an amount above zero."))
    if balance.minor <= 0:
        raise _wrong("amount", marked("Nothing is owed in {currency}."), currency=balance.currency)
    if (balance + wanted.amount).minor < 0:
        raise _wrong("amount", marked("Only {owed} is owed."), owed=balance)
    same = sa.select(Adjustment.id).where(
        Adjustment.contract_id == wanted.contract_id,
        Adjustment.kind == EntryKind.PAYMENT,
        Adjustment.currency == wanted.amount.currency,
        Adjustment.reference == reference,
        Adjustment.id != wanted.id,
        sa.or_(Adjustment.decision.is_(None), Adjustment.decision == Decision.APPROVED),
    )
    if op.session.scalars(same.limit(1)).first() is not None:
        raise _wrong("reference", marked("A payment with this reference is recorded already."))


def _waiver(wanted: Wanted, owed: sla.Money) -> None:
    if wanted.amount.minor >= 0:
        raise _wrong("amount", marked("Type an amount above zero."))
    if owed.minor <= 0:
        raise _wrong("amount", marked("Nothing is owed of this entry any more."))
    if (owed + wanted.amount).minor < 0:
        raise _wrong("amount", marked("Only {owed} can be waived: more is not owed any more."), owed=owed)


def _correction(wanted: Wanted, entry: LedgerEntry, stands: sla.Money, balance: sla.Money) -> None:
    """An entry is never turned into its opposite, and a payment never becomes more than what was owed."""
    after = stands + wanted.amount
    if wanted.amount.minor == 0:
        raise _wrong("amount", marked("That is what the entry stands at already."))
    if entry.amount >= 0 and after.minor < 0 and wanted.amount.minor < 0:
        raise _wrong("amount", marked("An entry is never corrected to below zero."))
    if entry.amount < 0 and after.minor > 0:
        raise _wrong("amount", marked("This entry is never corrected to above zero."))
    if entry.kind is EntryKind.PAYMENT and (balance + wanted.amount).minor < min(0, balance.minor):
        raise _wrong("amount", marked("Only {owed} is owed."), owed=balance)


def _dispute(wanted: Wanted, stands: accounts.Standing) -> None:
    if wanted.amount.minor != 0:
        raise _wrong("amount", marked("A dispute moves no money."))
    if stands.dispute is DisputeState.OPEN:
        raise _wrong("", marked("This entry is disputed already."))


def _resolution(wanted: Wanted, stands: accounts.Standing) -> None:
    if wanted.amount.minor != 0:
        raise _wrong("amount", marked("A dispute moves no money."))
    if stands.dispute is not DisputeState.OPEN:
        raise _wrong("", marked("No dispute of this entry is open."))
    if wanted.outcome is None:
        raise _wrong("outcome", marked("Choose how the dispute ends."))


def _wrong(field: str, text: str, **values: object) -> WrongFieldError:
    return WrongFieldError(field, sentence(text, **values))
