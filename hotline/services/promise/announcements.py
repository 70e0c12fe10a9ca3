"""Warnings up the ladder before the deadline, with the money at stake; and the news of a miss."""

import uuid

import sqlalchemy as sa

import sla
from hotline.db.models import EntryKind, Incident, IncidentStatus, LedgerEntry, MessageKind, Page, User
from hotline.services.on_call.rosters import load_ladder
from hotline.services.operation import Operation
from hotline.services.promise import stake_words, sweeping
from hotline.services.promise.promises import terms_of_incident
from hotline.services.promise.stakes import stake_of
from hotline.services.response import paging, timeline
from hotline.speech import ClockTime, Minutes, Prompt, Reference
from hotline.speech.prompts import Value


def sweep_warnings(op: Operation, limit: int = 200) -> int:
    """Send every warning that is due; returns how many incidents were warned about."""
    return sweeping.each(op, Incident.next_warning_at, warn, limit)


def warn(op: Operation, incident: Incident) -> None:
    """Send the warning that is due, and plan the next one.

    A late tick that finds several due sends the last of them only; each is on the timeline at its
    own instant. The first goes to the first rung, the second to the first two, and so on upwards.
    """
    terms, since = terms_of_incident(op, incident), incident.next_warning_at
    if terms is None or since is None or incident.told_at is not None or incident.respond_by is None:
        incident.next_warning_at = None
        return
    clock = terms.clock(incident.reported_at)
    due = [warning for warning in clock.warnings if since <= warning.at <= op.now]
    following = clock.next_warning(op.now)
    incident.next_warning_at = None if following is None else following.at
    for warning in due:
        timeline.record(op, incident, "warning", at=warning.at, share=str(warning.share))
    if not due or incident.respond_by <= op.now:
        return
    height, stake = clock.warnings.index(due[-1]) + 1, stake_of(op, incident)
    for user in _audience(op, incident, height):
        _send(op, incident, user, height, stake)


def sweep_news(op: Operation, limit: int = 200) -> int:
    """Tell of every miss that was recorded and not told yet; returns how many."""
    return sweeping.each(op, Incident.next_news_at, _announce_breach, limit)


def _announce_breach(op: Operation, incident: Incident) -> None:
    """Everybody on the ladder and whoever has it learns that the promise was missed, and its price."""
    incident.next_news_at = None
    entry = _fine_of(op, incident)
    for user in _audience(op, incident, None):
        values: dict[str, Value] = {
            "reference": Reference(incident.reference),
            "customer": paging.customer_name(incident),
            "time": ClockTime(incident.breached_at or op.now, user.time_zone),
            "link": paging.link(op, incident),
        }
        if entry is None or entry.ordinal is None:
            prompt = Prompt.of("sms.breach_free", **values)
        else:
            counted = stake_words.numbered(sla.Period(entry.record["period"]), entry.ordinal)
            amount = str(sla.Money(entry.amount, entry.currency))
            prompt = Prompt.of("sms.breach", amount=amount, miss=counted, **values)
        paging.tell(
            op, incident, user, MessageKind.BREACH, prompt, dedupe_key=f"breach:{incident.id}:{user.id}"
        )


def _fine_of(op: Operation, incident: Incident) -> LedgerEntry | None:
    is_fine = sa.and_(LedgerEntry.incident_id == incident.id, LedgerEntry.kind == EntryKind.FINE)
    return op.session.scalars(sa.select(LedgerEntry).where(is_fine)).one_or_none()


def _audience(op: Operation, incident: Incident, height: int | None) -> list[User]:
    """Who is on call on the lowest ``height`` rungs (all if None), and whoever has the incident.

    That is asked of the ladder on which the hunt began and of the one that it has come to.
    """
    found: dict[uuid.UUID, User] = {}
    if incident.owner is not None:
        found[incident.owner.id] = incident.owner
    for ladder_id in dict.fromkeys((incident.first_ladder_id or incident.ladder_id, incident.ladder_id)):
        _row, ladder, targets = load_ladder(op, ladder_id)
        for position in ladder.positions[:height]:
            for rung in ladder.rungs_at(position):
                for user_id in targets.resolve(rung.target, op.now):
                    found[user_id] = op.session.get_one(User, user_id)
    return list(found.values())


def _send(op: Operation, incident: Incident, user: User, height: int, stake: sla.Stake | None) -> None:
    left = paging.minutes_left(op, incident)
    values: dict[str, Value] = {
        "reference": Reference(incident.reference),
        "customer": paging.customer_name(incident),
        "minutes": left or Minutes(0),
        "situation": _situation(op, incident, user),
        "link": paging.link(op, incident),
    }
    if stake is None or stake.amount.minor <= 0:
        prompt = Prompt.of("sms.warning_free", **values)
    else:
        prompt = Prompt.of("sms.warning", amount=str(stake.amount), miss=stake_words.miss(stake), **values)
    paging.tell(
        op, incident, user, MessageKind.WARNING, prompt,
        dedupe_key=f"warning:{incident.id}:{height}:{user.id}",
    )  # fmt: skip


def _situation(op: Operation, incident: Incident, user: User) -> Prompt:
    if incident.owner is not None and incident.status is not IncidentStatus.OPEN:
        return Prompt.of("sms.warning_untold", engineer=incident.owner.first_name)
    page: Page = paging.page(op, incident, user)
    return Prompt.of("sms.warning_untaken", code=page.code)
