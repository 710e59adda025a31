"""Calls the ledger's SQL functions with psycopg alone: for actions and for the tap's road."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import psycopg

from satu.kernel import pgarray
from satu.ledger.entry import Entry, Shortfall
from satu.ledger.kinds import AccountKind, PostingKind, Result

ENTRY_COLUMNS = 16
# The kinds of rides and purchases, which are nearly all postings: the indexes `ledger_posting_in`
# and `_out` leave them out, and serve only queries that do so too.
BY_TAPS = "(2, 3, 4, 5, 21)"
# The postings of the tap `t.id`, as a lateral: their keys begin with its name.
OF_TAP = """
        select * from ledger_posting x
         where x.key >= (lpad(to_hex(t.id), 16, '0') || '0000000000000000')::uuid
           and x.key <= (lpad(to_hex(t.id), 16, '0') || 'ffffffffffffffff')::uuid offset 0"""
POST = f"select ledger_post_v1({', '.join(['%s'] * (ENTRY_COLUMNS + 2))})"


class AccountBalance(NamedTuple):
    """A balanced account as it stands: `balance` is credits less debits."""

    balance: int
    held: int


def columns(entries: Sequence[Entry]) -> list[str]:
    """The entries as the parallel arrays that ledger_post_v1 and ledger_apply_v1 take."""
    return [
        pgarray.optional([entry.key for entry in entries]),
        pgarray.ints([entry.debit for entry in entries]),
        pgarray.ints([entry.credit for entry in entries]),
        pgarray.ints([entry.amount for entry in entries]),
        pgarray.ints([entry.kind for entry in entries]),
        pgarray.ints([entry.card_group for entry in entries]),
        pgarray.ints([entry.occurred_ms for entry in entries]),
        pgarray.optional([entry.service_day for entry in entries]),
        pgarray.sparse([entry.tap for entry in entries]),
        pgarray.sparse([entry.use for entry in entries]),
        pgarray.sparse([entry.corrects for entry in entries]),
        *_hold_columns(entries),
        pgarray.ints([entry.link for entry in entries]) if _any_link(entries) else "{}",
    ]


def _any_link(entries: Sequence[Entry]) -> bool:
    return any(entry.link for entry in entries)


def _hold_columns(entries: Sequence[Entry]) -> list[str]:
    if not any(entry.hold for entry in entries):
        return ["{}"] * 4
    return [
        pgarray.optional([entry.hold for entry in entries]),
        pgarray.ints([entry.hold_change for entry in entries]),
        pgarray.ints([entry.hold_kind for entry in entries]),
        pgarray.optional([entry.hold_expires_ms for entry in entries]),
    ]


def post(
    conn: psycopg.Connection,
    entries: Sequence[Entry],
    *,
    posted_at: datetime,
    settlement_day: date,
) -> list[Result]:
    """Post a set of entries; one result an entry, in order. Links stand or fall together.

    A key that comes twice in the set is posted once; the other gets the answer a repeat gets.
    """
    first: dict[UUID, int] = {}
    for index, entry in enumerate(entries):
        first.setdefault(entry.key, index)
    once = [entries[index] for index in first.values()]
    if not once:
        return []
    row = conn.execute(POST, [*columns(once), posted_at, settlement_day], prepare=True).fetchone()
    assert row is not None and len(row[0]) == len(once)
    results = dict(zip(first, map(Result, row[0]), strict=True))
    return [
        results[entry.key]
        if first[entry.key] == index
        else _repeated(entries[first[entry.key]], entry, results[entry.key])
        for index, entry in enumerate(entries)
    ]


def _repeated(first: Entry, again: Entry, result: Result) -> Result:
    """The answer to an entry whose key came earlier in the same set."""
    if not result.is_in_books:
        return result
    if (first.debit, first.credit) != (again.debit, again.credit):
        return Result.EXISTS_WITH_DIFFERENT_ACCOUNTS
    if (first.amount, first.hold_change) != (again.amount, again.hold_change):
        return Result.EXISTS_WITH_DIFFERENT_AMOUNT
    if (first.kind, first.service_day, first.hold) != (again.kind, again.service_day, again.hold):
        return Result.EXISTS_WITH_DIFFERENT_CONTENT
    return Result.EXISTS


def open_balanced(
    conn: psycopg.Connection,
    kind: AccountKind,
    *,
    book: int,
    asset: int,
    party: int,
    card_group: int = 0,
) -> int:
    """Open one more account whose balance never falls below zero; its number."""
    assert kind in (AccountKind.PURSE, AccountKind.AGENT), kind
    row = conn.execute(
        "select ledger_open_balanced_v1(%s::smallint, %s, %s::smallint, %s, %s::smallint)",
        [kind.value, book, asset, party, card_group],
    ).fetchone()
    assert row is not None
    return int(row[0])


def net_of(conn: psycopg.Connection, accounts: Iterable[int]) -> dict[int, int]:
    """Credits less debits of append-only accounts; those that never moved are left out."""
    rows = conn.execute(
        "select account, sum(credits - debits)::bigint from ledger_daily_sum"
        " where account = any(%s) group by account",
        [list(accounts)],
    )
    return dict(rows.fetchall())


def balances(conn: psycopg.Connection, accounts: Iterable[int]) -> dict[int, AccountBalance]:
    """Balances of balanced accounts; accounts that are append-only or unknown are left out."""
    rows = conn.execute(
        "select id, balance, held from ledger_account where id = any(%s) and balance is not null",
        [list(accounts)],
    )
    return {account: AccountBalance(balance, held) for account, balance, held in rows}


SHORTFALLS = """
select s.key, s.debit, s.credit, s.amount,
       (s.amount - coalesce(c.undone, 0))::bigint as left,
       s.service_day, (extract(epoch from s.occurred_at) * 1000)::bigint, s.tap, s.use
  from ledger_posting s
  left join lateral (
      select sum(u.amount) as undone from ledger_posting u
       where u.corrects = s.key and u.kind in {undone}) c on true
 where s.kind = {shortfall} and s.debit = any(%s) and s.amount > coalesce(c.undone, 0)
 order by s.occurred_at, s.key
""".format(
    shortfall=int(PostingKind.SHORTFALL),
    undone=(int(PostingKind.SHORTFALL_UNDONE), int(PostingKind.WRITE_OFF)),
)


def shortfalls(conn: psycopg.Connection, receivables: Iterable[int]) -> list[Shortfall]:
    """What is still owed on the given receivables, oldest ride first."""
    return [Shortfall(*row) for row in conn.execute(SHORTFALLS, [list(receivables)])]
