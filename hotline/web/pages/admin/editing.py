"""Typing, looking, saving: how every form of the administration works.

1. What was typed is checked. What is wrong stands beside its field, and in a summary above with links.
2. The change is made in a transaction that is taken back, and shown as the audit trail would show it.
3. Only what was looked at is saved: whoever types on looks again. Whoever saved meanwhile is named, with
   what they changed; nothing typed is lost, and saving once more puts it in the place of theirs.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from hotline.db.base import new_id
from hotline.services import directory
from hotline.services.directory.changes import version
from hotline.services.operation import Operation
from hotline.web.pages.admin import words
from hotline.web.pages.admin.desks import Desk
from hotline.web.pages.admin.forms import Edited
from hotline.web.pages.admin.hints import HINTS
from hotline.web.pages.guard import viewer
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext

SAVED = "saved-form"


@dataclass(frozen=True, slots=True)
class Work:
    """One form on its way: which row (None: a new one), and where to go afterwards and instead.

    ``more`` are values that nobody types.
    """

    desk: Desk
    row_id: uuid.UUID | None
    title: str
    done: Callable[[uuid.UUID], str]
    cancel: str
    of: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


class _TakenBackError(Exception):
    """Ends a transaction that was only to show what it would do."""

    def __init__(self, change: directory.Change) -> None:
        super().__init__()
        self.change = change


def edit(work: Work) -> ResponseReturnValue:
    """The form, what it would change, or that it was saved."""
    form = _form(work)
    if not form.is_submitted():
        return _page(work, form)
    if not form.validate():
        return _page(work, form, status=422)
    try:
        change = _try(work, form)
    except directory.WrongFieldError as wrong:
        return _wrong(work, form, wrong)
    except directory.StaleError as stale:
        return _stale(work, form, stale)
    if form.reviewed.data != _digest(work, form):
        return _review(work, form, change)
    try:
        change = the_site().write(lambda op: _do(op, work, form))
    except directory.WrongFieldError as wrong:
        return _wrong(work, form, wrong)
    except directory.StaleError as stale:
        return _stale(work, form, stale)
    return _saved(work, change)


def draft_key() -> str:
    """The name under which this form's draft is kept in the browser: by person and by address."""
    return f"{viewer().id}:{request.full_path.rstrip('?')}"


def _form(work: Work) -> Edited:
    """The form with the row's values, or with those of a new one. Raises ``NotFoundError``."""
    with the_site().reading() as op:
        row = None if work.row_id is None else directory.find(op, work.desk.kind, work.row_id)
        parent = work.desk.parent_of(op, work.of) if row is None else None
        shown = work.desk.begin(op, parent, work.of) if row is None else work.desk.fill(row)
        seen = {} if row is None else {"seen": version(op, work.desk.kind, row)}
        form = work.desk.form(op, row)(data={"seen": "", **shown, **seen, "new_id": str(new_id())})
        work.desk.prepare(op, form, row)
        return form


def _do(op: Operation, work: Work, form: Edited) -> directory.Change:
    me, kind = viewer().id, work.desk.kind
    values = {**work.desk.read(form), **work.more, "by": me, "seen": form.seen.data or ""}
    if work.row_id is not None:
        return directory.change(op, kind, me, work.row_id, values, form.seen.data or "")
    if work.desk.parent:
        values[work.desk.parent] = work.of
    return directory.create(op, kind, me, values, _new_id(form))


def _try(work: Work, form: Edited) -> directory.Change:
    """What would change; nothing does."""

    def once(op: Operation) -> None:
        raise _TakenBackError(_do(op, work, form))

    try:
        the_site().write(once)
    except _TakenBackError as taken_back:
        return taken_back.change
    raise AssertionError("unreachable: the transaction is always taken back")


def _review(work: Work, form: Edited, change: directory.Change) -> ResponseReturnValue:
    """What would be saved, with the button that saves it."""
    if change.was_there:
        return _saved(work, change)
    if work.row_id is not None and not change.after:
        return _page(work, form, nothing=True)
    form.reviewed.data = _digest(work, form)
    return _page(work, form, change=change, review=words.between(change.before, change.after))


def _stale(work: Work, form: Edited, stale: directory.StaleError) -> ResponseReturnValue:
    """Whose change it was, and both values of every field; the next tap on Save has seen them."""
    form.seen.data = stale.seen
    form.reviewed.data = _digest(work, form)
    try:
        change = _try(work, form)
    except directory.WrongFieldError as wrong:
        return _wrong(work, form, wrong)
    return _page(
        work,
        form,
        status=409,
        change=change,
        review=words.between(change.before, change.after),
        stale=stale,
        theirs=words.between(stale.before, stale.after),
    )


def _wrong(work: Work, form: Edited, wrong: directory.WrongFieldError) -> ResponseReturnValue:
    names = [one.name for one in form if one.name == wrong.field or one.name.startswith("product_")]
    name = wrong.field if wrong.field in form else names[0] if names else next(iter(form)).name
    form[name].errors = [words.said(wrong.why)]
    return _page(work, form, status=422, refused=wrong)


def _saved(work: Work, change: directory.Change) -> ResponseReturnValue:
    session[SAVED] = draft_key()
    if change.was_there:
        flash(gettext("It was saved already."), "success")
    else:
        flash(gettext("Saved. The audit trail has it."), "success")
    return redirect(work.done(change.row_id), 303)


def _page(
    work: Work, form: Edited, *, status: int = 200, change: directory.Change | None = None, **values: Any
) -> ResponseReturnValue:
    hidden = ("seen", "reviewed", "new_id", "csrf_token")
    fields = [one for one in form if one.name not in hidden]
    page = render_template(
        work.desk.template,
        form=form,
        work=work,
        fields=[one for one in fields if not one.name.startswith("product_")],
        products=[one for one in fields if one.name.startswith("product_")],
        hints={one.name: HINTS.get(f"{work.desk.place}.{one.name}", "") for one in fields},
        wrong=[one for one in fields if one.errors],
        draft=draft_key(),
        **work.desk.show(form, change),
        **values,
    )
    return page, status


def _digest(work: Work, form: Edited) -> str:
    """What was typed and upon which version: whoever changes either looks at it again."""
    typed = {name: str(data) for name, data in work.desk.read(form).items()}
    whole = json.dumps([typed, form.seen.data, work.of], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


def _new_id(form: Edited) -> uuid.UUID:
    try:
        return uuid.UUID(form.new_id.data or "")
    except ValueError:
        return new_id()
