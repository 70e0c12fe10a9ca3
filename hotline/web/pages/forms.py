"""What can be typed into the pages. Labels are English sources; the templates translate them."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from hotline.db.models import Product


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Who, and the proof."""

    email = StringField("E-mail", [InputRequired("Type your e-mail address."), Length(max=200)])
    password = PasswordField("Password", [InputRequired("Type your password."), Length(max=1024)])
    next = HiddenField()


class NoteForm(FlaskForm):  # type: ignore[misc]
    """A remark for the timeline."""

    text = TextAreaField("Note", [DataRequired("Write something first."), Length(max=2000)])


class CancelForm(FlaskForm):  # type: ignore[misc]
    """Why this is no incident."""

    reason = StringField(
        "Reason", [DataRequired("Say why; the reason stays on the incident."), Length(max=500)]
    )


class VerifyForm(FlaskForm):  # type: ignore[misc]
    """Who called, and about what."""

    contract = StringField("Contract number", [DataRequired("Type the contract number."), Length(max=12)])
    product = SelectField("Product", [InputRequired("Choose the product.")])

    def offer(self, products: Iterable[Product]) -> None:
        """Offer these products, by their codes."""
        self.product.choices = [(product.code, product.name) for product in products]
