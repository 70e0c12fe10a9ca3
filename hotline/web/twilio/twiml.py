"""From instructions to TwiML, by Twilio's own builder."""

from collections.abc import Sequence
from functools import singledispatchmethod

from twilio.twiml.voice_response import Dial as DialVerb
from twilio.twiml.voice_response import Gather, VoiceResponse

from hotline.services.callflow.instructions import (
    Ask,
    Connect,
    Dial,
    DialPlain,
    GoTo,
    HangUp,
    Hold,
    Instruction,
    Leave,
    PlayRecording,
    Record,
    Say,
)
from hotline.speech import VOICES, Prompt, render

_MOST_DIGITS = 20


class TwimlWriter:
    """Writes the answer to one webhook of one call.

    ``step`` numbers the answers of the call: every URL in the document carries it, so that each
    action is a step of its own and a repeat of one can be told from the next.
    """

    def __init__(self, public_url: str, language: str, step: int, *, transcribe: bool = False) -> None:
        self._base = public_url
        # The network's machine understands American English and nothing else.
        self._transcribe = transcribe and language == "en"
        self._language = language
        self._voice = VOICES[language]
        self._step = step

    def write(self, instructions: Sequence[Instruction]) -> str:
        """The TwiML document for ``instructions``."""
        response = VoiceResponse()
        for instruction in instructions:
            self._add(instruction, response)
        return str(response)

    def url(self, step: str, suffix: str | None = None) -> str:
        """Where a step of this call is reached."""
        return f"{self._base}/twilio/voice/{step}/{suffix or self._step}"

    @singledispatchmethod
    def _add(self, instruction: Instruction, response: VoiceResponse) -> None:
        raise TypeError(f"no TwiML is known for {instruction!r}")

    @_add.register
    def _(self, instruction: Say, response: VoiceResponse) -> None:
        self._speak(response, instruction.prompts)

    @_add.register
    def _(self, instruction: Ask, response: VoiceResponse) -> None:
        action = self.url(instruction.step)
        gather = Gather(
            action=action,
            method="POST",
            num_digits=instruction.digits or _MOST_DIGITS,
            # A single key is meant as it is, the hash key too.
            finish_on_key="" if instruction.digits == 1 else "#",
            timeout=instruction.timeout,
            action_on_empty_result=True,
        )
        self._speak(gather, instruction.prompts)
        if instruction.music:
            gather.play(f"{self._base}/twilio/music.wav")
        response.append(gather)
        response.redirect(action, method="POST")

    @_add.register
    def _(self, instruction: Record, response: VoiceResponse) -> None:
        self._speak(response, instruction.prompts)
        response.record(
            action=self.url(instruction.step),
            method="POST",
            max_length=instruction.seconds,
            finish_on_key="#",
            play_beep=True,
            timeout=5,
            recording_status_callback=f"{self._base}/twilio/recordings",
            recording_status_callback_method="POST",
            **self._transcription(),
        )

    @_add.register
    def _(self, instruction: Hold, response: VoiceResponse) -> None:
        response.enqueue(
            instruction.queue,
            wait_url=self.url(instruction.wait_step),
            wait_url_method="POST",
            action=self.url(instruction.left_step),
            method="POST",
        )

    @_add.register
    def _(self, instruction: Connect, response: VoiceResponse) -> None:
        dial = DialVerb(action=self.url(instruction.done_step), method="POST", timeout=instruction.timeout)
        dial.queue(instruction.queue, url=self.url(instruction.joining_step, "now"), method="POST")
        response.append(dial)

    @_add.register
    def _(self, instruction: Dial, response: VoiceResponse) -> None:
        dial = DialVerb(action=self.url(instruction.done_step), method="POST", timeout=instruction.timeout)
        dial.number(
            instruction.phone,
            url=self.url(instruction.whisper_step, instruction.call_id.hex),
            method="POST",
            status_callback=f"{self._base}/twilio/calls/{instruction.call_id.hex}",
            status_callback_method="POST",
            status_callback_event="initiated ringing answered completed",
        )
        response.append(dial)

    @_add.register
    def _(self, instruction: DialPlain, response: VoiceResponse) -> None:
        dial = DialVerb(timeout=instruction.timeout)
        for phone in instruction.phones:
            dial.number(phone)
        response.append(dial)

    @_add.register
    def _(self, instruction: PlayRecording, response: VoiceResponse) -> None:
        response.play(instruction.url)

    @_add.register
    def _(self, instruction: GoTo, response: VoiceResponse) -> None:
        response.redirect(self.url(instruction.step), method="POST")

    @_add.register
    def _(self, instruction: Leave, response: VoiceResponse) -> None:
        response.leave()

    @_add.register
    def _(self, instruction: HangUp, response: VoiceResponse) -> None:
        response.hangup()

    def _transcription(self) -> dict[str, str | bool]:
        if not self._transcribe:
            return {}
        return {"transcribe": True, "transcribe_callback": f"{self._base}/twilio/transcriptions"}

    def _speak(self, parent: VoiceResponse | Gather, prompts: Sequence[Prompt]) -> None:
        for prompt in prompts:
            parent.say(render(prompt, self._language), language=self._voice.language, voice=self._voice.voice)
