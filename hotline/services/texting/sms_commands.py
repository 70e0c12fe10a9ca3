"""Replies by text message: ``ACK 7KM``, ``RESOLVE 7KM``, ``STATUS``, ``WHO``, ``?``, and ``OK`` when asked.

What customers write is :mod:`hotline.services.texting.customer_texts`, and
:mod:`hotline.services.texting.solved_texts` when they were asked whether it is solved.
How a text is read is in :mod:`hotline.services.texting.sms_words`. The sender must be on the roster, the
code must be of a page of theirs, wrong codes and answers are capped. A carrier's own keywords (STOP,
HELP and their like) get no answer from us: the carrier gives one.
"""

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa

from hotline.db.models import ContactMethod, Incident, Message, MessageKind, Page, User
from hotline.errors import ConflictError, ForbiddenTransitionError
from hotline.services import throttles
from hotline.services.on_call.rosters import duties
from hotline.services.operation import Operation
from hotline.services.reaching import numbers
from hotline.services.response import followup, handovers, incidents, paging
from hotline.services.texting import customer_texts, solved_texts, status_texts, text_reports
from hotline.services.texting.sms_words import Command, is_carriers, parse
from hotline.services.throttles import Limit, scope
from hotline.speech import ClockTime, Prompt, Reference, render

_REPLIES_AN_HOUR = 30
_UNCLEAR_AN_HOUR = 3
_STRANGERS_REPLIES_AN_HOUR = 1
_WRONG_CODES_AN_HOUR = 5
_LISTED = 4


def answer(op: Operation, sender: str, body: str, to: str = "") -> str | None:
    """Do what a text to our number ``to`` asks; return the answer, or None when there is none to give."""
    user = numbers.owner(op, sender)
    is_ours = user is not None and user.disabled_at is None  # whoever has left takes nothing
    is_report = not is_ours and text_reports.is_command(body)
    solved = None if is_ours or is_report else solved_texts.answer(op, sender, body)
    if is_carriers(body):  # the carrier answers, also a customer's YES, which counts all the same
        return None
    if solved is not None:
        return solved.reply
    if user is None or not is_ours:
        customer = customer_texts.sender(op, sender, body)
        if customer is None:
            return _answer_stranger(op, sender)
        return customer_texts.answer(op, customer, body, to)
    command = parse(body)
    handler = _HANDLERS.get(command.verb or "", _unknown)
    answered = handler(op, user, command)
    if handler is _unknown and not throttles.reserve(op, [_limit("sms:unclear", sender, _UNCLEAR_AN_HOUR)]):
        if not throttles.reserve(op, [_limit("sms:quiet", sender, 1)]):
            return None  # they were told that such texts get no answer for now; commands still do
        answered = Prompt.of("reply.quiet")
    reply = render(answered, user.language, written=True)
    # Only the answers are capped: what a good reply asks for is done all the same.
    may_answer = throttles.reserve(op, [_limit("sms:replies", sender, _REPLIES_AN_HOUR)])
    return reply if may_answer else None


def _answer_stranger(op: Operation, sender: str) -> str | None:
    limits = [
        _limit("sms:stranger", sender, _STRANGERS_REPLIES_AN_HOUR),
        Limit("sms:strangers", 60, timedelta(hours=1)),
    ]
    if not throttles.reserve(op, limits):
        return None
    return render(Prompt.of("reply.stranger"), "en", written=True)


def _ack(op: Operation, user: User, command: Command) -> Prompt:
    settled = status_texts.settle(op, user, command, has_page=bool(_untaken_pages(op, user)))
    if settled is not None:
        return settled
    page, problem = _page_meant(op, user, command)
    if page is None:
        return problem
    incident = op.session.get_one(Incident, page.incident_id)
    try:
        taken = incidents.accept(op, incident, user, "sms")
    except ConflictError:
        return _closed(incident)
    if taken.owner.id != user.id:
        return Prompt.of(
            "reply.taken",
            engineer=taken.owner.first_name,
            reference=Reference(incident.reference),
            time=ClockTime(taken.at, user.time_zone),
        )
    if incident.is_finished:
        return _closed(incident)
    if taken.won:
        followup.after_acceptance(op, incident, user)
        return Prompt.of(
            "reply.acknowledged",
            reference=Reference(incident.reference),
            customer=paging.customer_name(incident),
            told=_told(op, incident, user),
        )
    return Prompt.of(
        "reply.already_yours",
        reference=Reference(incident.reference),
        time=ClockTime(taken.at, user.time_zone),
        told=_told(op, incident, user),
    )


def _resolve(op: Operation, user: User, command: Command) -> Prompt:
    page, problem = _page_meant(op, user, command)
    if page is None:
        return problem
    incident = op.session.get_one(Incident, page.incident_id)
    reference = Reference(incident.reference)
    if incident.is_finished:
        return _closed(incident)
    if incident.owner is None:
        return Prompt.of("reply.take_first", reference=reference, code=page.code)
    try:
        incidents.resolve(op, incident, user)
    except (ConflictError, ForbiddenTransitionError):
        return Prompt.of(
            "reply.not_yours",
            engineer=incident.owner.first_name,
            reference=reference,
            link=paging.link(op, incident),
        )
    return Prompt.of("reply.resolved", reference=reference, time=ClockTime(op.now, user.time_zone))


def _status(op: Operation, user: User, command: Command) -> Prompt:
    kept = status_texts.keep(op, user, command)
    if kept is not None:
        return kept
    pages = _open_pages(op, user)
    if command.code is not None:
        pages = [page for page in pages if page.code == command.code]
    if not pages:
        return Prompt.of("reply.status_none")
    lines = [render(_status_of(op, user, page), user.language, written=True) for page in pages[:_LISTED]]
    return Prompt.of("reply.lines", text="\n".join(lines))


