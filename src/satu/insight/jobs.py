"""Keeps what the control room shows: counted quarters and alarms. Run every few seconds."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from satu.insight.live import LivePicture
from satu.insight.quarters import forget_quarters, keep_quarters
from satu.insight.tallies import tally
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


def keep_tallies(*, at: datetime) -> int:
    """Count the newest days' uses, and banks' cards and numbers; rows of days then."""
    return tally(raw_connection(), at=at)


def forget(*, at: datetime) -> int:
    """Remove what is too old to compare with, and count the uses of all days anew."""
    connection = raw_connection()
    tally(connection, at=at, is_whole=True)
    return forget_quarters(connection, at=at)
