"""What can be typed about accounts."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import EqualTo, InputRequired, Length

from hotline.db.models import Role
from hotline.services.accounts.people import time_zones
from hotline.speech.render import VOICES
from hotline.web.pages.words import gettext, marked

_LONGEST_CREDENTIAL = 20_000

ROLE_NAMES = {
    Role.ENGINEER: marked("Engineer"),
    Role.MANAGER: marked("Manager"),
    Role.ADMIN: marked("Admin"),
    Role.AUDITOR: marked("Auditor"),
}


def _roles() -> list[SelectChoice]:
    """Every role by its name in the viewer's language."""
    return [SelectChoice(role.value, gettext(name)) for role, name in ROLE_NAMES.items()]


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """A proof of some kind, where to go, and what had been typed on the page that asked."""

    password = PasswordField(marked("Password"), [Length(max=1024)])
    code = StringField(marked("Code"), [Length(max=40)])
    credential = HiddenField(validators=[Length(max=_LONGEST_CREDENTIAL)])
    next = HiddenField()
    kept = HiddenField(validators=[Length(max=20_000)])


class CodeForm(FlaskForm):  # type: ignore[misc]
    """A code of the app, or a recovery code."""

    code = StringField(marked("Code"), [InputRequired(marked("Type the code.")), Length(max=40)])


class PasskeyForm(FlaskForm):  # type: ignore[misc]
    """What a device answered; the script fills it in."""

    credential = HiddenField(
        validators=[InputRequired(marked("Your device sent nothing.")), Length(max=_LONGEST_CREDENTIAL)]
    )
    next = HiddenField()


class NewPasskeyForm(PasskeyForm):
    """The same, for a passkey that is made now."""

    name = StringField(
        marked("Name"), [InputRequired(marked("Give it a name, such as My phone.")), Length(max=60)]
    )


class SettingsForm(FlaskForm):  # type: ignore[misc]
    """How the pages speak to somebody."""

    language = SelectField(
        marked("Language"), choices=[SelectChoice(code, voice.name) for code, voice in VOICES.items()]
    )
    time_zone = SelectField(marked("Time zone"), choices=[SelectChoice(name, name) for name in time_zones()])


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """The old password, and the new one twice."""

    current = PasswordField(
        marked("Present password"), [InputRequired(marked("Type your password.")), Length(max=1024)]
    )
    new = PasswordField(
        marked("New password"), [InputRequired(marked("Type a new password.")), Length(max=1024)]
    )
    again = PasswordField(
        marked("New password once more"), [EqualTo("new", marked("This is not the same password."))]
    )


class RoleForm(FlaskForm):  # type: ignore[misc]
    """A role to give, and the one that the page showed."""

    role = SelectField(marked("Role"), choices=_roles)
    was = HiddenField()
