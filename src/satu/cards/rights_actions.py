"""Every write to what a card gives a right to: entitlements, passes. Each is audited.

Lock order as everywhere: the card's row, then its accounts. The trail has counts, never groups:
which group somebody belongs to is nobody's business. Money is whole units of the purse's asset.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

import psycopg
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.cards import external, models, purses, rules, store
from satu.cards.actions import refuse_state
from satu.cards.collecting import payables, settlement_day
from satu.cards.errors import Refusal
from satu.cards.kinds import CardState
from satu.cards.rights import Rights, first_change, in_order, refuse_entitlements
from satu.fares.legs import Entitlement, PassHeld
from satu.kernel.days import to_ms
from satu.kernel.ids import named_key
from satu.ledger import store as ledger
from satu.ledger.actions import raw_connection
from satu.ledger.entry import Entry
from satu.ledger.kinds import PostingKind, Result


class RightsSet(NamedTuple):
    """A card's entitlements as they stand now.

    `since` is the first service day on which others apply than did (None: on no day). Rides
    taken from then on are priced anew by satu.taps.refolding.
    """

    card: int
    entitlements: tuple[Entitlement, ...]
    since: date | None


class PassSale(NamedTuple):
    """What became of a sale. A repeat (`exists`) is answered as the first was.

    `id` names the pass on its card; `balance` is the purse's after the sale.
    """

    result: Result
    id: int
    balance: int


def set_entitlements(
    *,
    card: int,
    entitlements: Sequence[Entitlement],
    categories: Collection[str],
    actor: str,
    at: datetime,
) -> RightsSet | Refusal:
    """Make these a card's entitlements; the ones it had are gone. They end by their dates.

    `categories` are those that some tariff knows. Refusals: entitlement_dates_invalid,
    category_unknown, entitlements_overlap, entitlements_too_many, card_unknown, card_closed.
    """
    with transaction.atomic():
        row = store.lock_card(raw_connection(), card)
        return _set(row, tuple(entitlements), categories, actor, at)


def grant(
    *,
    card: int,
    entitlement: Entitlement,
    categories: Collection[str],
    actor: str,
    at: datetime,
) -> RightsSet | Refusal:
    """Add one entitlement to those a card has; a birthday is one of a single day.

    Refusals are those of `set_entitlements`.
    """
    with transaction.atomic():
        conn = raw_connection()
        row = store.lock_card(conn, card)
        held = store.rights_of(conn, card).entitlements
        return _set(row, (*held, entitlement), categories, actor, at)


def _set(
    row: store.CardRow | None,
    wanted: tuple[Entitlement, ...],
    categories: Collection[str],
    actor: str,
    at: datetime,
) -> RightsSet | Refusal:
    if refusal := refuse_entitlements(wanted, categories):
        return refusal
    if row is None:
        return Refusal.CARD_UNKNOWN
    if row.state is CardState.CLOSED:
        return Refusal.CARD_CLOSED
    conn = raw_connection()
    before = store.rights_of(conn, row.id)
    after = Rights(in_order(wanted), before.passes)
    if after != before:
        store.set_rights(conn, row.id, after)
        record(
            actor=actor,
            action="card.entitled",
            subject=Subject("card", row.id),
            detail={"entitlements": len(after.entitlements), "before": len(before.entitlements)},
            at=at,
        )
    return RightsSet(row.id, after.entitlements, first_change(before, after))


def sell_pass(
    *, card: int, product: str, price: int, owed_to: int, key: str, actor: str, at: datetime
) -> PassSale | Refusal:
    """Sell a pass from the purse, once for each key of the seller; `owed_to` is an operator.

    A repeat with another card, product or price is `exists_with_different_accounts`,
    `…_content` or `…_amount` and changes nothing. Refusals: amount_not_positive,
    amount_too_large, reference_invalid, card_unknown, card_closed, card_blocked,
    card_external, balance_insufficient. Which products there are the caller knows
    (satu.taps.passes).
    """
    if refusal := rules.refuse_money(price, key):
        return refusal
    with transaction.atomic():
        conn = raw_connection()
        store.lock_reference(conn, key)
        row = store.lock_card(conn, card)
        if row is None:
            return Refusal.CARD_UNKNOWN
        sold = models.PassSold.objects.filter(key=key).first()
        if sold is not None:
            return _repeated(sold, card, product, price, owed_to)
        if external.is_external(conn, row.purse):
            return Refusal.CARD_EXTERNAL
        return refuse_state(row) or _sell(conn, row, (product, price, owed_to, key), actor, at)


def _repeated(sold: models.PassSold, card: int, product: str, price: int, owed_to: int) -> PassSale:
    result = Result.EXISTS
    if (sold.card_id, sold.operator) != (card, owed_to):
        result = Result.EXISTS_WITH_DIFFERENT_ACCOUNTS
    elif sold.price != price:
        result = Result.EXISTS_WITH_DIFFERENT_AMOUNT
    elif sold.product != product:
        result = Result.EXISTS_WITH_DIFFERENT_CONTENT
    return PassSale(result, sold.id, sold.balance)


def _sell(
    conn: psycopg.Connection,
    row: store.CardRow,
    asked: tuple[str, int, int, str],
    actor: str,
    at: datetime,
) -> PassSale | Refusal:
    product, price, operator, key = asked
    row = purses.payer(conn, row, price)
    at_ms, day = to_ms(at), settlement_day(at)
    entry = Entry(
        key=named_key(at_ms, "pass", key),
        debit=row.purse,
        credit=payables(conn, row, [operator], actor, at)[operator],
        amount=price,
        kind=PostingKind.PASS,
        occurred_ms=at_ms,
        service_day=day,
        card_group=row.card_group,
    )
    (result,) = ledger.post(conn, [entry], posted_at=at, settlement_day=day)
    if result is Result.BALANCE_INSUFFICIENT:
        return Refusal.BALANCE_INSUFFICIENT
    assert result is Result.POSTED, result
    balance = ledger.balances(conn, [row.purse])[row.purse].balance
    sold = models.PassSold.objects.create(
        key=key,
        card_id=row.id,
        product=product,
        price=price,
        operator=operator,
        posting=entry.key,
        balance=balance,
        at=at,
    )
    held = store.rights_of(conn, row.id)
    added = PassHeld(sold.id, product, at_ms, day)
    store.set_rights(conn, row.id, Rights(held.entitlements, (*held.passes, added)))
    record(
        actor=actor,
        action="card.pass_sold",
        subject=Subject("card", row.id),
        detail={"product": product, "price": price, "operator": operator, "pass": sold.id},
        at=at,
    )
    return PassSale(Result.POSTED, sold.id, balance)


def look_at_rights(
    *, card: int, purpose: str, actor: str, at: datetime, case: str = ""
) -> Rights | Refusal:
    """A card's rights, for somebody who says why they look; that is kept. Refusal: card_unknown."""
    assert purpose, "who looks says why"
    with transaction.atomic():
        conn = raw_connection()
        if store.lock_card(conn, card) is None:
            return Refusal.CARD_UNKNOWN
        subject = Subject("card", card)
        detail = {"purpose": purpose} | ({"case": case} if case else {})
        record(actor=actor, action="card.rights_looked_at", subject=subject, detail=detail, at=at)
        return store.rights_of(conn, card)
