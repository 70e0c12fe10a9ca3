"""What can be typed about a report that reached us otherwise, and about a key."""

import uuid
from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import DateTimeLocalInput

from hotline.db.models import Product, ReportChannel
from hotline.services.arrivals import keys
from hotline.services.response.arrival import LONGEST_SUMMARY
from hotline.web.pages.words import gettext, marked

CHOICES = {
    ReportChannel.WEB: marked("An e-mail, a visit, or any other way"),
    ReportChannel.MISSED_CALL: marked("A call that was missed"),
    ReportChannel.SMS: marked("A text message to another number"),
    ReportChannel.CALL: marked("A call to another number"),
}
NO_TIME = marked("This is no date and time. Type it as 2026-11-23 09:00.")
# What the services say is wrong, so that it is there in every language.
MISTAKES = (
    marked("That is in the future. When did it reach us?"),
    marked("That is more than 30 days ago: too long for a clock to count from."),
    marked("There is no such call."),
    marked("This call is on an incident already."),
    marked("The contract had ended."),
    marked("Nothing was promised for that day: the contract has no terms in force."),
    marked("The plan of this contract is no premier plan."),
    marked("The contract has no mission-critical cover."),
    marked("The mission-critical cover had not begun."),
    marked("The mission-critical cover was over."),
    marked("The contract does not cover this product."),
    marked("A key is shown once. End it and make another."),
    marked("The contract has ended: no program can report for it."),
    marked("There are 10 keys already: end one that is used no more."),
    marked("There is no such key."),
)


class ReportForm(FlaskForm):  # type: ignore[misc]
    """A report that reached us otherwise. It is looked at before it is saved."""

    new_id = HiddenField()
    reviewed = HiddenField()
    call = HiddenField()
    contract = StringField(
        marked("Contract number (empty if the customer is not known)"),
        [Optional(), Length(max=12, message=marked("That is too long."))],
        filters=[lambda text: text.strip() if text else ""],
    )
    product = SelectField(marked("Product"), [Optional()])
    channel = SelectField(marked("How did it reach us?"), [InputRequired(marked("Choose one of these."))])
    arrived = StringField(
        marked("When did it reach us?"),
        [InputRequired(marked("Say when: the clock counts from then."))],
        widget=DateTimeLocalInput(),
    )
    phone = StringField(
        marked("Their telephone number (may stay empty)"),
        [Optional(), Length(max=40, message=marked("That is too long."))],
        filters=[lambda text: text.strip() if text else ""],
    )
    words = TextAreaField(
        marked("What was reported, and how"),
        [
            DataRequired(marked("Say what was reported, and where it can be found.")),
            Length(max=LONGEST_SUMMARY, message=marked("That is too long.")),
        ],
    )

    def offer(self, products: Iterable[Product]) -> None:
        """Offer these products, by their codes."""
        self.product.choices = [("", "\N{EN DASH}"), *((one.code, one.name) for one in products)]
        self.channel.choices = [(channel.value, gettext(text)) for channel, text in CHOICES.items()]

    @property
    def row_id(self) -> uuid.UUID:
        """The id of this form, by which a second tap is known; one of its own for whoever sends junk."""
        return identifier(self.new_id.data) or uuid.uuid4()


class KeyForm(FlaskForm):  # type: ignore[misc]
    """What the key is for, and the nonce that it is worked out from."""

    nonce = HiddenField(validators=[InputRequired(), Length(min=20, max=100)])
    label = StringField(
        marked("Which program is it for?"),
        [
            DataRequired(marked("Name the program.")),
            Length(max=keys.LONGEST_LABEL, message=marked("That is too long.")),
        ],
        filters=[lambda text: " ".join(text.split()) if text else text],
    )


def identifier(text: str | None) -> uuid.UUID | None:
    """An id as it stands in an address or a form; None for anything else."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
