"""The plain words of reports: marked where they are written, translated where they are shown."""

from datetime import timedelta

from babel.dates import format_timedelta

from hotline.speech.marking import marked as marked
from hotline.speech.render import translations


def said(text: str, language: str, **values: object) -> str:
    """A marked sentence in a language with its values."""
    return str(translations(language).gettext(text)).format(**values)


def length(seconds: int, language: str) -> str:
    """A length of time in words: seconds below two minutes, else whole minutes."""
    whole = timedelta(seconds=seconds if seconds < 120 else seconds // 60 * 60)
    return str(format_timedelta(whole, threshold=120, format="long", locale=language))


# What the network's error codes mean to somebody who has to do something about it.
_NETWORK = {
    13224: marked("the network does not know this number"),
    20003: marked("the account's token is wrong or it is suspended: the operator has to act"),
    20429: marked("too many requests at once"),
    21202: marked("this number cannot be called"),
    21210: marked("our own number is not verified with the network"),
    21211: marked("this is no telephone number"),
    21212: marked("our own number is not valid"),
    21214: marked("this number cannot be called"),
    21215: marked("the account may not call that country"),
    21216: marked("calls to this number are blocked"),
    21217: marked("this is no telephone number"),
    21606: marked("our own number cannot send text messages"),
    21611: marked("too many messages wait already"),
    21635: marked("this is a landline, which takes no text messages"),
    30001: marked("too many messages wait already"),
    30450: marked("the network refused it to prevent fraud"),
    21408: marked("the account may not send messages to that country"),
    21610: marked("they sent STOP and get no messages until they send START"),
    21612: marked("this number cannot be reached from ours"),
    21614: marked("this number cannot receive text messages"),
    30002: marked("the account is suspended"),
    30003: marked("the telephone is off or out of reach"),
    30004: marked("the network blocks messages to it"),
    30005: marked("the number is unknown or no longer in use"),
    30006: marked("it is a landline, or a network that takes no text messages"),
    30007: marked("the network filtered it as unwanted"),
    30008: marked("the network gives no reason"),
    30034: marked("our number is not registered for messages there"),
}
# What a telephone network's last word about a call means (RFC 3261); a ring that ended unheard says nothing.
_SIP = {
    403: marked("the network refuses the call"),
    404: marked("the number is unknown or no longer in use"),
    408: marked("the telephone did not answer in time"),
    410: marked("the number is unknown or no longer in use"),
    480: marked("the telephone is off or out of reach"),
    484: marked("this is no telephone number"),
    486: "",
    487: "",
    500: marked("the network is in trouble"),
    502: marked("the network is in trouble"),
    503: marked("the network is in trouble"),
    504: marked("the network is in trouble"),
    603: marked("the call was declined"),
    604: marked("the number is unknown or no longer in use"),
}
# Why something was not sent at all, as the outbox says it.
_OURS = {
    text: text
    for text in (
        marked("somebody has it already"),
        marked("too late to be of use"),
        marked("the incident is finished"),
        marked("the hand-over is settled"),
        marked("they have been heard of"),
        marked("the call is not there any more"),
        marked("the call never came about"),
        marked("they have been told, and are talking"),
        marked("the engineer is being told and the call ends by itself"),
        marked("the number is neither verified nor contracted"),
        marked("calls to that country are not allowed"),
        marked("messages to that country are not allowed"),
        marked("the number was called too often within the hour"),
        marked("outgoing calls and messages are switched off"),
        marked("the network never reported its end"),
        marked("the network's API cannot be reached"),
        marked("the network's API did not answer in time"),
        marked("the network's API answered something unexpected"),
        marked("outcome unknown"),
        marked("the mail server refused our sign-in"),
        marked("the mail server refused our sender"),
        marked("the mail server's certificate is not good"),
        marked("the mail server cannot be reached"),
        marked("the mail server offers no STARTTLS"),
        marked("the webhook's certificate is not good"),
        marked("the webhook cannot be reached"),
        marked("the webhook's name is not known"),
        marked("the webhook is inside, where nothing may be posted"),
        marked("the webhook needs a new signing secret"),
        marked("only https may leave the house"),
        marked("the address was removed"),
        marked("the address is not verified"),
        marked("that code is not good any more"),
        marked("nobody is on call"),
        marked("has no phone number"),
        marked("has a number that cannot be reached"),
        marked("has a number in a country that may not be called"),
        marked("nobody can be rung"),
    )
}


def network_error(code: int | None, language: str) -> str:
    """What an error code means, with the code for whoever has to ask the network; empty without one."""
    if code is None:
        return ""
    known = _NETWORK.get(code)
    number = said(marked("error {code}"), language, code=code)
    return f"{said(known, language)} ({number})" if known else number


def _sip(text: str, language: str) -> str:
    """A telephone network's last word in plain words; its code where there are none."""
    number = text.removeprefix("SIP ")
    known = _SIP.get(int(number)) if number.isdigit() else None
    if known is None:
        return said(marked("the network gave code {code}"), language, code=number)
    return said(known, language) if known else ""


def reason(text: str | None, language: str) -> str:
    """A recorded reason in plain words, be it ``21610: HTTP 400, refused`` or ``Ada has no phone number``."""
    if not text:
        return ""
    if text.startswith("SIP "):
        return _sip(text, language)
    head, _, _rest = text.partition(":")
    if head.isdigit():
        return network_error(int(head), language)
    for known in _OURS:
        if text.endswith(known):
            return text.removesuffix(known) + said(known, language)
    return text
