"""A number that texts what nobody understands is answered a few times, then told that it is not any more."""

from typing import Any

from hotline.services.texting import sms_commands
from tests.hotline.house import BO, DEWI, House


def text(house: House, body: str, phone: str = BO) -> Any:
    return house.do(lambda op: sms_commands.answer(op, phone, body))


def test_unclear_texts_fall_silent_after_one_that_says_so(house: House) -> None:
    answers = [text(house, f"what is {word}") for word in ("that", "this", "up", "on", "wrong", "new")]
    assert all("I did not understand that. Send ACK code" in answer for answer in answers[:3])
    assert "stay quiet about such texts for an hour" in answers[3]
    assert answers[4:] == [None, None]


def test_commands_are_answered_all_the_same(house: House) -> None:
    incident = house.report()
    for _ in range(6):
        text(house, "hmm", DEWI)
    assert incident.reference in text(house, "STATUS", DEWI)
    assert "Dewi" in text(house, "WHO", DEWI)
    (page, *_) = house.pages()
    code = page.code
    assert incident.reference in text(house, f"ACK {code}", DEWI)


def test_an_hour_later_it_is_answered_again_and_others_never_fell_silent(lite: House) -> None:
    for _ in range(6):
        text(lite, "hmm")
    assert text(lite, "hmm", DEWI) is not None
    lite.clock.advance(3600)
    assert "I did not understand that. Send ACK code" in text(lite, "hmm")
