"""Reading a text of a customer who has no open incident: does it report a problem?

REPORT (or LAPOR) says so for certain. A text that speaks of trouble and of nothing else is taken for a
report as well: an engineer who is rung in vain is better than a customer who waits for nobody. Thanks and
greetings are none, and whatever is left is asked about.
"""

import enum
import re
from dataclasses import dataclass
from difflib import get_close_matches


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COMMANDS = ("report", "lapor", "laporkan")
_LEAST_ALIKE = 0.8
_SMALL = _words(
    """
    ok okay oke oki k thanks thank thankyou thx ty tq you makasih terima kasih banyak terimakasih trims yes no
    y n ya tidak hi hello hey halo hai hallo good morning afternoon evening night selamat pagi siang sore
    malam great noted siap baik sip mantap ack acknowledge resolve resolved done status who stop start
    test tes testing ping bye please pls pak bu mas mbak bang kak team all well a lot much very again
    cheers bravo nice work sorry maaf for the your help hotline
    """
)
_TROUBLE = _words(
    """
    down outage error errors fail fails failed failing failure crash crashes crashed crashing broken broke
    dead stuck hang hangs hung hanging frozen unavailable unreachable offline slow timeout timeouts corrupt
    corrupted cannot cant urgent emergency critical sev1 p1 halted stopped disconnected
    mati rusak gagal lambat macet putus eror darurat gangguan padam lemot tumbang bermasalah terputus
    terhenti
    """
)
_TROUBLE_PHRASES = re.compile(
    r"\b(?:not|isn'?t|aren'?t|no longer|stopped) (?:working|responding|reachable|available|starting)"
    r"|\b(?:does|do|did)(?: not|n'?t) (?:work|start|respond|open|answer)"
    r"|\bcan'?t\b|\bcan not\b|\b(?:tidak|tak|tdk|ga|gak|nggak) (?:bisa|dapat|jalan|merespons?|berfungsi)\b"
)
# It is over, or somebody asks about it: then we ask back.
_OVER = _words(
    """
    thanks thank thx fixed solved resolved working works fine normal recovered restored makasih terima
    kasih terimakasih beres selesai sudah pulih was were yesterday kemarin no
    """
)
_NOT = re.compile(r"\b(?:not|isn'?t|aren'?t|no longer|stopped|belum|tidak) \w+")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


class Meaning(enum.StrEnum):
    """What a text is."""

    REPORT = "report"
    SMALL_TALK = "small talk"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Read:
    """What a text means; ``is_command`` when it begins with REPORT, and ``text`` is what follows."""

    meaning: Meaning
    text: str
    is_command: bool = False


def read(body: str) -> Read:
    """What somebody means who has no open incident."""
    text = " ".join(body.split())
    words = _WORD.findall(text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    if words and get_close_matches(words[0], _COMMANDS, 1, _LEAST_ALIKE):
        first = re.match(r"\W*" + re.escape(words[0]), text, re.IGNORECASE)
        rest = text[first.end() :] if first is not None else text
        return Read(Meaning.REPORT, rest.lstrip(" :,.;!-"), is_command=True)
    if set(words) <= _SMALL:
        return Read(Meaning.SMALL_TALK, text)
    plain = " ".join(words)
    speaks_of_trouble = bool(_TROUBLE.intersection(words) or _TROUBLE_PHRASES.search(plain))
    if speaks_of_trouble and "?" not in text and not _is_over(plain):
        return Read(Meaning.REPORT, text)
    return Read(Meaning.UNCLEAR, text)


def _is_over(plain: str) -> bool:
    """Whether a word says that it is over; "not working" and "no longer up" do not."""
    return bool(_OVER.intersection(_NOT.sub(" ", plain).split()))
