"""Money that operators give back to a purse, long after the ride. Called by satu.taps.repairs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.cards import store
from satu.cards.collecting import collect, payables, settlement_day
from satu.cards.errors import Refusal
from satu.kernel.days import to_ms
from satu.kernel.ids import tap_posting_key
from satu.ledger import store as ledger
from satu.ledger.actions import raw_connection
from satu.ledger.entry import Entry
from satu.ledger.kinds import PostingKind, Result

# The tap's road counts a card's revisions from 1: nothing else has these keys.
REVISION = 0


class GivenBack(NamedTuple):
    """What an operator gives back: to the purse, or (`to` > 0) to another operator.

    `corrects` is the posting that it undoes, in part or whole.
    """

    operator: int
    amount: int
    corrects: UUID | None
    to: int = 0


class Refunded(NamedTuple):
    """What flowed to the purse, and how much of it paid rides that were still owed."""

    amount: int
    collected: int
    balance: int


def refund(
    *,
    card: int,
    lines: Sequence[GivenBack],
    tap: int,
    use: int,
    service_day: date,
    actor: str,
    at: datetime,
) -> Refunded | Refusal:
    """Give money back for a ride, once for each `tap`, the name of the tap that was missing.

    Settles on the day of `at`. A card that is blocked, or that another took the place of, gets
    it too. What rides are owed is collected from it, oldest first. Refusals: card_unknown,
    card_closed.
    """
    assert lines and all(line.amount > 0 for line in lines), lines
    with transaction.atomic():
        conn = raw_connection()
        row = store.lock_card(conn, card)
        if row is None or store.is_over(conn, card):
            return Refusal.CARD_UNKNOWN if row is None else Refusal.CARD_CLOSED
        operators = {line.operator for line in lines} | {line.to for line in lines if line.to}
        accounts = payables(conn, row, operators, actor, at)
        entries = [
            Entry(
                key=tap_posting_key(tap, REVISION, index),
                debit=accounts[line.operator],
                credit=accounts[line.to] if line.to else row.purse,
                amount=line.amount,
                kind=PostingKind.REFUND,
                occurred_ms=to_ms(at),
                service_day=service_day,
                card_group=row.card_group,
                use=use,
                corrects=line.corrects,
                link=1,
            )
            for index, line in enumerate(lines)
        ]
        day = settlement_day(at)
        results = ledger.post(conn, entries, posted_at=at, settlement_day=day)
        assert all(result is Result.POSTED for result in results), results
        collected = collect(conn, row, entries[0].key, actor, at)
        amount = sum(line.amount for line in lines if not line.to)
        record(
            actor=actor,
            action="card.refunded",
            subject=Subject("card", card),
            detail={"amount": amount, "collected": collected},
            at=at,
        )
        balance = ledger.balances(conn, [row.purse])[row.purse].balance
        return Refunded(amount, collected, balance)
