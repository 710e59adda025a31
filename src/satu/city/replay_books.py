"""What the books and uses say of the replayed days. Reads only; psycopg alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import psycopg

from satu.city.replay_compare import Charged
from satu.kernel.refusal import REAL_CLASSES, UseClass
from satu.ledger.kinds import AccountKind, PostingKind

INCOMPLETE = (UseClass.MISSING_EXIT, UseClass.MISSING_ENTRY)
OF_RIDES = (
    PostingKind.FARE,
    PostingKind.SHORTFALL,
    PostingKind.CORRECTION,
    PostingKind.SHORTFALL_UNDONE,
    PostingKind.COLLECTION,
)
USES = """
select id, fare, full_fare, use_class from taps_use
 where service_day = any(%s) and use_class <> %s
"""
MONEY = """
select a.kind, a.book, a.party, sum(m.amount)::bigint
  from (select credit as account, amount, kind from ledger_posting
         where service_day = any(%(days)s)
        union all
        select debit, -amount, kind from ledger_posting
         where service_day = any(%(days)s)) m
  join ledger_account a on a.id = m.account
 where a.kind = any(%(accounts)s) and m.kind = any(%(kinds)s)
 group by a.kind, a.book, a.party
"""
OPERATORS = "select id, code from taps_operator"
ISSUERS = "select id, code from cards_issuer"


class Books(NamedTuple):
    """Rides and their money on some service days.

    `revenue` is what operators are owed for these days, by whichever bank; `unfunded` is the
    part of it that no purse has paid yet. By code of operator and of issuer.
    """

    journeys: int
    incomplete: int
    revenue: int
    unfunded: int
    by_issuer: Mapping[str, int]
    by_operator: Mapping[str, int]


def uses_of(conn: psycopg.Connection, days: Sequence[date]) -> dict[int, Charged]:
    """What every use of these service days costs, by its first tap."""
    rows = conn.execute(USES, [list(days), int(UseClass.VOID)])
    return {use: Charged(fare, full, UseClass(kind)) for use, fare, full, kind in rows}


def read_books(
    conn: psycopg.Connection, uses: Mapping[int, Charged], days: Sequence[date]
) -> Books:
    """The figures of some service days; `uses` are theirs."""
    operators: dict[int, str] = dict(conn.execute(OPERATORS).fetchall())
    issuers: dict[int, str] = dict(conn.execute(ISSUERS).fetchall())
    by_issuer: dict[str, int] = {}
    by_operator: dict[str, int] = {}
    unfunded = 0
    accounts = [int(AccountKind.PAYABLE), int(AccountKind.UNFUNDED_CLAIM)]
    given = {"days": list(days), "accounts": accounts, "kinds": list(map(int, OF_RIDES))}
    for kind, book, operator, amount in conn.execute(MONEY, given):
        name = operators[operator]
        by_operator[name] = by_operator.get(name, 0) + amount
        if kind == AccountKind.PAYABLE:
            by_issuer[issuers[book]] = by_issuer.get(issuers[book], 0) + amount
        else:
            unfunded += amount
    return Books(
        journeys=sum(use.use_class in REAL_CLASSES for use in uses.values()),
        incomplete=sum(use.use_class in INCOMPLETE for use in uses.values()),
        revenue=sum(by_operator.values()),
        unfunded=unfunded,
        by_issuer=dict(sorted(by_issuer.items())),
        by_operator=dict(sorted(by_operator.items())),
    )
