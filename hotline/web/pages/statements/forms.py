"""What can be typed about statements."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from hotline.services.statements.sending import LONGEST_REASON
from hotline.web.pages.words import marked


class AgainForm(FlaskForm):  # type: ignore[misc]
    """Why a statement is sent again; ``seen`` is how often it had been sent when the page was drawn."""

    reason = StringField(
        marked("Why it is sent again"),
        [InputRequired(marked("Say why it is sent again.")), Length(max=LONGEST_REASON)],
    )
    seen = HiddenField(validators=[Length(max=9)])


class DrawForm(FlaskForm):  # type: ignore[misc]
    """The contract whose statements are drawn up."""

    contract = StringField(
        marked("Contract number"), [InputRequired(marked("Type the number.")), Length(max=40)]
    )
