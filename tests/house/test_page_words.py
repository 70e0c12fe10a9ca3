"""Every word of the pages is there in every language, with the same values in it, and is said once."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

import hotline
from hotline import speech
from hotline.speech.render import LANGUAGES

HOUSE = Path(hotline.__file__).parent
FOREIGN = [language for language in LANGUAGES if language != "en"]
# Functions whose first argument (or first two, for one and several) is shown to people. ``marked`` gives
# back what it is given: it stands where a sentence is written that another place translates.
SHOWN = {"_": None, "gettext": None, "marked": None, "ngettext": (1, 2)}
SOURCES = sorted(
    path
    for pattern in (
        "web/templates/**/*.html",
        "web/pages/**/*.py",
        "services/reports/*.py",
        "services/accounts/*.py",
        "services/directory/*.py",
        "services/ladders/*.py",
        "services/ledger/*.py",
        "services/statements/*.py",
        "services/terms/*.py",
        "services/quoting/*.py",
    )
    for path in HOUSE.glob(pattern)
)
VALUES = re.compile(r"%\(\w+\)s|\{\w*\}")
languages = pytest.mark.parametrize("language", FOREIGN)


def words(path: Path) -> set[str | tuple[str, ...]]:
    """What a template or module says to people, in English."""
    method = "jinja2.ext:babel_extract" if path.suffix == ".html" else "python"
    found = extract_from_file(method, path, keywords=SHOWN, options={"silent": "false"})
    return {tuple(text) if isinstance(text, list) else text for _, text, _, _ in found if text}


@cache
def catalogues(language: str) -> dict[str, Catalog]:
    """The catalogues of a language by name; ``prompts`` is what the telephone says."""
    folder = Path(speech.__file__).with_name("catalogues") / language / "LC_MESSAGES"
    read = {}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            read[path.stem] = read_po(file, locale=language, abort_invalid=True)
    return read


def said(language: str, text: str | tuple[str, ...]) -> list[str]:
    """Its translations, of which there should be one."""
    singular = text if isinstance(text, str) else text[0]
    found = [catalogue.get(singular) for catalogue in catalogues(language).values()]
    return [
        message.string if isinstance(message.string, str) else message.string[0]
        for message in found
        if message is not None and message.string
    ]


def test_words_are_found() -> None:
    assert sum(len(words(path)) for path in SOURCES) > 100


@languages
@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_every_word_is_translated_with_the_same_values(language: str, path: Path) -> None:
    missing, different = [], []
    for text in sorted(words(path), key=str):
        found = said(language, text)
        source = text if isinstance(text, str) else text[-1]
        if not found:
            missing.append(text)
        elif sorted(VALUES.findall(found[0])) != sorted(VALUES.findall(source)):
            different.append(text)
    assert (missing, different) == ([], [])


@languages
def test_nothing_is_translated_twice(language: str) -> None:
    places: dict[str, list[str]] = {}
    for name, catalogue in catalogues(language).items():
        for message in catalogue:
            if message.id:
                places.setdefault(str(message.id), []).append(name)
    assert {text: names for text, names in places.items() if len(names) > 1} == {}


@languages
def test_no_catalogue_keeps_what_no_page_says(language: str) -> None:
    used = {text if isinstance(text, str) else text[0] for path in SOURCES for text in words(path)}
    kept = {
        message.id if isinstance(message.id, str) else message.id[0]
        for name, catalogue in catalogues(language).items()
        if name != "prompts"
        for message in catalogue
        if message.id
    }
    assert sorted(kept - used) == []
