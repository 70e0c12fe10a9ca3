"""Every sentence the service speaks or sends, by key. The English text is the gettext message id.

A prompt says one thing. Goal first, key last. The first time it is short, the second time it
explains, the third time it offers a person. Nobody is blamed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hotline.speech.letters import LETTERS
from hotline.speech.replies import REPLIES
from hotline.speech.values import ClockTime, Day, Minutes, Moment, Reference, Spelled, Telephone


@dataclass(frozen=True, slots=True)
class Prompt:
    """A sentence to be spoken or sent: its key in :data:`PROMPTS` and the values in it.

    A value may be a prompt too: words that are another's in each language.
    """

    key: str
    values: Mapping[str, "Value"] = field(default_factory=dict)

    @classmethod
    def of(cls, key: str, **values: "Value") -> "Prompt":
        """``Prompt.of("told.joining", engineer="Dewi")``. Raises ``KeyError`` for an unknown key."""
        PROMPTS[key]
        return cls(key, values)


Value = str | int | ClockTime | Day | Minutes | Moment | Reference | Spelled | Telephone | Prompt

MINUTES = ("{count} minute", "{count} minutes")

_CUSTOMER = {
    "greeting.contract": "Premier hotline. Please enter your contract number, then press hash.",
    "greeting.pin": "Premier hotline. Please enter your PIN, then press hash.",
    "contract.again": "Please enter your contract number again, then press hash.",
    "contract.explain": "The contract number is on your contract card. Enter its digits, then press hash.",
    "contract.person": (
        "Your contract number, then hash. To hear this again, press star. To reach a person, press 0."
    ),
    "pin.ask": "Thank you. Now your PIN, then hash.",
    "pin.explain": "The PIN is the number of six digits or more on your contract card. Enter it, then press hash.",
    "pin.person": "Your PIN, then hash. To hear this again, press star. To reach a person, press 0.",
    "pin.mismatch": (
        "That does not match what we have. Please enter your PIN again, then hash. "
        "To start from the contract number, press star. To reach a person, press 0."
    ),
    "pin.unconfirmed": "I could not confirm who is calling, but your report still reaches an engineer.",
    "report.ask": (
        "After the tone, please say your name, your company, the problem and your number, then press hash."
    ),
    "report.taken": (
        "Thank you. Your report is number {reference}. I am ringing the duty engineer. "
        "Please hold, or hang up: your report is kept."
    ),
    "report.known": "Your report {reference} is with us. I am ringing the duty engineer. Please hold.",
    "report.known_taken": "Your report {reference} is with us, and {engineer} has it. Please hold.",
    "report.limit": "We have your earlier reports and an engineer has been told. For regular support:",
    "refused.plan_not_eligible": "Your support plan does not include the mission-critical hotline.",
    "refused.no_cover": "Your contract does not include Premier Mission Critical cover.",
    "refused.cover_not_started": "Your Premier Mission Critical cover starts on {day}.",
    "refused.cover_expired": "Your Premier Mission Critical cover ended on {day}.",
    "refused.product_not_covered": "That product is not covered by your contract.",
    "refused.support": "Regular support will help you on {phone}. Once more: {phone}.",
    "refused.support_unlisted": "Please call your regular support number. It is on your contract card.",
    "menu.one": "You have an open incident, {reference}, for {product}.",
    "menu.several": "You have {count} open incidents.",
    "menu.choices": (
        "For its status, press 1. To speak to the engineer, press 2. To report a new problem, press 3."
    ),
    "status.hunting": (
        "Incident {reference}, {product}. We are ringing the team. You will be answered by {time}."
    ),
    "status.late": (
        "Incident {reference}, {product}. We are late, and we are still ringing the team. We are sorry."
    ),
    "status.taken": "Incident {reference}, {product}. {engineer} has had it since {time} and is working on it.",
    "product.choice": "For {product}, press {digit}.",
    "product.other": "For another product, press 9.",
    "incident.opened": (
        "Your incident number is {reference}. Once more: {reference}. You will be answered by {time}."
    ),
    "incident.describe": "To describe the problem, press 1. Otherwise, please hold.",
    "incident.ringing": "I am ringing the engineer on call.",
    "describe.ask": "Please describe the problem after the tone, then press hash.",
    "describe.thanks": "Thank you, that is recorded.",
    "hold.first": "I am ringing the engineer on call now.",
    "hold.next": "I am ringing the next engineer now.",
    "hold.trying": "Nobody has picked up yet. I am going on to ring the team.",
    "hold.taken": "{engineer} has your incident.",
    "hold.moment": "One moment, please.",
    "hold.keys": "You need not wait on the line. To be called back, press 2. To leave a message, press 3.",
    "offer": (
        "We are still ringing the team and will not stop. To hold on, press 1. "
        "To be called back, press 2. To leave a message, press 3."
    ),
    "offer.taken": (
        "{engineer} has your incident. To hold on, press 1. To be called back, press 2. "
        "To leave a message, press 3."
    ),
    "offer.unconfirmed_taken": (
        "{engineer} has your report. To hold on, press 1. To leave a message, press 3."
    ),
    "offer.unconfirmed": (
        "We are still ringing the duty engineer and will not stop. To hold on, press 1. "
        "To leave a message, press 3."
    ),
    "direct.ringing": "I am connecting you with the team directly. Please hold.",
    "callback.promised": (
        "We will call you on the number ending in {digits} as soon as an engineer has your incident. Goodbye."
    ),
    "callback.promised_taken": (
        "{engineer} has your incident. We will call you in a moment on the number ending in {digits}. Goodbye."
    ),
    "message.ask": "Please leave your message after the tone, then press hash.",
    "message.thanks": "Thank you. Your message is with your incident, and we go on ringing the team. Goodbye.",
    "message.thanks_taken": "Thank you. Your message is with your incident, and {engineer} has it. Goodbye.",
    "told.joining": "{engineer} has your incident and is joining.",
    "told.working": "{engineer} has taken your incident, {reference}, and is working on it.",
    "bridge.over": "The engineer has left the call. Incident {reference} stays with us until it is solved. Goodbye.",
    "goodbye": "Goodbye.",
    "callback.greeting": "Premier hotline, calling about your incident. Please enter your PIN, then press hash.",
    "callback.unconfirmed": "I could not confirm who is speaking. Please call the hotline. Goodbye.",
    "callback.connecting": "Connecting you with {engineer}.",
    "callback.join": "To speak to {engineer} now, press 1. Otherwise you may hang up.",
    "callback.report": "Premier hotline. {engineer} is returning your call. To speak to them, press 1.",
    "trouble.restart": "I am sorry, I lost my place. Let us begin again.",
    "trouble.hold": "One moment, please. I am putting you through to the duty team.",
    "trouble.record": (
        "Please leave your name, company, number and the problem after the tone. The duty team will call you."
    ),
}

_ENGINEER = {
    "caller.unidentified": "unidentified caller",
    "caller.unidentified_on_line": "unidentified caller on the line of {customer}",
    "page.incident": "{customer}, {product}. {minutes} left. To take it, press 1.",
    "page.open_again": "{customer}, {product}, is open again. To take it, press 1.",
    "page.open_again_report": "An unverified report is open again. To take it, press 1.",
    "page.no_account": "Your account is disabled, so it cannot be yours. I am ringing somebody else. Goodbye.",
    "chase.ask": "You have {customer}. Nobody has heard from you for {minutes}. If you are on it, press 1.",
    "chase.report": "You have report {reference}. Nobody has heard from you for {minutes}. If you are on it, press 1.",
    "chase.reopened": (
        "{customer}, {product}, is not solved, says the customer. To take it up again, press 1. If you cannot, press 2."
    ),
    "chase.thanks": "Thank you. A note on the incident keeps me quiet. Goodbye.",
    "self_test.ask": "This is the weekly test of Hotline. Nothing has happened. To let it pass, press 1.",
    "self_test.thanks": "Thank you. The whole way to your telephone works. Goodbye.",
    "page.late": "{customer}, {product}. The deadline has passed. To take it, press 1.",
    "page.unverified": "A caller we could not identify reports a problem. To take it, press 1.",
    "page.unverified_line": (
        "A caller on the line of {customer}, whom we could not identify, reports a problem. To take it, press 1."
    ),
    "page.again": (
        "To take it, press 1. To pass it on, press 2. Who else is rung, press 3. To hear this again, press star."
    ),
    "page.who_rung": "Rung as well: {names}.",
    "page.who_alone": "Nobody else has been rung.",
    "page.who_next": "Next, in {minutes}: {engineer}.",
    "page.who_soon": "Next, at any moment: {engineer}.",
    "page.who_none": "There is nobody else on the ladder.",
    "page.taken": "{engineer} took {reference} at {time}. Nothing more to do. Goodbye.",
    "page.closed": "Incident {reference} is closed. Nothing more to do. Goodbye.",
    "page.declined": "Passed on. Goodbye.",
    "page.won": "It is yours, number {reference}. Connecting you with the customer.",
    "page.won_alone": (
        "It is yours, number {reference}. The customer is not on the line. To call them now, press 1."
    ),
    "page.won_silent": "It is yours, number {reference}. The caller left no words.",
    "page.won_written": "It is yours, number {reference}. The report is in writing, on the board.",
    "page.won_report": "It is yours, number {reference}. The report follows.",
    "page.verify": "When you know who it is, open {reference} on the board and verify it. Goodbye.",
    "join.ask": "{customer}, incident {reference}: the customer is waiting for you. To be connected, press 1.",
    "join.call": "Incident {reference}: to call {customer} now, press 1.",
    "join.report": "Report {reference}: to call the number that left it, press 1.",
    "handover.ask": "{engineer} asks you to take over {customer}, {product}. To take it, press 1. To decline, press 2.",
    "handover.ask_report": (
        "{engineer} asks you to take over an unverified report. To take it, press 1. To decline, press 2."
    ),
    "handover.won": "It is yours now, number {reference}.",
    "handover.call": "To call the customer now, press 1.",
    "handover.declined": "Declined. Your colleague keeps it and is being told. Goodbye.",
    "engineer.calling_report": "I am calling the number that left the report. Please hold.",
    "engineer.busy": "The customer is still on the way to you. One moment.",
    "engineer.calling": "I am calling {customer} now. Please hold.",
    "engineer.no_answer": "They did not answer. To try again, press 1.",
    "code.read": "This is Hotline. Your code is: {code}. Once more: {code}. Goodbye.",
    "test.ask": "This is a test of Hotline. Nothing has happened. To confirm that you hear this, press 1.",
    "test.thanks": "Thank you. This telephone works. Goodbye.",
    "engineer.over": "The customer has left the call. {reference} stays with you. Goodbye.",
}

_WRITTEN = {
    "sms.page": (
        "HOTLINE {reference} {customer} {product}. Respond by {time} ({minutes} min). "
        "Reply ACK {code} to take it. {link}"
    ),
    "sms.page_stake": (
        "HOTLINE {reference} {customer} {product}. Respond by {time} ({minutes} min): {amount} at stake. "
        "Reply ACK {code} to take it. {link}"
    ),
    "sms.page_late": (
        "HOTLINE {reference} {customer} {product}. OVERDUE since {time}. Reply ACK {code} to take it. {link}"
    ),
    "sms.page_again": "HOTLINE {reference} {customer} {product} is OPEN AGAIN. Reply ACK {code} to take it. {link}",
    "sms.chase": (
        "HOTLINE {reference} {customer}: no word from you for {minutes} min. "
        "Reply OK {code}, or STATUS {code} and how it stands. {link}"
    ),
    "sms.reopened": (
        "HOTLINE {reference} {customer}: NOT solved, says the customer. "
        "Reply OK {code} within 5 min, or others are rung. {link}"
    ),
    "sms.let_go": "{reference} is not yours any more: somebody else is being rung for it. {link}",
    "sms.page_unverified": (
        "HOTLINE {reference} {customer} {phone} left a report. Reply ACK {code} to take it. {link}"
    ),
    "sms.page_silent": (
        "HOTLINE {reference} {customer} {phone} called, left no words. Reply ACK {code} to take it. {link}"
    ),
    "sms.page_tried": (
        "HOTLINE {reference} {customer} {phone} tried to report and hung up. "
        "Reply ACK {code} to take it. {link}"
    ),
    "sms.page_text": (
        "HOTLINE {reference} {customer} {phone} reports by text: {text} Reply ACK {code} to take it. {link}"
    ),
    "sms.page_recorded": (
        "HOTLINE {reference} {customer}: a report was put down. {text} Reply ACK {code} to take it. {link}"
    ),
    "sms.taken": "{engineer} took {reference} at {time}. Nothing more to do.",
    "sms.warning": (
        "HOTLINE {reference} {customer}: {minutes} min left, {amount} at stake ({miss}). {situation} {link}"
    ),
    "sms.warning_free": "HOTLINE {reference} {customer}: {minutes} min left. {situation} {link}",
    "sms.miss_year": "miss {ordinal} this year",
    "sms.miss_quarter": "miss {ordinal} this quarter",
    "sms.miss_month": "miss {ordinal} this month",
    "sms.miss_attainment": "by attainment",
    "sms.warning_untaken": "Nobody has it. Reply ACK {code} to take it.",
    "sms.warning_untold": "{engineer} has it, but the customer has not been told.",
    "sms.breach": (
        "HOTLINE {reference} {customer}: promise MISSED at {time}. Fine {amount} ({miss}). {link}"
    ),
    "sms.breach_free": "HOTLINE {reference} {customer}: promise MISSED at {time}. {link}",
    "sms.alarm_nobody": "HOTLINE {reference} {customer}: nobody can be rung. {reason}. {link}",
    "sms.alarm_waiting": (
        "HOTLINE {reference} {customer} waits on the line and the engineer who took it does not pick up. {link}"
    ),
    "sms.alarm_untold": "HOTLINE {reference} {customer} cannot be reached by phone or SMS. Call them now. {link}",
    "sms.alarm_silent": (
        "HOTLINE {reference} {customer}: no word from {engineer} for {minutes} min. "
        "Call them, or take it over yourself: {link}"
    ),
    "sms.alarm_number": (
        "HOTLINE the number {phone} of {engineer} failed twice in a row: pages may not reach them. "
        "Ask them for another. {link}"
    ),
    "sms.alarm_test_unanswered": (
        "HOTLINE weekly test: {engineer} was rung and did not press 1 within {minutes} min. "
        "Find out whether calls reach people. {link}"
    ),
    "sms.alarm_test_failed": (
        "HOTLINE weekly test FAILED: the call to {engineer} did not come about. Pages may reach nobody. {link}"
    ),
    "sms.alarm_test_nobody": (
        "HOTLINE weekly test: nobody takes part who can be rung, so nothing was tested. Ask for a volunteer. {link}"
    ),
    "sms.number_flagged": (
        "HOTLINE your number {phone} failed twice in a row: pages may not reach you. Test or replace it: {link}"
    ),
    "sms.self_test": "HOTLINE weekly test: a call follows now. Press 1 in it. Nothing has happened.",
    "sms.alarm_flood": (
        "HOTLINE {count} unidentified callers were NOT put through to anybody within the hour: too many report. "
        "What they recorded is kept. {link}"
    ),
    "sms.customer_wrote": "HOTLINE {reference} {customer} writes: {text} {link}",
    "sms.reference": (
        "Your incident is {reference} ({product}). Answer by {time}. Hotline: {phone} Follow it: {follow}"
    ),
    "sms.reference_late": (
        "Incident {reference} ({product}): our answer was due by {time}, sorry. Hotline {phone} Follow it: {follow}"
    ),
    "sms.link": "Incident {reference}: follow it here from now on: {follow}",
    "sms.notice": "{engineer} has taken incident {reference} and is working on it. Follow it: {follow}",
    "sms.new_engineer": "{engineer} now has incident {reference} and goes on working on it. Follow it: {follow}",
    "sms.handover": (
        "HOTLINE {reference} {customer} {product}: {engineer} hands it over to you. Reply ACK {code} to take it. {link}"
    ),
    "sms.handover_unverified": (
        "HOTLINE {reference} unidentified caller: {engineer} hands it over to you. Reply ACK {code} to take it. {link}"
    ),
    "sms.handover_accepted": "{engineer} has {reference} now, as you asked. Nothing more to do.",
    "sms.handover_declined": "{engineer} cannot take {reference}: it stays yours. {link}",
    "sms.handover_unanswered": "{engineer} did not pick up: {reference} stays yours for now. {link}",
    "sms.handover_withdrawn": "{engineer} keeps {reference} after all. Nothing more to do.",
    "sms.taken_over": "{engineer} took {reference} over from you: {reason}",
    "sms.resolved": (
        "{engineer} has resolved incident {reference}. Is it solved? Reply OK or NO, or call {phone} {follow}"
    ),
    "sms.again": "{engineer} is working on incident {reference} again. Follow it: {follow}",
    "sms.cover_asked": (
        "{engineer} asks for cover: {team} {layer}, {start} to {end}. Can you be on call? Answer: {link}"
    ),
    "sms.cover_accepted": "{engineer} covers for you: {team} {layer}, {start} to {end}.",
    "sms.cover_declined": "Nobody can cover {team} {layer}, {start} to {end}. It is still your shift. {link}",
    "sms.cover_expired": (
        "Nobody answered your request for cover of {team} {layer}, {start} to {end}. It is still your shift. {link}"
    ),
    "sms.cover_settled": (
        "Settled: {engineer} needs no more cover for {team} {layer}, {start} to {end}. Nothing to do."
    ),
    "sms.gap": "HOTLINE NOBODY is on call for {team} {layer}, {start} to {end}. Put somebody on call: {link}",
    "sms.coverage_week": (
        "HOTLINE coverage of {teams}, next 30 days. Times with nobody: {gaps}. Other problems: {others}. {link}"
    ),
    "sms.coverage_fine": "HOTLINE coverage of {teams}, next 30 days: somebody answers at every time. {link}",
    "sms.audit": (
        "HOTLINE the auditor found {count} discrepancies, contract {contracts}: "
        "what was recorded is not what happened. Explain them: {link}"
    ),
    "sms.roster_put": "{engineer} put you on call: {team} {layer}, {start} to {end}.",
    "sms.roster_replaced": "{engineer} is on call instead of you: {team} {layer}, {start} to {end}.",
    "sms.roster_taken": "{engineer} took over: {team} {layer}, {start} to {end}.",
    "sms.roster_ended": "{engineer} ended your override: you are not on call for {team} {layer}, {start} to {end}.",
    "sms.roster_back": "You are on call again: {team} {layer}, {start} to {end}. {engineer} ended the override.",
    "sms.roster_off": "{engineer} took you off: you are not on call for {team} {layer}, {start} to {end}.",
    "sms.roster_changed": "{engineer} changed the roster: you are on call for {team} {layer} from {start} to {end}.",
    "sms.roster_swapped": (
        "{engineer} swapped your shift: you are on call for {team} {layer}, {start} to {end}, "
        "and no longer from {old_start} to {old_end}."
    ),
    "sms.roster_nobody": "NOBODY is on call for {team} {layer}, {start} to {end}: {engineer} decided so.",
    "sms.code": (
        "Your Hotline code is {code}. It is good for {minutes} minutes. Did you not ask for it? Ignore this."
    ),
    "sms.test": "HOTLINE test: this is how a page reaches you. Nothing has happened. No answer is needed.",
    "sms.number_added": (
        "HOTLINE: the number {phone} was added to your account. Was that not you? Tell your admin at once."
    ),
    "sms.number_removed": (
        "HOTLINE: the number {phone} was removed from your account. Was that not you? Tell your admin at once."
    ),
    "sms.address_added": (
        "HOTLINE: {address} was added to your account. Was that not you? Tell your admin at once."
    ),
    "sms.address_removed": (
        "HOTLINE: {address} was removed from your account. Was that not you? Tell your admin at once."
    ),
    "sms.more": "And {count} more: {link}",
}

SPOKEN: Mapping[str, str] = {**_CUSTOMER, **_ENGINEER}
PROMPTS: Mapping[str, str] = {**SPOKEN, **_WRITTEN, **REPLIES, **LETTERS}
