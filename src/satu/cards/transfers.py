"""Money from one registered card to another, at the same bank or between two."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import psycopg
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.cards import interbank, moving, purses, rules, store
from satu.cards.actions import refuse_state
from satu.cards.collecting import collect, desk_entry
from satu.cards.errors import Refusal
from satu.cards.incoming import post_incoming
from satu.kernel.ids import named_key
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import PostingKind, Result


class Transferred(NamedTuple):
    """What became of it; `balance` is the sender's after it. A repeat is answered as the first."""

    result: Result
    balance: int


def transfer_value(
    *, card: int, to: int, amount: int, key: str, owner: int | None, actor: str, at: datetime
) -> Transferred | Refusal:
    """Send money from a card to another, once for each key of the sender's side.

    Of several purses the first that has it sends, and the one at the same bank takes it, else
    the first. Between banks it goes through what the one owes the other. What the receiver's
    rides are owed is collected. A repeat with other cards or another amount is
    `exists_with_different_accounts` or `…_amount`. `owner` is the resident who asks; None: staff
    in the holder's name. Refusals: amount_not_positive, amount_too_large, reference_invalid,
    card_unknown, card_closed, card_blocked, card_not_registered (either), not_the_holder,
    purses_are_the_same, balance_insufficient, balance_limit_passed, monthly_limit_passed,
    interbank_cap_passed.
    """
    if refusal := rules.refuse_money(amount, key):
        return refusal
    with transaction.atomic():
        conn = raw_connection()
        store.lock_reference(conn, key)
        rows = store.lock_cards(conn, {card, to})
        sender, receiver = rows.get(card), rows.get(to)
        if sender is None or receiver is None:
            return Refusal.CARD_UNKNOWN
        refusal = _refuse(sender, receiver, owner)
        # The key alone names the posting, whenever it is asked again.
        first = named_key(0, "transfer", key)
        done = store.posting_of(conn, first)
        if done is not None:
            return _repeated(conn, done, first, sender, receiver, amount)
        if refusal:
            return refusal
        return _transfer(conn, sender, receiver, (amount, first), actor, at)


def _refuse(sender: store.CardRow, receiver: store.CardRow, owner: int | None) -> Refusal | None:
    if refusal := refuse_state(sender) or refuse_state(receiver):
        return refusal
    if sender.owner is None or receiver.owner is None:
        return Refusal.CARD_NOT_REGISTERED
    if owner is not None and sender.owner != owner:
        return Refusal.NOT_THE_HOLDER
    is_same = sender.receivable == receiver.receivable
    return Refusal.PURSES_ARE_THE_SAME if is_same else None


def _repeated(
    conn: psycopg.Connection,
    done: store.Posted,
    first: UUID,
    sender: store.CardRow,
    receiver: store.CardRow,
    amount: int,
) -> Transferred:
    arrived = store.posting_of(conn, interbank.arrival_key(first)) or done
    assert done.debit_after is not None
    paid = moving.is_of(conn, done.debit, sender.purse)
    if not (paid and moving.is_of(conn, arrived.credit, receiver.purse)):
        return Transferred(Result.EXISTS_WITH_DIFFERENT_ACCOUNTS, 0)
    if done.amount != amount:
        return Transferred(Result.EXISTS_WITH_DIFFERENT_AMOUNT, done.debit_after)
    return Transferred(Result.EXISTS, done.debit_after)


def _transfer(
    conn: psycopg.Connection,
    sender: store.CardRow,
    receiver: store.CardRow,
    asked: tuple[int, UUID],
    actor: str,
    at: datetime,
) -> Transferred | Refusal:
    amount, key = asked
    sender = purses.payer(conn, sender, amount)
    receiver = purses.at_bank(conn, receiver, sender.issuer)
    sent = desk_entry(
        key=key,
        debit=sender.purse,
        credit=receiver.purse,
        amount=amount,
        kind=PostingKind.TRANSFER_OF_VALUE,
        at=at,
        card_group=sender.card_group,
    )
    entries = interbank.legs(
        conn,
        sent,
        payer=sender.issuer,
        receiver=receiver.issuer,
        group=receiver.card_group,
        asset=interbank.asset_of(conn, sender.purse),
        actor=actor,
        at=at,
    )
    if refusal := post_incoming(conn, receiver, entries, at, payer=sender.issuer):
        return refusal
    collect(conn, receiver, key, actor, at)
    posted = store.posting_of(conn, key)
    assert posted is not None and posted.debit_after is not None
    record(
        actor=actor,
        action="card.value_sent",
        subject=Subject("card", sender.id),
        detail={"to": receiver.id, "amount": amount},
        at=at,
    )
    return Transferred(Result.POSTED, posted.debit_after)
