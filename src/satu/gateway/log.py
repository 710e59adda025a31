"""Logs as one JSON object a line on standard error. Never a token, a card number or a name."""

from __future__ import annotations

import sys
import traceback
from typing import Any

import structlog


def configure() -> None:
    """Set structlog up; called once, at start."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def of_error(error: BaseException) -> dict[str, Any]:
    """What of an error may be logged: its kind and place, not its text, which can quote a card."""
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "sqlstate": getattr(error, "sqlstate", None),
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-6:]],
    }
