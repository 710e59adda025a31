"""Money from outside credited to a purse: from a bank's float, or what an agent has paid in.

Used by the top-ups of cards and of payments.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import psycopg

from satu.cards import interbank, purses, store
from satu.cards.collecting import collect, desk_entry
from satu.cards.errors import Refusal
from satu.cards.incoming import post_incoming
from satu.cards.telling import tell_topped_up
from satu.kernel.ids import named_key
from satu.ledger import store as ledger
from satu.ledger.actions import ensure_accounts
from satu.ledger.kinds import AccountKind, PostingKind


class Source(NamedTuple):
    """Where money comes from: an account in a bank's book, and that bank's `fee` on top of it."""

    bank: int
    account: int
    fee: int = 0


class Credited(NamedTuple):
    """What a purse stands at after it was credited, and what of that paid rides taken before."""

    balance: int
    collected: int


def fee_key(key: UUID) -> UUID:
    """The key of the fee of what was posted under `key`, which it names in `corrects`."""
    return named_key(0, "fee", key.int)


def credit(
    conn: psycopg.Connection,
    row: store.CardRow,
    source: Source,
    amount: int,
    key: UUID,
    actor: str,
    at: datetime,
) -> Credited | Refusal:
    """Credit a locked card's purse within its limits; what its rides are owed is collected.

    Of several purses it is the one at the bank that took the money, else the first. At another
    bank than the purse's it goes through what that bank owes the purse's. The fee stays with the
    bank that took the money. Refusals: as satu.cards.incoming.post_incoming.
    """
    row = purses.at_bank(conn, row, source.bank)
    asset = interbank.asset_of(conn, row.purse)
    entry = desk_entry(
        key=key,
        debit=source.account,
        credit=row.purse,
        amount=amount,
        kind=PostingKind.TOP_UP,
        at=at,
        card_group=row.card_group,
    )
    entries = interbank.legs(
        conn,
        entry,
        payer=source.bank,
        receiver=row.issuer,
        group=row.card_group,
        asset=asset,
        actor=actor,
        at=at,
    )
    if source.fee:
        name = (AccountKind.FEE, source.bank, asset, 0, 0)
        fees = ensure_accounts(wanted=[name], actor=actor, at=at)[name]
        fee = entry._replace(key=fee_key(key), credit=fees, amount=source.fee, link=1, corrects=key)
        entries = [fee._replace(kind=PostingKind.FEE), *entries]
    if refusal := post_incoming(conn, row, entries, at, payer=source.bank):
        return refusal
    collected = collect(conn, row, key, actor, at)
    balance = ledger.balances(conn, [row.purse])[row.purse].balance
    tell_topped_up(
        owner=row.owner, number=row.number, amount=amount, balance=balance, name=key.hex, at=at
    )
    return Credited(balance, collected)
