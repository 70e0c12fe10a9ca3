"""Reading TwiML: the grammar is the documented one, and what does not fit is named."""

import inspect
import re

import pytest
from twilio.twiml import messaging_response, voice_response

from hotline.emulator.twiml import grammar, read


def problems(inside: str, messaging: bool = False) -> list[int]:
    document = read(f"<Response>{inside}</Response>".encode(), "text/xml", messaging=messaging)
    return [problem.code for problem in document.problems]


@pytest.mark.parametrize(
    "inside",
    [
        "<Dance/>",
        '<Say volume="11">Hi</Say>',
        "<Gather><Dial>+628119000001</Dial></Gather>",
        "<Number>+628119000001</Number>",
        '<Gather numDigits="many"/>',
        '<Dial timeout="0">+628119000001</Dial>',
        '<Redirect method="PUT">/x</Redirect>',
        f"<Enqueue>{'q' * 65}</Enqueue>",
        f"<Dial><Queue>{'q' * 65}</Queue></Dial>",
        "<Dial/>",
        '<Dial><Number statusCallbackEvent="picked-up">+628119000001</Number></Dial>',
    ],
)
def test_what_the_schema_does_not_know_is_12200(inside):
    assert problems(inside) == [12200]


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<Say/>", 13520),
        (f"<Say>{'x' * 4097}</Say>", 13520),
        ('<Say language="en-US" voice="Google.id-ID-Standard-A">Halo</Say>', 13512),
        ("<Redirect/>", 12100),
    ],
)
def test_other_mistakes_have_codes_of_their_own(inside, code):
    assert problems(inside) == [code]


@pytest.mark.parametrize(
    "inside",
    [
        '<Say language="id-ID" voice="Google.id-ID-Standard-A">Halo</Say>',
        '<Say>Wait <break time="1s"/><emphasis>now</emphasis>.</Say>',
        f"<Enqueue>{'q' * 64}</Enqueue>",
        '<Gather input="dtmf speech" timeout="5" finishOnKey="#"><Say>Hi</Say><Pause/></Gather>',
    ],
)
def test_good_twiml_has_no_problems(inside):
    assert problems(inside) == []


def test_unknown_words_are_skipped_and_the_rest_is_done():
    document = read(b'<Response><Dance/><Say volume="1" loop="2">Hi</Say></Response>', "text/xml")
    (say,) = document.verbs
    assert (say.name, say.text, say.attributes) == ("Say", "Hi", {"loop": "2"})
    assert document.fatal is None


def test_ssml_is_spoken_as_its_words():
    document = read(b"<Response><Say>Wait <emphasis>now</emphasis>, please.</Say></Response>", "text/xml")
    assert document.verbs[0].text == "Wait now, please."


def test_plain_text_is_said_or_sent():
    assert read(b"Hello", "text/plain").verbs[0].name == "Say"
    assert read(b"Hello", "text/plain", messaging=True).verbs[0].name == "Message"


def test_messages_have_a_grammar_of_their_own():
    assert problems("<Message><Body>Hi</Body></Message>", messaging=True) == []
    assert problems("<Say>Hi</Say>", messaging=True) == [12200]


def sdk_attributes(module: object, parent: str, verb: str) -> set[str]:
    """The attributes that the SDK's builder offers for ``verb``, in TwiML's spelling."""
    owner = getattr(module, parent)
    method = next(
        function
        for _, function in inspect.getmembers(owner, inspect.isfunction)
        if re.search(rf"\b{verb}\(", inspect.getsource(function)) and function.__name__ != "__init__"
    )
    names = [name for name in inspect.signature(method).parameters if name not in ("self", "kwargs")]
    return {_camel(name) for name in names}


def _camel(name: str) -> str:
    first, *rest = name.strip("_").split("_")
    return first + "".join(word.title() for word in rest)


# What the builder takes as the text of the element rather than as an attribute.
TEXTS = {
    "message",
    "body",
    "phoneNumber",
    "identity",
    "sipUrl",
    "number",
}


@pytest.mark.parametrize(
    ("parent", "verb", "text"),
    [
        ("VoiceResponse", "Say", set()),
        ("VoiceResponse", "Play", {"url"}),
        ("VoiceResponse", "Pause", set()),
        ("VoiceResponse", "Gather", set()),
        ("VoiceResponse", "Redirect", {"url"}),
        ("VoiceResponse", "Reject", set()),
        ("VoiceResponse", "Record", set()),
        ("VoiceResponse", "Enqueue", {"name"}),
        ("VoiceResponse", "Dial", set()),
        ("VoiceResponse", "Sms", set()),
        ("Dial", "Number", set()),
        ("Dial", "Client", set()),
        ("Dial", "Sip", set()),
        ("Dial", "Queue", {"name"}),
        ("Dial", "Conference", {"name"}),
    ],
)
def test_the_voice_grammar_knows_exactly_the_attributes_of_the_sdk(parent, verb, text):
    documented = sdk_attributes(voice_response, parent, verb) - text - TEXTS
    assert set(grammar.VOICE[verb]) == documented


def test_the_messaging_grammar_knows_exactly_the_attributes_of_the_sdk():
    documented = sdk_attributes(messaging_response, "MessagingResponse", "Message") - TEXTS
    assert set(grammar.MESSAGING["Message"]) == documented
