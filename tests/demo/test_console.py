"""The console does what it is told, and is kind to who mistypes."""

import time
from collections.abc import Callable, Iterator

import pytest

from hotline.demo.console import Console
from hotline.demo.house import DemoHouse
from hotline.demo.printer import Printer
from hotline.demo.remote import Remote
from hotline.errors import ConfigurationError, InvalidInputError

MADE, DEWI = "+6281220000201", "+6281110000101"


@pytest.fixture
def console(house: DemoHouse) -> Iterator[Console]:
    console = Console(Remote(house.emulator_url), Printer())
    yield console
    console.remote.close()


def eventually(happened: Callable[[], object]) -> None:
    last = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < last, "it did not happen within 30 seconds"
        time.sleep(0.05)


def state(console: Console, phone: str) -> str:
    return str(console.remote.handset(phone)["state"])


def test_a_customer_calls_and_whoever_is_rung_takes_it(
    console: Console, house: DemoHouse, capsys: pytest.CaptureFixture[str]
) -> None:
    assert console.do("made dial") == "dial"
    assert console.prompt == "made> "
    eventually(lambda: state(console, MADE) == "talking")
    eventually(lambda: console.remote.handset(MADE)["heard"])
    console.do("press 482913#")
    queues = house.emulator.queues
    eventually(lambda: any(queue.members for queue in queues.values()))
    console.do("hangup")
    eventually(lambda: state(console, MADE) == "idle")
    eventually(lambda: any(phone["state"] == "ringing" for phone in console.remote.handsets()))
    capsys.readouterr()
    console.do("answer")
    assert console.prompt != "made> "
    owner = console.prompt.removesuffix("> ").capitalize()
    assert f"You answer {owner}'s telephone." in capsys.readouterr().out


def test_what_a_telephone_does_is_chosen(console: Console) -> None:
    for said, kind in (
        ("voicemail", "voicemail"),
        ("busy", "busy"),
        ("off", "unreachable"),
        ("ring", "rings_out"),
    ):
        console.do(f"dewi {said}")
        assert console.remote.handset(DEWI)["policy"]["kind"] == kind
    console.do("dewi auto 7")
    assert console.remote.handset(DEWI)["policy"]["after"] == 7


def test_quotes_around_a_message_are_not_sent(console: Console, house: DemoHouse) -> None:
    for said in ('"WHO"', "'WHO'", "“WHO”", "WHO"):
        console.do(f"dewi sms {said}")
    sent = [entry.text for entry in house.emulator.log.of_kind("sms") if entry.data["status"] == "received"]
    assert sent == ["WHO"] * 4


def test_a_message_goes_to_the_own_line(console: Console, capsys: pytest.CaptureFixture[str]) -> None:
    console.do("dewi sms WHO")
    eventually(lambda: console.remote.handset(DEWI)["inbox"])
    console.do("inbox")
    assert "Dewi's phone" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("dail", "Did you mean `dial`"),
        ("made dail", "Did you mean `dial`"),
        ("use mede", "Did you mean `made`"),
        ("dial", "Whose telephone"),
        ("dewi dial", "Which number"),
        ("dial now", "from and to"),
        ("made dial +15550100000", "no line of the hotline"),
        ("press 1", "No telephone is talking"),
        ("answer", "No telephone is ringing"),
        ("made sms", "What shall it say"),
        ("clock soon", "should be a number"),
        ("clock 9000", "should be a number"),
    ],
)
def test_a_mistake_is_answered_with_what_to_say(console: Console, line: str, answer: str) -> None:
    with pytest.raises(InvalidInputError, match=answer):
        console.do(line)


def test_a_word_that_is_like_no_other_gets_no_guess(console: Console) -> None:
    with pytest.raises(InvalidInputError) as refused:
        console.do("banana")
    assert "Did you mean" not in str(refused.value)
    assert "`?` lists" in str(refused.value)


def test_everything_that_is_listed_is_known(console: Console, capsys: pytest.CaptureFixture[str]) -> None:
    for line in ("?", "list", "clock", "clock faster 30", "clock normal", "", "# a remark", "quit"):
        console.do(line)
    told = capsys.readouterr().out
    assert "press 482913#" in told
    assert "use made" in told
    assert "30 seconds there" in told
    assert console.is_over


def test_a_network_that_is_not_there_is_said_so() -> None:
    with pytest.raises(ConfigurationError, match="make run"):
        Remote("http://127.0.0.1:9").handsets()
