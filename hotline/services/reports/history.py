"""Everything that happened to an incident in one list: events, calls, messages, recordings, the fine."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hotline.db.models import EntryKind, Incident, LedgerEntry, MessageKind, ReportChannel
from hotline.services.operation import Operation
from hotline.services.reports import evidence
from hotline.services.reports.evidence import Item, RecordingLine
from hotline.services.reports.paged import Paged, paged
from hotline.services.reports.story import Group, TimelineLine, silent, timeline
from hotline.services.reports.words import length, marked, said

# Events that a call's or a message's own line tells better.
_OF_A_CALL = frozenset(
    {"ringing", "not-accepted", "calling-customer", "caller-left", "declined"}
    | {"page-ended", "join-ended", "callback-ended", "hand-over-ended", "chase-ended"}
)
_OF_A_MESSAGE = frozenset({"paged", "message-delivered", "message-undelivered", "message-failed"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what happened, what became of it (and when), and the words of a text message."""

    at: datetime
    group: Group
    kind: str
    text: str
    became: str = ""
    settled_at: datetime | None = None
    body: str | None = None
    is_trouble: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """The list, oldest first, and what was recorded. ``last_decision`` is the version a page shows."""

    entries: tuple[Entry, ...]
    recordings: tuple[RecordingLine, ...]
    fine_sentence: str | None
    last_decision: uuid.UUID | None
    paged: tuple[Paged, ...]


_REPORTED = frozenset({"reported", "called-silently", "tried-to-report"})
# What somebody decided; a page that was drawn before the last of these is stale.
DECISIONS = frozenset(
    {"accepted", "verified", "resolved", "cancelled", "handover-asked", "handover-declined"}
    | {"handover-withdrawn", "handed-over", "taken-over", "reopened", "back-to-ladder"}
)


def history(op: Operation, incident: Incident, language: str = "en") -> History:
    """Everything about an incident, in a fixed number of queries."""
    lines = timeline(op, incident, language)
    calls, texts = evidence.calls(op, incident, language), evidence.messages(op, incident, language)
    is_written = incident.channel is not ReportChannel.CALL
    texts = [text for text in texts if not (is_written and _is_the_report(incident, text))]
    recordings = evidence.recordings(op, incident)
    money = _money(op, incident)
    reported = next((line for line in lines if line.kind in _REPORTED), None)
    entries = [
        *(_reported(line, calls, recordings, language, is_written) for line in lines if line is reported),
        *_told_by_events([line for line in lines if line is not reported], calls, texts, recordings),
        *(_item(item, Group.CALLS) for item in calls if reported is None or str(item.id) != reported.about),
        *(_item(item, Group.MESSAGES) for item in texts),
        *(_recorded(line, language) for line in recordings),
    ]
    for kind, at, sentence in money:
        name = "fined" if kind is EntryKind.FINE else f"ledger-{kind.value}"
        entries.append(Entry(at, Group.MONEY, name, sentence))
    decisions = [line for line in lines if line.kind in DECISIONS]
    return History(
        tuple(sorted(entries, key=lambda entry: entry.at)),
        tuple(recordings),
        next((sentence for kind, _at, sentence in money if kind is EntryKind.FINE), None),
        decisions[-1].id if decisions else None,
        paged(op, incident, (*calls, *texts), language),
    )


def _money(op: Operation, incident: Incident) -> list[tuple[EntryKind, datetime, str]]:
    """What stands in the ledger about the incident: the fine, and what was waived or disputed of it."""
    query = (
        sa.select(LedgerEntry.kind, LedgerEntry.recorded_at, LedgerEntry.sentence)
        .where(LedgerEntry.incident_id == incident.id)
        .order_by(LedgerEntry.sequence)
    )
    return [(kind, at, sentence) for kind, at, sentence in op.session.execute(query)]


def decided_since(
    op: Operation, incident: Incident, seen: uuid.UUID | None, by_others_than: uuid.UUID, language: str
) -> list[TimelineLine]:
    """What other people decided after the decision ``seen``; everything when it was the page before any."""
    lines = [line for line in timeline(op, incident, language) if line.kind in DECISIONS]
    places = [place for place, line in enumerate(lines) if line.id == seen]
    after = lines[places[0] + 1 :] if places else lines
    return [line for line in after if line.actor_id != by_others_than]


def _told_by_events(
    lines: Sequence[TimelineLine],
    calls: Sequence[Item],
    texts: Sequence[Item],
    recordings: Sequence[RecordingLine],
) -> list[Entry]:
    known_calls = {str(call.id) for call in calls}
    paged = {str(text.user_id) for text in texts if text.user_id is not None}
    entries = []
    for line in lines:
        if line.kind in _OF_A_CALL and (line.about in known_calls or line.kind.endswith("-ended")):
            continue
        if line.kind in _OF_A_MESSAGE and texts and (line.kind != "paged" or line.about in paged):
            continue
        if line.kind == "recorded" and line.about in {recording.sid for recording in recordings}:
            continue
        entries.append(Entry(line.at, line.group, line.kind, line.text))
    return entries


def _reported(
    line: TimelineLine,
    calls: Sequence[Item],
    recordings: Sequence[RecordingLine],
    language: str,
    is_written: bool,
) -> Entry:
    """What began it all; of an unidentified caller who said nothing it is said so."""
    of_call = [recording for recording in recordings if str(recording.call_id) == line.about]
    words = silent(language) if of_call and all(each.is_silent for each in of_call) else line.text
    call = next((each for each in calls if str(each.id) == line.about), None)
    if call is None:
        return Entry(line.at, line.group, line.kind, words)
    text = words if line.is_unverified or is_written else call.text
    return Entry(line.at, Group.CALLS, line.kind, text, call.became, call.settled_at)


def _is_the_report(incident: Incident, text: Item) -> bool:
    """Whether a text that came in is what was reported, which its own line tells."""
    return text.kind == f"message-{MessageKind.COMMAND.value}" and text.at <= incident.opened_at


def _item(item: Item, group: Group) -> Entry:
    return Entry(
        item.at, group, item.kind, item.text, item.became, item.settled_at, item.body, item.is_trouble
    )


def _recorded(line: RecordingLine, language: str) -> Entry:
    if line.is_silent:
        text = said(marked("The recording is empty: nothing was said."), language)
    elif line.seconds is None:
        text = said(marked("A recording was left; it is being processed."), language)
    else:
        spoken = length(line.seconds, language)
        text = said(marked("A recording of {length} was left."), language, length=spoken)
    return Entry(line.at, Group.CALLS, "recorded", text)
