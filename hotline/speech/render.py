"""From a prompt to the words of a language, by the gettext catalogues."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from hotline.speech.prompts import MINUTES, PROMPTS, Prompt, Value
from hotline.speech.values import Minutes

_CATALOGUES = Path(__file__).with_name("catalogues")


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks a language: Twilio's ``language`` and ``voice``, which must belong together."""

    language: str
    voice: str
    name: str


VOICES: Mapping[str, Voice] = {
    "en": Voice("en-US", "Google.en-US-Standard-C", "English"),
    "id": Voice("id-ID", "Google.id-ID-Standard-A", "Bahasa Indonesia"),
}
LANGUAGES = tuple(VOICES)


def language_or_default(language: str | None) -> str:
    """The language if there are prompts in it, else English."""
    return language if language is not None and language in VOICES else "en"


def render(prompt: Prompt, language: str, *, written: bool = False) -> str:
    """The words of ``prompt`` in ``language``: spoken, or as a text message when ``written``."""
    catalogue = translations(language)
    text = str(catalogue.gettext(PROMPTS[prompt.key]))
    return text.format(**{name: _words(value, language, written) for name, value in prompt.values.items()})


def _words(value: Value, language: str, written: bool) -> str:
    if isinstance(value, Minutes) and not written:
        singular, plural = MINUTES
        return str(translations(language).ngettext(singular, plural, value.count)).format(count=value.count)
    if isinstance(value, Prompt):
        return render(value, language, written=written)
    if isinstance(value, str | int):
        return str(value)
    return value.written(language) if written or isinstance(value, Minutes) else value.spoken(language)


@cache
def translations(language: str) -> NullTranslations:
    """The catalogues of a language, compiled from their ``.po`` files once. English is the source."""
    if language not in VOICES:
        return NullTranslations()
    words = NullTranslations()
    for path in sorted((_CATALOGUES / language / "LC_MESSAGES").glob("*.po")):
        compiled = io.BytesIO()
        with path.open("rb") as source:
            write_mo(compiled, read_po(source, locale=language))
        compiled.seek(0)
        words.add_fallback(GNUTranslations(compiled))
    return words
