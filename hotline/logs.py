"""Logging: fixed event names with identifiers as fields, one JSON object a line.

Never digits, PINs, bodies or whole telephone numbers. What looks like a number is masked as a last
resort, whoever logged it, and the values that a failed statement was about are left out.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

_NUMBER = re.compile(r"\+\d{6,15}")
# What SQLAlchemy and PostgreSQL add to an error: the values of the row, a message's body among them.
_VALUES = re.compile(r"(\[parameters:|DETAIL:).*?(?=\n\[SQL:|\n\(Background on|\Z)", re.DOTALL)


def configure_logging(level: str, *, pretty: bool = False) -> None:
    """Send structured events to standard error, from ``level`` on."""
    renderer: Any = structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask_numbers,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_MaskingFormatter("%(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("twilio", "urllib3", "werkzeug"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # A sweep that takes longer than a tick is no news: the next one does for both.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def mask_numbers(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask whatever looks like an international number in any field."""
    for key, value in event.items():
        event[key] = _masked(value)
    return event


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return _masked_text(value)
    if isinstance(value, Mapping):
        return {key: _masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(inner) for inner in value]
    return value


def _masked_text(text: str) -> str:
    text = _VALUES.sub(r"\1 left out", text)
    return _NUMBER.sub(lambda found: found[0][:3] + "…" + found[0][-2:], text)


class _MaskingFormatter(logging.Formatter):
    """For what libraries log by themselves."""

    def format(self, record: logging.LogRecord) -> str:
        return _masked_text(super().format(record))
