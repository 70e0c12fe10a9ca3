"""My numbers: the list, adding one, typing its code, naming it, putting it first, removing it."""

import uuid
from collections.abc import Callable, Sequence
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import Channel, ContactKind, ContactMethod, User
from hotline.errors import HotlineError, NotFoundError
from hotline.phone_numbers import mask
from hotline.services.access import Permission
from hotline.services.operation import Operation
from hotline.services.reaching import codes, contacts, numbers, trials
from hotline.services.reaching.codes import Verdict
from hotline.services.reports.words import reason
from hotline.web.pages.contacts.forms import AddForm, CodeForm, LabelForm
from hotline.web.pages.contacts.refusals import in_words
from hotline.web.pages.guard import confirmed, needs, viewer
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, language, marked

Result = TypeVar("Result")
_VERDICTS = {
    Verdict.WRONG: marked("That is not the code. Look again, or have another one sent."),
    Verdict.USED_UP: marked("That code is good no more. Have another one sent."),
}


def add_routes(blueprint: Blueprint) -> None:
    blueprint.get("/me/contacts", endpoint="contacts")(my_contacts)
    blueprint.route("/me/contacts/add", methods=["GET", "POST"])(add_number)
    blueprint.route("/me/contacts/<uuid:method_id>", methods=["GET", "POST"])(verify_number)
    blueprint.post("/me/contacts/<uuid:method_id>/code")(send_code)
    blueprint.post("/me/contacts/<uuid:method_id>/name")(rename_number)
    blueprint.post("/me/contacts/<uuid:method_id>/first")(make_first)
    blueprint.route("/me/contacts/<uuid:method_id>/remove", methods=["GET", "POST"])(remove_number)


@needs(Permission.OWN_ACCOUNT)
def my_contacts() -> ResponseReturnValue:
    """Every number of the viewer, what is wrong with it, and the latest test."""
    with the_site().reading() as op:
        me = op.session.get_one(User, viewer().id)
        everything, trial = numbers.everything_of(op, me.id), trials.latest(op, me)
        mine = [method for method in everything if method.kind is ContactKind.PHONE]
        return render_template(
            "contacts/numbers.html",
            numbers=mine,
            addresses=[method for method in everything if method.kind is not ContactKind.PHONE],
            offers_mail=op.settings.sends_mail,
            labels=_labels(everything),
            trial=trial,
            volunteer_since=me.volunteer_since,
            is_on_duty=contacts.is_on_duty(op, me),
            has_verified=any(method.verified_at is not None for method in mine),
            form=LabelForm(formdata=None),
        )


@needs(Permission.OWN_ACCOUNT)
@confirmed
def add_number() -> ResponseReturnValue:
    """Type a number; its code goes out at once, and the next page asks for it."""
    form, refusal = AddForm(), None
    if form.validate_on_submit():
        label, phone, by = form.label.data, form.phone.data, Channel(form.by.data)
        try:
            method_id = in_transaction(lambda op, me: contacts.add(op, me, label, phone, by).id)
        except HotlineError as error:
            refusal = error
        else:
            return redirect(url_for("pages.verify_number", method_id=method_id), 303)
    status = refusal.http_status if refusal is not None else 422 if form.is_submitted() else 200
    words = None if refusal is None else in_words(refusal)
    return render_template("contacts/add.html", form=form, refusal=words), status


@needs(Permission.OWN_ACCOUNT)
def verify_number(method_id: uuid.UUID) -> ResponseReturnValue:
    """Type the code that reached the number."""
    form = CodeForm()
    if not form.validate_on_submit():
        return _verify_page(form, method_id, 422 if form.is_submitted() else 200)
    try:
        verdict = in_transaction(lambda op, me: contacts.verify(op, me, method_id, form.code.data))
    except NotFoundError:
        raise
    except HotlineError as refusal:
        return _verify_page(form, method_id, refusal.http_status, in_words(refusal))
    if verdict is not Verdict.RIGHT:
        return _verify_page(form, method_id, 422, gettext(_VERDICTS[verdict]))
    flash(gettext("The number is verified. It is used from now on."), "success")
    return redirect(url_for("pages.contacts"), 303)


