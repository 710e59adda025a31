"""Proof of the books from the postings alone. Used by `satu verify`, the live page and tests.

Every check is one statement that returns the exact rows at fault: what they are, what the
postings say and what stands in the table. All of them read one snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, NamedTuple

import psycopg

from satu.ledger.kinds import AccountKind, PostingKind

MAX_ROWS = 100  # of one check; the count says how many there are


class Problem(NamedTuple):
    """One row at fault: `check` names the rule, `row` is the row as the check reads it."""

    check: str
    row: dict[str, Any]


class Check(NamedTuple):
    """A rule of the books, and the statement that finds the rows that break it.

    With `wrong` the statement finds rows to look at, and `wrong` tells what is at fault in one
    (None: nothing): for what only a program can read.
    """

    name: str
    sql: str
    wrong: Callable[[dict[str, Any]], dict[str, Any] | None] | None = None


NET = """
    select account, sum(amount)::bigint as net from (
        select credit as account, amount from ledger_posting
        union all
        select debit, -amount from ledger_posting) l group by account
"""

CHECKS = (
    Check(
        "every book closes",
        f"""
        with net as ({NET})
        select a.book, a.asset, sum(n.net)::bigint as difference
          from net n left join ledger_account a on a.id = n.account
         group by a.book, a.asset having sum(n.net) <> 0 or a.book is null
        """,
    ),
    Check(
        "a posting stays in one book and one asset",
        """
        select p.key, d.book as debit_book, c.book as credit_book, d.asset, c.asset as credit_asset
          from ledger_posting p
          left join ledger_account d on d.id = p.debit
          left join ledger_account c on c.id = p.credit
         where d.book is distinct from c.book or d.asset is distinct from c.asset
            or d.id is null
        """,
    ),
    Check(
        "a balance is the sum of its postings",
        f"""
        with net as ({NET})
        select a.id as account, a.kind, a.balance, coalesce(n.net, 0) as postings_say
          from ledger_account a left join net n on n.account = a.id
         where a.balance is not null and a.balance <> coalesce(n.net, 0)
        """,
    ),
    Check(
        "each balance after a posting follows from the one before",
        """
        select key, account, balance_after, coalesce(before, 0) + change as postings_say from (
            select key, account, change, balance_after,
                   lag(balance_after) over (partition by account order by serial) as before
              from (select key, serial, debit as account, -amount as change,
                           debit_balance_after as balance_after
                      from ledger_posting where debit_balance_after is not null
                    union all
                    select key, serial, credit, amount, credit_balance_after
                      from ledger_posting where credit_balance_after is not null) l) r
         where balance_after <> coalesce(before, 0) + change
        """,
    ),
    Check(
        "no balance ever broke its limits",
        """
        select a.id as account, a.kind, a.balance, a.held, a.floor, a.ceiling, l.balance_after
          from ledger_account a
          left join (select debit as account, debit_balance_after as balance_after
                       from ledger_posting where debit_balance_after is not null
                     union all
                     select credit, credit_balance_after from ledger_posting
                      where credit_balance_after is not null) l on l.account = a.id
         where l.balance_after < a.floor or l.balance_after > a.ceiling
            or a.balance - a.held < a.floor or a.balance > a.ceiling
        """,
    ),
    Check(
        "what is held is the sum of the open holds",
        """
        select a.id as account, a.held, coalesce(h.open, 0) as holds_say
          from ledger_account a
          full join (select account, sum(remaining)::bigint as open from ledger_hold
                      where state = 0 group by account) h on h.account = a.id
         where coalesce(a.held, 0) <> coalesce(h.open, 0)
        """,
    ),
    Check(
        "an ended hold keeps nothing, an open one no more than it was",
        """
        select key, account, amount, remaining, state from ledger_hold
         where (state <> 0 and remaining <> 0) or (state = 0 and remaining = 0)
            or (ended_at is null) <> (state = 0)
        """,
    ),
    Check(
        "running sums are the sums of the postings",
        """
        with said as (
            select account, settlement_day, debits, credits, postings from ledger_daily_sum
        ), told as (
            select l.account, settlement_day, sum(debit)::bigint as debits,
                   sum(credit)::bigint as credits, count(*) as postings
              from (select debit as account, settlement_day, amount as debit, 0 as credit
                      from ledger_posting where debit_balance_after is null
                    union all
                    select credit, settlement_day, 0, amount
                      from ledger_posting where credit_balance_after is null) l
             group by l.account, settlement_day
        )
        select account, settlement_day, s.debits, s.credits, t.debits as debits_say,
               t.credits as credits_say
          from said s full join told t using (account, settlement_day)
         where (s.debits, s.credits, s.postings)
               is distinct from (t.debits, t.credits, t.postings)
        """,
    ),
    Check(
        "receivables are the shortfalls that are not undone, and equal the claims",
        f"""
        select a.id as account, a.balance, -coalesce(o.owed, 0) as shortfalls_say
          from ledger_account a
          left join (select s.debit as account, sum(s.amount - coalesce(u.undone, 0)) as owed
                       from ledger_posting s
                       left join (select corrects, sum(amount) as undone from ledger_posting
                                   where kind in ({PostingKind.SHORTFALL_UNDONE.value},
                                                  {PostingKind.WRITE_OFF.value})
                                   group by corrects) u on u.corrects = s.key
                      where s.kind = {PostingKind.SHORTFALL.value}
                      group by s.debit) o on o.account = a.id
         where a.kind = {AccountKind.RECEIVABLE.value} and a.balance <> -coalesce(o.owed, 0)
        """,
    ),
    Check(
        "what one bank owes another is what the other is owed",
        f"""
        with net as ({NET})
        select least(a.book, a.other) as bank, greatest(a.book, a.other) as other, a.asset,
               sum(n.net)::bigint as difference
          from ledger_account a join net n on n.account = a.id
         where a.kind = {AccountKind.INTERBANK.value}
         group by 1, 2, 3 having sum(n.net) <> 0
        """,
    ),
    Check(
        "a correction names a posting that exists",
        """
        select p.key, p.corrects from ledger_posting p
         where p.corrects is not null
           and not exists (select from ledger_posting o where o.key = p.corrects)
        """,
    ),
    Check(
        "keys are unique and amounts above zero",
        """
        select key, count(*) as times, min(amount) as least from ledger_posting
         group by key having count(*) > 1 or min(amount) <= 0
        """,
    ),
)


class Report(NamedTuple):
    """What `satu verify` tells."""

    ok: bool
    postings: int
    accounts: int
    problems: list[Problem]


def verify(
    conn: psycopg.Connection[Any],
    checks: Sequence[Check] = CHECKS,
    *,
    on_check: Callable[[str], None] = lambda name: None,
) -> Report:
    """Run every check on one snapshot; `on_check` is told each check's name before it runs."""
    problems: list[Problem] = []
    with conn.transaction():
        conn.execute("set transaction isolation level repeatable read, read only")
        conn.execute("set local work_mem = '256MB'")
        for check in checks:
            on_check(check.name)
            with conn.cursor(row_factory=psycopg.rows.dict_row) as cursor:
                problems += [Problem(check.name, row) for row in _at_fault(cursor, check)]
        counted = conn.execute(
            "select (select count(*) from ledger_posting), (select count(*) from ledger_account)"
        ).fetchone()
    assert counted is not None
    return Report(not problems, counted[0], counted[1], problems)


def _at_fault(cursor: psycopg.Cursor[dict[str, Any]], check: Check) -> Sequence[dict[str, Any]]:
    if check.wrong is None:
        return cursor.execute(f"{check.sql} limit {MAX_ROWS}".encode()).fetchall()
    found = filter(None, map(check.wrong, cursor.stream(check.sql.encode())))
    return list(islice(found, MAX_ROWS))
