"""What people hear and read: every prompt, in every language, with numbers and times spoken well."""

from hotline.speech.prompts import PROMPTS, SPOKEN, Prompt
from hotline.speech.render import LANGUAGES, VOICES, Voice, language_or_default, render
from hotline.speech.values import ClockTime, Day, Minutes, Moment, Reference, Spelled, Telephone

__all__ = [
    "LANGUAGES",
    "PROMPTS",
    "SPOKEN",
    "VOICES",
    "ClockTime",
    "Day",
    "Minutes",
    "Moment",
    "Prompt",
    "Reference",
    "Spelled",
    "Telephone",
    "Voice",
    "language_or_default",
    "render",
]
