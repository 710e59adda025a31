"""Logs as one JSON object a line on standard error. Never a token, a card number or a name."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any

import structlog


def configure() -> None:
    """Set structlog and the libraries' own logging up; called once, at start."""
    logging.basicConfig(handlers=[_Libraries()], level=logging.WARNING, force=True)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


class _Libraries(logging.Handler):
    """What libraries log, in our form: their fixed text without the values they fill in."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        about = of_error(error) if error else {}
        structlog.get_logger().warning("library", logger=record.name, text=record.msg, **about)


def of_error(error: BaseException) -> dict[str, Any]:
    """What of an error may be logged: its kind and place, not its text, which can quote a card."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "sqlstate": getattr(error, "sqlstate", None),
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-6:]],
    }
