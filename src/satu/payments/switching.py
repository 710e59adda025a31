"""A card whose money goes to another bank: a new purse there, the old one left empty.

The plastic, its number, its rights and what its rides owe stay as they are. A card has one purse
that is used, wherever it is.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import psycopg
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards import interbank, models, moving, rules, store
from satu.cards.actions import refuse_state
from satu.cards.collecting import collect, desk_entry, post_now, settlement_day
from satu.cards.errors import Refusal as CardRefusal
from satu.kernel.days import to_ms
from satu.kernel.ids import named_key
from satu.ledger import store as ledger
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import AccountKind, PostingKind, Result
from satu.payments.errors import Refusal, Refused


class Switched(NamedTuple):
    """A card whose purse is at `bank` now, and how much moved. A repeat is told the first one's."""

    result: Result
    card: int
    bank: int
    amount: int


def switch_bank(
    *, card: int, bank: int, key: str, owner: int | None, actor: str, at: datetime
) -> Switched | Refused:
    """Move a registered card's money to a purse at another bank, once for each key.

    The old bank owes it to the new one. What came in this month still counts. A repeat for
    another card or bank is `exists_with_different_accounts`. `owner` is the resident who asks;
    None: staff in the holder's name. Refusals: reference_invalid, card_unknown, issuer_unknown,
    card_closed, card_blocked, card_not_registered, not_the_holder, bank_is_the_same,
    money_is_held (a ride is under way), interbank_cap_passed.
    """
    if refusal := rules.refuse_money(1, key):
        return refusal
    with transaction.atomic():
        conn = raw_connection()
        store.lock_reference(conn, key)
        row = store.lock_card(conn, card)
        if row is None:
            return CardRefusal.CARD_UNKNOWN
        done = models.Switch.objects.filter(key=key).first()
        if done is not None:
            is_same = (done.card_id, done.to_bank) == (card, bank)
            result = Result.EXISTS if is_same else Result.EXISTS_WITH_DIFFERENT_ACCOUNTS
            return Switched(result, done.card_id, done.to_bank, done.amount)
        if not models.Issuer.objects.filter(id=bank).exists():
            return CardRefusal.ISSUER_UNKNOWN
        if refused := _refuse(row, bank, owner):
            return refused
        return _switch(conn, row, bank, key, actor, at)


def _refuse(row: store.CardRow, bank: int, owner: int | None) -> Refused | None:
    if refusal := refuse_state(row):
        return refusal
    if row.owner is None:
        return CardRefusal.CARD_NOT_REGISTERED
    if owner is not None and row.owner != owner:
        return CardRefusal.NOT_THE_HOLDER
    return Refusal.BANK_IS_THE_SAME if row.issuer == bank else None


def _switch(
    conn: psycopg.Connection, row: store.CardRow, bank: int, key: str, actor: str, at: datetime
) -> Switched | Refused:
    first = named_key(to_ms(at), "switch", key)
    with transaction.atomic():
        collect(conn, row, first, actor, at)
        purse = _open(conn, row, bank)
        amount = _send(conn, row, bank, purse, first, actor, at)
        if not isinstance(amount, int):
            transaction.set_rollback(True)
            return amount
        month = settlement_day(at).replace(day=1)
        moving.move(conn, row.id, old=row.purse, new=purse, bank=bank, month=month)
        models.Switch.objects.create(
            to_purse=purse,
            from_purse=row.purse,
            key=key,
            card_id=row.id,
            from_bank=row.issuer,
            to_bank=bank,
            amount=amount,
            posting=first if amount else None,
            at=at,
        )
        detail: Detail = {"from": row.issuer, "to": bank, "amount": amount}
        subject = Subject("card", row.id)
        record(actor=actor, action="card.bank_switched", subject=subject, detail=detail, at=at)
    return Switched(Result.POSTED, row.id, bank, amount)


def _open(conn: psycopg.Connection, row: store.CardRow, bank: int) -> int:
    """A purse at the new bank, under the name that the card's first one has."""
    found = conn.execute("select party, asset from ledger_account where id = %s", [row.purse])
    named = found.fetchone()
    assert named is not None
    party, asset = named
    return ledger.open_balanced(
        conn, AccountKind.PURSE, book=bank, asset=asset, party=party, card_group=row.card_group
    )


def _send(
    conn: psycopg.Connection,
    row: store.CardRow,
    bank: int,
    purse: int,
    key: UUID,
    actor: str,
    at: datetime,
) -> int | Refused:
    """Post all that is in the old purse into the new one: how much.

    The card's row is locked: nobody else moves money of either.
    """
    amount, held = ledger.balances(conn, [row.purse])[row.purse]
    if held:
        return Refusal.MONEY_IS_HELD
    if not amount:
        return 0
    asset = interbank.asset_of(conn, row.purse)
    entry = desk_entry(
        key=key,
        debit=row.purse,
        credit=purse,
        amount=amount,
        kind=PostingKind.SWITCH,
        at=at,
        card_group=row.card_group,
    )
    entries = interbank.legs(
        conn,
        entry,
        payer=row.issuer,
        receiver=bank,
        group=row.card_group,
        asset=asset,
        actor=actor,
        at=at,
    )
    results = post_now(conn, entries, at)
    assert all(result is Result.POSTED for result in results), results
    if refusal := interbank.refuse(conn, row.issuer, asset):
        return refusal
    return amount
