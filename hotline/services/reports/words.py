"""The plain words of reports: marked where they are written, translated where they are shown."""

from datetime import timedelta

from babel.dates import format_timedelta

from hotline.speech.render import translations


def marked(text: str) -> str:
    """``text`` as it is: what stands in this call is a sentence that is translated later."""
    return text


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
    21211: marked("this is no telephone number"),
    21214: marked("this number cannot be called"),
    21217: marked("this is no telephone number"),
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
# Why something was not sent at all, as the outbox says it.
_OURS = {
    text: text
    for text in (
        marked("somebody has it already"),
        marked("too late to be of use"),
        marked("the incident is finished"),
        marked("the hand-over is settled"),
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


def reason(text: str | None, language: str) -> str:
    """A recorded reason in plain words, be it ``21610: HTTP 400, refused`` or ``Ada has no phone number``."""
    if not text:
        return ""
    head, _, _rest = text.partition(":")
    if head.isdigit():
        return network_error(int(head), language)
    for known in _OURS:
        if text.endswith(known):
            return text.removesuffix(known) + said(known, language)
    return text
