"""Logging: fixed event names with identifiers as fields, one JSON object a line.

Never digits, PINs, bodies or whole telephone numbers. What looks like a number is masked as a last
resort, whoever logged it.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_NUMBER = re.compile(r"\+\d{6,15}")


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
    logging.basicConfig(level=level, stream=sys.stderr, format="%(message)s", force=True)
    for noisy in ("apscheduler", "twilio", "urllib3", "werkzeug"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def mask_numbers(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask whatever looks like an international number in any field."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _NUMBER.sub(lambda found: found[0][:3] + "…" + found[0][-2:], value)
    return event
