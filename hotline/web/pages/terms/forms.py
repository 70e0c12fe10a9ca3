"""What can be typed about terms; the services read the lines, and say which one is wrong."""

from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from hotline.services.accounts.people import time_zones
from hotline.web.pages.admin.forms import CountField, DayField, Edited, pick
from hotline.web.pages.terms.words import PERIODS, STOPS
from hotline.web.pages.words import gettext, marked


def _periods() -> list[SelectChoice]:
    return [SelectChoice(period, gettext(name)) for period, name in PERIODS.items()]


def _zones() -> list[SelectChoice]:
    return [SelectChoice(name, name) for name in time_zones()]


def _stops() -> list[SelectChoice]:
    return [SelectChoice(stop, gettext(name)) for stop, name in STOPS.items()]


def _amount(label: str) -> StringField:
    return StringField(label, [Length(max=40)])


class TermsForm(Edited):
    """One version of what is promised."""

    effective_from = DayField(
        marked("In force from"), [InputRequired(marked("Type the day from which it is in force."))]
    )
    minutes = CountField(
        marked("Minutes until the customer is told"), [InputRequired(marked("Type a whole number."))]
    )
    warn_at = StringField(marked("Warnings at shares of the time"), [Length(max=200)])
    stops = SelectMultipleField(
        marked("What stops the clock"),
        choices=_stops,
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    time_zone = pick(marked("Time zone"), _zones)
    year_starts_on = DayField(
        marked("Contract years begin on"), [InputRequired(marked("Type the first day of a contract year."))]
    )
    currency = StringField(
        marked("Currency"),
        [InputRequired(marked("Type a currency by its three letters, such as USD.")), Length(max=10)],
    )
    annual_fee = _amount(marked("Annual fee"))
    rising = TextAreaField(marked("What each miss costs, one a line"), [Length(max=2000)])
    rising_period = pick(marked("Misses are counted by the contract's"), _periods)
    attainment = TextAreaField(marked("Credit by attainment, one band a line"), [Length(max=2000)])
    attainment_period = pick(marked("Attainment is measured by the contract's"), _periods)
    floor = _amount(marked("The least a miss or a credit comes to"))
    per_incident = _amount(marked("The most an incident costs"))
    per_period = _amount(marked("The most a period costs"))
    cap_period = pick(marked("The most is by the contract's"), _periods)
    note = TextAreaField(marked("Note"), [Length(max=1000)])
