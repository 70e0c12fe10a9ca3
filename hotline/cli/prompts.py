"""``hotline prompts``: read, or hear, every sentence that the service speaks."""

import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import typer

from hotline.cli.shared import AsJson, print_json, print_table
from hotline.errors import ConfigurationError, InvalidInputError
from hotline.speech import (
    LANGUAGES,
    PROMPTS,
    SPOKEN,
    ClockTime,
    Day,
    Minutes,
    Moment,
    Prompt,
    Reference,
    Spelled,
    Telephone,
    render,
)
from hotline.speech.prompts import Value

# A speaker of this machine: Debian's, then macOS's.
_SPEAKERS = ("espeak-ng", "espeak", "say")
Wav = typer.Option(None, help="Write each spoken prompt into this folder as a WAV file instead.")
_EXAMPLES: dict[str, Value] = {
    "address": "d...@hotline.example",
    "amount": "USD 50,000.00",
    "code": "7KM",
    "gaps": "2",
    "others": "5",
    "contracts": "200417, 310522",
    "teams": "Data Platform, Messaging, Networks and Edge Servers",
    "count": 2,
    "customer": "Contoso",
    "day": Day(date(2026, 11, 23)),
    "digit": "1",
    "digits": Spelled("34"),
    "engineer": "Dewi Santoso",
    "examples": "ACK 7KM",
    "follow": "https://hotline.example.com/t/k7Wm3Qz9tRb2XhVn5cYd8PfG",
    "end": Moment(datetime(2026, 11, 24, 2, tzinfo=UTC), "Asia/Jakarta"),
    "old_start": Moment(datetime(2026, 11, 23, 2, tzinfo=UTC), "Asia/Jakarta"),
    "old_end": Moment(datetime(2026, 11, 24, 2, tzinfo=UTC), "Asia/Jakarta"),
    "layer": "primary",
    "start": Moment(datetime(2026, 11, 23, 2, tzinfo=UTC), "Asia/Jakarta"),
    "link": "https://hotline.example.com/incidents/4821-7",
    "minutes": Minutes(26),
    "miss": "miss 2 this quarter",
    "names": "primary Dewi Santoso, backup Bo Lindqvist",
    "ordinal": 2,
    "phone": Telephone("+6531590199"),
    "product": "SQL Server",
    "reason": "rung 1: nobody is on call",
    "reference": Reference("4821-7"),
    "situation": "Nobody has it. Reply ACK 7KM to take it.",
    "team": "Data Platform",
    "text": "4821-7 Contoso: Dewi since 14:46.",
    "time": ClockTime(datetime(2026, 11, 23, 8, 10, tzinfo=UTC), "Asia/Jakarta"),
    "told": "The customer was told at 14:47.",
}


def prompts(
    match: str = typer.Argument("", help="Only prompts whose key holds this, such as hold or sms.page."),
    language: str | None = typer.Option(None, "--language", "-l", help="Only this language: en or id."),
    listen: bool = typer.Option(False, "--listen", help="Speak them with this machine's own speaker."),
    wav: Path | None = Wav,
    as_json: bool = AsJson,
) -> None:
    """Read every prompt in every language with example values, or hear how it sounds."""
    languages = LANGUAGES if language is None else (language,)
    if unknown := set(languages) - set(LANGUAGES):
        raise InvalidInputError(f"There are no prompts in {unknown.pop()}; try {' or '.join(LANGUAGES)}.")
    keys = [key for key in PROMPTS if match in key]
    if not keys:
        raise InvalidInputError(f"No prompt's key holds {match!r}; hotline prompts lists them all.")
    rows = [(key, name, example(key, name)) for key in keys for name in languages]
    if as_json:
        print_json([{"key": key, "language": name, "text": text} for key, name, text in rows])
    else:
        print_table("Prompts", ["key", "language", "text"], rows)
    if listen or wav is not None:
        _speak([row for row in rows if row[0] in SPOKEN], wav)


def example(key: str, language: str) -> str:
    """A prompt with example values, as people hear or read it."""
    return render(Prompt(key, _EXAMPLES), language, written=key not in SPOKEN)


def _speak(rows: list[tuple[str, str, str]], folder: Path | None) -> None:
    speaker = next(filter(None, map(shutil.which, _SPEAKERS)), None)
    if speaker is None:
        raise ConfigurationError("No speaker on this machine; on Debian: apt-get install espeak-ng.")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    is_espeak = Path(speaker).name.startswith("espeak")
    for key, language, text in rows:
        voice = ["-v", language] if is_espeak else []
        target = (
            [] if folder is None else ["-w" if is_espeak else "-o", str(folder / f"{key}.{language}.wav")]
        )
        subprocess.run([speaker, *voice, *target, text], check=True)  # noqa: S603 - a list, no shell
