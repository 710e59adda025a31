"""The server under a bench: its settings, making it calm before the clock starts, its books."""

from __future__ import annotations

import psycopg
from psycopg import errors

from satu.bench.problems import BenchProblem
from satu.ledger.queries import book_totals

SETTINGS = (
    "server_version",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "shared_buffers",
    "checkpoint_timeout",
    "max_wal_size",
)
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


def settings(conn: psycopg.Connection) -> dict[str, str]:
    """What the server promises; BenchProblem if a commit would not be durable."""
    found: dict[str, str] = {}
    for name in SETTINGS:
        row = conn.execute("select current_setting(%s)", [name]).fetchone()
        assert row is not None
        found[name] = row[0]
    off = [name for name in DURABLE if found[name] != "on"]
    if off:
        raise BenchProblem(f"{', '.join(off)} must be on: what is not durable is not measured")
    return found


def calm(owner_url: str) -> bool:
    """Vacuum, analyze, write everything out; whether the owner may ask for a checkpoint."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("select ledger_roll_up_v1()")
        owner.execute("vacuum (analyze)")
        try:
            owner.execute("checkpoint")
        except errors.InsufficientPrivilege:
            return False
    return True


def postings(conn: psycopg.Connection) -> int:
    """How often append-only accounts were posted to, from their running sums: cheap to ask.

    Every posting of a bench has one such account, so a difference of two is a count of postings.
    """
    row = conn.execute("select coalesce(sum(postings), 0)::bigint from ledger_daily_sum").fetchone()
    assert row is not None
    return int(row[0])


def close(conn: psycopg.Connection) -> bool:
    """Whether every book closes: balances of cards against sums of append-only accounts."""
    return all(book.closes for book in book_totals(conn))
