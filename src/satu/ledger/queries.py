"""What others read of the books. Each takes a psycopg connection and asks in one statement."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import psycopg

from satu.ledger.kinds import AccountKind


class BookTotal(NamedTuple):
    """One book in one asset: it closes if what its accounts were given is what they gave."""

    book: int
    asset: int
    debits: int
    credits: int

    @property
    def difference(self) -> int:
        return self.credits - self.debits

    @property
    def closes(self) -> bool:
        return self.difference == 0


class DailySum(NamedTuple):
    """What an append-only account took and gave on one settlement day."""

    settlement_day: date
    debits: int
    credits: int
    postings: int


# Sums of append-only accounts on one side, balances of cards' own accounts on the other.
BOOKS = """
select book, asset, sum(debits)::bigint, sum(credits)::bigint from (
    select a.book, a.asset, s.debits, s.credits
      from ledger_daily_sum s join ledger_account a on a.id = s.account
    union all
    select book, asset, greatest(-sum(balance), 0), greatest(sum(balance), 0)
      from ledger_account where balance is not null group by book, asset, kind
) b group by book, asset order by book, asset
"""
PAYABLES = """
select a.book, a.party, sum(s.credits - s.debits)::bigint
  from ledger_daily_sum s join ledger_account a on a.id = s.account
 where a.kind = any(%s) and (%s::date is null or s.settlement_day = %s)
 group by a.book, a.party order by a.book, a.party
"""
DAILY = """
select settlement_day, debits, credits, postings from ledger_daily_sum
 where account = %s and settlement_day >= %s and settlement_day < %s order by settlement_day
"""


def book_totals(conn: psycopg.Connection[Any]) -> list[BookTotal]:
    """Every book as it stands, from balances, running sums and what came since."""
    return [BookTotal(*row) for row in conn.execute(BOOKS)]


def due_to_operators(
    conn: psycopg.Connection[Any], day: date | None = None
) -> dict[tuple[int, int], int]:
    """What each book owes each operator, (book, operator) → amount; the scheme's are claims.

    With a settlement day: what that day added.
    """
    kinds = [int(AccountKind.PAYABLE), int(AccountKind.UNFUNDED_CLAIM)]
    rows = conn.execute(PAYABLES, [kinds, day, day])
    return {(book, operator): amount for book, operator, amount in rows}


def daily_sums(
    conn: psycopg.Connection[Any], account: int, start: date, end: date
) -> list[DailySum]:
    """An append-only account's settlement days from `start` to before `end`: a year is 365 rows."""
    return [DailySum(*row) for row in conn.execute(DAILY, [account, start, end])]
