"""The calls of partners that were answered, with psycopg alone: one answer for each external id."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

import psycopg

MINUTE = timedelta(minutes=1)
PATIENCE_MS = 8_000  # partners wait 8 to 10 s: they are told in time, and nothing was booked


class CallName(NamedTuple):
    """What names a call for its partner: the standard wants it unique within a day."""

    partner: int
    day: date
    external_id: str


class Kept(NamedTuple):
    """A call as it was answered: the digest of what was asked, HTTP status and body.

    The body is empty where nothing was done: then a repeat is answered anew.
    """

    digest: bytes
    status: int
    body: bytes


def lock_call(conn: psycopg.Connection, name: CallName) -> None:
    """Let a call be worked on by one transaction at a time. First lock of all.

    Waits for this and later locks end after PATIENCE_MS with psycopg.errors.LockNotAvailable.
    """
    conn.execute("select set_config('lock_timeout', %s, true)", [str(PATIENCE_MS)])
    text = f"{name.partner}|{name.day}|{name.external_id}"
    conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, 2))", [text])


def kept(conn: psycopg.Connection, name: CallName) -> Kept | None:
    """How a call was answered; None: not yet."""
    row = conn.execute(
        "select digest, status, body from partners_call"
        " where partner_id = %s and day = %s and external_id = %s",
        name,
    ).fetchone()
    return Kept(bytes(row[0]), row[1], bytes(row[2])) if row else None


def keep(conn: psycopg.Connection, name: CallName, answered: Kept, at: datetime) -> None:
    """Keep a locked call's answer for its repeats."""
    conn.execute(
        "insert into partners_call (partner_id, day, external_id, digest, status, body, at)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        [*name, *answered, at],
    )


def is_over(conn: psycopg.Connection, partner: int, limit: int, at: datetime) -> bool:
    """Whether so many calls of a partner were answered within the last minute."""
    row = conn.execute(
        "select 1 from partners_call where partner_id = %s and at > %s offset %s limit 1",
        [partner, at - MINUTE, limit - 1],
    ).fetchone()
    return row is not None


def forget(conn: psycopg.Connection, *, calls_before: datetime, at: datetime) -> int:
    """Delete calls answered before a time, and tokens that have expired; how many rows."""
    calls = conn.execute("delete from partners_call where at < %s", [calls_before]).rowcount
    tokens = conn.execute("delete from partners_token where expires_at < %s", [at]).rowcount
    return calls + tokens
