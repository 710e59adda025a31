"""What banks owe each other, paid outside: the books of both say so."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards import interbank, store
from satu.cards.collecting import desk_entry, post_now
from satu.cards.errors import Refusal as CardRefusal
from satu.cards.models import Issuer, Prefund
from satu.kernel.ids import named_key
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import PostingKind, Result
from satu.payments.errors import Refusal, Refused


class Position(NamedTuple):
    """What a bank owes another, or (`amount` below zero) is owed by it."""

    bank: int
    other: int
    amount: int


class Standing(NamedTuple):
    """What a bank has deposited, and what it owes each other bank."""

    prefunded: int
    positions: tuple[Position, ...]


def standing(bank: int) -> Standing | CardRefusal:
    """How a bank stands with the others. Refusals: issuer_unknown."""
    issuer = Issuer.objects.filter(id=bank).first()
    if issuer is None:
        return CardRefusal.ISSUER_UNKNOWN
    conn = raw_connection()
    found = interbank.positions(conn, bank, interbank.asset_of(conn, issuer.float_account))
    deposit = Prefund.objects.filter(bank=bank).values_list("amount", flat=True).first()
    rows = tuple(Position(bank, other, amount) for other, amount in sorted(found.items()))
    return Standing(deposit or 0, rows)


def settle(
    *, bank: int, other: int, amount: int, key: str, actor: str, at: datetime
) -> Result | Refused:
    """Book that `bank` paid what it owed `other`, or part of it, once for each key.

    Both floats and both interbank accounts change. A repeat with another amount or other banks
    is `exists_with_different_amount` or `…_accounts`. Refusals: amount_not_positive,
    issuer_unknown, more_than_is_owed.
    """
    if amount <= 0:
        return CardRefusal.AMOUNT_NOT_POSITIVE
    with transaction.atomic():
        conn = raw_connection()
        store.lock_reference(conn, key)
        banks = Issuer.objects.in_bulk([bank, other])
        if bank == other or len(banks) != 2:
            return CardRefusal.ISSUER_UNKNOWN
        paid, received = banks[bank].float_account, banks[other].float_account
        asset = interbank.asset_of(conn, paid)
        owes, is_owed = interbank.pair(payer=bank, receiver=other, asset=asset, actor=actor, at=at)
        first = named_key(0, "interbank settled", key)
        done = store.posting_of(conn, first)
        if done is not None:
            if (done.debit, done.credit) != (owes, paid):
                return Result.EXISTS_WITH_DIFFERENT_ACCOUNTS
            is_same = done.amount == amount
            return Result.EXISTS if is_same else Result.EXISTS_WITH_DIFFERENT_AMOUNT
        interbank.lock(conn, bank)
        if interbank.positions(conn, bank, asset).get(other, 0) < amount:
            return Refusal.MORE_THAN_IS_OWED
        sent = desk_entry(
            key=first,
            debit=owes,
            credit=paid,
            amount=amount,
            kind=PostingKind.SETTLEMENT,
            at=at,
        )._replace(link=1)
        arrival = interbank.arrival_key(first)
        arrived = sent._replace(key=arrival, debit=received, credit=is_owed)
        results = post_now(conn, [sent, arrived], at)
        assert all(result is Result.POSTED for result in results), results
        detail: Detail = {"to": other, "amount": amount, "reference": key}
        subject = Subject("issuer", bank)
        record(actor=actor, action="issuer.settled", subject=subject, detail=detail, at=at)
    return Result.POSTED
