"""A purse that goes to another bank: the rows of the cards that have it. With psycopg alone.

A bank's purse is its own account; a card that switches gets a new one and leaves the old behind.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg

from satu.cards import store
from satu.ledger.kinds import AccountKind

# A purse, the card's others, those that it closed, and those that their money came from.
LINE = """
with recursive line as (
    select u.purse
      from (select %(purse)s::bigint as purse
            union
            select p.account from ledger_account a join cards_purse p on p.line = a.party
             where a.id = %(purse)s and a.kind = %(kind)s) u
    union
    select s.from_purse from line l join cards_switch s on s.to_purse = l.purse)
select purse from line order by purse <> %(purse)s, purse desc
"""
# All purses of a card are of one party: the first of those that took each other's place.
IS_OF = """
select 1 from ledger_account a join ledger_account b on b.id = %s
 where a.id = %s and (a.kind, a.party) = (b.kind, b.party) and a.kind = %s
"""
# Cards that another took the place of have the purse too: what they tell late is paid from it.
SHARING = """
with recursive line as (
    select %s::bigint as card
    union all
    select r.card from line l join cards_replacement r on r.successor = l.card)
select card from line order by card
"""
MOVE = """
update cards_card
   set purse = case when purse = %(old)s then %(new)s else purse end,
       purses = array_replace(purses, %(old)s::bigint, %(new)s::bigint),
       issuer = %(bank)s, version = version + 1
 where id = any(cards_line_v1(%(card)s))
"""
ORDER = """
update cards_card
   set purses = case when cardinality(%(purses)s::bigint[]) > 1 then %(purses)s::bigint[] end,
       purse = case when purse = any(%(purses)s) then purse else %(first)s end,
       issuer = %(bank)s, version = version + 1
 where id = any(cards_line_v1(%(card)s))
"""
# Each row has the limit of its last money; what came in all together was within the larger one.
CARRY = """
insert into cards_incoming as i
    (purse, month, amount, monthly_limit, balance, balance_limit, carried)
select %s, month, amount, monthly_limit, balance, balance_limit, amount
  from cards_incoming where purse = %s and month = %s
on conflict (purse, month) do update
   set amount = i.amount + excluded.amount, carried = i.carried + excluded.amount,
       monthly_limit = case when i.monthly_limit is null or excluded.monthly_limit is null then null
                            else greatest(i.monthly_limit, excluded.monthly_limit) end
"""


def line(conn: psycopg.Connection[Any], purse: int) -> list[int]:
    """Every purse that a card has, or had before: `purse` first, then the newest."""
    values = {"purse": purse, "kind": AccountKind.PURSE.value}
    return [one for (one,) in conn.execute(LINE, values)]


def first_of(conn: psycopg.Connection[Any], purse: int) -> int:
    """The serial of the first of the cards that share a purse: its account is that one's."""
    row = conn.execute("select party from ledger_account where id = %s", [purse]).fetchone()
    assert row is not None
    return int(row[0])


def is_of(conn: psycopg.Connection[Any], account: int, purse: int) -> bool:
    """Whether an account is a card's `purse`, another of its purses, or was one before."""
    if account == purse:
        return True
    return conn.execute(IS_OF, [account, purse, AccountKind.PURSE.value]).rowcount > 0


def sharing(conn: psycopg.Connection[Any], card: int) -> list[int]:
    """A card and those whose place it took: all have the same purses."""
    return [one for (one,) in conn.execute(SHARING, [card])]


def lock(conn: psycopg.Connection[Any], card: int) -> store.CardRow | None:
    """Lock a card and those whose place it took, in id order; None: no such card.

    A ride that one of them tells late may hold money: nobody's purse goes while it is told.
    """
    return store.lock_cards(conn, sharing(conn, card)).get(card)


def move(
    conn: psycopg.Connection[Any], card: int, *, old: int, new: int, bank: int, month: date
) -> None:
    """Give a locked card, and those whose place it took, another purse at another bank.

    Of several `old` is the first. What came in in this month counts on: the month's limit is the
    holder's, not the purse's.
    """
    conn.execute(MOVE, {"card": card, "old": old, "new": new, "bank": bank})
    carry(conn, old=old, new=new, month=month)


def carry(conn: psycopg.Connection[Any], *, old: int, new: int, month: date) -> None:
    """Let what came into a purse in a month count in the one that its money went to."""
    conn.execute(CARRY, [new, old, month])


def set_order(conn: psycopg.Connection[Any], card: int, purses: list[int], bank: int) -> None:
    """Write a locked card's purses in their order; `bank` is the first one's.

    If the one in use is none of them, the first is.
    """
    values = {"card": card, "purses": purses, "first": purses[0], "bank": bank}
    conn.execute(ORDER, values)
