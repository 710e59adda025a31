"""Several purses of a card, at several banks, in an order of use: opened, ordered, closed.

A ride is paid from the first that can pay it (satu.cards.purses); money that comes in at a bank
goes to the purse there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import psycopg
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards import models, moving, purses, rules, store
from satu.cards.collecting import collect, settlement_day
from satu.cards.errors import Refusal as CardRefusal
from satu.kernel.days import to_ms
from satu.kernel.ids import named_key
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import PostingKind, Result
from satu.payments.errors import Refusal, Refused
from satu.payments.switching import open_purse_at, refuse_holder, send_all


class Opened(NamedTuple):
    """A card that has a purse at `bank`. A repeat is told the first one's."""

    result: Result
    bank: int


class Closed(NamedTuple):
    """A card whose purse at `bank` is no more, and how much of it moved."""

    result: Result
    bank: int
    amount: int


def open_purse(
    *, card: int, bank: int, key: str, owner: int | None, actor: str, at: datetime
) -> Opened | Refused:
    """Open one more purse of a registered card, at another bank; once for each key.

    It is the last in the order of use. A repeat for another card or bank is
    `exists_with_different_accounts`. `owner` is the resident who asks; None: staff in the
    holder's name. Refusals: reference_invalid, card_unknown, issuer_unknown, card_closed,
    card_blocked, card_not_registered, not_the_holder, purse_is_there, purses_too_many.
    """
    if refusal := rules.refuse_money(1, key):
        return refusal
    with transaction.atomic():
        conn = raw_connection()
        store.lock_reference(conn, key)
        row = moving.lock(conn, card)
        if row is None:
            return CardRefusal.CARD_UNKNOWN
        done = models.Purse.objects.filter(opened_key=key).first()
        if done is not None:
            is_same = done.bank == bank and moving.is_of(conn, done.account, row.purse)
            return Opened(_repeat(is_same), done.bank)
        if not models.Issuer.objects.filter(id=bank).exists():
            return CardRefusal.ISSUER_UNKNOWN
        if refused := refuse_holder(row, owner):
            return refused
        standing = purses.standing(conn, row)
        if any(one.bank == bank for one in standing):
            return CardRefusal.PURSE_IS_THERE
        if len(standing) == purses.MAX_PURSES:
            return CardRefusal.PURSES_TOO_MANY
        return _open(conn, row, bank, key, actor, at)


def _open(
    conn: psycopg.Connection, row: store.CardRow, bank: int, key: str, actor: str, at: datetime
) -> Opened:
    line = moving.first_of(conn, row.purse)
    if row.purses is None:
        values = {"line": line, "bank": row.issuer}
        models.Purse.objects.get_or_create(account=row.purse, defaults=values)
    account = open_purse_at(conn, row, bank)
    models.Purse.objects.create(account=account, line=line, bank=bank, opened_key=key, opened_at=at)
    moving.set_order(conn, row.id, [*purses.accounts(row), account], row.home)
    _record("card.purse_opened", row.id, {"bank": bank}, actor, at)
    return Opened(Result.POSTED, bank)


def set_order(
    *, card: int, banks: Sequence[int], owner: int | None, actor: str, at: datetime
) -> tuple[int, ...] | Refused:
    """Use a card's purses in this order from now on: their banks, the first first.

    The first one's bank is the card's. A ride that is under way stays with its purse. A repeat
    changes nothing. Refusals: card_unknown, card_closed, card_blocked, card_not_registered,
    not_the_holder, purse_order_invalid (not each of its banks, once).
    """
    with transaction.atomic():
        conn = raw_connection()
        row = moving.lock(conn, card)
        if row is None:
            return CardRefusal.CARD_UNKNOWN
        if refused := refuse_holder(row, owner):
            return refused
        at_bank = {one.bank: one.account for one in purses.standing(conn, row)}
        if sorted(banks) != sorted(at_bank):
            return CardRefusal.PURSE_ORDER_INVALID
        wanted = [at_bank[bank] for bank in banks]
        if wanted != purses.accounts(row):
            moving.set_order(conn, card, wanted, banks[0])
            purses.choose(conn, row)
            _record("card.purses_ordered", card, {"banks": " ".join(map(str, banks))}, actor, at)
        return tuple(banks)


def close_purse(
    *, card: int, bank: int, into: int, key: str, owner: int | None, actor: str, at: datetime
) -> Closed | Refused:
    """Close a card's purse at `bank`; what is in it goes to its purse at `into`, once for each key.

    What rides are owed is paid from it first, and what came in this month counts on. Refusals:
    reference_invalid, card_unknown, card_closed, card_blocked, card_not_registered,
    not_the_holder, bank_is_the_same, purse_unknown (either), money_is_held (a ride is under
    way), interbank_cap_passed.
    """
    if refusal := rules.refuse_money(1, key):
        return refusal
    with transaction.atomic():
        conn = raw_connection()
        store.lock_reference(conn, key)
        row = moving.lock(conn, card)
        if row is None:
            return CardRefusal.CARD_UNKNOWN
        done = models.Purse.objects.filter(closed_key=key).first()
        if done is not None:
            is_same = done.bank == bank and moving.is_of(conn, done.account, row.purse)
            return Closed(_repeat(is_same), done.bank, done.amount or 0)
        if refused := refuse_holder(row, owner):
            return refused
        if bank == into:
            return Refusal.BANK_IS_THE_SAME
        source, target = (purses.at_bank(conn, row, one) for one in (bank, into))
        if (source.issuer, target.issuer) != (bank, into):
            return CardRefusal.PURSE_UNKNOWN
        return _close(conn, source, target, key, actor, at)


def _close(
    conn: psycopg.Connection,
    source: store.CardRow,
    target: store.CardRow,
    key: str,
    actor: str,
    at: datetime,
) -> Closed | Refused:
    posting = named_key(to_ms(at), "purse closed", key)
    with transaction.atomic():
        collect(conn, source, posting, actor, at)
        kind = PostingKind.PURSE_CLOSED
        amount = send_all(conn, source, target, (posting, kind), actor, at)
        if not isinstance(amount, int):
            transaction.set_rollback(True)
            return amount
        month = settlement_day(at).replace(day=1)
        moving.carry(conn, old=source.purse, new=target.purse, month=month)
        models.Purse.objects.filter(account=source.purse).update(
            closed_key=key,
            closed_at=at,
            closed_month=month,
            into=target.purse,
            amount=amount,
            posting=posting if amount else None,
        )
        left = [one for one in purses.standing(conn, source) if one.account != source.purse]
        moving.set_order(conn, source.id, [one.account for one in left], left[0].bank)
        purses.choose(conn, source)
        detail: Detail = {"bank": source.issuer, "into": target.issuer, "amount": amount}
        _record("card.purse_closed", source.id, detail, actor, at)
    return Closed(Result.POSTED, source.issuer, amount)


def _repeat(is_same: bool) -> Result:
    return Result.EXISTS if is_same else Result.EXISTS_WITH_DIFFERENT_ACCOUNTS


def _record(action: str, card: int, detail: Detail, actor: str, at: datetime) -> None:
    record(actor=actor, action=action, subject=Subject("card", card), detail=detail, at=at)
