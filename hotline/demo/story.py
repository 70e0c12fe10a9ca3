"""The three stories of the demonstration, each of which checks that it went as it says."""

import re
from typing import Any

from hotline.demo.cast import BY_PHONE, Character, caller, layer
from hotline.demo.claims import check_broken, check_climbed, check_kept
from hotline.demo.play import Play
from hotline.emulator import Handset, PhoneCall

_FASTER, _FASTER_STILL, _FASTEST = 2, 18, 600
_TAKE_IT = ("press 1", "tekan 1")
_TALK = {  # by the engineer's language: what caller and engineer say, and what it means
    "id": (
        (
            "Perdagangan kami berhenti: SQL Server tidak bisa dihubungi.",
            "Our trading has stopped: SQL Server cannot be reached.",
        ),
        (
            "Baik, saya periksa sekarang. Mohon tetap di telepon.",
            "Right, I am looking at it now. Please stay on the line.",
        ),
    ),
    "en": (
        ("Our trading has stopped: SQL Server cannot be reached.", ""),
        ("Right, I am looking at it now. Please stay on the line.", ""),
    ),
}


def promise_kept(play: Play) -> None:
    """A call that is accepted: the customer talks to an engineer within the half hour."""
    made = caller("Made")
    play.printer.act(
        "One: a call that is accepted",
        f"{made.name} of {made.company} in {made.city} has lost SQL Server in the middle of trading. "
        f"The times are {made.city}'s.",
        made.time_zone,
    )
    play.everybody_lets_it_ring()
    call = play.dial(made)
    engineer = _takes_it(play, call, "Data Platform", "primary")
    _talk(play, call, engineer)
    _end(play, call, engineer)
    facts = play.incident_of(made)
    code = _reply_code(play, engineer, facts["reference"])
    play.phone(engineer.phone).text(str(made.line), f"RESOLVE {code}")
    facts = play.until(lambda: _when(play.incident_of(made), "finished_at"), "The incident is resolved")
    play.end_act()
    check_kept(play, facts, engineer.name)


def ladder_climbed(play: Play) -> None:
    """A call where a voicemail picks up, which takes nothing, and the next on the ladder accepts."""
    hannah = caller("Hannah")
    play.printer.act(
        "Two: a voicemail is not an engineer",
        f"{hannah.name} of {hannah.company} in {hannah.city} has two products to choose from. "
        f"The first engineer does not pick up: voicemail answers. The times are {hannah.city}'s.",
        hannah.time_zone,
    )
    play.everybody_lets_it_ring()
    for person in layer("Windows Platform", "primary"):
        greeting = f"This is {person.name.split(' ')[0]}. I cannot take your call, please leave a message."
        play.phone(person.phone).voicemail(after=10, greeting=greeting)
    play.phone(hannah.phone).when_hears("Windows Server, press 2", press="2")
    call = play.dial(hannah)
    engineer = _takes_it(play, call, "Windows Platform", "backup")
    play.wait(6)
    _end(play, call, engineer)
    play.end_act()
    facts = play.incident_of(hannah)
    check_climbed(play, facts, engineer.name, "Windows Server")


def promise_broken(play: Play) -> str:
    """A call that nobody answers, until breach and fine. Returns the incident's reference."""
    ruth, speed = caller("Ruth"), play.house.clock.speed
    play.printer.act(
        "Three: nobody answers",
        f"{ruth.name} of {ruth.company} calls the shared line. Engineers and manager all let it ring. "
        f"The times are {ruth.city}'s.",
        ruth.time_zone,
    )
    play.hurry(speed * _FASTER, "On hold time is long")
    play.everybody_lets_it_ring()
    play.phone(ruth.phone).when_hears("We are still ringing the team", press="2")
    call = play.dial(ruth)
    play.until(lambda: call.ended, f"{ruth.first} chooses to be called back")
    play.wait(3)
    play.transcript.is_brief = True
    play.hurry(min(_FASTEST, speed * _FASTER_STILL), "The rest of the half hour goes by")
    facts = play.until(lambda: _when(play.incident_of(ruth), "fine"), "The promise is missed and fined")
    play.hurry(speed, "The deadline")
    breach = re.compile(rf"{facts['reference']}.* MISSED ")
    play.until(lambda: _got(play, breach), "The manager is told about the breach")
    play.end_act()
    check_broken(play, facts)
    return str(facts["reference"])


def _takes_it(play: Play, call: PhoneCall, team: str, level: str) -> Character:
    """Once the caller holds, whoever of that layer is rung picks up and presses 1. Returns who it was."""
    phones = [play.phone(person.phone) for person in layer(team, level)]
    for phone in phones:
        for words in _TAKE_IT:
            phone.when_hears(words, press="1")
    play.until(lambda: any(map(_rings, phones)), f"The {level} engineer's phone rings")
    play.wait(4)
    play.until(lambda: _pick_up(play, call, phones), f"The {level} engineer picks up")
    other = play.until(lambda: call.is_connected_with, "The caller is connected with an engineer")
    return BY_PHONE[other]


def _rings(phone: Handset) -> bool:
    return phone.call is not None and phone.call.status == "ringing"


def _pick_up(play: Play, call: PhoneCall, phones: list[Handset]) -> bool:
    queues = play.house.emulator.queues.values()
    if not any(member.call_sid == call.sid for queue in queues for member in queue.members):
        return False
    return any(_rings(phone) and phone.answer() for phone in phones)


def _talk(play: Play, call: PhoneCall, engineer: Character) -> None:
    (asked, asked_in_english), (answered, answered_in_english) = _TALK[engineer.language]
    if engineer.language != "en":
        play.transcript.glosses |= {asked: asked_in_english, answered: answered_in_english}
    call.say(asked)
    play.wait(6)
    play.phone(engineer.phone).say(answered)
    play.wait(6)


def _end(play: Play, call: PhoneCall, engineer: Character) -> None:
    play.phone(engineer.phone).hang_up()
    play.until(lambda: call.ended, "The call ends")


def _reply_code(play: Play, engineer: Character, reference: str) -> str:
    page = re.compile(rf"{reference} .*ACK ([2-9][A-Z]{{2}})")
    found = play.until(
        lambda: [m for text in play.phone(engineer.phone).inbox if (m := page.search(text.body))],
        f"{engineer.first} gets a page with a reply code",
    )
    return str(found[-1][1])


def _got(play: Play, words: re.Pattern[str]) -> bool:
    return any(words.search(text.body) for phone in BY_PHONE for text in play.phone(phone).inbox)


def _when(facts: dict[str, Any], name: str) -> dict[str, Any] | None:
    return facts if facts.get(name) else None
