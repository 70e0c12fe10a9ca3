"""What is said in Indonesian can be read in English beneath."""

import pytest

from hotline.demo.gloss import gloss
from hotline.speech import PROMPTS
from hotline.speech.render import translations


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (
            "Hotline Premier. Silakan masukkan PIN Anda, lalu tekan tanda pagar.",
            "Premier hotline. Please enter your PIN, then press hash.",
        ),
        (
            "Untuk menjelaskan masalahnya, tekan 1. Jika tidak, mohon tunggu.",
            "To describe the problem, press 1. Otherwise, please hold.",
        ),
        (
            "Meridian Airways, SQL Server. Sisa waktu 29 menit. Untuk mengambilnya, tekan 1.",
            "Meridian Airways, SQL Server. 29 minutes left. To take it, press 1.",
        ),
    ],
)
def test_a_sentence_is_found_with_its_values(said: str, means: str) -> None:
    assert gloss(said) == means


def test_english_needs_no_gloss() -> None:
    assert gloss("Premier hotline. Please enter your PIN, then press hash.") is None


def test_every_sentence_without_values_means_what_it_was_translated_from() -> None:
    fixed = {text for text in PROMPTS.values() if "{" not in text}
    said = {str(translations("id").gettext(text)): text for text in fixed}
    assert {text: gloss(indonesian) for indonesian, text in said.items()} == {text: text for text in fixed}


def test_a_sentence_within_a_message_is_told_too_and_its_link_is_kept_apart() -> None:
    template = str(translations("id").gettext(PROMPTS["sms.warning"]))
    inner = str(translations("id").gettext(PROMPTS["sms.warning_untaken"])).format(code="7KM")
    miss = str(translations("id").gettext(PROMPTS["sms.miss_year"])).format(ordinal=1)
    body = template.format(
        reference="4821-7", customer="Kirana", minutes=14, amount="USD 1.00", miss=miss, situation=inner,
        link="http://127.0.0.1/x",
    )  # fmt: skip
    told = gloss(body) or ""
    assert "USD 1.00 at stake (miss 1 this year)" in told
    assert "Nobody has it. Reply ACK 7KM to take it. http://127.0.0.1/x" in told
