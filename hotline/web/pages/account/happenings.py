"""What happened to an account, as a sentence in the viewer's language."""

from dataclasses import dataclass
from datetime import datetime

from hotline.db.models import Role, SignInMethod
from hotline.services.accounts.events import Line
from hotline.web.pages.account.forms import ROLE_NAMES
from hotline.web.pages.words import gettext, marked

METHODS = {
    SignInMethod.PASSWORD: marked("with the password"),
    SignInMethod.CODE: marked("with password and code"),
    SignInMethod.RECOVERY: marked("with password and recovery code"),
    SignInMethod.PASSKEY: marked("with a passkey"),
    SignInMethod.OIDC: marked("by single sign-on"),
}
_KINDS = {
    "added": marked("The account was made."),
    "signed-in": marked("Signed in {method}: {agent}, {address}."),
    "sign-in-failed": marked("Somebody typed a wrong password, from {address}."),
    "code-failed": marked("Somebody typed a wrong code."),
    "confirm-failed": marked("A wrong password was typed to confirm, from {address}."),
    "session-revoked": marked("A browser was signed out."),
    "sessions-revoked": marked("Browsers were signed out: {count}."),
    "app-added": marked("An authenticator app was set up."),
    "app-removed": marked("The authenticator app was removed."),
    "passkey-added": marked("The passkey {name} was added."),
    "passkey-removed": marked("The passkey {name} was removed."),
    "recovery-codes-made": marked("New recovery codes were made."),
    "recovery-code-used": marked("A recovery code was used."),
    "factors-reset": marked("Every second factor was reset."),
    "identity-bound": marked("Signed in by single sign-on for the first time."),
    "password-changed": marked("The password was changed."),
    "password-set": marked("A new password was given."),
    "number-added": marked("A number was added, which waits for its code: {label}, {number}."),
    "number-verified": marked("A number was verified: {label}, {number}."),
    "number-first": marked("A number was made the first: {label}, {number}."),
    "number-removed": marked("A number was removed: {label}, {number}."),
    "rules-changed": marked("The rules for pages were changed."),
    "night-changed": marked("The hours of the night were changed: {begins} to {ends}."),
    "webhook-secret-changed": marked("The signing secret of a webhook was made anew: {label}."),
    "test-page": marked("A test of the numbers was begun."),
    "api-token-created": marked("The API token {name} was made."),
    "api-token-revoked": marked("The API token {name} was revoked."),
    "role-changed": marked("The role was changed from {before} to {after}."),
    "email-changed": marked("The e-mail address was changed."),
    "disabled": marked("The account was disabled."),
    "enabled": marked("The account was enabled."),
}
_ALARMING = frozenset({"sign-in-failed", "code-failed", "confirm-failed", "recovery-code-used"})


@dataclass(frozen=True, slots=True)
class Happening:
    """A line to show: when, what, by whom if it was somebody else, and whether to look twice."""

    at: datetime
    text: str
    actor: str | None
    is_alarming: bool


def describe(line: Line) -> Happening:
    """The line of an event; a kind that a later version wrote is shown by its name."""
    event = line.event
    values = {name: _word(name, value) for name, value in event.data.items()}
    template = _KINDS.get(event.kind)
    text = event.kind if template is None else gettext(template).format_map(_Known(values))
    return Happening(event.at, text, line.actor, event.kind in _ALARMING)


class _Known(dict[str, str]):
    """A value that is missing is a dash rather than an error."""

    def __missing__(self, _name: str) -> str:
        return "\N{EN DASH}"


def _word(name: str, value: object) -> str:
    if name in ("before", "after", "role") and value in set(Role):
        return gettext(ROLE_NAMES[Role(str(value))])
    if name == "method" and value in set(SignInMethod):
        return gettext(METHODS[SignInMethod(str(value))])
    if name == "agent" and not value:
        return gettext("unknown browser")
    return str(value)
