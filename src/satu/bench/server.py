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
HOT = (
    # By their indexes: a scan of a whole large table would pass the buffers by.
    "select sum(version) from cards_card where id > 0",
    "select sum(balance) from ledger_account where id > 0",
    "select sum(revision) from taps_card_day where card > 0",
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
    """Vacuum, warm the buffers, write all out; whether the owner may ask for a checkpoint."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("select ledger_roll_up_v1()")
        owner.execute("vacuum (analyze)")
        _warm(owner)
        try:
            owner.execute("checkpoint")
        except errors.InsufficientPrivilege:
            return False
    return True


def _warm(owner: psycopg.Connection) -> None:
    """Have what every tap touches in the server's buffers, as on one that has run for a while."""
    owner.execute("set enable_seqscan = off")
    owner.execute("set enable_bitmapscan = off")
    owner.execute("set max_parallel_workers_per_gather = 0")
    for statement in HOT:
        owner.execute(statement)


def is_ridden(conn: psycopg.Connection) -> bool:
    """Whether anybody ever tapped here."""
    row = conn.execute("select exists (select from taps_card_day)").fetchone()
    assert row is not None
    return bool(row[0])


def postings(conn: psycopg.Connection) -> int:
    """How often append-only accounts were posted to, from their running sums: cheap to ask.

    Every posting of a bench has one such account, so a difference of two is a count of postings.
    """
    row = conn.execute("select coalesce(sum(postings), 0)::bigint from ledger_daily_sum").fetchone()
    assert row is not None
    return int(row[0])


def wal_bytes(conn: psycopg.Connection) -> int:
    """How much the server has written ahead so far."""
    row = conn.execute("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint").fetchone()
    assert row is not None
    return int(row[0])


def close(conn: psycopg.Connection) -> bool:
    """Whether every book closes: balances of cards against sums of append-only accounts."""
    return all(book.closes for book in book_totals(conn))
