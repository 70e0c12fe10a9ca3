"""Speech and sound as durations, and the smallest files that are really audio."""

import io
import wave

from hotline.emulator.settings import Settings

_RATE = 8000
# MPEG-1 layer III, 32 kbit/s, 44.1 kHz, mono: a frame of zeros after its header is silence.
_MP3_HEADER = bytes((0xFF, 0xFB, 0x10, 0xC4))
_MP3_FRAME = _MP3_HEADER + bytes(104 - len(_MP3_HEADER))
_MP3_FRAMES_PER_SECOND = 38
_MOST_SECONDS = 5


def speech_seconds(text: str, language: str, settings: Settings) -> float:
    """About how long it takes to say ``text``; scripts without letters count each sign double."""
    weight = 2.0 if language.split("-")[0].lower() in ("zh", "ja", "ko") else 1.0
    return max(0.5, round(len(text) * weight / settings.speech_characters_per_second, 1))


def wav(seconds: int) -> bytes:
    """A WAV file of silence, at most five seconds of it."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(bytes(2 * _RATE * min(max(seconds, 1), _MOST_SECONDS)))
    return buffer.getvalue()


def mp3(seconds: int) -> bytes:
    """An MP3 file of silence, at most five seconds of it."""
    return _MP3_FRAME * (_MP3_FRAMES_PER_SECOND * min(max(seconds, 1), _MOST_SECONDS))


def wav_seconds(content: bytes) -> float | None:
    """The length of a WAV file, ``None`` when it is none."""
    try:
        with wave.open(io.BytesIO(content)) as file:
            frames, rate = int(file.getnframes()), int(file.getframerate())
    except (wave.Error, EOFError):
        return None
    return frames / rate if rate else None
