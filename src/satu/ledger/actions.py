"""The ledger's writes for the east wing and for jobs, on Django's connection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.kernel import pgarray
from satu.ledger.kinds import AccountKind, Asset

AccountName = tuple[AccountKind, int, Asset, int, int]


def raw_connection() -> psycopg.Connection[Any]:
    """The psycopg connection beneath Django's: what the stores take, inside a transaction."""
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    return raw


def ensure_accounts(
    *, wanted: Sequence[AccountName], actor: str, at: datetime
) -> dict[AccountName, int]:
    """Open the append-only accounts that are not there yet; the numbers of all that are wanted.

    An account is named by (kind, book, asset, party, other); see `AccountKind.may_be_in` for the
    books a kind may be in.
    """
    names = list(dict.fromkeys(wanted))
    for kind, book, _, _, _ in names:
        assert not kind.is_balanced, f"{kind.name} accounts belong to cards"
        assert ("issuer" if book else "scheme") in kind.may_be_in, (kind.name, book)
    columns = [pgarray.ints([int(name[place]) for name in names]) for place in range(5)]
    raw = raw_connection()
    before = raw.execute("select count(*) from ledger_account where balance is null").fetchone()
    rows = raw.execute("select * from ledger_open_accounts_v1(%s, %s, %s, %s, %s)", columns)
    found = {
        (AccountKind(kind), book, Asset(asset), party, other): account
        for kind, book, asset, party, other, account in rows
    }
    after = raw.execute("select count(*) from ledger_account where balance is null").fetchone()
    assert before is not None and after is not None
    if after != before:
        record(
            actor=actor,
            action="ledger.open_accounts",
            subject=Subject("ledger", "accounts"),
            detail={"opened": after[0] - before[0]},
            at=at,
        )
    return found


def roll_up(*, at: datetime) -> int:
    """Move what append-only accounts gained into their running sums; how many sums changed."""
    row = raw_connection().execute("select ledger_roll_up_v1()").fetchone()
    assert row is not None
    return int(row[0])


def expire_holds(*, at: datetime) -> int:
    """End the holds whose time has run out at `at`; how many."""
    row = raw_connection().execute("select ledger_expire_holds_v1(%s)", [at]).fetchone()
    assert row is not None
    return int(row[0])
