"""What moved in and out of one purse, read from the postings. With psycopg alone.

What taps caused is found by the taps of the card's days, everything else by the account.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from satu.ledger.kinds import PostingKind
from satu.ledger.store import BY_TAPS, OF_TAP

LINES = f"""
select key, kind, amount, credit = %(purse)s, posted_at,
       case when credit = %(purse)s then credit_balance_after else debit_balance_after end
  from (
    select p.*
      from taps_card_day d
     cross join lateral unnest(d.taps) as t (id)
     cross join lateral ({OF_TAP}) p
     where d.card = any(%(cards)s) and p.kind in {BY_TAPS}
       and %(purse)s in (p.debit, p.credit) and p.posted_at >= %(since)s
    union all
    select * from ledger_posting p
     where p.debit = %(purse)s and p.kind not in {BY_TAPS} and p.posted_at >= %(since)s
    union all
    select * from ledger_posting p
     where p.credit = %(purse)s and p.kind not in {BY_TAPS} and p.posted_at >= %(since)s
  ) l order by serial
"""
ONE = """
select key, kind, amount, credit = %(purse)s, posted_at,
       case when credit = %(purse)s then credit_balance_after else debit_balance_after end
  from ledger_posting where key = %(key)s and %(purse)s in (debit, credit)
"""


class Line(NamedTuple):
    """One posting from a purse's side: `amount` above zero came in; `after` is its balance then."""

    key: UUID
    kind: PostingKind
    amount: int
    at: datetime
    after: int

    @property
    def before(self) -> int:
        return self.after - self.amount


def since(
    conn: psycopg.Connection[Any], purse: int, cards: Iterable[int], at: datetime
) -> list[Line]:
    """All that moved in and out of a purse since a time, in the order of posting."""
    rows = conn.execute(LINES, {"purse": purse, "cards": list(cards), "since": at})
    return [_line(row) for row in rows]


def of_key(conn: psycopg.Connection[Any], purse: int, key: UUID) -> Line | None:
    """One posting of a purse; None: it has none under this key."""
    row = conn.execute(ONE, {"purse": purse, "key": key}).fetchone()
    return None if row is None else _line(row)


def _line(row: tuple[Any, ...]) -> Line:
    key, kind, amount, is_credit, at, after = row
    return Line(key, PostingKind(kind), amount if is_credit else -amount, at, after)
