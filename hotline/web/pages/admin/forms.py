"""What can be typed on the administration's pages. Labels are English sources; the templates translate them.

What only the database knows (names that are taken, choices that have ended) the services check; their
answer stands beside the field like any other.
"""

from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, SelectField, StringField
from wtforms.fields import DateField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from hotline.services.accounts.people import time_zones
from hotline.services.directory import contracts
from hotline.speech.render import VOICES
from hotline.web.pages.account.forms import ROLE_NAMES
from hotline.web.pages.lists.words import PLANS
from hotline.web.pages.words import gettext, marked

LEAVING = {
    contracts.RELEASED: marked("when somebody has released them"),
    contracts.SENT_AT_ONCE: marked("as soon as they are drawn up"),
}
_NAME = marked("Type a name.")
_PHONE = marked("Type the number.")


class DayField(DateField):  # type: ignore[misc]
    """A day; anything else is refused in our own words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        typed = " ".join(valuelist).strip()
        if not typed:
            return
        try:
            self.data = date.fromisoformat(typed)
        except ValueError:
            raise ValueError(marked("That is no day; write it as 2026-11-22.")) from None


class CountField(IntegerField):  # type: ignore[misc]
    """A whole number; anything else is refused in our own words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        typed = " ".join(valuelist).strip()
        if not typed:
            return
        if not typed.isascii() or not typed.isdigit() or len(typed) > 9:
            raise ValueError(marked("Type a whole number."))
        self.data = int(typed)


def pick(label: str, choices: Any = None) -> SelectField:
    """A choice; the services say what may be chosen."""
    return SelectField(label, choices=choices, validate_choice=False)


def _languages() -> list[SelectChoice]:
    return [SelectChoice(code, voice.name) for code, voice in VOICES.items()]


def _zones() -> list[SelectChoice]:
    return [SelectChoice(name, name) for name in time_zones()]


def _roles() -> list[SelectChoice]:
    return [SelectChoice(role.value, gettext(name)) for role, name in ROLE_NAMES.items()]


def _leaving() -> list[SelectChoice]:
    return [SelectChoice(code, gettext(name)) for code, name in LEAVING.items()]


def _plans() -> list[SelectChoice]:
    return [SelectChoice(code, name) for code, name in PLANS.items()]


class Edited(FlaskForm):  # type: ignore[misc]
    """What every form carries: the version that was seen, what was reviewed, and the id of what is new."""

    seen = HiddenField(validators=[Length(max=64)])
    reviewed = HiddenField(validators=[Length(max=64)])
    new_id = HiddenField(validators=[Length(max=40)])


class TeamForm(Edited):
    """A team."""

    name = StringField(marked("Name"), [InputRequired(_NAME), Length(max=200)])
    time_zone = pick(marked("Time zone"), _zones)


class ProductForm(Edited):
    """Something that can be covered."""

    name = StringField(marked("Name"), [InputRequired(_NAME), Length(max=200)])
    code = StringField(marked("Code"), [InputRequired(marked("Type a code.")), Length(max=60)])
    position = CountField(marked("Place in the menu"), [Optional()])


class CustomerForm(Edited):
    """A company."""

    name = StringField(marked("Name"), [InputRequired(_NAME), Length(max=200)])
    language = pick(marked("Language"), _languages)
    locale = StringField(marked("Locale of amounts"), [Length(max=24)])
    time_zone = pick(marked("Time zone"), _zones)


class RecipientForm(Edited):
    """Somebody who gets statements."""

    name = StringField(marked("Name"), [InputRequired(_NAME), Length(max=200)])
    email = StringField(marked("E-mail"), [InputRequired(marked("Type an e-mail address.")), Length(max=300)])
    language = pick(marked("Language"), _languages)


class CallerForm(Edited):
    """Somebody who may call."""

    name = StringField(marked("Name"), [InputRequired(_NAME), Length(max=200)])
    phone = StringField(marked("Telephone number"), [InputRequired(_PHONE), Length(max=60)])


class NumberForm(Edited):
    """A number that customers dial."""

    phone = StringField(marked("Telephone number"), [InputRequired(_PHONE), Length(max=60)])
    label = StringField(marked("Label"), [Length(max=200)])
    customer = pick(marked("Customer"))
    language = pick(marked("Language"), _languages)
    ladder = pick(marked("Duty ladder"))
    support_number = StringField(marked("Support number"), [Length(max=60)])


class ContractForm(Edited):
    """A contract; a field for each product is added by :func:`contract_form`."""

    number = StringField(
        marked("Contract number"), [InputRequired(marked("Type the number.")), Length(max=40)]
    )
    plan = pick(marked("Plan"), _plans)
    starts_on = DayField(
        marked("The contract begins on"),
        [InputRequired(marked("Type the day on which the contract begins."))],
    )
    cover_from = DayField(marked("First day of the cover"), [Optional()])
    cover_until = DayField(marked("Last day of the cover"), [Optional()])
    ladder = pick(marked("Ladder"))
    statements = pick(marked("Statements leave"), _leaving)


class DetailsForm(Edited):
    """Somebody's details."""

    name = StringField(marked("Name"), [InputRequired(_NAME), Length(max=200)])
    email = StringField(marked("E-mail"), [InputRequired(marked("Type an e-mail address.")), Length(max=300)])
    language = pick(marked("Language"), _languages)
    time_zone = pick(marked("Time zone"), _zones)


class PersonForm(DetailsForm):
    """A new account."""

    role = pick(marked("Role"), _roles)


class PersonsNumberForm(FlaskForm):  # type: ignore[misc]
    """A number that an admin says is somebody's."""

    phone = StringField(marked("Telephone number"), [InputRequired(_PHONE), Length(max=60)])
    label = StringField(
        marked("Name of the number"), [InputRequired(marked("Give the number a name.")), Length(max=200)]
    )


class LetterForm(FlaskForm):  # type: ignore[misc]
    """For whom a PIN is, and how many letters the admin knew of."""

    caller = pick(marked("Addressed to"))
    seen = HiddenField(validators=[Length(max=10)])


def contract_form(products: list[tuple[str, str]]) -> type[ContractForm]:
    """The form of a contract with a count of instances for each product: (id, name)."""
    fields = {product_field(row_id): CountField(name, [Optional()]) for row_id, name in products}
    return type("ContractWithProductsForm", (ContractForm,), fields)


def product_field(row_id: str) -> str:
    """The name of the field for a product."""
    return f"product_{row_id.replace('-', '')}"
