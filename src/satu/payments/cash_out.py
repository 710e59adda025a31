"""Money that a holder takes out at the card's bank: registered cards only (Bank Indonesia)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import psycopg
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards import moving, purses, rules, store
from satu.cards.collecting import desk_entry, post_now
from satu.cards.errors import Refusal
from satu.cards.models import Issuer
from satu.kernel.ids import named_key
from satu.ledger import store as ledger
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import PostingKind, Result
from satu.payments.switching import refuse_holder


class TakenOut(NamedTuple):
    """What became of it; `balance` is the purse's after it. A repeat is answered as the first."""

    result: Result
    balance: int


def cash_out(
    *,
    card: int,
    amount: int,
    key: str,
    bank: int | None = None,
    owner: int | None,
    actor: str,
    at: datetime,
) -> TakenOut | Refusal:
    """Book money that the card's bank paid its holder, once for each key.

    Of several purses it is the first that has so much, or the one at `bank`.
    A repeat with another card or amount is `exists_with_different_accounts` or `…_amount`.
    `owner` is the resident who asks; None: staff in the holder's name. Refusals:
    amount_not_positive, amount_too_large, reference_invalid, card_unknown, card_closed,
    card_blocked, card_not_registered, not_the_holder, purse_unknown, balance_insufficient.
    """
    if refusal := rules.refuse_money(amount, key):
        return refusal
    with transaction.atomic():
        conn = raw_connection()
        store.lock_reference(conn, key)
        row = store.lock_card(conn, card)
        if row is None:
            return Refusal.CARD_UNKNOWN
        paying = purses.payer if bank is None else purses.at_bank
        row = paying(conn, row, amount if bank is None else bank)
        entry = desk_entry(
            key=named_key(0, "cash-out", key),
            debit=row.purse,
            credit=Issuer.objects.values_list("float_account", flat=True).get(id=row.issuer),
            amount=amount,
            kind=PostingKind.CASH_OUT,
            at=at,
            card_group=row.card_group,
        )
        done = store.posting_of(conn, entry.key)
        if done is not None:
            return _repeated(conn, done, row, amount)
        if bank not in (None, row.issuer):
            return Refusal.PURSE_UNKNOWN
        if refusal := refuse_holder(row, owner):
            return refusal
        (result,) = post_now(conn, [entry], at)
        if result is Result.BALANCE_INSUFFICIENT:
            return Refusal.BALANCE_INSUFFICIENT
        assert result is Result.POSTED, result
        detail: Detail = {"amount": amount, "reference": key}
        subject = Subject("card", card)
        record(actor=actor, action="card.cashed_out", subject=subject, detail=detail, at=at)
        return TakenOut(result, ledger.balances(conn, [row.purse])[row.purse].balance)


def _repeated(
    conn: psycopg.Connection, done: store.Posted, row: store.CardRow, amount: int
) -> TakenOut:
    assert done.debit_after is not None
    if not moving.is_of(conn, done.debit, row.purse):
        return TakenOut(Result.EXISTS_WITH_DIFFERENT_ACCOUNTS, 0)
    if done.amount != amount:
        return TakenOut(Result.EXISTS_WITH_DIFFERENT_AMOUNT, done.debit_after)
    return TakenOut(Result.EXISTS, done.debit_after)
