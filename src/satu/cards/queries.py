"""What others read of cards and issuers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from satu.cards import family, models, purses, rules, store
from satu.cards.collecting import settlement_day
from satu.cards.kinds import CardProduct, CardState
from satu.ledger.actions import raw_connection

PRINTED_DIGITS = 16


class CardFace(NamedTuple):
    """What is printed on a card. The secret is for the printer and its reprint alone."""

    serial: int
    number: str
    secret: str


class ToppedUp(NamedTuple):
    """A top-up that is in the books: `posting` is the ledger's key."""

    card: int
    amount: int
    posting: UUID
    at: datetime


def issuers() -> list[models.Issuer]:
    """All issuers, by number."""
    return list(models.Issuer.objects.order_by("id"))


def card(serial: int) -> models.Card | None:
    """A card with its issuer; None: no such card."""
    return models.Card.objects.select_related("issuer").filter(id=serial).first()


def find(name: str) -> models.Card | None:
    """A card by what people tell of it: the number printed on it, or its serial."""
    if not (name.isascii() and name.isdigit() and len(name) <= PRINTED_DIGITS):
        return None
    named = {"number": name} if len(name) == PRINTED_DIGITS else {"id": int(name)}
    return models.Card.objects.filter(**named).first()


def owned(*, owners: Iterable[int], issuer: int) -> list[models.Card]:
    """The cards with a purse at an issuer that residents own and that are not closed, by serial."""
    found = models.Card.objects.filter(owner__in=list(owners)).exclude(state=CardState.CLOSED)
    return [card for card in found.order_by("id") if purses.at(card, issuer)]


def room(card: models.Card, at: datetime) -> int:
    """The most that a top-up may bring a card now, within its limits; 0: nothing."""
    if not card.product:
        return rules.MAX_TOP_UP
    kind = models.Product.objects.values(*CardProduct._fields).get(id=card.product)
    of_product = rules.limits_of(CardProduct(**kind), is_registered=card.owner is not None)
    limits = family.within(of_product, card.owner, at)
    conn = raw_connection()
    accounts = card.purses or [card.purse]
    balance = sum(one.balance for one in purses.standing_of(conn, accounts))
    month = store.incoming(conn, accounts, settlement_day(at).replace(day=1))
    left = [(limits.balance, balance), (limits.monthly, month)]
    rooms = [limit - taken for limit, taken in left if limit is not None]
    return max(0, min([rules.MAX_TOP_UP, *rooms]))


def issuers_of(serials: Iterable[int]) -> dict[int, str]:
    """The code of each card's issuer; unknown cards are left out."""
    found = models.Card.objects.filter(id__in=list(serials))
    return dict(found.values_list("id", "issuer__code"))


def product_codes() -> set[str]:
    """The kinds of cards that the city knows."""
    return set(models.Product.objects.values_list("code", flat=True))


def numbers(serials: Iterable[int]) -> dict[int, str]:
    """The numbers printed on cards, by serial; unknown cards are left out."""
    found = models.Card.objects.filter(id__in=list(serials))
    return dict(found.values_list("id", "number"))


def faces(serials: Iterable[int]) -> list[CardFace]:
    """What the printer needs of cards, by serial; unknown cards are left out."""
    found = models.Card.objects.filter(id__in=list(serials)).order_by("id")
    key = settings.PRINTED_KEY
    return [
        CardFace(serial, number, rules.printed_secret(key, number))
        for serial, number in found.values_list("id", "number")
    ]


def pass_sold(key: str) -> models.PassSold | None:
    """The pass that was sold under a seller's key; None: none yet."""
    return models.PassSold.objects.filter(key=key).first()


def topped_up(*, issuer: int, reference: str) -> ToppedUp | None:
    """What was booked under an issuer's reference; one that is under way is waited for."""
    conn = raw_connection()
    store.lock_reference(conn, reference)
    row = conn.execute(
        "select card, amount, posting, at from cards_top_up where issuer = %s and reference = %s",
        [issuer, reference],
    ).fetchone()
    return ToppedUp(*row) if row else None
