"""What banks owe each other: two accounts a pair, one in each one's book, equal and opposite.

A bank deposits money beforehand (`prefunds`); it never owes the others together more than that.
Used by the actions that move money between the books of two banks.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.cards import models
from satu.cards.errors import Refusal
from satu.kernel.ids import named_key
from satu.ledger import store as ledger
from satu.ledger.actions import ensure_accounts, raw_connection
from satu.ledger.entry import Entry
from satu.ledger.kinds import AccountKind, Asset

OWN_ACCOUNTS = "select id, other from ledger_account where kind = %s and book = %s and asset = %s"


def arrival_key(first: UUID) -> UUID:
    """The key of the receiving bank's part of a posting between two banks."""
    return named_key(0, "arrived at the other bank", first.int)


def legs(
    conn: psycopg.Connection[Any],
    entry: Entry,
    *,
    payer: int,
    receiver: int,
    group: int,
    asset: Asset,
    actor: str,
    at: datetime,
) -> list[Entry]:
    """An entry whose debit is in `payer`'s book and whose credit is in `receiver`'s, as two.

    The last of them, in the receiver's card `group`, credits the account that was asked for; all
    are linked. Of one bank it stays one. Until this transaction ends nobody else can make `payer`
    owe more: whoever posts the legs asks `refuse` afterwards.
    """
    if payer == receiver:
        return [entry._replace(link=1)]
    lock(conn, payer)
    owes, is_owed = pair(payer=payer, receiver=receiver, asset=asset, actor=actor, at=at)
    key = arrival_key(entry.key)
    arrived = entry._replace(key=key, debit=is_owed, card_group=group, link=1)
    return [entry._replace(credit=owes, link=1), arrived]


def pair(*, payer: int, receiver: int, asset: Asset, actor: str, at: datetime) -> tuple[int, int]:
    """Where `payer` owes `receiver`: the account in its book, and the other's in the other's."""
    owes = (AccountKind.INTERBANK, payer, asset, 0, receiver)
    is_owed = (AccountKind.INTERBANK, receiver, asset, 0, payer)
    accounts = ensure_accounts(wanted=[owes, is_owed], actor=actor, at=at)
    return accounts[owes], accounts[is_owed]


def refuse(conn: psycopg.Connection[Any], payer: int, asset: Asset) -> Refusal | None:
    """Whether what was just posted leaves a bank owing more than it deposited; then undo it."""
    is_over = _owed(conn, payer, asset) > deposited(payer)
    return Refusal.INTERBANK_CAP_PASSED if is_over else None


def positions(conn: psycopg.Connection[Any], bank: int, asset: Asset) -> dict[int, int]:
    """What a bank owes each other bank; below zero: what that one owes it."""
    rows = conn.execute(OWN_ACCOUNTS, [AccountKind.INTERBANK.value, bank, asset.value])
    others = dict(rows.fetchall())
    return {others[account]: net for account, net in ledger.net_of(conn, others).items()}


def deposited(bank: int) -> int:
    """What a bank has deposited for what it may come to owe the others."""
    amount = models.Prefund.objects.filter(bank=bank).values_list("amount", flat=True).first()
    return amount or 0


def set_prefund(*, bank: int, amount: int, actor: str, at: datetime) -> Refusal | None:
    """Write down what a bank has deposited in all; a repeat changes nothing.

    Refusals: issuer_unknown, amount_not_positive (below zero), interbank_cap_passed (it owes
    the others more already).
    """
    if amount < 0:
        return Refusal.AMOUNT_NOT_POSITIVE
    with transaction.atomic():
        conn = raw_connection()
        issuer = models.Issuer.objects.filter(id=bank).first()
        if issuer is None:
            return Refusal.ISSUER_UNKNOWN
        lock(conn, bank)
        if _owed(conn, bank, asset_of(conn, issuer.float_account)) > amount:
            return Refusal.INTERBANK_CAP_PASSED
        if models.Prefund.objects.filter(bank=bank, amount=amount).exists():
            return None
        values = {"amount": amount, "at": at}
        models.Prefund.objects.update_or_create(bank=issuer, defaults=values)
        subject, detail = Subject("issuer", bank), {"amount": amount}
        record(actor=actor, action="issuer.prefunded", subject=subject, detail=detail, at=at)
    return None


def asset_of(conn: psycopg.Connection[Any], account: int) -> Asset:
    """What an account counts."""
    row = conn.execute("select asset from ledger_account where id = %s", [account]).fetchone()
    assert row is not None
    return Asset(row[0])


def _owed(conn: psycopg.Connection[Any], bank: int, asset: Asset) -> int:
    """What a bank owes all others together; what others owe it does not lower that."""
    return sum(net for net in positions(conn, bank, asset).values() if net > 0)


def lock(conn: psycopg.Connection[Any], bank: int) -> None:
    """Let a bank's debts grow in one transaction at a time. Taken after the cards' locks."""
    conn.execute("select pg_advisory_xact_lock(hashtextextended('interbank', %s))", [bank])
