"""English beneath a sentence that was spoken or written in another language."""

import re
import string
from functools import cache

from hotline.speech import LANGUAGES, PROMPTS
from hotline.speech.prompts import MINUTES
from hotline.speech.render import translations

_FEWEST_LETTERS = 4


def gloss(text: str) -> str | None:
    """What a sentence of the service means in English; None when it is English or not the service's."""
    for pattern, english in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            values = {name: gloss(value) or _minutes(value) for name, value in found.groupdict().items()}
            return english.format(**values)
    return None


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Sentences and what they mean, those with the most words of their own first."""
    found = [
        (said, english)
        for language in LANGUAGES
        if language != "en"
        for english in PROMPTS.values()
        if (said := str(translations(language).gettext(english))) != english
        and _own_letters(said) >= _FEWEST_LETTERS
    ]
    found.sort(key=lambda pair: _own_letters(pair[0]), reverse=True)
    return [(re.compile(_pattern(said)), english) for said, english in found]


def _own_letters(template: str) -> int:
    return len(re.sub(r"\{\w+\}|\W", "", template))


def _pattern(template: str) -> str:
    """A regular expression for what a template may become; a value that comes twice is the same twice."""
    seen: set[str] = set()
    parts = []
    for literal, name, _format, _conversion in string.Formatter().parse(template):
        parts.append(re.escape(literal))
        if name is not None:
            value = r"\S+" if name == "link" else ".+?"
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>{value})")
            seen.add(name)
    return "".join(parts)


def _minutes(value: str) -> str:
    """A value of minutes in English; any other as it is."""
    for language in LANGUAGES:
        said = str(translations(language).ngettext(*MINUTES, 2))
        found = re.fullmatch(re.escape(said).replace(r"\{count\}", r"(\d+)"), value)
        if found is not None:
            return MINUTES[int(found[1]) != 1].format(count=found[1])
    return value
