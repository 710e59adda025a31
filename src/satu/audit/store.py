"""Sealing the audit trail with psycopg alone: called each second by the jobs' process."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg

MOST = 10_000  # entries a seal


def seal(conn: psycopg.Connection[Any], *, at: datetime) -> int:
    """Seal every entry that is committed and not sealed yet; how many.

    `conn` is in autocommit: each seal is a transaction of its own. Of two callers at once, one
    waits for the other.
    """
    sealed = 0
    while True:
        row = conn.execute("select audit_seal_v1(%s, %s)", [at, MOST]).fetchone()
        assert row is not None
        made = int(row[0])
        sealed += made
        if made < MOST:
            return sealed
