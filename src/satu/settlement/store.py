"""What a bank stated and what the books have, side by side, in one statement; psycopg alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from satu.kernel.days import DAY_MS, to_ms
from satu.ledger.kinds import PostingKind
from satu.settlement.rules import Item

EARLY_MS = 7 * DAY_MS  # what happened somewhat before it was posted has the earlier time in its key

FLOAT = """
select coalesce(sum(debits - credits), 0)::bigint from ledger_daily_sum where account = %s
"""

# Postings that no tap caused have the time in their key, after bit 127 (satu.kernel.ids): those
# since the first statement are a range of the primary key. Fees have no time in it, but name their
# top-up, and the bank books both under its reference. A line can name an earlier top-up.
# A reference of 32 hex digits and a count is a further try to pay what a posting took out.
ITEMS = """
with line as (
    select coalesce(substring(l.reference from '^([0-9a-f]{{32}})-[0-9]$'),
                    nullif(l.reference, ''), 'line ' || l.id) as reference,
           sum(l.amount)::bigint as amount, min(l.booked_on) as on_day
      from settlement_statement_line l join settlement_statement s on s.id = l.statement_id
     where s.account_id = %(issuer)s group by 1
), since as (
    select case when p.kind = {fee} then coalesce(p.corrects, p.key) else p.key end as key,
           case when p.debit = %(float)s then p.amount else -p.amount end as amount, p.posted_at
      from ledger_posting p
     where (p.key >= %(first_key)s or p.key between %(no_time)s and %(time_begins)s)
       and (p.debit = %(float)s or p.credit = %(float)s) and p.posted_at >= %(opened)s
), booked as (
    select coalesce(t.reference, replace(p.key::text, '-', '')) as reference, p.amount, p.posted_at
      from since p left join cards_top_up t on t.issuer = %(issuer)s and t.posting = p.key
    union all
    select t.reference, t.amount + coalesce(f.amount, 0), t.at
      from line l join cards_top_up t on t.issuer = %(issuer)s and t.reference = l.reference
      left join ledger_posting f on f.corrects = t.posting and f.kind = {fee}
     where t.at < %(opened)s
), posting as (
    select reference, sum(amount)::bigint as amount,
           min((posted_at at time zone %(zone)s)::date) as on_day
      from booked group by reference
), differing as (
    select coalesce(p.reference, l.reference), p.amount, l.amount, least(p.on_day, l.on_day)
      from posting p full join line l on l.reference = p.reference
     where coalesce(p.amount, 0) <> coalesce(l.amount, 0)
     order by 4, 1
)
select null, coalesce(sum(amount), 0)::bigint, null, null from posting
union all (select * from differing)
""".format(fee=int(PostingKind.FEE))
NO_TIME = 1 << 127


class Stated(NamedTuple):
    """Whose statements are compared: since `opened`, the first one's first moment."""

    issuer: int
    float_account: int
    opened: datetime
    zone: str


class Sides(NamedTuple):
    """The books' side and the differences, of one moment.

    `booked`: all that the float's postings since the first statement, and earlier ones that a
    statement names, made of it.
    """

    float_balance: int
    booked: int
    items: list[Item]


def float_of(conn: psycopg.Connection[Any], account: int) -> int:
    """What the books say that a bank holds."""
    row = conn.execute(FLOAT, [account]).fetchone()
    assert row is not None
    return int(row[0])


def sides(conn: psycopg.Connection[Any], stated: Stated) -> Sides:
    """What differs between books and bank. Call it in a transaction that reads repeatably."""
    first_key = UUID(int=NO_TIME | to_ms(stated.opened) - EARLY_MS << 80)
    values = {
        "issuer": stated.issuer,
        "float": stated.float_account,
        "opened": stated.opened,
        "first_key": first_key,
        "no_time": UUID(int=NO_TIME),
        "time_begins": UUID(int=NO_TIME + (1 << 80)),
        "zone": stated.zone,
    }
    (_, booked, _, _), *differing = conn.execute(ITEMS, values).fetchall()
    holds = float_of(conn, stated.float_account)
    return Sides(holds, int(booked), [Item(*one) for one in differing])
