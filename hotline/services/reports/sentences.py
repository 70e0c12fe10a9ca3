"""What each kind of event says; ``{…}`` are its data, and ``name`` is the user it is about.

A kind of more than one wording has a variant after the colon.
"""

from collections.abc import Mapping

from hotline.services.reports.words import marked

CUSTOMER = marked("the customer")
SERVICE = marked("the service")

KINDS: Mapping[str, str] = {
    "reported": marked("The customer called."),
    "reported:unverified": marked("Somebody called who could not be identified, and left a report."),
    "reported:silent": marked("Somebody called who could not be identified, and left no words."),
    "reported:sms": marked("The customer reported it by text message: {text}"),
    "reported:sms-unverified": marked(
        "A registered number reported it by text message; who wrote is to be verified: {text}"
    ),
    "reported:api": marked("A program of the customer reported it: {text}"),
    "reported:web": marked("{who} put the report down by hand: {text}"),
    "reported:web-unverified": marked(
        "{who} put the report down by hand; who reported is to be verified: {text}"
    ),
    "reported:missed-call": marked("A call that left no report; {who} put it down as one: {text}"),
    "reported:missed-call-unverified": marked(
        "A call that left no report; {who} put it down as one, and who called is to be verified: {text}"
    ),
    "called-silently": marked("Somebody called who could not be identified, and left no words."),
    "tried-to-report": marked("Somebody tried to report, could not be confirmed, and hung up."),
    "identified": marked("The caller gave the PIN."),
    "identified:number": marked("The number was known and the PIN was right."),
    "identified:number-again": marked(
        "The number was known and the PIN was right after {tries} tries that were not."
    ),
    "identified:contract": marked("The contract number and the PIN were right."),
    "identified:contract-again": marked(
        "The contract number and the PIN were right after {tries} tries that were not."
    ),
    "pin-unconfirmed": marked("The PIN was not confirmed; tries: {tries}."),
    "pin-wrong": marked("A caller gave a wrong PIN for this incident."),
    "opened": marked("The incident was opened for {product}."),
    "paged": marked("{name} was paged."),
    "ringing": marked("Ringing {name}."),
    "declined": marked("{who} pressed 2 and passed it on."),
    "not-accepted": marked("{name} picked up, but nobody pressed 1."),
    "rung-skipped": marked("A step of the ladder was skipped: {reason}."),
    "ladder-changed": marked("Nobody on the ladder {before} took it: the hunt goes on with {after}."),
    "accepted": marked("{who} took it."),
    "accepted:call": marked("{who} took it on the telephone."),
    "accepted:sms": marked("{who} took it by text message."),
    "accepted:web": marked("{who} took it on this board."),
    "handover-asked": marked("{who} asked {name} to take it over."),
    "handover-asked:noted": marked("{who} asked {name} to take it over: {text}"),
    "handover-declined": marked("{who} cannot take it over."),
    "handover-unanswered": marked("{name} did not pick up; the request stands."),
    "handover-withdrawn": marked("{who} withdrew the hand-over to {name}."),
    "handed-over": marked("{who} took it over from {name}."),
    "handed-over:call": marked("{who} took it over from {name} on the telephone."),
    "handed-over:sms": marked("{who} took it over from {name} by text message."),
    "handed-over:web": marked("{who} took it over from {name} on this board."),
    "taken-over": marked("{who} took it from {name}: {reason}"),
    "told": marked("The customer was told that {who} is working on it."),
    "told:bridge": marked("The customer was connected with {who}: the clock stopped."),
    "told:spoken": marked("The customer heard while holding that {who} has it: the clock stopped."),
    "told:callback": marked("The customer was called and told that {who} has it: the clock stopped."),
    "told:message": marked("The customer got the text message that {who} has it: the clock stopped."),
    "told-unstopped": marked("The customer was told that {who} has it; by their contract the clock runs on."),
    "told-unstopped:message": marked(
        "The customer got the text message that {who} has it; by their contract the clock runs on."
    ),
    "told-unstopped:spoken": marked(
        "The customer heard while holding that {who} has it; by their contract the clock runs on."
    ),
    "told-retracted": marked(
        "The connection did not come about: the customer has not been told, the clock runs on."
    ),
    "verified": marked(
        "{who} verified who reported: contract {contract}, {product}."
        " The clock counts from the arrival of the report."
    ),
    "verified:pin": marked(
        "The caller gave the PIN: contract {contract}, {product}."
        " The clock counts from the arrival of the report."
    ),
    "resolved": marked("{who} resolved it."),
    "resolved:noted": marked("{who} resolved it: {text}"),
    "cancelled": marked("{who} cancelled it: {reason}"),
    "note": marked("{who} noted: {text}"),
    "customer-wrote": marked("{writer} wrote by text message: {text}"),
    "listened": marked("{who} listened to the recording."),
    "transcribed": marked("{who} wrote down the recording: {text}"),
    "transcribed:machine": marked("The recording was written down by machine: {text}"),
    "message-delivered": marked("A text message ({message}) reached {to}."),
    "message-undelivered": marked("A text message ({message}) did not reach {to}."),
    "message-failed": marked("A text message ({message}) to {to} could not be sent."),
    "warning": marked("Warning: {share} of the time has gone and the customer has not been told."),
    "clock-started": marked(
        "The clock was started by version {version} of the contract's terms."
        " It counts from the arrival of the report."
    ),
    "breached": marked("The promise was missed at the deadline."),
    "breached:fined": marked(
        "The promise was missed at the deadline. The fine is {fine}, for miss {ordinal} of the period."
    ),
    "holding": marked("The customer is holding on the line."),
    "joining": marked("The customer is on the line and waits for the engineer."),
    "bridged": marked("The customer and {who} are talking."),
    "caller-left": marked("The customer left the line."),
    "callback-requested": marked("The customer pressed 2 and asked to be called back."),
    "message-chosen": marked("The customer chose to leave a message."),
    "call-asked": marked("{who} asked to be connected with the customer."),
    "calling-customer": marked("Calling the customer."),
    "customer-unreachable": marked("The customer could not be reached by telephone or text message."),
    "recorded": marked("The customer left a recording."),
    "call-rescued": marked("Something went wrong in a call on our side; it was taken up again."),
    "outgoing-failed": marked("Something did not go out: {reason}"),
    "outgoing-failed:place-call": marked("A call could not be placed: {reason}"),
    "outgoing-failed:end-call": marked("A call could not be ended: {reason}"),
    "outgoing-failed:redirect-call": marked("A call could not be moved on: {reason}"),
    "outgoing-failed:send-message": marked("A text message could not be sent: {reason}"),
    "page-ended": marked("{name}'s phone stopped ringing, or the call with it ended ({status})."),
    "join-ended": marked("The call to connect {name} with the customer ended ({status})."),
    "hand-over-ended": marked("The call that asked {name} to take it over ended ({status})."),
    "callback-ended": marked("Our call to the customer ended ({status})."),
    "status": marked("{who} left word: {text}"),
    "still-on-it": marked("{who} is on it."),
    "still-on-it:call": marked("{who} pressed 1: they are on it."),
    "still-on-it:sms": marked("{who} answered by text message: they are on it."),
    "still-on-it:web": marked("{who} said on this page that they are on it."),
    "chased": marked("No word from {name} for {minutes} minutes."),
    "chased:text": marked("No word from {name} for {minutes} minutes: they are asked by text message."),
    "chased:call": marked("No word from {name} for {minutes} minutes: their telephone rings."),
    "chased:managers": marked("No word from {name} for {minutes} minutes: the managers are told."),
    "chase-ended": marked("The call that asked {name} for a word ended ({status})."),
    "solved-confirmed": marked("The customer confirmed that it is solved."),
    "reopened": marked("The customer says that it is not solved: it is open again."),
    "back-to-ladder": marked("It went back to the ladder: {name} has it no more."),
    "back-to-ladder:unreachable": marked("It went back to the ladder: {name} cannot be rung."),
    "back-to-ladder:slept": marked("It went back to the ladder: {name} did not take it up again."),
    "back-to-ladder:passed-on": marked("It went back to the ladder: {name} pressed 2."),
    "brought-forward": marked("What was to wait is done at once: a page to {name} did not get through."),
    "link-sent": marked("{who} sent the customer a new link to follow it."),
    "link-revoked": marked("{who} took back the link to follow it."),
}

_CALLS = (
    "ringing declined not-accepted rung-skipped ladder-changed holding joining bridged caller-left"
    " callback-requested"
    " message-chosen call-asked calling-customer recorded call-rescued page-ended join-ended hand-over-ended"
    " callback-ended chase-ended brought-forward pin-wrong pin-unconfirmed identified listened"
)
_MESSAGES = "paged message-delivered message-undelivered message-failed link-sent link-revoked"
GROUPS: Mapping[str, str] = {
    **dict.fromkeys(_CALLS.split(), "calls"),
    **dict.fromkeys(_MESSAGES.split(), "messages"),
    **dict.fromkeys(("note", "status", "transcribed", "customer-wrote"), "notes"),
    **dict.fromkeys(("warning", "breached"), "money"),
    "outgoing-failed": "calls",
}
