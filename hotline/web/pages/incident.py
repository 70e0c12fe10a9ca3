"""One incident: where it stands, what can be done, and everything that happened."""

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hotline.db.models import Incident, LedgerEntry, Product
from hotline.phone_numbers import mask
from hotline.services import incidents, reports
from hotline.services.access import Permission
from hotline.services.operation import Operation
from hotline.web.pages import evidence
from hotline.web.pages.board import REFRESH_SECONDS
from hotline.web.pages.forms import CancelForm, NoteForm, VerifyForm
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.site import the_site
from hotline.web.pages.words import language


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms below an incident; after a mistake one of them holds what was typed."""

    note: NoteForm = field(default_factory=lambda: NoteForm(formdata=None))
    verify: VerifyForm = field(default_factory=lambda: VerifyForm(formdata=None))
    cancel: CancelForm = field(default_factory=lambda: CancelForm(formdata=None))


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """What the page shows, read in one transaction at ``at``."""

    at: datetime
    row: reports.BoardRow
    caller: str
    verified_at: datetime | None
    callback_requested_at: datetime | None
    fine_sentence: str | None
    timeline: list[reports.TimelineLine]
    evidence: evidence.Evidence


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/incidents/<reference>")(incident)


@needs(Permission.SEE_INCIDENTS)
def incident(reference: str) -> ResponseReturnValue:
    """The page of one incident."""
    return render(reference, Forms())


def render(reference: str, forms: Forms, status: int = 200) -> ResponseReturnValue:
    """The page with these forms. Raises :class:`hotline.errors.NotFoundError`."""
    site = the_site()
    with site.reading() as op:
        page = _read(op, incidents.by_reference(op, reference))
        forms.verify.offer(all_products(op))
    return (
        render_template(
            "incident.html",
            page=page,
            row=page.row,
            forms=forms,
            is_mine=page.row.owner_id == viewer().id,
            refresh_seconds=REFRESH_SECONDS,
            clock_speed=site.settings.clock_speed,
            drawn_at=page.at,
        ),
        status,
    )


def all_products(op: Operation) -> list[Product]:
    """Every product, in the order of the menu."""
    return list(op.session.scalars(sa.select(Product).order_by(Product.position, Product.name)))


def _read(op: Operation, found: Incident) -> IncidentPage:
    sentence = sa.select(LedgerEntry.sentence).where(LedgerEntry.incident_id == found.id)
    return IncidentPage(
        at=op.now,
        row=reports.row_of(op, found),
        caller=mask(found.caller_phone),
        verified_at=found.verified_at,
        callback_requested_at=found.callback_requested_at,
        fine_sentence=op.session.scalars(sentence).first(),
        timeline=reports.timeline(op, found, language()),
        evidence=evidence.of_incident(op, found),
    )
