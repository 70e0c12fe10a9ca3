"""Answering: who calls, what for, and are they entitled. The promise begins here.

Each function answers one step of the call with what to do next. The steps are, in order:
``arrive``, ``contract``, ``pin``, then ``menu`` for a contract with open incidents, ``product``
for one that covers several, and ``report`` for somebody who cannot be identified.
"""

from collections.abc import Callable

import sla
from hotline.db.models import Call, Contract, Incident, Product, ServiceNumber
from hotline.errors import ConflictError
from hotline.services.callflow import authentication, confirming, holding, keys, reports_of_strangers
from hotline.services.callflow.instructions import Ask, GoTo, HangUp, Heard, Instruction, Record, Say
from hotline.services.operation import Operation
from hotline.services.promise.promises import entitlement, in_force
from hotline.services.response import incidents
from hotline.speech import ClockTime, Day, Prompt, Reference, Telephone

SILENCES = 3
_OTHER_PRODUCT = "9"
_MENU_PRODUCTS = 8
_SPOKEN_STATUSES = 3


def arrive(op: Operation, call: Call) -> list[Instruction]:
    """A call arrives: a known caller is asked for the PIN, anybody else for the contract number first."""
    found = authentication.known_contracts(op, call.from_phone)
    if len(found) == 1:
        call.known_caller = True
        authentication.name_contract(op, call, found[0].number)
        return [_ask_pin("greeting.pin")]
    return [_ask_contract("greeting.contract")]


