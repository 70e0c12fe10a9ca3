"""The hold music: a quiet, slow arpeggio of our own, made once and kept.

Eight-bit mono at 8 kHz is what a telephone line carries anyway. It sits well under the voice.
"""

import io
import math
import wave
from functools import cache

RATE = 8000
SECONDS_A_NOTE = 0.75
_VOLUME = 0.16
# A minor ninth, unhurried, and back down.
_NOTES = (220.00, 261.63, 329.63, 392.00, 493.88, 392.00, 329.63, 261.63) * 2


@cache
def music() -> bytes:
    """A WAV file of twelve seconds that loops without a click."""
    frames = bytearray()
    for frequency in _NOTES:
        frames += _note(frequency)
    file = io.BytesIO()
    with wave.open(file, "wb") as output:
        output.setnchannels(1)
        output.setsampwidth(1)
        output.setframerate(RATE)
        output.writeframes(bytes(frames))
    return file.getvalue()


def _note(frequency: float) -> bytes:
    count = int(RATE * SECONDS_A_NOTE)
    return bytes(
        128 + round(127 * _VOLUME * _level(i / count) * _tone(frequency, i / RATE)) for i in range(count)
    )


def _level(share: float) -> float:
    """How loud a note is over its life: in softly, away slowly, silent at both ends."""
    return min(share / 0.08, 1.0) * math.pow(1.0 - share, 1.5)


def _tone(frequency: float, seconds: float) -> float:
    """A sine with a little of its octave."""
    angle = 2 * math.pi * frequency * seconds
    return 0.8 * math.sin(angle) + 0.2 * math.sin(2 * angle)
