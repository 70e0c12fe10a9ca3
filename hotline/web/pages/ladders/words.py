"""Words of the ladders' pages: whom a target means, why somebody is passed over, minutes of a round."""

from collections.abc import Mapping

from hotline.db.models import Channel, TargetKind
from hotline.web.pages.words import gettext, marked
from routing import SkipReason

REASONS: Mapping[str, str] = {
    SkipReason.NOBODY_ON_CALL: marked("nobody is on call"),
    SkipReason.ALREADY_TRIED: marked("was rung a moment ago"),
    "has an account that is disabled": marked("has an account that is disabled"),
    "has no phone number": marked("has no phone number"),
    "has a number that cannot be reached": marked("has a number that cannot be reached"),
    "has a number in a country that may not be called": marked(
        "has a number in a country that may not be called"
    ),
}
CHANNELS: Mapping[Channel, str] = {
    Channel.SMS: marked("text"),
    Channel.CALL: marked("call"),
    Channel.EMAIL: marked("e-mail"),
    Channel.WEBHOOK: marked("webhook"),
}
GROUPS: Mapping[TargetKind, str] = {
    TargetKind.ON_CALL: marked("Whoever is on call in a layer"),
    TargetKind.DUTY_MANAGER: marked("The duty manager of a team"),
    TargetKind.TEAM: marked("Everybody of a team"),
    TargetKind.PERSON: marked("One person"),
}


def reason(text: str) -> str:
    """Why somebody is passed over."""
    return gettext(REASONS.get(text, text))


def channel(found: Channel) -> str:
    """By which channel."""
    return gettext(CHANNELS[found])


def target(kind: TargetKind, called: str) -> str:
    """A target by its kind and what it is called."""
    if kind is TargetKind.TEAM:
        return gettext("everybody of {team}").format(team=called)
    if kind is TargetKind.DUTY_MANAGER:
        return gettext("duty manager of {team}").format(team=called)
    return called


def minutes(seconds: float) -> str:
    """Minutes of a round as they are typed: ``2``, ``0:45``."""
    whole, rest = divmod(int(seconds), 60)
    return f"{whole}:{rest:02d}" if rest else str(whole)


def clock(seconds: float) -> str:
    """Minutes and seconds since the call: ``2:00``."""
    return "{}:{:02d}".format(*divmod(int(seconds), 60))
