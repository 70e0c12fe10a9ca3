"""What can be typed on the page of an incident, and which of it holds a mistake to be explained."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import request
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from hotline.db.models import Product
from hotline.services.response import handovers, remarks
from hotline.web.pages.words import marked

_TOO_LONG = marked("That is too long.")
# What the services say is wrong, so that it is there in every language.
MISTAKES = (
    marked("A verified incident carries a promise: resolve it instead."),
    marked("An auditor cannot take an incident. Choose another colleague."),
    marked("It is yours already. Choose a colleague."),
    marked("Only a manager takes an incident over from somebody."),
    marked("There is no contract with this number. Check it with the customer."),
    marked("There is no number of the customer to call: theirs is not known."),
    marked("There is no such product. Choose one of the list."),
    marked("There is no such recording."),
    marked("This colleague cannot be rung. Choose another one."),
    marked("You have no telephone number to be rung on. Add one to your account."),
)


class NoteForm(FlaskForm):  # type: ignore[misc]
    """A remark for the timeline."""

    text = TextAreaField(
        marked("Note"),
        [
            DataRequired(marked("Write something first.")),
            Length(max=remarks.LONGEST_NOTE, message=_TOO_LONG),
        ],
    )


class CancelForm(FlaskForm):  # type: ignore[misc]
    """Why this is no incident."""

    reason = StringField(
        marked("Reason"),
        [
            DataRequired(marked("Say why; the reason stays on the incident.")),
            Length(max=500, message=_TOO_LONG),
        ],
        id="cancel-reason",
    )


class ResolveForm(FlaskForm):  # type: ignore[misc]
    """What was done about it."""

    done = TextAreaField(
        marked("What was done (if you like)"), [Optional(), Length(max=1000, message=_TOO_LONG)]
    )


class TakeOverForm(FlaskForm):  # type: ignore[misc]
    """Why a manager takes it from somebody."""

    reason = StringField(
        marked("Reason"),
        [
            DataRequired(marked("Say why; the reason stays on the incident.")),
            Length(max=handovers.LONGEST_NOTE, message=_TOO_LONG),
        ],
        id="take-over-reason",
    )


class HandOverForm(FlaskForm):  # type: ignore[misc]
    """To whom, and what they should know."""

    colleague = SelectField(
        marked("Colleague"), [InputRequired(marked("Choose a colleague."))], validate_choice=False, choices=[]
    )
    note = StringField(
        marked("What they should know (if you like)"),
        [Optional(), Length(max=handovers.LONGEST_NOTE, message=_TOO_LONG)],
    )


class VerifyForm(FlaskForm):  # type: ignore[misc]
    """Who called, and about what."""

    contract = StringField(
        marked("Contract number"),
        [DataRequired(marked("Type the contract number.")), Length(max=12, message=_TOO_LONG)],
    )
    product = SelectField(marked("Product"), [InputRequired(marked("Choose the product."))])

    def offer(self, products: Iterable[Product]) -> None:
        """Offer these products, by their codes."""
        self.product.choices = [(product.code, product.name) for product in products]


class TranscriptForm(FlaskForm):  # type: ignore[misc]
    """What a recording says."""

    text = TextAreaField(
        marked("What is said"),
        [
            DataRequired(marked("Write down what you hear first.")),
            Length(max=remarks.LONGEST_TRANSCRIPT, message=_TOO_LONG),
        ],
        id="transcript",
    )


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of the page; after a mistake one of them holds what was typed."""

    note: NoteForm = field(default_factory=lambda: NoteForm(formdata=None))
    verify: VerifyForm = field(default_factory=lambda: VerifyForm(formdata=None))
    cancel: CancelForm = field(default_factory=lambda: CancelForm(formdata=None))
    resolve: ResolveForm = field(default_factory=lambda: ResolveForm(formdata=None))
    hand_over: HandOverForm = field(default_factory=lambda: HandOverForm(formdata=None))
    take_over: TakeOverForm = field(default_factory=lambda: TakeOverForm(formdata=None))
    transcript: TranscriptForm = field(default_factory=lambda: TranscriptForm(formdata=None))
    of_recording: uuid.UUID | None = None


def seen() -> uuid.UUID | None:
    """The last decision that the page showed which sent this form; None for a page before any."""
    return identifier(request.form.get("seen", ""))


def is_versioned() -> bool:
    """Whether the form came from a page that says what it showed."""
    return "seen" in request.form


def identifier(text: str) -> uuid.UUID | None:
    """An id as it stands in an address or a form; None for anything else."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
