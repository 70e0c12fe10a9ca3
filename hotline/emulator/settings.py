"""How long things take, in seconds of the clock, and what the account may do."""

from dataclasses import dataclass


@dataclass
class Settings:
    calls_per_second: float = 1.0
    """New REST calls that are started per second; the rest stay queued."""
    messages_per_second: float = 1.0
    """Messages that one long code sends per second."""
    post_dial_delay: float = 1.0
    """From dialling to the first ring."""
    ring_grace: float = 5.0
    """What Twilio adds to the Timeout of a ringing phone."""
    speech_characters_per_second: float = 14.0
    play_seconds: float = 10.0
    """Length of audio whose file could not be measured."""
    key_gap: float = 0.3
    """Between two keys typed one after another."""
    beep: float = 0.5
    sms_seconds: float = 1.0
    """From queued to sent, and again from sent to the delivery report."""
    recording_processing: float = 2.0
    """From the end of a recording until its file exists."""
    transcription_processing: float = 10.0
    callback_shuffle: float = 8.0
    """How late a shuffled status callback may arrive."""
    human_detection: float = 2.5
    machine_detection: float = 3.6
    voicemail_listens: float = 120.0
    call_limit: float = 14400.0
    webhook_timeout: float = 15.0
    """Real seconds: Twilio's hard cap on a voice webhook."""
    webhook_connect_timeout: float = 5.0
    default_max_queue: int = 1000
