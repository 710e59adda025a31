"""Tells a card's owner what became of it, in the transaction of that. Called by cards' actions."""

from __future__ import annotations

from datetime import datetime

from satu.cards import models
from satu.cards.kinds import CardState, Why
from satu.messages.actions import enqueue
from satu.messages.kinds import Kind

# A card that takes another's place is told of by `tell_replaced`; an expiry is told on the card.
BY_REASON = {
    Why.FROZEN: Kind.CARD_FROZEN,
    Why.LOST: Kind.CARD_LOST,
    Why.STOLEN: Kind.CARD_LOST,
}
UNTOLD = frozenset({Why.EXPIRED, Why.NOT_ACTIVATED})
TAIL = 4


def tail(number: str) -> str:
    """What a card is called in a message: the last digits of its printed number."""
    return number[-TAIL:]


def tell_denied(card: int, state: CardState, reason: str, version: int, at: datetime) -> None:
    """A card opens no door any more, and its owner, if it has one, is told why."""
    if state is not CardState.BLOCKED or reason in UNTOLD:
        return
    found = models.Card.objects.get(id=card)
    if found.owner is not None:
        kind = BY_REASON.get(Why(reason)) if reason in set(Why) else None
        enqueue(
            resident=found.owner,
            kind=kind or Kind.CARD_BLOCKED,
            parameters={"card": tail(found.number)},
            name=f"denied:{card}:{version}",
            at=at,
        )


def tell_replaced(
    *, owner: int | None, number: str, successor: str, card: int, at: datetime
) -> None:
    """Another card took the place of this one."""
    if owner is not None:
        enqueue(
            resident=owner,
            kind=Kind.CARD_REPLACED,
            parameters={"card": tail(number), "successor": tail(successor)},
            name=f"replaced:{card}",
            at=at,
        )


def tell_handed_over(*, holder: int, to: int, number: str, code: int, at: datetime) -> None:
    """A card passed from a holder to another resident, by the code of this number."""
    for resident, kind in ((holder, Kind.CARD_GIVEN), (to, Kind.CARD_TAKEN)):
        enqueue(
            resident=resident,
            kind=kind,
            parameters={"card": tail(number)},
            name=f"handed:{code}:{kind}",
            at=at,
        )


def tell_topped_up(
    *, owner: int | None, number: str, amount: int, balance: int, name: str, at: datetime
) -> None:
    """Money came in; `name` is its posting's key."""
    if owner is not None:
        enqueue(
            resident=owner,
            kind=Kind.TOP_UP_LANDED,
            parameters={"card": tail(number), "amount": amount, "balance": balance},
            name=f"topped_up:{name}",
            at=at,
        )
