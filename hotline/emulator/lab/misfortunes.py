"""Each switch of :class:`~hotline.emulator.Faults` in plain words, with what a good service does then."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Misfortune:
    """``name`` is the switch; ``what`` goes wrong, and what ``should`` come of it."""

    name: str
    title: str
    what: str
    should: str
    is_number: bool = False


MISFORTUNES: dict[str, tuple[Misfortune, ...]] = {
    "The telephone network cannot be asked": (
        Misfortune(
            "rest_down",
            "REST API down",
            "Every request to the network drops the connection.",
            "Calls and texts wait in the outbox and go out once it is back. Nothing is lost.",
        ),
        Misfortune(
            "rest_503",
            "REST API overloaded (503)",
            "Every request is answered 503, and nothing is done.",
            "Sending is tried again, less and less often, until it succeeds or is of no use any more.",
        ),
        Misfortune(
            "rest_500",
            "REST API broken (500)",
            "Every request is answered 500, and nothing is done.",
            "The service cannot know that nothing was done: it looks for the call before it dials again.",
        ),
        Misfortune(
            "rest_429",
            "Too many requests (429)",
            "Every request is answered 429.",
            "The service slows down and tries again.",
        ),
        Misfortune(
            "rest_401",
            "Account refused (401)",
            "The network no longer accepts the account.",
            "Nobody can be rung: the pages say so loudly, and it goes on once a human has repaired it.",
        ),
    ),
    "Done, but nobody hears of it": (
        Misfortune(
            "calls_done_then_dropped",
            "Call placed, answer lost",
            "A call is placed, and the connection drops before the answer.",
            "No telephone rings twice for one reason: the service looks before it dials again.",
        ),
        Misfortune(
            "calls_done_then_500",
            "Call placed, answered 500",
            "A call is placed, and the answer claims that it was not.",
            "The same: it looks before it dials again.",
        ),
        Misfortune(
            "messages_done_then_dropped",
            "Text sent, answer lost",
            "A text message is sent, and the connection drops before the answer.",
            "A text may come twice, but is never lost.",
        ),
        Misfortune(
            "callback_before_answer",
            "Callback overtakes the answer",
            "A call's first status callback arrives before the answer that names the call.",
            "The callback finds its call all the same.",
        ),
    ),
    "Text messages": (
        Misfortune(
            "sms_undelivered",
            "Texts are not delivered",
            "Every text ends as undelivered.",
            "A customer who cannot be texted is called, and the clock runs until they know.",
        ),
        Misfortune(
            "sms_failed",
            "Texts fail",
            "Every text fails at the carrier.",
            "The same: a text that failed has told nobody anything.",
        ),
        Misfortune(
            "sms_silent",
            "No delivery report",
            "Texts are sent, and no report ever says whether they arrived.",
            "Without a report nobody was told, so the customer is called after a while.",
        ),
        Misfortune(
            "sms_callbacks_dropped",
            "Reports are not sent",
            "Texts arrive, but no status callback says so.",
            "The same, seen from the other side.",
        ),
        Misfortune(
            "sms_error_code",
            "Error code of texts that fail",
            "30003 is a telephone that is off, 30006 a landline, 30007 a filter.",
            "It is kept with the message, for whoever looks into it.",
            is_number=True,
        ),
    ),
    "Webhooks": (
        Misfortune(
            "webhook_lost",
            "Webhooks get lost",
            "Calls and texts never reach the service: the network gives up after fifteen seconds.",
            "The network asks the fallback; a caller hears an apology, never silence.",
        ),
        Misfortune(
            "webhook_answer_lost",
            "Answers get lost",
            "The service does its part, and its answer never arrives.",
            "What was done stays done: the incident exists although the caller heard an apology.",
        ),
        Misfortune(
            "webhook_twice",
            "Every webhook twice",
            "Each is delivered again after its answer.",
            "The second gets the same answer as the first, and changes nothing.",
        ),
        Misfortune(
            "webhook_twice_at_once",
            "Every webhook twice at once",
            "Each is delivered by two connections at the same moment.",
            "Exactly one of them acts; the two answers are the same.",
        ),
        Misfortune(
            "extra_parameters",
            "Unknown parameters",
            "Webhooks carry parameters that nobody knows.",
            "They are ignored, and the signature still holds.",
        ),
    ),
    "Status callbacks": (
        Misfortune(
            "callbacks_shuffled",
            "Late and out of order",
            "Callbacks arrive up to eight seconds late, in any order.",
            "A status never moves backwards.",
        ),
        Misfortune(
            "callbacks_duplicated",
            "Every callback twice",
            "Each arrives twice.",
            "The second changes nothing.",
        ),
        Misfortune(
            "completed_dropped",
            "The last one is missing",
            "Nobody says that a call has ended.",
            "After a while the service asks, and goes on.",
        ),
    ),
    "Waiting callers": (
        Misfortune(
            "queue_full",
            "The queue is full",
            "A caller who is to wait finds no room.",
            "The caller is told the truth and called back. The incident is open already.",
        ),
        Misfortune(
            "queue_system_error",
            "The queue is broken",
            "The network fails to put the caller on hold.",
            "The same: told the truth, and called back.",
        ),
        Misfortune(
            "action_after_hangup",
            "Tell the end of a connection after a hang-up",
            "Whether the network still reports a connection whose caller hung up; its documents do not say.",
            "Nothing depends on it.",
        ),
    ),
}
