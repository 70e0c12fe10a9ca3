"""What customers answer when they are asked whether it is solved.

OK and NO are asked for, because carriers keep YES to themselves; a YES counts all the same. Only a text
that is nothing but a yes is one. A text that begins with a no is one, whatever follows, for a customer who
is rung in vain is worse than an engineer who is.
"""

import enum
import re
from dataclasses import dataclass
from datetime import timedelta

from hotline.db.models import Incident, SolvedAsk
from hotline.services import throttles, tracking
from hotline.services.operation import Operation
from hotline.services.response import solved
from hotline.services.texting import customer_texts
from hotline.services.throttles import Limit, scope
from hotline.speech import Moment, Prompt, Reference, Telephone, language_or_default, render

_REPLIES_AN_HOUR = 10
_YES = frozenset(
    {"OK", "OKAY", "OKE", "YES", "Y", "YEP", "YEAH", "SOLVED", "FIXED", "DONE"}
    | {"YA", "IYA", "SUDAH", "BERES", "SELESAI", "BETUL"}
)
_NO = frozenset(
    {
        "NO",
        "N",
        "NOPE",
        "NOT",
        "TIDAK",
        "TDK",
        "BELUM",
        "BLM",
        "ENGGAK",
        "NGGAK",
        "GAK",
        "TAK",
        "STILL",
        "MASIH",
    }
)
_FILLERS = frozenset(
    {"THANKS", "THANK", "YOU", "IT", "IS", "ALL", "TERIMA", "KASIH", "MAKASIH", "TERIMAKASIH", "PAK", "BU"}
)
_NO_PROBLEM = re.compile(
    r"^\W*(?:NO (?:PROBLEM|WORRIES|ISSUES?)|TIDAK (?:APA|MASALAH)|GAK (?:APA|MASALAH))", re.I
)
_REFERENCE = re.compile(r"\b\d{4,7}-\d\b")


class Word(enum.StrEnum):
    """How a text answers."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Taken:
    """The text was an answer to the question; ``reply`` is what is sent back, None once there were many."""

    reply: str | None


def read(body: str) -> Word:
    """What a text says."""
    words = re.findall(r"[A-Z0-9]+", _REFERENCE.sub(" ", body).upper())
    said = [word for word in words if word not in _FILLERS]
    if said and set(said) <= _YES:
        return Word.YES
    if said and said[0] in _NO and not _NO_PROBLEM.match(body):
        return Word.NO
    return Word.UNCLEAR


def answer(op: Operation, sender: str, body: str) -> Taken | None:
    """Take the answer of a customer who was asked; None when the text is about something else.

    1. Which resolution: the one whose reference it names, else the latest about which this number was asked.
    2. Anything but a yes or a no is about something else while another incident of theirs is open.
    3. After two days it is too late to mean that resolution: they are asked to call.
    """
    word, found = read(body), _meant(op, sender, body)
    if found is None:
        return None
    row, incident = found
    is_late = op.now - row.asked_at > solved.IN_TIME
    other = customer_texts.sender(op, sender, body)
    is_busy = other is not None and other.incident is not None
    if word is Word.UNCLEAR and (is_late or is_busy):
        return None
    op.session.refresh(incident, with_for_update=True)
    if not incident.is_finished:
        return None  # reopened this very moment: a text about an open incident
    customer_texts.keep(op, sender, incident, body, forward=word is Word.UNCLEAR)
    prompt = _late(incident, row) if is_late else _act(op, row, incident, word, sender)
    limit = Limit(scope("sms:replies", sender), _REPLIES_AN_HOUR, timedelta(hours=1))
    if not throttles.reserve(op, [limit]):
        return Taken(None)
    return Taken(render(prompt, language_or_default(incident.language), written=True))


def _meant(op: Operation, sender: str, body: str) -> tuple[SolvedAsk, Incident] | None:
    asked = solved.asked(op, sender)
    named = set(_REFERENCE.findall(body))
    if named:
        return next((pair for pair in asked if pair[1].reference in named), None)
    return asked[0] if asked else None


def _act(op: Operation, row: SolvedAsk, incident: Incident, word: Word, sender: str) -> Prompt:
    reference, phone = Reference(incident.reference), Telephone(incident.service_number.phone)
    if word is Word.UNCLEAR:
        return Prompt.of("reply.solved_unclear", reference=reference, phone=phone)
    if word is Word.YES and sender != row.phone:
        return Prompt.of("reply.solved_other", reference=reference, phone=phone)
    if word is Word.YES:
        solved.yes(op, row, incident)
        return Prompt.of("reply.solved_yes", reference=reference)
    is_owner_asked = solved.no(op, row, incident)
    if is_owner_asked is None:
        return Prompt.of("reply.solved_enough", reference=reference, phone=phone)
    follow = tracking.link(op, incident, sender)
    if is_owner_asked and incident.owner is not None:
        return Prompt.of("reply.solved_no", engineer=incident.owner.name, reference=reference, follow=follow)
    return Prompt.of("reply.solved_no_ringing", reference=reference, follow=follow)


def _late(incident: Incident, row: SolvedAsk) -> Prompt:
    zone = "UTC" if incident.contract is None else incident.contract.customer.time_zone
    return Prompt.of(
        "reply.solved_late",
        reference=Reference(incident.reference),
        start=Moment(row.asked_at, zone),
        phone=Telephone(incident.service_number.phone),
    )