def contract(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """The contract number was typed. Whether it exists is not said: the PIN is asked in any case."""
    typed = keys.read(heard.digits)
    if typed.wants_person:
        return offer_report(op, call)
    if not typed.digits:
        return _ask_again(op, call, typed, _ask_contract, "contract")
    call.silences = 0
    authentication.name_contract(op, call, typed.digits[:12])
    return [_ask_pin("pin.ask")]


def pin(op: Operation, call: Call, heard: Heard, *, right: bool | None) -> list[Instruction]:
    """The PIN was typed and is ``right`` or not; None when there was nothing to check."""
    typed = keys.read(heard.digits)
    if typed.wants_person:
        return offer_report(op, call)
    if right is None:
        if typed.wants_repeat and call.tries:
            call.known_caller = False
            return [_ask_contract("contract.again")]
        return _ask_again(op, call, typed, _ask_pin, "pin")
    authentication.finish(op, call, right=right)
    if right:
        return _welcome(op, call)
    if call.tries >= authentication.TRIES_A_CALL:
        return offer_report(op, call)
    return [_ask_pin("pin.mismatch")]


def offer_report(op: Operation, call: Call) -> list[Instruction]:
    """Nobody is turned away unheard: what they record reaches the duty engineer."""
    return [Say((Prompt.of("pin.unconfirmed"),)), *_ask_report()]


def _ask_report() -> list[Instruction]:
    return [Record("reported", (Prompt.of("report.ask"),)), GoTo("reported")]


def reported(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """The report was recorded, or the caller said nothing: either way an engineer is rung."""
    is_known = _incident_of(op, call) is not None or reports_of_strangers.earlier(op, call) is not None
    incident = keep_report(op, call, heard)
    if incident is None:
        return [Say((Prompt.of("report.limit"),)), *_support_number(op, call), HangUp()]
    if heard.hung_up:
        return holding.caller_left(op, call)
    said = Prompt.of("report.known" if is_known else "report.taken", reference=Reference(incident.reference))
    if is_known and incident.owner is not None:
        said = Prompt.of(
            "report.known_taken",
            reference=Reference(incident.reference),
            engineer=incident.owner.name,
        )
        holding.ring_owner(op, incident)
    return [Say((said,)), holding.hold(op, call, incident)]


def keep_report(op: Operation, call: Call, heard: Heard) -> Incident | None:
    """Open a report, or add to the caller's earlier one; None when they had too many engineers woken.

    Also when only the news of the recording reached us and what should have come before was lost.
    """
    incident = _incident_of(op, call)
    if incident is None:
        incident = reports_of_strangers.keep(op, call, reports_of_strangers.kind_of(heard))
    holding.keep_recording(op, call, heard)
    return incident


def menu(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """A caller whose contract has open incidents chooses: status, the engineer, or a new report."""
    contract_row, open_ones = _open_incidents(op, call)
    choice = heard.digits[-1:]
    if choice == "*" and open_ones:
        return [_ask_menu(open_ones)]
    if choice == "3" or not open_ones:
        return _choose_product(op, call, contract_row)
    if choice in {"2", "0"}:
        return holding.join(op, call, _most_urgent(open_ones))
    if choice == "1":
        return [_say_statuses(op, open_ones)]
    return _menu_again(op, call, open_ones)


def status_menu(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """The same choices after the status has been said: ``*`` says the status again."""
    _contract, open_ones = _open_incidents(op, call)
    if heard.digits[-1:] == "*" and open_ones:
        return [_say_statuses(op, open_ones)]
    return menu(op, call, heard)


def product(op: Operation, call: Call, heard: Heard) -> list[Instruction]:
    """A product was chosen by its key in the menu."""
    contract_row = _contract_of(op, call)
    covered = _covered(contract_row)
    choice = heard.digits[-1:]
    if choice == _OTHER_PRODUCT or not covered:
        return _refuse(op, call, contract_row, sla.RefusalReason.PRODUCT_NOT_COVERED)
    if choice == "*":
        return [_ask_product(covered)]
    if choice == "0":
        return _open(op, call, contract_row, covered[0])
    if choice.isdigit() and 1 <= int(choice) <= len(covered):
        return _open(op, call, contract_row, covered[int(choice) - 1])
    call.silences += 1
    if call.silences >= SILENCES:  # a line too bad for keys must not cost the report
        return _open(op, call, contract_row, covered[0])
    return [_ask_product(covered)]


def resume(op: Operation, call: Call) -> list[Instruction]:
    """Go on after a failure from what is known: the incident, else the caller, else from the start."""
    incident = _incident_of(op, call)
    if incident is not None:
        return [holding.hold(op, call, incident)]
    return arrive(op, call) if call.authenticated_at is None else _welcome(op, call)


def _welcome(op: Operation, call: Call) -> list[Instruction]:
    contract_row, open_ones = _open_incidents(op, call)
    if not open_ones:
        return _choose_product(op, call, contract_row)
    return [_ask_menu(open_ones)]


def _menu_again(op: Operation, call: Call, open_ones: list[Incident]) -> list[Instruction]:
    call.silences += 1
    if call.silences >= SILENCES:
        return holding.join(op, call, _most_urgent(open_ones))
    return [_ask_menu(open_ones)]


def _choose_product(op: Operation, call: Call, contract_row: Contract) -> list[Instruction]:
    covered = _covered(contract_row)
    decision = entitlement(contract_row, covered[0] if covered else None, call.created_at)
    if isinstance(decision, sla.Refusal):
        return _refuse(op, call, contract_row, decision.reason)
    if len(covered) == 1:
        return _open(op, call, contract_row, covered[0])
    call.silences = 0
    return [_ask_product(covered)]


def _open(op: Operation, call: Call, contract_row: Contract, chosen: Product) -> list[Instruction]:
    decision = entitlement(contract_row, chosen, call.created_at)
    if isinstance(decision, sla.Refusal):
        return _refuse(op, call, contract_row, decision.reason)
    if in_force(contract_row.terms, call.created_at) is None:  # no promise, no clock, but a hunt
        return _ask_report()
    incident = _incident_of(op, call)
    if incident is None or incident.verified_at is None:
        texted = confirming.confirm(op, call, contract_row, chosen)
        if texted is not None:
            holding.ring_owner(op, texted)
            return [Say((_status(op, texted),)), holding.hold(op, call, texted)]
        incident = incidents.open_incident(op, call, contract_row, chosen)
    return holding.opened(op, call, incident)


def _refuse(
    op: Operation, call: Call, contract_row: Contract, reason: sla.RefusalReason
) -> list[Instruction]:
    days = {
        sla.RefusalReason.COVER_NOT_STARTED: contract_row.cover_from,
        sla.RefusalReason.COVER_EXPIRED: contract_row.cover_until,
    }
    day = days.get(reason)
    key = f"refused.{reason.value}"
    said = Prompt.of(key) if day is None else Prompt.of(key, day=Day(day))
    return [Say((said,)), *_support_number(op, call), HangUp()]


def _support_number(op: Operation, call: Call) -> list[Instruction]:
    row = None if call.service_number_id is None else op.session.get(ServiceNumber, call.service_number_id)
    phone = (None if row is None else row.support_number) or op.settings.support_number
    if phone is None:
        return [Say((Prompt.of("refused.support_unlisted"), Prompt.of("goodbye")))]
    return [Say((Prompt.of("refused.support", phone=Telephone(phone)), Prompt.of("goodbye")))]


def _ask_again(op: Operation, call: Call, typed: keys.Typed, ask: "_AskBy", name: str) -> list[Instruction]:
    if typed.wants_repeat:
        return [ask(f"{name}.explain")]
    call.silences += 1
    if call.silences >= SILENCES:
        return offer_report(op, call)
    return [ask(f"{name}.explain" if call.silences == 1 else f"{name}.person")]


def _ask_contract(key: str) -> Ask:
    return Ask("contract", (Prompt.of(key),), timeout=6)


def _ask_pin(key: str) -> Ask:
    return Ask("pin", (Prompt.of(key),), timeout=6)


_AskBy = Callable[[str], Ask]


def _ask_menu(open_ones: list[Incident]) -> Ask:
    first = open_ones[0]
    head = Prompt.of("menu.several", count=len(open_ones))
    if len(open_ones) == 1 and first.product is not None:
        head = Prompt.of("menu.one", reference=Reference(first.reference), product=first.product.name)
    return Ask("menu", (head, Prompt.of("menu.choices")), digits=1)


def _ask_product(covered: list[Product]) -> Ask:
    choices = tuple(
        Prompt.of("product.choice", product=item.name, digit=str(number))
        for number, item in enumerate(covered, start=1)
    )
    return Ask("product", (*choices, Prompt.of("product.other")), digits=1)


def _say_statuses(op: Operation, open_ones: list[Incident]) -> Ask:
    spoken = tuple(_status(op, incident) for incident in open_ones[:_SPOKEN_STATUSES])
    return Ask("menu-status", (*spoken, Prompt.of("menu.choices")), digits=1)


def _status(op: Operation, incident: Incident) -> Prompt:
    zone = incident.contract.customer.time_zone if incident.contract is not None else "UTC"
    reference = Reference(incident.reference)
    name = incident.product.name if incident.product is not None else ""
    if incident.owner is not None and incident.owned_since is not None:
        return Prompt.of(
            "status.taken",
            reference=reference,
            product=name,
            engineer=incident.owner.name,
            time=ClockTime(incident.owned_since, zone),
        )
    if incident.respond_by is None or incident.respond_by <= op.now:
        return Prompt.of("status.late", reference=reference, product=name)
    return Prompt.of(
        "status.hunting", reference=reference, product=name, time=ClockTime(incident.respond_by, zone)
    )


def _most_urgent(open_ones: list[Incident]) -> Incident:
    return min(open_ones, key=lambda incident: (incident.told_at is not None, incident.reported_at))


def _covered(contract_row: Contract) -> list[Product]:
    return [entry.product for entry in contract_row.products][:_MENU_PRODUCTS]


def _contract_of(op: Operation, call: Call) -> Contract:
    if call.authenticated_at is None:
        raise ConflictError("This call has not been authenticated.")
    return op.session.get_one(Contract, call.contract_id)


def _open_incidents(op: Operation, call: Call) -> tuple[Contract, list[Incident]]:
    contract_row = _contract_of(op, call)
    return contract_row, incidents.unfinished_of(op, contract_row)


def _incident_of(op: Operation, call: Call) -> Incident | None:
    return None if call.incident_id is None else op.session.get(Incident, call.incident_id)
