"""Two simulated banks with cards, and what the books say of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple

import psycopg

from satu.cards.actions import ensure_issuers, issue_cards
from satu.cards.interbank import set_prefund
from satu.cards.kinds import Issuer
from satu.kernel.days import to_ms
from satu.kernel.ids import named_key
from satu.ledger import store as ledger
from satu.ledger.actions import ensure_accounts
from satu.ledger.entry import Entry
from satu.ledger.kinds import SCHEME, AccountKind, Asset, PostingKind, Result

AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
DAY = date(2026, 1, 5)
ACTOR = "staff:ani"
MANDIRI, BCA = 1, 2
BANKS = [
    Issuer(MANDIRI, "mandiri", "Bank Mandiri", "936008", True, "simulated"),
    Issuer(BCA, "bca", "BCA", "936014", True, "simulated"),
]


class Money(NamedTuple):
    """A card's purse and receivable, as balances."""

    purse: int
    receivable: int


def open_banks(prefunded: int = 10**9) -> dict[int, int]:
    floats = ensure_issuers(issuers=BANKS, actor=ACTOR, at=AT)
    for bank in floats:
        assert set_prefund(bank=bank, amount=prefunded, actor=ACTOR, at=AT) is None
    return floats


def issue(*, count: int = 1, balance: int = 0, issuer: int = MANDIRI) -> range:
    made = issue_cards(issuer=issuer, count=count, balance=balance, actor=ACTOR, at=AT)
    assert isinstance(made, range)
    return made


def one(conn: psycopg.Connection, query: str, *parameters: object) -> tuple[object, ...]:
    row = conn.execute(query, parameters).fetchone()
    assert row is not None
    return tuple(row)


def money(conn: psycopg.Connection, card: int) -> Money:
    purse, receivable = one(conn, "select purse, receivable from cards_card where id = %s", card)
    assert isinstance(purse, int) and isinstance(receivable, int)
    found = ledger.balances(conn, [purse, receivable])
    return Money(found[purse].balance, found[receivable].balance)


def sum_of(conn: psycopg.Connection, account: int) -> int:
    """An append-only account's credits less debits."""
    query = "select coalesce(sum(credits - debits), 0)::bigint from ledger_daily_sum"
    (total,) = one(conn, query + " where account = %s", account)
    assert isinstance(total, int)
    return total


def postings(conn: psycopg.Connection) -> int:
    (count,) = one(conn, "select count(*) from ledger_posting")
    assert isinstance(count, int)
    return count


def version(conn: psycopg.Connection, card: int) -> int:
    (found,) = one(conn, "select version from cards_card where id = %s", card)
    assert isinstance(found, int)
    return found


def audited(conn: psycopg.Connection, action: str) -> list[tuple[object, ...]]:
    """(actor, subject_kind, subject_id, detail) of every entry of an action."""
    query = (
        "select actor, subject_kind, subject_id::bigint, detail from audit_entry where action = %s"
    )
    return conn.execute(query + " order by id", [action]).fetchall()


def claim_of(operator: int) -> int:
    name = (AccountKind.UNFUNDED_CLAIM, SCHEME, Asset.IDR, operator, 0)
    return ensure_accounts(wanted=[name], actor=ACTOR, at=AT)[name]


def payable_of(issuer: int, operator: int) -> int:
    name = (AccountKind.PAYABLE, issuer, Asset.IDR, operator, 0)
    return ensure_accounts(wanted=[name], actor=ACTOR, at=AT)[name]


def owe(conn: psycopg.Connection, card: int, operator: int, amount: int, at: datetime) -> Entry:
    """A ride that the purse could not pay."""
    (receivable,) = one(conn, "select receivable from cards_card where id = %s", card)
    assert isinstance(receivable, int)
    entry = Entry(
        key=named_key(to_ms(at), "ride", card, operator, amount),
        debit=receivable,
        credit=claim_of(operator),
        amount=amount,
        kind=PostingKind.SHORTFALL,
        occurred_ms=to_ms(at),
        service_day=at.date(),
        use=7,
    )
    assert ledger.post(conn, [entry], posted_at=at, settlement_day=DAY) == [Result.POSTED]
    return entry
