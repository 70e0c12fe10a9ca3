"""Errors as Twilio answers them: ``{code, message, more_info, status}``."""

from typing import Any


class RestError(Exception):
    """Refuses a request with an HTTP status and a Twilio code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def body(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


def not_found(path: str) -> RestError:
    return RestError(404, 20404, f"The requested resource {path} was not found")


def bad(code: int, message: str) -> RestError:
    return RestError(400, code, message)


def invalid(name: str, why: str) -> RestError:
    return RestError(400, 20001, f"Parameter {name!r} is not valid: {why}")
