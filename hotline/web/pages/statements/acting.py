"""Drawing up, releasing and sending again. The database decides between two who press at once."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import User
from hotline.errors import ConflictError, HotlineError, InvalidInputError
from hotline.services.access import Permission
from hotline.services.operation import Operation
from hotline.services.statements import drawing, sending
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.site import the_site
from hotline.web.pages.statements.forms import AgainForm, DrawForm
from hotline.web.pages.statements.page import show
from hotline.web.pages.words import gettext, marked


def add_routes(blueprint: Blueprint) -> None:
    blueprint.post("/statements/draw")(draw_statements)
    blueprint.post("/statements/<number>/release")(release_statement)
    blueprint.post("/statements/<number>/send")(send_statement)


@needs(Permission.SEND_STATEMENTS)
def draw_statements() -> ResponseReturnValue:
    """Draw up what is over of a contract, without waiting another day."""
    form = DrawForm()
    if not form.validate_on_submit():
        flash(gettext(marked("Type the number of the contract.")), "warning")
        return redirect(url_for("pages.statements"), 303)
    typed, me = (form.contract.data or "").replace(" ", ""), viewer().id

    def work(op: Operation) -> list[str]:
        actor = op.session.get_one(User, me)
        return [row.number for row in drawing.draw_by_hand(op, typed, actor)]

    try:
        numbers = the_site().write(work)
    except HotlineError as error:
        flash(gettext(str(error)), "warning")
        return redirect(url_for("pages.statements"), 303)
    if not numbers:
        text = marked(
            "Nothing to draw up for contract {contract}: no month is over that has an entry or carries a "
            "balance."
        )
        flash(gettext(text).format(contract=typed), "warning")
        return redirect(url_for("pages.statements", q=typed), 303)
    flash(gettext(marked("Drawn up: {numbers}.")).format(numbers=", ".join(numbers)), "success")
    if len(numbers) == 1:
        return redirect(url_for("pages.statement", number=numbers[0]), 303)
    return redirect(url_for("pages.statements", q=typed), 303)


@needs(Permission.SEND_STATEMENTS)
def release_statement(number: str) -> ResponseReturnValue:
    """Let it leave: once, whoever presses."""
    me = viewer().id

    def work(op: Operation) -> bool:
        return sending.release(op, sending.find(op, number), op.session.get_one(User, me))

    return _done(number, _try(lambda: the_site().write(work)), gettext(marked("It is on its way.")))


@needs(Permission.SEND_STATEMENTS)
def send_statement(number: str) -> ResponseReturnValue:
    """Send it again, with a reason."""
    form = AgainForm()
    if not form.validate_on_submit():
        return show(number, form), 422
    seen = int(form.seen.data) if (form.seen.data or "").isascii() and (form.seen.data or "").isdigit() else 0
    me, reason = viewer().id, form.reason.data or ""

    def work(op: Operation) -> bool:
        return sending.send_again(op, sending.find(op, number), op.session.get_one(User, me), reason, seen)

    return _done(number, _try(lambda: the_site().write(work)), gettext(marked("It is on its way again.")))


def _try(work: Callable[[], bool]) -> bool | HotlineError:
    try:
        return work()
    except (ConflictError, InvalidInputError) as error:
        return error


def _done(number: str, outcome: bool | HotlineError, words: str) -> ResponseReturnValue:
    if isinstance(outcome, HotlineError):
        flash(gettext(str(outcome)), "warning")
    elif outcome:
        flash(words, "success")
    else:
        flash(gettext(marked("Somebody sent it a moment ago: nothing was sent twice.")), "warning")
    return redirect(url_for("pages.statement", number=number), 303)
