"""Errors of the domain: each carries a code, an HTTP status and what a person would be told."""


class HotlineError(Exception):
    """Base of every error that the service raises on purpose.

    ``code`` is stable and for machines, ``http_status`` is what a web or API caller gets, and the
    message is a plain sentence that may be shown to a person.
    """

    code = "error"
    http_status = 500


class ConfigurationError(HotlineError):
    """A setting is missing or absurd; the message names it and says what to do."""

    code = "configuration"


class NotFoundError(HotlineError):
    """There is no such thing, or it is not yours to see."""

    code = "not-found"
    http_status = 404


class ConflictError(HotlineError):
    """Somebody else was first; the message says who and when."""

    code = "conflict"
    http_status = 409


class InvalidInputError(HotlineError):
    """What was given cannot be used; the message says what would be."""

    code = "invalid"
    http_status = 422


class ForbiddenTransitionError(HotlineError):
    """A status may not become what was asked for (see the transition table of that status)."""

    code = "transition"
    http_status = 409
