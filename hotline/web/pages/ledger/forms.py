"""What can be typed about an entry or a contract's account. Labels are English; templates translate them."""

import uuid

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

import sla
from hotline.db.base import new_id
from hotline.services.ledger.checks import LONGEST_REASON, LONGEST_REFERENCE
from hotline.web.pages.ledger.wording import OUTCOMES
from hotline.web.pages.words import amount, language, marked

WRITE, EDIT = "write", "edit"


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why; and what a form needs so that it can be sent twice: ``new_id``, ``seen`` and the ``step``."""

    reason = TextAreaField(marked("Reason"), [InputRequired(marked("Say why.")), Length(max=LONGEST_REASON)])
    new_id = HiddenField()
    seen = HiddenField()

    def request_id(self) -> uuid.UUID:
        """The id of what is asked for: that of the form, or a new one for a form that has none."""
        try:
            return uuid.UUID(self.new_id.data or "")
        except ValueError:
            return new_id()


class AmountForm(ReasonForm):
    """An amount in the currency of the entry or of the account."""

    amount = StringField(marked("Amount"), [InputRequired(marked("Type an amount.")), Length(max=40)])


class PaymentForm(AmountForm):
    """What was paid, and under which reference."""

    reference = StringField(
        marked("Reference of the payment"),
        [InputRequired(marked("Type the payment's reference.")), Length(max=LONGEST_REFERENCE)],
    )


class ResolutionForm(ReasonForm):
    """How a dispute ends."""

    outcome = RadioField(
        marked("How it ends"),
        [InputRequired(marked("Choose one."))],
        choices=[SelectChoice(value, text) for value, text in OUTCOMES.items()],
        invalid_choice_message=marked("Choose one."),
    )


def typed_money(text: str, currency: str) -> sla.Money:
    """What was typed, as the viewer writes numbers. Raises ValueError; nothing is ever rounded or guessed."""
    plain = text.strip().removeprefix(currency).strip().replace("\N{NO-BREAK SPACE}", "")
    if language() == "id":  # there the comma marks decimals and the point thousands
        plain = plain.translate(str.maketrans(".,", ",."))
    return sla.money_from_text(plain, currency)


def as_typed(money: sla.Money) -> str:
    """The same the other way: what stands in a field at first."""
    return amount(money).removeprefix(money.currency).strip()


def example(currency: str) -> str:
    """How an amount of a currency is written."""
    return as_typed(sla.Money(12_500 * 10 ** sla.exponent_of(currency), currency))
