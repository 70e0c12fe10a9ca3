"""What stands below the fields of the administration's forms, by the desk and the field."""

from collections.abc import Mapping

from hotline.web.pages.words import marked

HINTS: Mapping[str, str] = {
    "customers.locale": marked(
        "How amounts are written on their statements, such as en_SG, id_ID or de_CH. Empty: by the language."
    ),
    "contracts.statements": marked("Monthly statements of service credits, by e-mail to their recipients."),
    "recipients.email": marked("Statements go there with every amount: check it twice."),
    "teams.time_zone": marked("In which its roster is shown. Each rotation hands over by its own."),
    "products.code": marked("For files and reports; callers never hear it."),
    "products.position": marked("Callers hear the products in this order: 0 first."),
    "customers.language": marked("Of their letters and of texts to them."),
    "customers.time_zone": marked(
        "Their cover begins and ends by this clock, and times are told in it. What is promised keeps the "
        "zone that was agreed: for another, agree on new terms."
    ),
    "callers.phone": marked("Whoever calls from it needs only the PIN. With its country: +62 811 1000 0101"),
    "numbers.phone": marked("As Twilio shows it, with its country: +62 21 555 0100"),
    "numbers.label": marked("What you call it, such as Jakarta or Nusantara's own."),
    "numbers.customer": marked(
        "Whose number it is. Callers on a customer's own number are still asked for the PIN."
    ),
    "numbers.language": marked("In which callers are greeted."),
    "numbers.ladder": marked("Who is rung when a caller cannot be identified."),
    "numbers.support_number": marked("Where callers without cover are sent. Empty: the one of the settings."),
    "contracts.number": marked("Four to twelve digits: callers type it when their telephone is not known."),
    "contracts.plan": marked("The cover needs Premier Plus or Premier Ultimate; Premier alone has none."),
    "contracts.starts_on": marked(
        "What is promised begins on this day or later. Its contract years keep the day that was agreed for "
        "them."
    ),
    "contracts.cover_from": marked(
        "Of the mission-critical cover. Empty: it was not bought, and calls are turned away."
    ),
    "contracts.cover_until": marked("This day is included. Empty: until further notice."),
    "contracts.ladder": marked("Who is rung for an incident of this contract."),
    "people.email": marked("They sign in with it."),
    "people.role": marked(
        "Engineers work on incidents; managers also see money and customers and plan rosters; admins may do "
        "all; auditors see everything and change nothing."
    ),
}