def _who(op: Operation, user: User, command: Command) -> Prompt:
    teams: dict[str, list[str]] = {}
    nobody = render(Prompt.of("reply.who_nobody"), user.language, written=True)
    for duty in duties(op):
        name = duty.names or nobody
        teams.setdefault(duty.team.name, []).append(f"{duty.layer} {name}")
    lines = [
        render(Prompt.of("reply.who", team=team, names=", ".join(names)), user.language, written=True)
        for team, names in teams.items()
    ]
    return Prompt.of("reply.lines", text="\n".join(lines) or nobody)


def _help(op: Operation, user: User, command: Command) -> Prompt:
    return Prompt.of("reply.help")


def _unknown(op: Operation, user: User, command: Command) -> Prompt:
    return Prompt.of("reply.unknown")


_HANDLERS: dict[str, Callable[[Operation, User, Command], Prompt]] = {
    "ack": _ack,
    "resolve": _resolve,
    "status": _status,
    "who": _who,
    "help": _help,
}


def _page_meant(op: Operation, user: User, command: Command) -> tuple[Page | None, Prompt]:
    """The page a code means; without one, an answer that helps. The code itself is always asked for:
    a forged sender does not get to see the answer, which only the real phone receives."""
    verb = "RESOLVE" if command.verb == "resolve" else "ACK"
    pages = _open_pages(op, user)
    examples = ", ".join(f"{verb} {page.code}" for page in pages[:_LISTED])
    if command.code is None:
        return None, Prompt.of("reply.which", examples=examples) if pages else Prompt.of("reply.none_open")
    query = sa.select(Page).where(Page.user_id == user.id, Page.code == command.code)
    found = op.session.scalars(query.order_by(Page.created_at.desc())).first()
    if found is not None and _may_guess(op, user, count=False):
        _keep_with_incident(op, user, found)
        return found, Prompt.of("reply.help")
    if not _may_guess(op, user, count=True) or not pages:
        return None, Prompt.of("reply.unknown_code_none", code=command.code)
    return None, Prompt.of("reply.unknown_code", code=command.code, examples=examples)


def _keep_with_incident(op: Operation, user: User, page: Page) -> None:
    """The text that is being answered is about this page's incident: its timeline shows that it came."""
    came = sa.update(Message).where(
        Message.kind == MessageKind.COMMAND,
        Message.created_at == op.now,
        Message.incident_id.is_(None),
        Message.from_phone.in_(sa.select(ContactMethod.value).where(ContactMethod.user_id == user.id)),
    )
    op.session.execute(
        came.values(incident_id=page.incident_id, user_id=user.id).execution_options(
            synchronize_session=False
        )
    )


def _may_guess(op: Operation, user: User, *, count: bool) -> bool:
    limit = _limit("sms:code", str(user.id), _WRONG_CODES_AN_HOUR)
    allowed = throttles.reserve(op, [limit])
    if not count:
        throttles.give_back(op, [limit])
    return allowed


def _open_pages(op: Operation, user: User) -> list[Page]:
    query = (
        sa.select(Page)
        .join(Incident, Incident.id == Page.incident_id)
        .where(Page.user_id == user.id, Incident.status.in_(incidents.UNFINISHED))
        .where(sa.or_(Incident.owner_id.is_(None), Incident.owner_id == user.id, handovers.is_asked(user)))
        .order_by(Page.created_at.desc())
    )
    return list(op.session.scalars(query))


def _untaken_pages(op: Operation, user: User) -> list[Page]:
    """Pages that a lone OK might mean to take."""
    incidents_of = [(page, op.session.get_one(Incident, page.incident_id)) for page in _open_pages(op, user)]
    return [page for page, incident in incidents_of if incident.owner_id != user.id]


def _status_of(op: Operation, user: User, page: Page) -> Prompt:
    incident = op.session.get_one(Incident, page.incident_id)
    reference = Reference(incident.reference)
    if incident.owner is not None and incident.owned_since is not None:
        return Prompt.of(
            "reply.status_owned",
            reference=reference,
            customer=paging.customer_name(incident),
            engineer=incident.owner.first_name,
            time=ClockTime(incident.owned_since, user.time_zone),
            told=_told(op, incident, user),
        )
    if incident.respond_by is None:
        return Prompt.of("reply.status_unverified", reference=reference, code=page.code)
    return Prompt.of(
        "reply.status_open",
        reference=reference,
        customer=paging.customer_name(incident),
        product=paging.product_name(incident),
        time=ClockTime(incident.respond_by, user.time_zone),
        code=page.code,
    )


def _told(op: Operation, incident: Incident, user: User) -> str:
    if incident.told_at is not None:
        prompt = Prompt.of("reply.told", time=ClockTime(incident.told_at, user.time_zone))
    elif incident.verified_at is None:
        prompt = Prompt.of("reply.no_clock", link=paging.link(op, incident))
    elif incidents.customer_calls(op, incident):
        prompt = Prompt.of("reply.joining")
    elif incident.next_notice_at is not None:
        prompt = Prompt.of("reply.will_tell")
    else:
        prompt = Prompt.of("reply.untold")
    return render(prompt, user.language, written=True)


def _closed(incident: Incident) -> Prompt:
    return Prompt.of(f"reply.closed_{incident.status.value}", reference=Reference(incident.reference))


def _limit(kind: str, subject: str, count: int) -> Limit:
    return Limit(scope(kind, subject), count, timedelta(hours=1))
