"""What is read in e-mails and in chat tools, by key, as in :mod:`hotline.speech.prompts`."""

from collections.abc import Mapping

LETTERS: Mapping[str, str] = {
    "letter.page": (
        "{customer} {product}: incident {reference}. Respond by {time} ({minutes} min). Take it here: {link}"
    ),
    "letter.page_stake": (
        "{customer} {product}: incident {reference}. Respond by {time} ({minutes} min): {amount} at stake. "
        "Take it here: {link}"
    ),
    "letter.page_late": (
        "{customer} {product}: incident {reference}. OVERDUE since {time}. Take it here: {link}"
    ),
    "letter.page_unverified": "{customer}: report {reference}. Nobody has it yet. Take it here: {link}",
    "letter.page_subject": "HOTLINE {reference} {customer}",
    "feed.shift": "On call: {team}, {layer}",
    "feed.mine": "On call: {engineer}",
    "feed.team": "On call: {team}",
    "letter.coverage_subject": "Hotline: coverage of the next 30 days",
    "letter.audit_subject": "Hotline: the auditor found discrepancies",
    "letter.code_subject": "Your Hotline code",
    "letter.test_subject": "Hotline test",
    "letter.number_subject": "A number of yours does not work",
}
