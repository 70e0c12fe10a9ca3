"""Every prompt is there in every language, with the same values in it and the same commands."""

import re
import string
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from hotline import speech
from hotline.speech.prompts import MINUTES, PROMPTS, SPOKEN
from hotline.speech.render import LANGUAGES, translations

CATALOGUES = Path(speech.__file__).with_name("catalogues")
FOREIGN = [language for language in LANGUAGES if language != "en"]
PLURALS = {"id": "nplurals=1; plural=0;"}
COMMANDS = re.compile(r"\b(?:ACK|RESOLVE|STATUS|WHO|HOTLINE)\b")
KEYS = re.compile(r"(?:press|tekan) (?P<key>[0-9]|\{digit\}|hash|star|tanda pagar|tanda bintang)")
GSM = set(string.ascii_letters + string.digits + " \n@!\"#%&'()*+,-./:;<=>?_{}")
WRITTEN = sorted(PROMPTS.keys() - SPOKEN.keys())
languages = pytest.mark.parametrize("language", FOREIGN)


@cache
def catalogue(language: str) -> Catalog:
    with (CATALOGUES / language / "LC_MESSAGES" / "prompts.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def translated(language: str, key: str) -> str:
    message = catalogue(language).get(PROMPTS[key])
    return "" if message is None else str(message.string)


def fields(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name is not None})


def pressed(text: str) -> list[str]:
    """The keys that a prompt tells of, in order, by the same names in every language."""
    names = {"tanda pagar": "hash", "tanda bintang": "star"}
    return [names.get(match["key"], match["key"]) for match in KEYS.finditer(text.lower())]


def test_there_are_prompts_and_a_second_language() -> None:
    assert len(PROMPTS) > 100
    assert FOREIGN == ["id"]
    assert WRITTEN


@languages
@pytest.mark.parametrize("key", sorted(PROMPTS))
def test_a_prompt_is_translated_with_the_same_values(language: str, key: str) -> None:
    text = translated(language, key)
    assert text, f"{key} has no words in {language}"
    assert fields(text) == fields(PROMPTS[key])


@languages
@pytest.mark.parametrize("key", sorted(PROMPTS))
def test_commands_stay_as_they_are(language: str, key: str) -> None:
    assert sorted(COMMANDS.findall(translated(language, key))) == sorted(COMMANDS.findall(PROMPTS[key]))


@languages
@pytest.mark.parametrize("key", sorted(SPOKEN))
def test_the_keys_to_press_are_the_same(language: str, key: str) -> None:
    assert pressed(translated(language, key)) == pressed(PROMPTS[key])


def test_keys_are_recognised() -> None:
    assert pressed(PROMPTS["offer"]) == ["1", "2", "3"]
    assert pressed(PROMPTS["greeting.pin"]) == ["hash"]


@languages
@pytest.mark.parametrize("key", WRITTEN)
def test_a_text_message_needs_no_letters_that_halve_its_length(language: str, key: str) -> None:
    assert set(PROMPTS[key]) | set(translated(language, key)) <= GSM


@languages
def test_a_catalogue_has_nothing_that_is_not_said(language: str) -> None:
    known = {*PROMPTS.values(), MINUTES[0]}
    found = [message.id[0] if message.pluralizable else message.id for message in catalogue(language)]
    assert [text for text in found if text and text not in known] == []
    assert not catalogue(language).obsolete
    assert not [message.id for message in catalogue(language) if message.fuzzy and message.id]


@languages
def test_the_plural_rule_is_the_languages_own(language: str) -> None:
    assert catalogue(language).plural_forms == PLURALS[language]
    header = (CATALOGUES / language / "LC_MESSAGES" / "prompts.po").read_text()
    assert f'"Plural-Forms: {PLURALS[language]}\\n"' in header


@languages
@pytest.mark.parametrize("count", [0, 1, 2, 26])
def test_minutes_have_a_plural(language: str, count: int) -> None:
    said = translations(language).ngettext(*MINUTES, count)
    assert said not in MINUTES
    assert fields(said) == ["count"]


@languages
def test_no_two_prompts_are_said_alike(language: str) -> None:
    """Different words in one language that mean the same in another would blur a promise."""
    said: dict[str, set[str]] = {}
    for key, text in PROMPTS.items():
        said.setdefault(translated(language, key), set()).add(text)
    assert {text: sources for text, sources in said.items() if len(sources) > 1} == {}
