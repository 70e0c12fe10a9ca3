"""Proving once more who one is before something that would help a thief: ``/confirm``.

A GET is asked here and then goes on. A POST that had to be asked has changed nothing; what was typed is
carried along, but for secrets, and one tap afterwards sends it again.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import SignInMethod
from hotline.services import accounts
from hotline.services.access import Permission
from hotline.services.accounts import events, factors, identities, passkeys, passwords, sessions
from hotline.services.operation import Operation
from hotline.web.pages.account.forms import ConfirmForm
from hotline.web.pages.guard import needs, safe_target, signed_in
from hotline.web.pages.sign_in import PASSKEY, address
from hotline.web.pages.site import the_site
from hotline.web.pages.words import marked

# Fields whose names hold one of these are typed again rather than carried through a page.
_SECRETS = ("password", "pin", "code", "secret", "token", "credential")
_LONGEST = 16_000
_REFUSALS = (accounts.SignInRefusedError, accounts.TooManyTriesError, passkeys.PasskeyRefusedError)


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that could not be sent: where it goes, and its fields but for secrets."""

    action: str
    fields: tuple[tuple[str, str], ...]

    def as_text(self) -> str:
        """For a hidden field; empty when there is too much of it."""
        text = json.dumps({"action": self.action, "fields": self.fields})
        return text if len(text) <= _LONGEST else ""

    @classmethod
    def from_text(cls, text: str) -> "Kept | None":
        """The form in a hidden field; None for anything else."""
        try:
            found = json.loads(text or "")
            fields = tuple((str(name), str(value)) for name, value in found["fields"])
            return cls(safe_target(str(found["action"])), fields)
        except (ValueError, LookupError, TypeError, RecursionError):
            return None


def add_routes(blueprint: Blueprint) -> None:
    blueprint.route("/confirm", methods=["GET", "POST"])(confirm)


def ask_again() -> ResponseReturnValue:
    """Instead of a page that needs a fresh proof."""
    if request.method == "GET":
        return redirect(url_for("pages.confirm", next=request.full_path.rstrip("?")))
    form = ConfirmForm(formdata=None, next=_came_from(), kept=_kept().as_text())
    return _page(form, 403, was_post=True)


@needs(Permission.OWN_ACCOUNT)
def confirm() -> ResponseReturnValue:
    """Ask for the proof; with it, go on or offer to send what had been typed."""
    form = ConfirmForm(next=request.args.get("next", ""))
    if not form.validate_on_submit():
        return _page(form, 422 if form.is_submitted() else 200)
    try:
        _check(form)
    except _REFUSALS as refusal:
        return _page(form, refusal.http_status, refusal=str(refusal))
    kept = Kept.from_text(form.kept.data)
    if kept is None:
        return redirect(safe_target(form.next.data), 303)
    return render_template("account/confirmed.html", kept=kept, back=safe_target(form.next.data))


def _check(form: ConfirmForm) -> None:
    """Whichever proof was given. Raises one of the refusals."""
    if form.credential.data:
        _check_passkey(form.credential.data)
    elif form.code.data:
        _check_code(form.code.data)
    else:
        _check_password(form.password.data or "")


def _check_password(password: str) -> None:
    site, where, who = the_site(), address(), signed_in()
    attempt = site.write(lambda op: passwords.begin_confirmation(op, who.user, where))
    if not passwords.password_matches(attempt, password):
        site.write(lambda op: events.record(op, who.user.id, "confirm-failed", who.user.id, address=where))
        raise accounts.SignInRefusedError(marked("That is not your password."))

    def finish(op: Operation) -> None:
        passwords.finish_sign_in(op, attempt)
        sessions.confirm(op, who.row.id)

    site.write(finish)


def _check_code(code: str) -> None:
    """Only people who came by the organisation's sign-in prove it so: they may have no password."""
    who = signed_in()
    if who.row.method is not SignInMethod.OIDC:
        raise accounts.SignInRefusedError(marked("Type your password."))

    def work(op: Operation) -> bool:
        if factors.try_code(op, who.user.id, code) is not SignInMethod.CODE:
            return False
        sessions.confirm(op, who.row.id)
        return True

    if not the_site().write(work):
        raise accounts.SignInRefusedError(
            marked("This code is wrong, or was used before. Wait for the next one.")
        )


def _check_passkey(credential: str) -> None:
    site, who, token = the_site(), signed_in(), session.pop(PASSKEY, None)
    begun = site.write(lambda op: passkeys.begun_proving(op, token))

    def work(op: Operation) -> bool:
        if passkeys.prove(op, begun, credential).id != who.user.id:
            return False
        sessions.confirm(op, who.row.id)
        return True

    if not site.write(work):
        raise passkeys.refused()


def _kept() -> Kept:
    fields = tuple(
        (name, value)
        for name, value in request.form.items(multi=True)
        if not any(word in name.lower() for word in _SECRETS)
    )
    return Kept(request.full_path.rstrip("?"), fields)


def _came_from() -> str:
    """The page of this site that the form stood on, else the board."""
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:
        return safe_target(None)
    is_ours = parts.netloc == request.host
    return safe_target(f"{parts.path}?{parts.query}".rstrip("?") if is_ours else None)


def _page(form: ConfirmForm, status: int, **values: Any) -> ResponseReturnValue:
    site, who = the_site(), signed_in()
    with site.reading() as op:
        has = factors.of_user(op, who.user.id)
        is_bound = identities.are_bound(op, who.user.id, site.settings.oidc_issuer)
    page = render_template(
        "account/confirm.html",
        form=form,
        with_passkey=bool(has.passkeys),
        with_code=has.has_app and who.row.method is SignInMethod.OIDC,
        single_sign_on=site.settings.oidc_label if is_bound else None,
        **values,
    )
    return page, status
