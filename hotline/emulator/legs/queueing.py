"""Queues: a caller waits in ``<Enqueue>``, somebody else's ``<Dial><Queue>`` takes the one in front."""

from dataclasses import dataclass, field
from datetime import timedelta

from hotline.emulator.exchange import Exchange
from hotline.emulator.legs.interpreter import DocumentFailed, Interpreter
from hotline.emulator.legs.leg import Bridge, Goto, HungUp, Leg, Redirected
from hotline.emulator.legs.talk import LeftQueue
from hotline.emulator.model import Member, Queue
from hotline.emulator.story import TIMED_OUT, Channel, Interrupted, Listen, Scope, Sleep, Story
from hotline.emulator.twiml import Document, Element

MUSIC = "[hold music]"
_MUSIC_SECONDS = 3600.0
_SHORTEST_LOOP = 1.0


@dataclass
class Handover:
    """A dequeuing party and the caller it took: ``events`` speaks to the first, ``over`` to the second."""

    agent: Leg
    goto: Goto | None
    events: Channel = field(default_factory=Channel)
    over: Channel = field(default_factory=Channel)
    open: bool = True


class Dequeued(Interrupted):
    """Somebody dialled the queue and this caller was in front."""

    def __init__(self, handover: Handover) -> None:
        super().__init__()
        self.handover = handover


@dataclass
class Waiting:
    """A caller in a queue, and the stretch of its story during which it can be taken."""

    queue: Queue
    member: Member
    leg: Leg
    scope: Scope = field(default_factory=Scope)

    def position(self) -> int:
        return self.queue.members.index(self.member) + 1 if self.member in self.queue.members else 0


def enqueue(interp: Interpreter, verb: Element, document: Document) -> Story[Goto | None]:
    """Wait in the queue until taken, led away or gone, and report which in ``QueueResult``.

    The report is the next document for ``bridged``, ``leave``, ``queue-full``, ``error`` and
    ``system-error``; after a hang-up or a redirect it is sent and its answer ignored.
    """
    exchange, leg = interp.exchange, interp.leg
    queue = exchange.queue_named(verb.text) or exchange.make_queue(
        verb.text, verb.number("maxQueueSize", exchange.settings.default_max_queue)
    )
    refusal = _refusal(exchange, queue, verb)
    if refusal:
        return _report(interp, verb, document, queue, refusal, 0.0)
    waiting = _join(exchange, queue, leg)
    progress = _Progress("hangup")
    try:
        yield from _wait_and_talk(interp, verb, document, waiting, progress)
    except (HungUp, Redirected) as why:
        result = _interrupted_result(why, progress)
        seconds = progress.waited if progress.waited is not None else _wait_seconds(exchange, waiting)
        goto = _report(interp, verb, document, queue, result, seconds)
        if goto is not None:
            exchange.callback(leg.webhook(goto))
        raise
    finally:
        waiting.scope.close()
        _depart(exchange, waiting)
    return _report(interp, verb, document, queue, progress.result, progress.waited or 0.0)


@dataclass
class _Progress:
    """How far a stay in a queue got."""

    result: str
    waited: float | None = None
    bridged: bool = False


def _interrupted_result(why: Interrupted, progress: _Progress) -> str:
    if isinstance(why, Redirected):
        return "redirected-from-bridged" if progress.bridged else "redirected"
    if progress.bridged:
        return "bridged"
    return "bridging-in-process" if progress.waited is not None else "hangup"


def _refusal(exchange: Exchange, queue: Queue, verb: Element) -> str:
    if exchange.faults.take("queue_system_error"):
        return "system-error"
    full = len(queue.members) >= min(queue.max_size, verb.number("maxQueueSize", queue.max_size))
    return "queue-full" if full or exchange.faults.take("queue_full") else ""


def _wait_and_talk(
    interp: Interpreter, verb: Element, document: Document, waiting: Waiting, progress: _Progress
) -> Story[None]:
    exchange = interp.exchange
    try:
        yield from _wait(interp, verb, document, waiting)
    except Dequeued as dequeued:
        waiting.scope.close()
        progress.waited = _wait_seconds(exchange, waiting)
        waiting.queue.waits.append(progress.waited)
        interp.leg.call.queue_time_ms = round(progress.waited * 1000)
        progress.result = "bridging-in-process"
        yield from _handed_over(interp, dequeued.handover, progress)
    except LeftQueue:
        progress.waited = _wait_seconds(exchange, waiting)
        progress.result = "leave"
    except DocumentFailed:
        progress.waited = _wait_seconds(exchange, waiting)
        progress.result = "error"


