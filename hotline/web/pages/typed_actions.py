"""Actions that need something typed: verify a caller, cancel with a reason, add a note.

What cannot be used is explained beside its field, and what was typed is kept.
"""

from datetime import timedelta

import sqlalchemy as sa
from flask import Blueprint
from flask.typing import ResponseReturnValue

from hotline.db.models import Contract, Incident, IncidentEvent, Product, User
from hotline.errors import InvalidInputError
from hotline.services import incidents, timeline
from hotline.services.access import Permission
from hotline.services.operation import Operation
from hotline.web.pages import incident as incident_page
from hotline.web.pages.actions import act
from hotline.web.pages.forms import CancelForm, NoteForm, VerifyForm
from hotline.web.pages.guard import needs
from hotline.web.pages.incident import Forms
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext

# A second tap sends the same words again; the same words later are a new note.
_SAME_NOTE_WITHIN = timedelta(seconds=60)


def add_routes(blueprint: Blueprint) -> None:
    for view in (verify, cancel, note):
        blueprint.post(f"/incidents/<reference>/{view.__name__}")(view)


@needs(Permission.WORK_ON_INCIDENTS)
def verify(reference: str) -> ResponseReturnValue:
    """Say who the unidentified caller was; the clock then counts from the call."""
    form = VerifyForm()
    with the_site().reading() as op:
        form.offer(incident_page.all_products(op))
    if not form.validate():
        return incident_page.render(reference, Forms(verify=form), 422)

    def work(op: Operation, incident: Incident, user: User) -> str:
        contract, product = _contract(op, form.contract.data), _product(op, form.product.data)
        incidents.verify(op, incident, contract, product, user)
        return gettext("Verified. The clock counts from the call.")

    try:
        return act(reference, work)
    except InvalidInputError as mistake:
        form.contract.errors = [str(mistake)]
        return incident_page.render(reference, Forms(verify=form), 422)


@needs(Permission.WORK_ON_INCIDENTS)
def cancel(reference: str) -> ResponseReturnValue:
    """Say that it is no incident, and why."""
    form = CancelForm()
    if not form.validate():
        return incident_page.render(reference, Forms(cancel=form), 422)

    def work(op: Operation, incident: Incident, user: User) -> str:
        incidents.cancel(op, incident, user, form.reason.data)
        return gettext("Cancelled. Nobody is rung for it any more.")

    try:
        return act(reference, work)
    except InvalidInputError as mistake:
        form.reason.errors = [str(mistake)]
        return incident_page.render(reference, Forms(cancel=form), 422)


@needs(Permission.WORK_ON_INCIDENTS)
def note(reference: str) -> ResponseReturnValue:
    """Add a remark to the timeline; a second tap adds nothing."""
    form = NoteForm()
    if not form.validate():
        return incident_page.render(reference, Forms(note=form), 422)

    def work(op: Operation, incident: Incident, user: User) -> str:
        text = form.text.data.strip()
        if not _was_just_noted(op, incident, user, text):
            timeline.record(op, incident, "note", actor=user, text=text)
        return gettext("Noted.")

    return act(reference, work)


def _was_just_noted(op: Operation, incident: Incident, user: User, text: str) -> bool:
    query = sa.select(IncidentEvent.data).where(
        IncidentEvent.incident_id == incident.id,
        IncidentEvent.kind == "note",
        IncidentEvent.actor_id == user.id,
        IncidentEvent.at > op.now - _SAME_NOTE_WITHIN,
    )
    return any(data.get("text") == text for data in op.session.scalars(query))


def _contract(op: Operation, number: str) -> Contract:
    found = op.session.scalars(sa.select(Contract).where(Contract.number == number.strip())).first()
    if found is None:
        raise InvalidInputError("There is no contract with this number. Check it with the customer.")
    return found


def _product(op: Operation, code: str) -> Product:
    return op.session.scalars(sa.select(Product).where(Product.code == code)).one()
