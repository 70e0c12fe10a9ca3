"""Queues and their members."""

from hotline.emulator.legs import queueing
from hotline.emulator.legs.leg import Goto
from hotline.emulator.model import Member, Queue
from hotline.emulator.rest import render, specs
from hotline.emulator.rest.context import Context, Reply
from hotline.emulator.rest.errors import bad, not_found

MOST_NAME = 64


def create(context: Context) -> Reply:
    params, exchange = context.form(specs.CREATE_QUEUE), context.exchange
    name = params.text("FriendlyName")
    if not 0 < len(name) <= MOST_NAME:
        raise bad(22002, "FriendlyName has 1 to 64 characters")
    if exchange.queue_named(name) is not None:
        raise bad(22003, f"a queue is named {name!r} already")
    queue = exchange.make_queue(name, params.number("MaxSize", exchange.settings.default_max_queue))
    return 201, render.queue(exchange, queue)


def find(context: Context, sid: str) -> Queue:
    queue = context.exchange.queues.get(sid)
    if queue is None:
        raise not_found(f"/Queues/{sid}.json")
    return queue


def fetch(context: Context, sid: str) -> Reply:
    return 200, render.queue(context.exchange, find(context, sid))


def list_all(context: Context) -> Reply:
    params = context.query(specs.LIST_QUEUES)
    queues = list(context.exchange.queues.values())
    return context.page("queues", queues, params, lambda queue: render.queue(context.exchange, queue))


def update(context: Context, sid: str) -> Reply:
    params, queue = context.form(specs.UPDATE_QUEUE), find(context, sid)
    name = params.text("FriendlyName", queue.name)
    if len(name) > MOST_NAME:
        raise bad(22002, "FriendlyName has 1 to 64 characters")
    queue.name, queue.max_size = name, params.number("MaxSize", queue.max_size)
    queue.updated = context.exchange.now()
    return 200, render.queue(context.exchange, queue)


def delete(context: Context, sid: str) -> Reply:
    """Delete an empty queue; one with callers in it stays."""
    if find(context, sid).members:
        raise bad(22004, "a queue with members cannot be deleted")
    del context.exchange.queues[sid]
    return 204, None


def list_members(context: Context, queue_sid: str) -> Reply:
    params, queue = context.query(specs.LIST_MEMBERS), find(context, queue_sid)
    places = list(enumerate(queue.members, start=1))
    return context.page(
        "queue_members",
        places,
        params,
        lambda place: render.member(context.exchange, queue, place[1], place[0]),
    )


def _member(queue: Queue, call_sid: str) -> tuple[int, Member]:
    for position, member in enumerate(queue.members, start=1):
        if call_sid in ("Front", member.call_sid):
            return position, member
    raise not_found(f"/Queues/{queue.sid}/Members/{call_sid}.json")


def fetch_member(context: Context, queue_sid: str, call_sid: str) -> Reply:
    queue = find(context, queue_sid)
    position, member = _member(queue, call_sid)
    return 200, render.member(context.exchange, queue, member, position)


def dequeue_member(context: Context, queue_sid: str, call_sid: str) -> Reply:
    """Lead a waiting caller, or ``Front``, to the TwiML at ``Url``."""
    params, queue = context.form(specs.UPDATE_MEMBER), find(context, queue_sid)
    if not params.text("Url"):
        raise bad(21205, "Url is required")
    position, member = _member(queue, call_sid)
    answer = render.member(context.exchange, queue, member, position)
    waiting = context.exchange.waiting[member.call_sid]
    goto = Goto(params.text("Url"), params.text("Method", "POST"))
    queueing.redirect_member(context.exchange, waiting, goto)
    return 200, answer
