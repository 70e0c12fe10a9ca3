"""What can be typed into the pages. Labels are English sources; the templates translate them."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from hotline.web.pages.words import marked


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Who, and the proof."""

    email = StringField(
        marked("E-mail"), [InputRequired(marked("Type your e-mail address.")), Length(max=200)]
    )
    password = PasswordField(
        marked("Password"), [InputRequired(marked("Type your password.")), Length(max=1024)]
    )
    next = HiddenField()
