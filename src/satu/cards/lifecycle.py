"""A card's life: activated, frozen by its holder, lost, replaced, expired, renewed.

Each action locks the card's row first, is audited, and raises the deny list's version where doors
must know. A refusal is a value and changes nothing; a repeat changes nothing either.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.cards import dormant, models, rules, store
from satu.cards.actions import Changed, change_state, prove, refuse_state
from satu.cards.collecting import settlement_day
from satu.cards.errors import Refusal
from satu.cards.incoming import expiry, product_of
from satu.cards.kinds import CardState, Medium, Why
from satu.cards.telling import tell_replaced
from satu.ledger.actions import raw_connection

BATCH = 200  # a report of a lost card waits for no more than these
RENEWED_AHEAD = timedelta(days=60)
LOST = (Why.LOST, Why.STOLEN)
# What is not on the plastic that is replaced: it goes on with the card that takes its place.
KEPT_MEDIA = (Medium.PLATE,)


class Replaced(NamedTuple):
    """A card and the one that took its place, with its printed number; `is_repeat`: long ago."""

    card: int
    successor: int
    number: str
    is_repeat: bool = False


class Renewed(NamedTuple):
    """A card that opens doors until before `expires_on` again, and dormant money that came back."""

    card: int
    expires_on: date | None
    returned: int


def activate_card(*, number: str, secret: str, actor: str, at: datetime) -> Changed | Refusal:
    """Let a card that came by post open doors: who holds it tells what is printed on it.

    Refusals: too_many_attempts, number_or_secret_wrong, card_closed, card_blocked (for another
    reason than that it was never activated), card_not_delivered (its order is on its way).
    """
    with transaction.atomic():
        row = prove(number, secret, actor, at)
        if isinstance(row, Refusal):
            return row
        last = store.last_denial(raw_connection(), row.id)
        if row.state is CardState.ACTIVE:
            return Changed(row.id, last.version)
        if row.state is CardState.BLOCKED and last.reason == Why.NOT_ACTIVATED:
            if store.is_under_way(raw_connection(), row.id):
                return Refusal.CARD_NOT_DELIVERED
            why = "activated"
            return change_state(row.id, CardState.ACTIVE, "card.activated", why, actor, at)
        return refuse_state(row) or Refusal.CARD_BLOCKED


def freeze_card(*, card: int, owner: int | None, actor: str, at: datetime) -> Changed | Refusal:
    """Let a card open no door until its holder wants: it is mislaid, or lent.

    `owner` is the resident who asks; None: staff in the holder's name. Refusals: card_unknown,
    not_the_holder, card_closed, card_blocked (for another reason).
    """
    return _deny(card, owner, Why.FROZEN, "card.frozen", actor, at)


def unfreeze_card(*, card: int, owner: int | None, actor: str, at: datetime) -> Changed | Refusal:
    """Let a card that its holder froze open doors again.

    Refusals: card_unknown, not_the_holder, card_closed, card_not_frozen (denied for another
    reason: that is for its issuer to lift).
    """
    with transaction.atomic():
        row = _locked(card, owner)
        if isinstance(row, Refusal):
            return row
        last = store.last_denial(raw_connection(), card)
        if row.state is CardState.ACTIVE:
            return Changed(card, last.version)
        if last.reason != Why.FROZEN:
            return Refusal.CARD_NOT_FROZEN
        return change_state(card, CardState.ACTIVE, "card.unfrozen", "unfrozen", actor, at)


def report_lost(
    *, card: int, why: Why = Why.LOST, owner: int | None, actor: str, at: datetime
) -> Changed | Refusal:
    """Deny a card that was lost or stolen, whatever it was before; readers learn it at once.

    From here on its holder bears no more of what it opens (satu.cards.losses). Refusals:
    card_unknown, not_the_holder, card_closed.
    """
    assert why in LOST, why
    return _deny(card, owner, why, "card.reported_lost", actor, at)


def _deny(
    card: int, owner: int | None, why: Why, action: str, actor: str, at: datetime
) -> Changed | Refusal:
    with transaction.atomic():
        row = _locked(card, owner)
        if isinstance(row, Refusal):
            return row
        last = store.last_denial(raw_connection(), card)
        if row.state is CardState.BLOCKED and last.reason == why:
            return Changed(card, last.version)
        if row.state is CardState.BLOCKED and why is Why.FROZEN:
            return Refusal.CARD_BLOCKED
        return change_state(card, CardState.BLOCKED, action, why, actor, at)


def _locked(card: int, owner: int | None) -> store.CardRow | Refusal:
    """A card's row, locked, for the resident who asks; None: staff in the holder's name."""
    row = store.lock_card(raw_connection(), card)
    if row is None:
        return Refusal.CARD_UNKNOWN
    if owner is not None and row.owner != owner:
        return Refusal.NOT_THE_HOLDER
    return Refusal.CARD_CLOSED if row.state is CardState.CLOSED else row


def replace_card(*, card: int, why: Why, actor: str, at: datetime) -> Replaced | Refusal:
    """Give a card's purses, owner and rights to a new card, at the same moment; once.

    The new one has a serial, number and validity of its own; the old one is denied for ever. What
    the old one did offline and tells late is still paid from the purse. Refusals: card_unknown,
    card_closed, card_not_replaceable (lost or stolen, and nobody registered it).
    """
    with transaction.atomic():
        conn = raw_connection()
        row = store.lock_card(conn, card)
        if row is None:
            return Refusal.CARD_UNKNOWN
        done = models.Replacement.objects.select_related("successor").filter(card=card).first()
        if done is not None:
            return Replaced(card, done.successor_id, done.successor.number, is_repeat=True)
        if row.state is CardState.CLOSED:
            return Refusal.CARD_CLOSED
        is_lost = why in LOST or store.last_denial(conn, card).reason in LOST
        if is_lost and row.owner is None:
            return Refusal.CARD_NOT_REPLACEABLE
        return _replace(row, why, actor, at)


def _replace(row: store.CardRow, why: Why, actor: str, at: datetime) -> Replaced:
    conn = raw_connection()
    prefix = models.Issuer.objects.values_list("number_prefix", flat=True).get(id=row.home)
    successor = store.next_serial(conn)
    number = rules.printed_number(prefix, successor)
    expires_on = expiry(product_of(row), at)
    store.replace(conn, row.id, successor=successor, number=number, expires_on=expires_on, at=at)
    store.move_media(conn, row.id, successor, KEPT_MEDIA)
    change_state(row.id, CardState.CLOSED, "card.replaced", Why.REPLACED, actor, at)
    models.Replacement.objects.create(card_id=row.id, successor_id=successor, reason=why, at=at)
    dormant.give_back(conn, row, actor, at)
    tell_replaced(owner=row.owner, number=row.number, successor=number, card=row.id, at=at)
    record(
        actor=actor,
        action="card.issued_in_place",
        subject=Subject("card", successor),
        detail={"card": row.id, "reason": why},
        at=at,
    )
    return Replaced(row.id, successor, number)


def expire_cards(*, actor: str, at: datetime) -> int:
    """Deny the active cards whose last day is over; how many. A job runs this."""
    today, count = settlement_day(at), 0
    while True:
        with transaction.atomic():
            conn = raw_connection()
            due = store.expired(conn, today, BATCH)
            rows = store.lock_cards(conn, due)
            for row in rows.values():
                is_due = row.expires_on is not None and row.expires_on <= today
                if row.state is CardState.ACTIVE and is_due:
                    state = CardState.BLOCKED
                    change_state(row.id, state, "card.expired", Why.EXPIRED, actor, at)
                    count += 1
        if len(due) < BATCH:
            return count


def renew_card(*, card: int, actor: str, at: datetime) -> Renewed | Refusal:
    """Let a card that expired, or soon will, open doors for another term; dormant money returns.

    Refusals: card_unknown, card_closed, card_blocked (for another reason), card_not_expired.
    """
    with transaction.atomic():
        conn = raw_connection()
        row = store.lock_card(conn, card)
        if row is None:
            return Refusal.CARD_UNKNOWN
        is_expired = store.last_denial(conn, card).reason == Why.EXPIRED
        refusal = refuse_state(row)
        if refusal and not (is_expired and row.state is CardState.BLOCKED):
            return refusal
        kind, today = product_of(row), settlement_day(at)
        if kind is None or row.expires_on is None or row.expires_on - RENEWED_AHEAD > today:
            return Refusal.CARD_NOT_EXPIRED
        months = kind.valid_months
        expires_on = rules.months_later(max(row.expires_on, today), months) if months else None
        store.set_expiry(conn, card, expires_on)
        if row.state is CardState.BLOCKED:
            change_state(card, CardState.ACTIVE, "card.renewed", "renewed", actor, at)
        else:
            record(actor=actor, action="card.renewed", subject=Subject("card", card), at=at)
        return Renewed(card, expires_on, dormant.give_back(conn, row, actor, at))
