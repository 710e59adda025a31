"""What others read of payments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from satu.cards.moving import sharing
from satu.ledger.actions import raw_connection
from satu.payments.models import Order
from satu.payments.orders import living


class OrderKept(NamedTuple):
    """A standing order: the card, and who pays: a bank by its number, or a relative's card.

    It is its purse's: a card that was replaced is told as the one in its place now.
    """

    order: int
    card: int
    bank: int | None
    payer: int | None
    threshold: int
    amount: int
    gap_s: int
    monthly_cap: int
    is_active: bool
    done: int
    last_at: datetime | None
    refused: str
    at: datetime


def orders_of(cards: Iterable[int]) -> list[OrderKept]:
    """The standing orders for some cards, or paid from them, the newest first; also those that
    were set for a card whose place one of these took."""
    conn = raw_connection()
    serials = {one for card in cards for one in sharing(conn, card)}
    found = Order.objects.filter(Q(card__in=serials) | Q(payer__in=serials)).order_by("-id")
    rows = found.values_list("id", "card_id", "bank_id", "payer_id", *OrderKept._fields[4:])
    kept = [OrderKept(*row) for row in rows]
    return [
        one._replace(card=living(one.card), payer=one.payer and living(one.payer)) for one in kept
    ]
