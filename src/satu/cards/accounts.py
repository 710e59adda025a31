"""A resident who leaves: the cards are closed at once, their money goes back, then all is erased.

Between the two lie the days in which a closed card's money is paid back: who is erased could not
be paid any more.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.timezone import localdate

from satu.cards import held
from satu.cards.closing import Closed, close_card
from satu.cards.errors import Refusal
from satu.people import leaving
from satu.people.actions import erase_resident
from satu.people.errors import Refusal as PersonRefusal


class AccountClosed(NamedTuple):
    """An account that ends: the cards closed, until when their money is paid back at the latest.

    `due_on` None: nothing waits; `is_erased`: so the person was erased at once.
    """

    resident: int
    cards: tuple[int, ...]
    due_on: date | None
    is_erased: bool


def close_account(*, resident: int, actor: str, at: datetime) -> AccountClosed | PersonRefusal:
    """Close all cards of a resident and have them erased once their money is paid back.

    A repeat is answered with what stands. Refusals: resident_unknown, resident_erased.
    """
    with transaction.atomic():
        if refusal := leaving.ask_to_leave(resident=resident, actor=actor, at=at):
            return refusal
        serials = []
        while waiting := held.open_cards(resident):  # one that was just replaced has a successor
            for card in waiting:
                closed = close_card(card=card, actor=actor, at=at)
                assert isinstance(closed, Closed) or closed is Refusal.CARD_CLOSED, closed
                serials += [card] if isinstance(closed, Closed) else []
        is_erased = _end(resident, actor, at)
    due = [card.due_on for card in held.cards_of(resident, localdate(at)) if card.due_on]
    return AccountClosed(resident, tuple(serials), max(due, default=None), is_erased)


def end_accounts(*, actor: str, at: datetime) -> int:
    """Erase those who leave and whose money is paid back; how many. A job runs this."""
    ended = 0
    for resident in leaving.who_leaves():
        with transaction.atomic():
            ended += _end(resident, actor, at)
    return ended


def _end(resident: int, actor: str, at: datetime) -> bool:
    refusal = erase_resident(
        resident=resident,
        reason="asked",
        open_cards=held.unfinished(resident),
        actor=actor,
        at=at,
    )
    return refusal is None
