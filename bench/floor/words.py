"""The floor's TwiML, by hand."""

_HEAD = '<?xml version="1.0" encoding="UTF-8"?><Response>'
_VOICE = 'language="en-US" voice="Google.en-US-Standard-C"'


def say(text: str) -> str:
    """A sentence."""
    return f"<Say {_VOICE}>{text}</Say>"


def gather(url: str, said: str, digits: int, finish: str, timeout: int) -> str:
    """A question."""
    return (
        f'<Gather action="{url}" actionOnEmptyResult="true" finishOnKey="{finish}" method="POST" '
        f'numDigits="{digits}" timeout="{timeout}">{said}</Gather><Redirect method="POST">{url}</Redirect>'
    )


def document(content: str) -> str:
    """The whole answer."""
    return f"{_HEAD}{content}</Response>"
