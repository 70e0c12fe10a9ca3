"""What is heard and read: short enough, complete in every language, and blaming nobody."""

import re
import string

import pytest

from hotline.cli.prompts import _EXAMPLES, example
from hotline.services.texting.sms_words import CARRIER_KEYWORDS
from hotline.speech import LANGUAGES, PROMPTS, SPOKEN, VOICES, Minutes, Prompt, language_or_default, render

WRITTEN = sorted(PROMPTS.keys() - SPOKEN.keys())
CHARACTERS_A_SECOND, LONGEST_SECONDS = 14, 8
# What is heard once by choice, or offers several ways at once, may take longer; each says why.
LONGER = {
    "menu.choices": "three choices in one breath",
    "offer": "three choices in one breath",
    "offer.taken": "three choices in one breath",
    "pin.mismatch": "what to do now, and two ways out",
    "contract.person": "the third time: every way there is",
    "pin.person": "the third time: every way there is",
    "refused.support": "a telephone number, said twice",
    "incident.opened": "a reference, said twice",
    "callback.promised": "the last thing in a call, and a promise to remember",
    "report.taken": "a reference, and that hanging up is no loss",
    "status.hunting": "a status that the caller asked for",
    "page.taken": "the last thing in a call",
}
GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = set("^{}\\[~]|€")
languages = pytest.mark.parametrize("language", LANGUAGES)


def segments(text: str) -> int:
    """How many SMS a text takes: GSM-7 of 160 or 153 characters, UCS-2 of 70 or 67."""
    if set(text) <= GSM | GSM_EXTENDED:
        length, alone, part = len(text) + sum(c in GSM_EXTENDED for c in text), 160, 153
    else:
        length, alone, part = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= alone else -(-length // part)


def test_segments_are_counted_as_networks_count_them() -> None:
    assert [segments("a" * n) for n in (160, 161, 306, 307)] == [1, 2, 2, 3]
    assert [segments("…" * n) for n in (70, 71, 134, 135)] == [1, 2, 2, 3]
    assert segments("€" * 80) == 1
    assert segments("€" * 81) == 2


def test_the_examples_fill_every_placeholder() -> None:
    used = {
        name
        for text in PROMPTS.values()
        for _, name, _, _ in string.Formatter().parse(text)
        if name is not None
    }
    assert used == set(_EXAMPLES)


@languages
@pytest.mark.parametrize("key", sorted(PROMPTS))
def test_a_prompt_is_rendered_whole(key: str, language: str) -> None:
    text = example(key, language)
    assert text.strip() == text
    assert text
    assert not re.search(r"[{}<>]", text)
    assert "  " not in text


@languages
@pytest.mark.parametrize("key", sorted(SPOKEN))
def test_a_spoken_prompt_is_said_in_eight_seconds(key: str, language: str) -> None:
    spoken = re.sub(r"[, .]+", " ", example(key, language))
    seconds = len(spoken) / CHARACTERS_A_SECOND
    assert seconds <= (14 if key in LONGER else LONGEST_SECONDS), f"{seconds:.1f} s: {spoken}"


def test_no_excuse_is_for_a_prompt_that_is_gone() -> None:
    assert LONGER.keys() <= SPOKEN.keys()


_BLAME = re.compile(
    r"\b(wrong|invalid|incorrect|your mistake|you failed|error|salah|gagal|tidak sah)\b", re.I
)


@languages
@pytest.mark.parametrize("key", sorted(SPOKEN))
def test_nobody_is_blamed(key: str, language: str) -> None:
    assert not _BLAME.search(render(Prompt(key, _EXAMPLES), language))


@languages
@pytest.mark.parametrize("key", WRITTEN)
def test_a_text_message_takes_two_parts_at_most(key: str, language: str) -> None:
    text = example(key, language)
    assert segments(text) <= 2, f"{segments(text)} parts: {text}"


TO_CUSTOMERS = [key for key in WRITTEN if "{follow}" in PROMPTS[key]]


def test_the_messages_with_a_link_to_the_customers_clock_are_known() -> None:
    assert {"sms.reference", "sms.notice", "sms.resolved", "sms.link"} < set(TO_CUSTOMERS)


@languages
@pytest.mark.parametrize("key", TO_CUSTOMERS)
def test_a_message_to_a_customer_is_one_part_and_its_link_is_last_and_whole(key: str, language: str) -> None:
    text = example(key, language)
    assert segments(text) == 1, f"{len(text)} characters: {text}"
    assert text.endswith(str(_EXAMPLES["follow"]))


@languages
@pytest.mark.parametrize("key", TO_CUSTOMERS)
def test_the_first_forty_characters_name_the_engineer_or_the_incident(key: str, language: str) -> None:
    wanted = "Dewi Santoso" if "{engineer}" in PROMPTS[key] else "4821-7"
    assert wanted in example(key, language)[:40]


@languages
@pytest.mark.parametrize("key", ["sms.page", "sms.page_late", "sms.warning", "sms.breach"])
def test_the_first_forty_characters_name_the_customer(key: str, language: str) -> None:
    """That is what a locked telephone shows."""
    longest = {**_EXAMPLES, "customer": "Nusantara Securities"}
    assert "Nusantara Securities" in render(Prompt(key, longest), language, written=True)[:40]


@languages
@pytest.mark.parametrize("key", WRITTEN)
def test_no_text_tells_anybody_to_send_a_carriers_keyword(key: str, language: str) -> None:
    sent = render(Prompt(key, _EXAMPLES), language, written=True)
    shouted = set(re.findall(r"\b[A-Z]{3,}\b", sent))
    assert not shouted & CARRIER_KEYWORDS
    asked = re.findall(r"(?:Reply|Send|Balas|Kirim) (\w+)", sent)
    assert not {word.upper() for word in asked} & CARRIER_KEYWORDS


@languages
def test_a_number_is_spoken_digit_by_digit(language: str) -> None:
    said = example("incident.opened", language)
    assert said.count("4, 8, 2, 1, 7") == 2


def test_one_minute_is_singular_and_none_is_not() -> None:
    values = {**_EXAMPLES, "minutes": Minutes(1)}
    assert "1 minute left" in render(Prompt("page.incident", values), "en")
    assert "2 minutes left" in render(Prompt("page.incident", {**values, "minutes": Minutes(2)}), "en")


def test_an_unknown_key_is_an_error_at_once() -> None:
    with pytest.raises(KeyError):
        Prompt.of("no.such.prompt")


def test_an_unknown_language_is_english() -> None:
    assert [language_or_default(name) for name in ("id", "en", "xx", None)] == ["id", "en", "en", "en"]


def test_language_and_voice_belong_together() -> None:
    assert all(voice.language.split("-")[0] == name for name, voice in VOICES.items())
    assert all(voice.language in voice.voice for voice in VOICES.values())
