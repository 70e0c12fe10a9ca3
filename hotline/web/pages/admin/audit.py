"""The audit trail: who changed what, when, and what it was before; as a page and as a file."""

import dataclasses
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import AuditEntry
from hotline.services import lists
from hotline.services.access import Permission
from hotline.services.lists import audit, filters
from hotline.services.operation import Operation
from hotline.web.pages.admin import words
from hotline.web.pages.admin.desks import DESKS
from hotline.web.pages.guard import needs, viewer_may
from hotline.web.pages.lists import fields
from hotline.web.pages.lists.fields import Field, FieldKind
from hotline.web.pages.lists.sheet import Sheet
from hotline.web.pages.words import gettext, marked


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/audit", endpoint="audit")(audit_list)
    blueprint.get("/audit.csv")(audit_file)


@needs(Permission.SEE_AUDIT)
def audit_list() -> ResponseReturnValue:
    """Every change that somebody made."""
    return AUDIT.show()


@needs(Permission.SEE_AUDIT)
def audit_file() -> ResponseReturnValue:
    """The same as a file."""
    return AUDIT.file()


def page_of(row: audit.AuditRow) -> str | None:
    """The page of what was changed, for whoever may see it."""
    if row.kind == "person":
        return url_for("pages.person", person_id=row.subject_id) if viewer_may("manage people") else None
    if row.kind == "ladder":
        may_see = viewer_may("manage service")
        return url_for("pages.ladder", ladder_id=row.subject_id) if may_see else None
    place = next((one for one, desk in DESKS.items() if desk.kind.name == row.kind and desk.ending), None)
    if place is None or not viewer_may("manage service"):
        return None
    return url_for("pages.admin_row", place=place, row_id=row.subject_id)


def _fields(op: Operation) -> list[Field]:
    kinds = tuple((kind, words.kind(kind)) for kind in audit.kinds(op))
    return [
        fields.text(marked("Name of what was changed")),
        *fields.days(marked("From"), marked("Until")),
        Field("kind", marked("Kind"), FieldKind.CHOICE, kinds),
        _person(op),
        _row(op),
    ]


def _person(op: Operation) -> Field:
    """Somebody of the house, or the command line, which is nobody's."""
    found = fields.person(op, "person", marked("Who changed it"), nobody=True)
    line = (filters.NOBODY, gettext(marked("The command line")))
    others = tuple(pair for pair in found.choices if pair[0] != filters.NOBODY)
    return dataclasses.replace(found, choices=(line, *others))


def _row(op: Operation) -> Field:
    """One thing, chosen by a link from its page."""
    label = marked("What was changed")
    try:
        wanted = uuid.UUID(request.args.get("row", ""))
    except ValueError:
        return Field("row", label, FieldKind.HIDDEN)
    query = sa.select(AuditEntry.subject).where(AuditEntry.subject_id == wanted)
    name = op.session.scalar(query.order_by(AuditEntry.at.desc()).limit(1))
    return Field("row", label, FieldKind.HIDDEN, ((str(wanted), name or "\N{EN DASH}"),))


def _more(_op: Operation, _question: "lists.Question[Any]") -> Mapping[str, Any]:
    return {"words": words, "page_of": page_of}


AUDIT = Sheet(lists.AUDIT, "pages.audit", "pages.audit_file", "admin/audit.html", _fields, _more)