def _wait(interp: Interpreter, verb: Element, document: Document, waiting: Waiting) -> Story[None]:
    """Play the wait document again and again; without one there is music."""
    if not verb.get("waitUrl"):
        while True:
            interp.say(MUSIC, _MUSIC_SECONDS)
            yield Sleep(_MUSIC_SECONDS)
    inner = interp.within("wait")
    while True:
        began = interp.exchange.now()
        params = queue_params(interp.exchange, waiting)
        yield from inner.play(
            interp.target(document, verb.get("waitUrl"), verb.get("waitUrlMethod", "POST"), params)
        )
        if interp.exchange.now() == began:
            # An empty wait document would otherwise be asked for without end in one instant.
            yield Sleep(_SHORTEST_LOOP)


def _handed_over(interp: Interpreter, handover: Handover, progress: _Progress) -> Story[None]:
    """Hear the ``<Queue url>`` document, then talk until one of the two leaves."""
    bridge = Bridge(interp.leg, handover.agent)
    try:
        if handover.goto is not None:
            yield from interp.within("queue-url").play(handover.goto)
        if not handover.open:
            return
        bridge.open()
        progress.bridged, progress.result = True, "bridged"
        handover.events.put("ready")
        yield Listen(handover.over)
    except DocumentFailed:
        progress.result = "error"
    finally:
        bridge.close()
        handover.open = False
        handover.events.put("ended")


def queue_params(exchange: Exchange, waiting: Waiting) -> dict[str, str]:
    queue = waiting.queue
    return {
        "QueuePosition": str(waiting.position()),
        "QueueSid": queue.sid,
        "QueueTime": str(int(_wait_seconds(exchange, waiting))),
        "AvgQueueTime": str(queue.average_wait),
        "CurrentQueueSize": str(len(queue.members)),
        "MaxQueueSize": str(queue.max_size),
    }


def _wait_seconds(exchange: Exchange, waiting: Waiting) -> float:
    return (exchange.now() - waiting.member.since).total_seconds()


def _report(
    interp: Interpreter, verb: Element, document: Document, queue: Queue, result: str, seconds: float
) -> Goto | None:
    interp.exchange.note("queue", interp.leg.call.sid, f"{result} {queue.name}", queue=queue.sid)
    if not verb.get("action"):
        return None
    told = {"QueueResult": result, "QueueSid": queue.sid, "QueueTime": str(int(seconds))}
    return interp.target(document, verb.get("action"), verb.get("method", "POST"), told)


def _join(exchange: Exchange, queue: Queue, leg: Leg) -> Waiting:
    member = Member(leg.call.sid, exchange.now())
    waiting = Waiting(queue, member, leg)
    queue.members.append(member)
    queue.updated = exchange.now()
    exchange.waiting[leg.call.sid] = waiting
    exchange.note("queue", leg.call.sid, f"joined {queue.name}", queue=queue.sid)
    for wake in exchange.arrivals.pop(queue.sid, []):
        wake.put("arrival")
    return waiting


def _depart(exchange: Exchange, waiting: Waiting) -> None:
    if waiting.member in waiting.queue.members:
        waiting.queue.members.remove(waiting.member)
        waiting.queue.updated = exchange.now()
    if exchange.waiting.get(waiting.leg.call.sid) is waiting:
        del exchange.waiting[waiting.leg.call.sid]


def take_front(exchange: Exchange, queue: Queue, handover: Handover) -> Leg | None:
    """Take the caller in front out of the queue; ``None`` when it is empty."""
    while queue.members:
        waiting = exchange.waiting[queue.members[0].call_sid]
        _depart(exchange, waiting)
        if waiting.leg.process is not None and not waiting.leg.call.over:
            if handover.goto is not None:
                told = {
                    "QueueSid": queue.sid,
                    "QueueTime": str(int(_wait_seconds(exchange, waiting))),
                    "DequeingCallSid": handover.agent.call.sid,
                }
                handover.goto = Goto(handover.goto.url, handover.goto.method, told)
            waiting.leg.process.interrupt(
                Dequeued(handover), waiting.scope, dropped=lambda: handover.events.put("ended")
            )
            return waiting.leg
    return None


def take_or_wait(exchange: Exchange, queue: Queue, handover: Handover, seconds: float) -> Story[Leg | None]:
    """Take the caller in front, or the next to join within ``seconds``."""
    deadline = exchange.now() + timedelta(seconds=seconds)
    while True:
        taken = take_front(exchange, queue, handover)
        left = (deadline - exchange.now()).total_seconds()
        if taken is not None or left <= 0:
            return taken
        wake = Channel()
        exchange.arrivals.setdefault(queue.sid, []).append(wake)
        if (yield Listen(wake, left)) is TIMED_OUT:
            return None


def redirect_member(exchange: Exchange, waiting: Waiting, goto: Goto) -> None:
    """Lead a waiting caller to other TwiML (the REST API's way to dequeue)."""
    told = queue_params(exchange, waiting)
    _depart(exchange, waiting)
    waiting.leg.redirect(Goto(goto.url, goto.method, told), waiting.scope)
