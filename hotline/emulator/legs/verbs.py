"""Which story carries out which verb."""

from hotline.emulator.legs import dial, queueing, talk
from hotline.emulator.legs.interpreter import Verb

VERBS: dict[str, Verb] = {
    "Say": talk.say,
    "Play": talk.say,
    "Pause": talk.pause,
    "Gather": talk.gather,
    "Record": talk.record,
    "Redirect": talk.redirect,
    "Hangup": talk.hangup,
    "Reject": talk.reject,
    "Leave": talk.leave,
    "Sms": talk.sms,
    "Enqueue": queueing.enqueue,
    "Dial": dial.dial,
}
