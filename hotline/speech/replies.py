"""What text messages that come in are answered, by key, as in :mod:`hotline.speech.prompts`."""

from collections.abc import Mapping

REPLIES: Mapping[str, str] = {
    "reply.acknowledged": "You have {reference} {customer}. {told}",
    "reply.will_tell": "The customer is being told now.",
    "reply.joining": "The customer is on the line: answer the call that rings now.",
    "reply.told": "The customer was told at {time}.",
    "reply.no_clock": "The caller is not identified yet: verify on {link}",
    "reply.already_yours": "You already have {reference} since {time}. {told}",
    "reply.taken": "{engineer} took {reference} at {time}. Nothing more to do.",
    "reply.closed_resolved": "{reference} is resolved already. Nothing more to do.",
    "reply.closed_cancelled": "{reference} was cancelled. Nothing more to do.",
    "reply.resolved": "{reference} is resolved at {time}. The customer gets a text.",
    "reply.not_yours": "{engineer} has {reference}. Ask them, or the board: {link}",
    "reply.take_first": "Nobody has {reference} yet. Reply ACK {code} to take it first.",
    "reply.which": "Which one? Send {examples}.",
    "reply.none_open": "You have no open incident. On call now: WHO",
    "reply.unknown_code": "No page of yours has the code {code}. Yours: {examples}.",
    "reply.unknown_code_none": "No page of yours has the code {code}, and none is open.",
    "reply.status_open": "{reference} {customer} {product}: nobody has it, respond by {time}. ACK {code}",
    "reply.status_unverified": "{reference} unidentified caller: nobody has it. ACK {code}",
    "reply.status_owned": "{reference} {customer}: {engineer} since {time}. {told}",
    "reply.status_none": "Nothing is open.",
    "reply.untold": "The customer has NOT been told yet.",
    "reply.who": "{team}: {names}",
    "reply.who_nobody": "NOBODY",
    "reply.lines": "{text}",
    "reply.help": (
        "Send ACK code, RESOLVE code, STATUS, STATUS code and how it stands, WHO. "
        "The code is in the page you got, as in ACK 7KM. OK answers when we ask for a word."
    ),
    "reply.on_it": "Noted: you are on {reference}. Send STATUS {code} and how it stands to leave word.",
    "reply.status_kept": "Kept with {reference}: {text}",
    "reply.solved_yes": "Thank you. Incident {reference} stays closed.",
    "reply.solved_no": "{engineer} is being rung now: incident {reference} is open again. We are sorry. {follow}",
    "reply.solved_no_ringing": (
        "We are sorry. Incident {reference} is open again and our engineers are being rung now. {follow}"
    ),
    "reply.solved_enough": "Your text is kept with {reference}. Please call {phone}: then somebody answers at once.",
    "reply.solved_late": "{reference} was resolved on {start}. For a new problem reply REPORT, or call {phone}.",
    "reply.solved_unclear": (
        "Your text is kept with {reference}, which is resolved. Solved? Reply OK or NO. "
        "A new problem? Reply REPORT, or call {phone}."
    ),
    "reply.solved_other": (
        "Thank you. Your text is kept with {reference}. Is it not solved? Reply NO, or call {phone}."
    ),
    "reply.trouble": "That was NOT recorded: something is wrong on our side. Please send it again.",
    "reply.unknown": "I did not understand that. Send ACK code, RESOLVE code, STATUS, WHO or ? for help.",
    "reply.quiet": (
        "I did not understand that, and stay quiet about such texts for an hour. "
        "ACK code, RESOLVE code, STATUS and WHO still work."
    ),
    "reply.customer_ringing": (
        "{reference}: we are ringing our engineers, answer by {time}. Your text is kept with it. {follow}"
    ),
    "reply.customer_late": (
        "{reference}: we are late, we are sorry, and we go on ringing our engineers. Your text is kept. {follow}"
    ),
    "reply.customer_taken": "{engineer} has {reference} since {time} and is working on it. Your text is kept. {follow}",
    "reply.customer_report": (
        "Your report {reference} is with us and the duty engineer is told. Your text is kept with it."
    ),
    "reply.customer_call": (
        "You have no open incident. To report a problem, reply REPORT and what is wrong, or call this number."
    ),
    "reply.report_unclear": (
        "Is that a new problem? Nobody is rung for it yet. Reply REPORT to open an incident, or call this number."
    ),
    "reply.report_opened": (
        "Report {reference}: the engineer on call is being rung. To confirm that it is you, call {phone} and give "
        "the PIN there, never by text. The time then counts from your text."
    ),
    "reply.report_limit": (
        "Your text is kept, but NOBODY is rung for it: too many reports by text. Please call {phone} now."
    ),
    "reply.stranger": "This number answers on-call engineers. To report a problem, please call it.",
}
