"""Actions that need something typed: what cannot be used is explained, and what was typed is kept."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import Field

from hotline.db.models import Incident, User
from hotline.errors import InvalidInputError, NotFoundError
from hotline.services.access import Permission
from hotline.services.operation import Operation
from hotline.services.response import chasing, followup, handovers, incidents, remarks, verifying
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.incident import page
from hotline.web.pages.incident.actions import act
from hotline.web.pages.incident.forms import (
    CancelForm,
    Forms,
    HandOverForm,
    NoteForm,
    ResolveForm,
    TakeOverForm,
    TranscriptForm,
    VerifyForm,
    identifier,
)
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext

Work = Callable[[Operation, Incident, User], str]


def add_routes(blueprint: Blueprint) -> None:
    blueprint.post("/incidents/<reference>/verify")(verify)
    blueprint.post("/incidents/<reference>/cancel")(cancel)
    blueprint.post("/incidents/<reference>/resolve")(resolve)
    blueprint.post("/incidents/<reference>/note")(note)
    blueprint.post("/incidents/<reference>/hand-over")(hand_over)
    blueprint.post("/incidents/<reference>/take-over")(take_incident_over)
    blueprint.post("/incidents/<reference>/transcript/<recording>")(write_transcript)


@needs(Permission.WORK_ON_INCIDENTS)
def verify(reference: str) -> ResponseReturnValue:
    """Say who reported; the clock then counts from the arrival of the report."""
    form = VerifyForm()
    with the_site().reading() as op:
        form.offer(verifying.products(op))

    def work(op: Operation, incident: Incident, user: User) -> str:
        contract = verifying.contract_of(op, form.contract.data)
        incidents.verify(op, incident, contract, verifying.product_of(op, form.product.data), user)
        return gettext("Verified. The clock counts from the arrival of the report.")

    return _typed(reference, Forms(verify=form), form, form.contract, work)


@needs(Permission.WORK_ON_INCIDENTS)
def cancel(reference: str) -> ResponseReturnValue:
    """Say that it is no incident, and why."""
    form = CancelForm()

    def work(op: Operation, incident: Incident, user: User) -> str:
        incidents.cancel(op, incident, user, form.reason.data)
        return gettext("Cancelled. Nobody is rung for it any more.")

    return _typed(reference, Forms(cancel=form), form, form.reason, work, if_current=True)


@needs(Permission.WORK_ON_INCIDENTS)
def resolve(reference: str) -> ResponseReturnValue:
    """Say that it is solved."""
    form = ResolveForm()

    def work(op: Operation, incident: Incident, user: User) -> str:
        incidents.resolve(op, incident, user, form.done.data or "")
        return gettext("Resolved.")

    return _typed(reference, Forms(resolve=form), form, form.done, work, if_current=True)


@needs(Permission.WORK_ON_INCIDENTS)
def note(reference: str) -> ResponseReturnValue:
    """Add a remark to the timeline; a second tap adds nothing."""
    form = NoteForm()

    def work(op: Operation, incident: Incident, user: User) -> str:
        chasing.note(op, incident, user, form.text.data)
        return gettext("Noted.")

    return _typed(reference, Forms(note=form), form, form.text, work)


@needs(Permission.WORK_ON_INCIDENTS)
def hand_over(reference: str) -> ResponseReturnValue:
    """Ask a colleague to take it."""
    form = HandOverForm()

    def work(op: Operation, incident: Incident, user: User) -> str:
        chosen = identifier(form.colleague.data)
        colleague = None if chosen is None else op.session.get(User, chosen)
        if colleague is None:
            raise InvalidInputError("Choose a colleague.")
        handovers.ask(op, incident, user, colleague, form.note.data or "")
        template = gettext("{name} is asked now. Until they accept, it stays yours.")
        return template.format(name=colleague.name)

    return _typed(reference, Forms(hand_over=form), form, form.colleague, work, if_current=True)


@needs(Permission.TAKE_OVER)
def take_incident_over(reference: str) -> ResponseReturnValue:
    """Take it from an owner who does not answer."""
    form = TakeOverForm()

    def work(op: Operation, incident: Incident, user: User) -> str:
        handovers.take_over(op, incident, user, form.reason.data)
        followup.after_acceptance(op, incident, user)  # a customer who waits is connected with them
        return gettext("It is yours. Whoever had it is told.")

    return _typed(reference, Forms(take_over=form), form, form.reason, work, if_current=True)


@needs(Permission.WORK_ON_INCIDENTS)
def write_transcript(reference: str, recording: str) -> ResponseReturnValue:
    """Write down, or correct, what a recording says."""
    form, chosen = TranscriptForm(), identifier(recording)
    if chosen is None:
        raise NotFoundError("There is no such recording.")
    if not form.validate():
        return page.show(reference, Forms(transcript=form, of_recording=chosen), 422)

    def work(op: Operation) -> None:
        found = remarks.recording(op, chosen)
        if found.incident_id != incidents.by_reference(op, reference).id:
            raise NotFoundError("There is no such recording.")
        remarks.write_transcript(op, found, op.session.get_one(User, viewer().id), form.text.data)

    the_site().write(work)
    flash(gettext("Written down."), "success")
    return redirect(url_for("pages.incident", reference=reference), 303)


def _typed(
    reference: str, forms: Forms, form: FlaskForm, blamed: Field, work: Work, *, if_current: bool = False
) -> ResponseReturnValue:
    """Do ``work`` when the form can be used; else the page again, with the mistake beside its field."""
    if not form.validate():
        return page.show(reference, forms, 422)
    try:
        return act(reference, work, if_current=if_current, explain=False)
    except InvalidInputError as mistake:
        blamed.errors = [str(mistake)]
        return page.show(reference, forms, 422)
