"""The lab and the control API ask for no password, so they answer nobody but this machine's own pages.

A page of somebody else's could reach them through the browser of whoever runs the emulator: with a name
that points here (the ``Host`` is then foreign), or by posting from afar (then the ``Origin`` is).
"""

from urllib.parse import urlsplit

from flask import Request

_NAMES = {"127.0.0.1", "localhost", "::1"}


def refusal(request: Request) -> str | None:
    """Why a request is not answered, or None when it comes from here."""
    if _name(f"//{request.host}") not in _NAMES:
        return f"this is for {', '.join(sorted(_NAMES))}, not for {request.host!r}"
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        return f"this is not for pages of {origin!r}"
    site = request.headers.get("Sec-Fetch-Site", "none")
    is_visit = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    if site not in ("same-origin", "none") and not is_visit:
        return f"this is not for a page that is {site}"
    return None


def _name(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
