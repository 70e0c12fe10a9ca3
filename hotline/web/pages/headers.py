"""Headers that tell browsers what not to do with our pages."""

from flask import Flask, Response, request

from hotline.settings import Settings
from hotline.web.pages import assets

# Bootstrap's style sheet carries its arrows and ticks as data: pictures; nothing else is inline.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def install(app: Flask, settings: Settings) -> None:
    """Put the headers on every response that is not a telephone's; a header set before is kept."""
    is_https = settings.public_url.startswith("https://")

    @app.after_request
    def add_headers(response: Response) -> Response:
        if request.blueprint == "twilio":
            return response
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        if is_https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        _set_cache(response)
        return response


def _set_cache(response: Response) -> None:
    """Pages are never kept by a browser or a proxy; style sheets and scripts are."""
    if assets.is_static(request.endpoint) and response.status_code < 400:
        response.headers["Cache-Control"] = assets.cache_control()
    else:
        response.headers.setdefault("Cache-Control", "no-store")
