"""What can be typed about one's own numbers. Labels are English sources; the templates translate them."""

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from hotline.db.models import Channel
from hotline.services.reaching.addresses import LONGEST_EMAIL, LONGEST_URL
from hotline.services.reaching.contacts import LONGEST_LABEL
from hotline.web.pages.words import marked

_CHANNELS = [
    SelectChoice(Channel.SMS.value, marked("By text message")),
    SelectChoice(Channel.CALL.value, marked("By a call that reads it out, for a landline")),
]


class AddForm(FlaskForm):  # type: ignore[misc]
    """A number to be verified, and how its code gets there."""

    phone = StringField(
        marked("Telephone number"), [DataRequired(marked("Type the number.")), Length(max=40)]
    )
    label = StringField(
        marked("Name"), [DataRequired(marked("Give the number a name.")), Length(max=LONGEST_LABEL)]
    )
    by = RadioField(
        marked("How to send the code"),
        [InputRequired(marked("Choose one."))],
        choices=_CHANNELS,
        default=Channel.SMS.value,
        invalid_choice_message=marked("Choose one."),
    )


class EmailForm(FlaskForm):  # type: ignore[misc]
    """An e-mail address to be verified."""

    email = StringField(
        marked("E-mail address"), [DataRequired(marked("Type the address.")), Length(max=LONGEST_EMAIL)]
    )
    label = StringField(
        marked("Name"), [DataRequired(marked("Give the address a name.")), Length(max=LONGEST_LABEL)]
    )


class WebhookForm(FlaskForm):  # type: ignore[misc]
    """A webhook to be verified."""

    url = StringField(
        marked("Address of the webhook"), [DataRequired(marked("Type the address.")), Length(max=LONGEST_URL)]
    )
    label = StringField(
        marked("Name"), [DataRequired(marked("Give the address a name.")), Length(max=LONGEST_LABEL)]
    )


class CodeForm(FlaskForm):  # type: ignore[misc]
    """The six digits that reached the number."""

    code = StringField(marked("Code"), [DataRequired(marked("Type the code.")), Length(max=20)])


class LabelForm(FlaskForm):  # type: ignore[misc]
    """Another name for a number."""

    label = StringField(
        marked("Name"), [DataRequired(marked("Give the number a name.")), Length(max=LONGEST_LABEL)]
    )
