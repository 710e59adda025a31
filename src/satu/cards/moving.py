"""A purse that goes to another bank: the rows of the cards that have it. With psycopg alone.

A bank's purse is its own account; a card that switches gets a new one and leaves the old behind.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg

# A purse and those that its money came from, the newest first.
LINE = """
with recursive line as (
    select %s::bigint as purse, 0 as place
    union all
    select s.from_purse, l.place + 1 from line l join cards_switch s on s.to_purse = l.purse)
select purse from line order by place
"""
# Cards that another took the place of have the purse too: what they tell late is paid from it.
MOVE = "update cards_card set purse = %s, issuer = %s, version = version + 1 where id = any(%s)"
SHARING = """
with recursive line as (
    select %s::bigint as card
    union all
    select r.card from line l join cards_replacement r on r.successor = l.card)
select card from line order by card
"""
CARRY = """
insert into cards_incoming
    (purse, month, amount, monthly_limit, balance, balance_limit, carried)
select %s, month, amount, monthly_limit, balance, balance_limit, amount
  from cards_incoming where purse = %s and month = %s
"""


def line(conn: psycopg.Connection[Any], purse: int) -> list[int]:
    """A card's purse and those it had at other banks before, the newest first."""
    return [account for (account,) in conn.execute(LINE, [purse])]


def is_of(conn: psycopg.Connection[Any], account: int, purse: int) -> bool:
    """Whether an account is a card's purse, or was it at another bank before."""
    return account == purse or account in line(conn, purse)


def sharing(conn: psycopg.Connection[Any], card: int) -> list[int]:
    """A card and those whose place it took: all have the same purse."""
    return [one for (one,) in conn.execute(SHARING, [card])]


def move(
    conn: psycopg.Connection[Any], card: int, *, old: int, new: int, bank: int, month: date
) -> None:
    """Give a locked card, and those whose place it took, another purse at another bank.

    What came in in this month counts on: the month's limit is the holder's, not the purse's.
    """
    conn.execute(MOVE, [new, bank, sharing(conn, card)])
    conn.execute(CARRY, [new, old, month])
