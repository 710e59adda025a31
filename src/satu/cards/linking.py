"""A resident links a card by what is printed on it. Called by the portal."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.audit.queries import count_since
from satu.cards import store
from satu.cards.actions import link_card
from satu.cards.errors import Refusal
from satu.cards.rules import LINK_ATTEMPTS_WINDOW
from satu.ledger.actions import raw_connection

MOST_WRONG = 10  # of one resident in an hour, whichever numbers they try
WRONG = "card.link_wrong"


def link_own_card(
    *, number: str, secret: str, owner: int, actor: str, at: datetime
) -> int | Refusal:
    """Link a card to the resident who typed its number and secret: its serial.

    Who tries numbers is stopped as who tries a card's secrets is, so that nobody learns which
    numbers exist. Refusals: too_many_attempts (ten wrong of a resident, five of a card, in an
    hour), and as satu.cards.actions.link_card.
    """
    person = Subject("person", owner)
    with transaction.atomic():
        store.lock_reference(raw_connection(), f"link/{owner}")  # tries are counted one by one
        wrong = count_since(subject=person, action=WRONG, since=at - LINK_ATTEMPTS_WINDOW)
        if wrong >= MOST_WRONG:
            return Refusal.TOO_MANY_ATTEMPTS
        done = link_card(number=number, secret=secret, owner=owner, actor=actor, at=at)
        if done is Refusal.NUMBER_OR_SECRET_WRONG:
            record(subject=person, action=WRONG, actor=actor, at=at)
        return done
