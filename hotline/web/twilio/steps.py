"""Every step of every call, by the name that its URL carries."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hotline.db.models import Call, CallKind, CallOutcome
from hotline.services.callflow import chases, customers, direct, engineers, holding, intake
from hotline.services.callflow.instructions import Heard, Instruction, Say
from hotline.services.operation import Operation
from hotline.services.reaching import contacts, self_tests, trials
from hotline.speech import Prompt

Handler = Callable[[Operation, Call, Heard], list[Instruction]]


class PinHandler(Protocol):
    """A step whose digits are a PIN, checked between two transactions."""

    def __call__(
        self, op: Operation, call: Call, heard: Heard, *, right: bool | None
    ) -> list[Instruction]: ...


@dataclass(frozen=True, slots=True)
class PinStep:
    """Marks a step whose digits are checked as a PIN before its handler runs."""

    handler: PinHandler


def _plain(handler: Callable[[Operation, Call], list[Instruction]]) -> Handler:
    return lambda op, call, _heard: handler(op, call)


def _resume(op: Operation, call: Call, _heard: Heard) -> list[Instruction]:
    """Take a call up again after a failure, as far along as it was."""
    if call.kind is CallKind.CALLBACK:
        return customers.answered(op, call)
    if call.kind is CallKind.CODE:
        return contacts.read_code(op, call)
    if call.kind is CallKind.TEST:
        return trials.answered(op, call)
    if call.kind is CallKind.SELF_TEST:
        return self_tests.answered(op, call)
    if call.kind is CallKind.CHASE:
        return chases.answered(op, call)
    if call.kind is not CallKind.INBOUND:
        return engineers.answered(op, call) if call.parent_id is None else direct.whispered(op, call)
    return intake.resume(op, call)


STEPS: dict[str, Handler | PinStep] = {
    # the caller
    "contract": intake.contract,
    "pin": PinStep(intake.pin),
    "reported": intake.reported,
    "menu": intake.menu,
    "menu-status": intake.status_menu,
    "product": intake.product,
    "opened": holding.described_or_not,
    "described": holding.described,
    "wait": _plain(holding.wait),
    "wait-key": holding.wait_key,
    "offer-key": holding.offer_key,
    "told-waiting": _plain(holding.told_waiting),
    "told": _plain(holding.tell_now),
    "told-done": _plain(holding.told_done),
    "joining": _plain(holding.joining),
    "joined": _plain(holding.joined),
    "left": holding.left,
    "messaged": holding.messaged,
    "direct": _plain(direct.dial_next),
    "direct-done": direct.dialled,
    "rescued": intake.reported,
    "resume": _resume,
    # the engineer
    "engineer-key": engineers.key_pressed,
    "engineer-beaten": _plain(engineers.beaten),
    "engineer-done": engineers.done,
    "engineer-connect": _plain(engineers.connect),
    "engineer-callback": engineers.call_back,
    "engineer-wait": _plain(engineers.wait),
    "engineer-left": engineers.left,
    "whisper-key": direct.whisper_key,
    # somebody of the house tries out a number of theirs
    "test-key": trials.key_pressed,
    # the weekly test
    "self-test-key": self_tests.key_pressed,
    # the engineer who has it, and of whom nobody has heard
    "chase-key": chases.key_pressed,
    # the customer whom we called
    "customer-pin": PinStep(customers.pin),
    "customer-here": customers.here,
    "customer-left": customers.left,
    "customer-told": _plain(customers.told),
    "customer-join": customers.join_or_not,
    "customer-joining": _plain(customers.joining),
    "customer-done": customers.done,
}

# The first document of a call that we placed, by the id of its row: the sid may not be known yet.
FIRST_STEPS: dict[str, Handler] = {
    "engineer": _plain(engineers.answered),
    "whisper": _plain(direct.whispered),
    "customer": _plain(customers.answered),
    "code": _plain(contacts.read_code),
    "test": _plain(trials.answered),
    "self-test": _plain(self_tests.answered),
    "chase": _plain(chases.answered),
}

_CUSTOMERS_SIDE = {CallKind.INBOUND, CallKind.CALLBACK}
_ENGINEERS_SIDE = {CallKind.PAGE, CallKind.JOIN, CallKind.HANDOVER}
_OF_ONE_KIND = {
    "code": CallKind.CODE,
    "test": CallKind.TEST,
    "test-key": CallKind.TEST,
    "self-test": CallKind.SELF_TEST,
    "self-test-key": CallKind.SELF_TEST,
    "chase": CallKind.CHASE,
    "chase-key": CallKind.CHASE,
}
_BEGINNING = {"contract", "pin", "reported", "rescued"}
_CHOOSING = {"menu", "menu-status", "product"}
_RINGING_THE_CUSTOMER = {"customer", "customer-pin", "customer-here", "customer-left"}
_ENGINEERS = {"engineer", "whisper", "customer-joining"}


def is_fit(name: str, call: Call) -> bool:
    """Whether a call of this kind, as far as it has come, can be at the step ``name``.

    What does not fit is a stray request: it must find nothing out and change nothing. Above all,
    whoever picks up a call that we placed is told nothing before the PIN.
    """
    if name == "resume":
        return True
    if name in _BEGINNING:
        return call.kind is CallKind.INBOUND
    if name in _OF_ONE_KIND:
        return call.kind is _OF_ONE_KIND[name]
    if name in _CHOOSING:
        return call.kind is CallKind.INBOUND and call.authenticated_at is not None
    if name in _RINGING_THE_CUSTOMER:
        return call.kind is CallKind.CALLBACK
    if name in _ENGINEERS or name.startswith(("engineer-", "whisper-")):
        return call.kind in _ENGINEERS_SIDE
    kinds = {CallKind.CALLBACK} if name.startswith("customer-") else _CUSTOMERS_SIDE
    is_known = call.kind is CallKind.INBOUND or call.outcome is CallOutcome.IDENTIFIED
    return call.kind in kinds and is_known and call.incident_id is not None


def begin_again(op: Operation, call: Call) -> list[Instruction]:
    """For a call that is at a step where it cannot be: go on from what is known of it."""
    return [Say((Prompt.of("trouble.restart"),)), *_resume(op, call, Heard())]
