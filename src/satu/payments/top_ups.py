"""Money that a holder pays in at a bank, the card's own or another, with the fee of that."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from satu.cards import actions as cards
from satu.cards import purses, queries, store
from satu.cards.crediting import fee_key
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import Result
from satu.payments.errors import Refusal, Refused
from satu.payments.fees import fees
from satu.payments.kinds import Channel
from satu.payments.outage import is_out
from satu.payments.rules import fee_of


class Paid(NamedTuple):
    """What became of a top-up. `fee` was paid on top of it, `collected` of it paid rides."""

    result: Result
    balance: int
    collected: int
    fee: int


def top_up(
    *,
    bank: int,
    card: int,
    amount: int,
    reference: str,
    fee: int | None = None,
    is_taken: bool = False,
    actor: str,
    at: datetime,
) -> Paid | Refused:
    """Credit a card with what its holder paid in at `bank`, once for each of its references.

    At another bank than the card's, that bank owes it to the card's. The fee is by the city's
    table unless the bank says that it took less, and a repeat is told the first one's. `is_taken`:
    the bank has the money for good and only tells, so that it is booked while the bank is out.
    Refusals: bank_is_out, fee_too_high, and as satu.cards.actions.top_up.
    """
    with transaction.atomic():
        conn = raw_connection()
        # The card is locked before its bank is read, so that no switch comes in between.
        store.lock_reference(conn, reference)
        row = store.lock_card(conn, card)
        issuer = purses.at_bank(conn, row, bank).issuer if row else None
        highest = fee_at(bank, issuer, amount)
        if store.top_up_taken(conn, bank, reference) is None:
            if not is_taken and is_out(bank):
                return Refusal.BANK_IS_OUT
            if fee is not None and fee > highest:
                return Refusal.FEE_TOO_HIGH
        fee = highest if fee is None else fee
        done = cards.top_up(
            card=card, amount=amount, reference=reference, bank=bank, fee=fee, actor=actor, at=at
        )
        if not isinstance(done, cards.TopUp):
            return done
        if done.result is Result.POSTED:
            return Paid(*done, fee)
        booked = queries.topped_up(issuer=bank, reference=reference)
        assert booked is not None
        paid = store.posting_of(conn, fee_key(booked.posting))
        return Paid(*done, paid.amount if paid else 0)


def fee_at(bank: int, issuer: int | None, amount: int) -> int:
    """What the table lets `bank` take for a top-up of a card of `issuer`."""
    channel = Channel.OWN_BANK if bank == issuer else Channel.OTHER_BANK
    return fee_of(fees(), channel, amount)
