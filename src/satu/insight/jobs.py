"""Keeps what the control room shows: counted quarters and alarms. Run every few seconds."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from satu.insight.live import LivePicture
from satu.insight.quarters import forget_quarters, keep_quarters
from satu.insight.watch import watch
from satu.ledger.actions import raw_connection


@cache
def _picture(database: str) -> LivePicture:
    return LivePicture(public_delay_s=0)


def keep_watch(*, at: datetime) -> int:
    """Count the taps that came in, and look whether staff should be called; alarms that are open.

    `at` is the machine's time, whatever the city's is.
    """
    connection = raw_connection()
    keep_quarters(connection, at=at)
    return watch(_picture(connection.info.dbname), connection, at=at)


def forget(*, at: datetime) -> int:
    """Remove quarters that are too old to compare with."""
    return forget_quarters(raw_connection(), at=at)