@needs(Permission.OWN_ACCOUNT)
def send_code(method_id: uuid.UUID) -> ResponseReturnValue:
    """Send another code, by text or by a call."""
    by = Channel.CALL if request.form.get("by") == Channel.CALL.value else Channel.SMS

    def work(op: Operation, me: User) -> str:
        if contacts.send_code(op, me, method_id, by):
            return gettext("Another code is on its way. The one before it is good no more.")
        return gettext("A code is on its way already. Wait half a minute for it.")

    say(work)
    return redirect(url_for("pages.verify_number", method_id=method_id), 303)


@needs(Permission.OWN_ACCOUNT)
def rename_number(method_id: uuid.UUID) -> ResponseReturnValue:
    """Give it another name."""
    form = LabelForm()
    if not form.validate_on_submit():
        flash(gettext("Give the number a name, such as Mobile or Home."), "warning")
        return redirect(url_for("pages.contacts"), 303)

    def work(op: Operation, me: User) -> str:
        contacts.rename(op, me, method_id, form.label.data)
        return gettext("Renamed.")

    say(work)
    return redirect(url_for("pages.contacts"), 303)


@needs(Permission.OWN_ACCOUNT)
@confirmed
def make_first(method_id: uuid.UUID) -> ResponseReturnValue:
    """Use it where no rule names another."""

    def work(op: Operation, me: User) -> str:
        contacts.make_first(op, me, method_id)
        return gettext("That number is the first now.")

    say(work)
    return redirect(url_for("pages.contacts"), 303)


@needs(Permission.OWN_ACCOUNT)
@confirmed
def remove_number(method_id: uuid.UUID) -> ResponseReturnValue:
    """Say what removing it means, then do it."""
    if request.method == "GET":
        with the_site().reading() as op:
            method = _own(op, method_id)
            return render_template("contacts/remove.html", number=method)

    def work(op: Operation, me: User) -> str:
        if contacts.remove(op, me, method_id):
            return gettext("The number is removed. Your rules needed it, so the usual ones hold again.")
        return gettext("The number is removed.")

    say(work)
    return redirect(url_for("pages.contacts"), 303)


def _labels(methods: Sequence[ContactMethod]) -> dict[str, str]:
    """The names of what was sent to, by number, or by masked address where a message keeps no other."""
    return {
        method.value if method.kind is ContactKind.PHONE else mask(method.value): method.label
        for method in methods
    }


def in_transaction(work: Callable[[Operation, User], Result]) -> Result:
    """Do ``work`` for the viewer and commit."""
    me = viewer().id
    return the_site().write(lambda op: work(op, op.session.get_one(User, me)))


def say(work: Callable[[Operation, User], str]) -> None:
    """Do ``work`` and say what came of it, or why it was refused."""
    try:
        flash(in_transaction(work), "success")
    except NotFoundError:
        raise
    except HotlineError as refusal:
        flash(in_words(refusal), "warning")


def _verify_page(
    form: CodeForm, method_id: uuid.UUID, status: int, refusal: str | None = None
) -> ResponseReturnValue:
    with the_site().reading() as op:
        method = _own(op, method_id)
        if method.verified_at is not None:
            return redirect(url_for("pages.contacts"), 303)
        page = render_template(
            "contacts/verify.html",
            form=form,
            number=method,
            is_out=codes.is_out(op, method),
            good_until=None if method.code_sent_at is None else method.code_sent_at + codes.GOOD_FOR,
            trouble=reason(codes.trouble(op, method), language()),
            refusal=refusal,
        )
    return page, status


def _own(op: Operation, method_id: uuid.UUID) -> ContactMethod:
    """A number of the viewer's own. Raises :class:`NotFoundError`, as for one that does not exist."""
    method = op.session.get(ContactMethod, method_id)
    if method is None or method.user_id != viewer().id or method.removed_at is not None:
        raise NotFoundError("There is no such number.")
    return method
