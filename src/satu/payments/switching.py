"""A card whose money goes to another bank: a new purse there, the old one left empty.

The plastic, its number, its rights and what its rides owe stay as they are. Of several purses it is
the first in the order that goes (satu.payments.purses moves the others).
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import psycopg
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards import interbank, models, moving, purses, rules, store
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
    """A card whose purse, of several the first, is at `bank` now, and how much moved.

    A repeat is told the first one's.
    """

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
    purse_is_there (another of its purses), money_is_held (a ride is under way),
    interbank_cap_passed.
    """
    if refusal := rules.refuse_money(1, key):
        return refusal
    with transaction.atomic():
        conn = raw_connection()
        store.lock_reference(conn, key)
        row = moving.lock(conn, card)
        if row is None:
            return CardRefusal.CARD_UNKNOWN
        done = models.Switch.objects.filter(key=key).first()
        if done is not None:
            is_same = (done.card_id, done.to_bank) == (card, bank)
            result = Result.EXISTS if is_same else Result.EXISTS_WITH_DIFFERENT_ACCOUNTS
            return Switched(result, done.card_id, done.to_bank, done.amount)
        if not models.Issuer.objects.filter(id=bank).exists():
            return CardRefusal.ISSUER_UNKNOWN
        row = purses.each(conn, row)[0]
        if refused := refuse_holder(row, owner):
            return refused
        if row.issuer == bank:
            return Refusal.BANK_IS_THE_SAME
        if purses.at_bank(conn, row, bank).issuer == bank:
            return CardRefusal.PURSE_IS_THERE
        return _switch(conn, row, bank, key, actor, at)


def refuse_holder(row: store.CardRow, owner: int | None) -> CardRefusal | None:
    """Why a locked card's money may not go elsewhere for `owner`; None: it may."""
    if refusal := refuse_state(row):
        return refusal
    if row.owner is None:
        return CardRefusal.CARD_NOT_REGISTERED
    return CardRefusal.NOT_THE_HOLDER if owner is not None and row.owner != owner else None


def _switch(
    conn: psycopg.Connection, row: store.CardRow, bank: int, key: str, actor: str, at: datetime
) -> Switched | Refused:
    first = named_key(to_ms(at), "switch", key)
    with transaction.atomic():
        collect(conn, row, first, actor, at)
        purse = open_purse_at(conn, row, bank)
        to = row._replace(purse=purse, issuer=bank)
        amount = send_all(conn, row, to, (first, PostingKind.SWITCH), actor, at)
        if not isinstance(amount, int):
            transaction.set_rollback(True)
            return amount
        month = settlement_day(at).replace(day=1)
        moving.move(conn, row.id, old=row.purse, new=purse, bank=bank, month=month)
        if row.purses is not None:
            line = moving.first_of(conn, purse)
            models.Purse.objects.create(account=purse, line=line, bank=bank)
            purses.choose(conn, row)
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


def open_purse_at(conn: psycopg.Connection, row: store.CardRow, bank: int) -> int:
    """One more account at a bank, under the name that the card's first purse has."""
    found = conn.execute("select party, asset from ledger_account where id = %s", [row.purse])
    named = found.fetchone()
    assert named is not None
    party, asset = named
    return ledger.open_balanced(
        conn, AccountKind.PURSE, book=bank, asset=asset, party=party, card_group=row.card_group
    )


def send_all(
    conn: psycopg.Connection,
    row: store.CardRow,
    to: store.CardRow,
    posting: tuple[UUID, PostingKind],
    actor: str,
    at: datetime,
) -> int | Refused:
    """Post all that is in a card's purse into another of its purses: how much.

    The rows of the card and of those whose place it took are locked: nobody else moves money.
    Refusals: money_is_held, interbank_cap_passed; then the caller rolls back.
    """
    key, kind = posting
    amount, held = ledger.balances(conn, [row.purse])[row.purse]
    if held:
        return Refusal.MONEY_IS_HELD
    if not amount:
        return 0
    asset = interbank.asset_of(conn, row.purse)
    entry = desk_entry(
        key=key,
        debit=row.purse,
        credit=to.purse,
        amount=amount,
        kind=kind,
        at=at,
        card_group=row.card_group,
    )
    entries = interbank.legs(
        conn,
        entry,
        payer=row.issuer,
        receiver=to.issuer,
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
