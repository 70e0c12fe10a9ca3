"""Style sheets and scripts: kept by browsers for good under an address that names their content, and small.

The address of a static file carries a hash of what is in it (``?v=…``), so it may be kept for a year and
is asked for anew when it changes. Text is sent compressed: Bootstrap's style sheet shrinks to an eighth.
"""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request

_STATIC = Path(__file__).parents[1] / "static"
_TEMPLATES = Path(__file__).parents[1] / "templates"
_TEXT = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})
_YEAR = 365 * 24 * 3600
_HOUR = 3600


def install(app: Flask) -> None:
    """Every ``url_for`` of a static file names its content; answers are compressed and kept."""
    app.url_defaults(_name_the_content)
    app.after_request(_compress)


def is_static(endpoint: str | None) -> bool:
    """Whether an endpoint serves static files."""
    return endpoint is not None and endpoint.endswith(".static")


def cache_control() -> str:
    """How long the static file of this request may be kept: for good when its address names its content."""
    if "v" in request.args:
        return f"public, max-age={_YEAR}, immutable"
    return f"public, max-age={_HOUR}"


@cache
def build() -> str:
    """One hash of all templates, styles and scripts: pages of another build must be drawn anew."""
    files = sorted(path for folder in (_STATIC, _TEMPLATES) for path in folder.rglob("*") if path.is_file())
    return _hash(b"".join(path.read_bytes() for path in files))


def _name_the_content(endpoint: str, values: dict[str, Any]) -> None:
    if not is_static(endpoint) or "filename" not in values or "v" in values:
        return
    folder = _folder(endpoint)
    if folder is not None and (version := _version(Path(folder) / values["filename"])):
        values["v"] = version


def _folder(endpoint: str) -> str | None:
    blueprint = current_app.blueprints.get(endpoint.rpartition(".")[0])
    return None if blueprint is None else blueprint.static_folder


@cache
def _version(file: Path) -> str | None:
    return _hash(file.read_bytes()) if file.is_file() else None


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _compress(response: Response) -> Response:
    if not is_static(request.endpoint) or response.status_code != 200 or response.mimetype not in _TEXT:
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings.quality("gzip") <= 0 or request.range is not None:
        return response
    folder, filename = _folder(request.endpoint or ""), (request.view_args or {}).get("filename")
    if folder is None or filename is None:
        return response
    response.close()  # the file that would have been sent
    response.direct_passthrough = False
    response.set_data(_packed(Path(folder) / filename))
    response.headers["Content-Encoding"] = "gzip"
    return response


@cache
def _packed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), 9, mtime=0)
