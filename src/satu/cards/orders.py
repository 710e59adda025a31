"""Cards that a bank or the city orders: ordered, produced for their maker, delivered, activated.

A card is made when its order is personalised, and is denied until it was delivered and whoever
holds it activated it (satu.cards.lifecycle.activate_card).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards import models, rules, store
from satu.cards.actions import issue_cards
from satu.cards.errors import Refusal
from satu.cards.incoming import product_called
from satu.cards.kinds import OrderState
from satu.cards.personalising import Face, Head, fingerprint, read_public, seal
from satu.ledger.actions import raw_connection
from satu.ledger.kinds import Result


class NewCards(NamedTuple):
    """Cards to be ordered. `maker_key` is the maker's X25519 public key, in PEM.

    `is_citys`: the city orders, not the bank; the bank holds the money in any case.
    """

    issuer: int
    product: str
    category: str
    quantity: int
    maker: str
    maker_key: bytes
    is_citys: bool = False


class Ordered(NamedTuple):
    """An order that stands; `result` `exists`: it did before."""

    result: Result
    order: int


class Produced(NamedTuple):
    """The cards of an order, and the file that their maker alone can open."""

    cards: range
    file: bytes


class Standing(NamedTuple):
    """An order as it stands; `activated` are its cards that open doors, or did."""

    order: int
    bank: str
    product: str
    category: str
    quantity: int
    maker: str
    is_citys: bool
    state: OrderState
    first: int | None
    files: int
    activated: int


def order_cards(
    *, new: NewCards, categories: Collection[str], key: str, actor: str, at: datetime
) -> Ordered | Refusal:
    """Keep an order of cards, once for each key; nothing is made yet.

    `categories` are those that some tariff knows. A repeat that differs is
    `exists_with_different_content`. Refusals: issuer_unknown, count_out_of_range,
    reference_invalid, card_product_unknown, category_unknown, maker_key_invalid.
    """
    if refusal := rules.refuse_issue(new.quantity, 0, is_active=False) or rules.refuse_money(
        1, key
    ):
        return refusal
    public = read_public(new.maker_key)
    with transaction.atomic():
        store.lock_reference(raw_connection(), key)
        if not models.Issuer.objects.filter(id=new.issuer).exists():
            return Refusal.ISSUER_UNKNOWN
        kind = product_called(new.product)
        if kind is None:
            return Refusal.CARD_PRODUCT_UNKNOWN
        if new.category not in categories:
            return Refusal.CATEGORY_UNKNOWN
        if public is None:
            return Refusal.MAKER_KEY_INVALID
        wanted = {
            "issuer_id": new.issuer,
            "product": kind.id,
            "category": new.category,
            "count": new.quantity,
            "maker": new.maker,
            "maker_key": public,
            "is_citys": new.is_citys,
        }
        known = models.CardOrder.objects.filter(key=key).first()
        if known is not None:
            found = {name: getattr(known, name) for name in wanted}
            is_same = {**found, "maker_key": bytes(known.maker_key)} == wanted
            result = Result.EXISTS if is_same else Result.EXISTS_WITH_DIFFERENT_CONTENT
            return Ordered(result, known.id)
        order = models.CardOrder.objects.create(**wanted, key=key, ordered_at=at)
        detail: Detail = {
            "bank": new.issuer,
            "product": new.product,
            "category": new.category,
            "count": new.quantity,
            "maker_key": fingerprint(public),
            "for_city": new.is_citys,
        }
        _record("card_order.ordered", order, detail, actor, at)
    return Ordered(Result.POSTED, order.id)


def personalise(*, order: int, actor: str, at: datetime) -> Produced | Refusal:
    """Make an order's cards, once, and the file for their maker, sealed.

    Asked again before delivery it is the same cards in a file sealed anew; each is told in the
    audit trail with its digest. Refusals: card_order_unknown, card_order_delivered, and as
    satu.cards.actions.issue_cards.
    """
    with transaction.atomic():
        found = _lock(order)
        if found is None:
            return Refusal.CARD_ORDER_UNKNOWN
        if found.state == OrderState.DELIVERED:
            return Refusal.CARD_ORDER_DELIVERED
        product = models.Product.objects.get(id=found.product)
        if found.first is None:
            made = issue_cards(
                issuer=found.issuer_id,
                count=found.count,
                balance=0,
                category=found.category,
                product=product.code,
                is_active=False,
                actor=actor,
                at=at,
            )
            if isinstance(made, Refusal):
                return made
            found.first, found.state, found.produced_at = made[0], OrderState.PRODUCED, at
        produced = _file_of(found, product.code)
        found.files += 1
        found.save()
        detail: Detail = {
            "first": found.first,
            "count": found.count,
            "file": found.files,
            "sha256": sha256(produced.file).hexdigest(),
        }
        _record("card_order.personalised", found, detail, actor, at)
    return produced


def _file_of(order: models.CardOrder, product: str) -> Produced:
    """Nothing of it is kept: the secrets are told to whoever holds the maker's private key."""
    assert order.first is not None
    cards = range(order.first, order.first + order.count)
    rows = models.Card.objects.filter(id__gte=cards[0], id__lte=cards[-1]).order_by("id")
    faces = [
        Face(
            card,
            number,
            rules.printed_secret(settings.PRINTED_KEY, number),
            product,
            category,
            expires_on,
        )
        for card, number, category, expires_on in rows.values_list(
            "id", "number", "category", "expires_on"
        )
    ]
    assert [face.serial for face in faces] == list(cards)
    public = bytes(order.maker_key)
    head = Head(order.id, order.issuer.code, product, order.count, fingerprint(public))
    return Produced(cards, seal(head, faces, public))


def deliver(*, order: int, actor: str, at: datetime) -> int | Refusal:
    """Write down that an order's cards arrived: their holders can activate them. A repeat is one.

    Refusals: card_order_unknown, card_order_not_produced.
    """
    with transaction.atomic():
        found = _lock(order)
        if found is None:
            return Refusal.CARD_ORDER_UNKNOWN
        if found.state == OrderState.ORDERED:
            return Refusal.CARD_ORDER_NOT_PRODUCED
        if found.state == OrderState.PRODUCED:
            found.state, found.delivered_at = OrderState.DELIVERED, at
            found.save(update_fields=["state", "delivered_at"])
            _record("card_order.delivered", found, {"count": found.count}, actor, at)
    return order


def orders() -> list[Standing]:
    """All orders as they stand, the newest first."""
    codes = dict(models.Product.objects.values_list("id", "code"))
    found = models.CardOrder.objects.select_related("issuer").order_by("-id")
    return [
        Standing(
            one.id,
            one.issuer.code,
            codes[one.product],
            one.category,
            one.count,
            one.maker,
            one.is_citys,
            OrderState(one.state),
            one.first,
            one.files,
            _activated(one),
        )
        for one in found
    ]


def _activated(order: models.CardOrder) -> int:
    """Cards that were let in once; each such change is on the deny list."""
    if order.first is None:
        return 0
    last = order.first + order.count - 1
    let_in = Q(card__gte=order.first, card__lte=last, denied=False)
    counted = models.Denial.objects.filter(let_in).aggregate(n=Count("card", distinct=True))
    return int(counted["n"])


def _lock(order: int) -> models.CardOrder | None:
    found = models.CardOrder.objects.select_related("issuer").select_for_update(of=("self",))
    return found.filter(id=order).first()


def _record(action: str, order: models.CardOrder, detail: Detail, actor: str, at: datetime) -> None:
    subject = Subject("card_order", order.id)
    record(actor=actor, action=action, subject=subject, detail=detail, at=at)
