"""Money that comes into a purse, within the limits of its product and of its holder's family.

Used by the actions of cards. What comes in is topped up, sent from another card, given for
goodwill, or there when the card was issued (satu.cards.rules.LIMITED). What comes back (a fare
corrected, a refund, a loss made good) was the holder's before: it is always given.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import psycopg
from django.db import transaction

from satu.cards import external, family, interbank, models, purses, rules, store
from satu.cards.collecting import settlement_day
from satu.cards.errors import Refusal
from satu.cards.kinds import CardProduct
from satu.ledger import store as ledger
from satu.ledger.entry import Entry
from satu.ledger.kinds import Result


def product_of(row: store.CardRow) -> CardProduct | None:
    """The kind of card that a card is; None: it has none."""
    return _product(id=row.product) if row.product else None


def product_called(code: str) -> CardProduct | None:
    """The kind of card of a name; None: there is none of that name."""
    return _product(code=code)


def first_product() -> CardProduct | None:
    """The kind that a card is of if nobody says; None: the city tells no kinds, and no limits."""
    return _product()


def _product(**named: int | str) -> CardProduct | None:
    found = (
        models.Product.objects.filter(**named).order_by("id").values(*CardProduct._fields).first()
    )
    return CardProduct(**found) if found else None


def expiry(kind: CardProduct | None, at: datetime) -> date | None:
    """The first day on which a card that is made now opens no door; None: there is none."""
    if kind is None or kind.valid_months is None:
        return None
    return rules.months_later(settlement_day(at), kind.valid_months)


def post_incoming(
    conn: psycopg.Connection,
    row: store.CardRow,
    entries: Sequence[Entry],
    at: datetime,
    *,
    payer: int,
) -> Refusal | None:
    """Post what brings `entries[-1].amount` into a locked card's purse; None, or why nothing was.

    The entries stand or fall together. Posting locks the purse, so that the limits are looked at
    when nobody else can change what they are about: all purses of the card together. `payer` is
    the bank from which the money comes: another than the purse's, and the entries are of
    satu.cards.interbank. Refusals:
    card_external (the purse holds a bank's guarantee, and nobody's money),
    balance_insufficient (of whoever pays), balance_limit_passed, monthly_limit_passed,
    interbank_cap_passed.
    """
    if external.is_external(conn, row.purse):
        return Refusal.CARD_EXTERNAL
    day = settlement_day(at)
    kind = product_of(row)
    with transaction.atomic():
        results = ledger.post(conn, entries, posted_at=at, settlement_day=day)
        if Result.BALANCE_INSUFFICIENT in results:
            refusal: Refusal | None = Refusal.BALANCE_INSUFFICIENT
        else:
            assert all(result is Result.POSTED for result in results), results
            refusal = _refuse(conn, row, kind, entries[-1].amount, at) if kind else None
            if refusal is None and payer != row.issuer:
                refusal = interbank.refuse(conn, payer, interbank.asset_of(conn, row.purse))
        if refusal:
            transaction.set_rollback(True)
    return refusal


def _refuse(
    conn: psycopg.Connection, row: store.CardRow, kind: CardProduct, amount: int, at: datetime
) -> Refusal | None:
    """Count what was posted, if that is within the limits."""
    first = settlement_day(at).replace(day=1)
    month = store.incoming(conn, purses.accounts(row), first) + amount
    of_product = rules.limits_of(kind, is_registered=row.owner is not None)
    limits = family.within(of_product, row.owner, at)
    refusal = rules.refuse_incoming(limits, purses.total(conn, row), month)
    if refusal is None:
        balance = ledger.balances(conn, [row.purse])[row.purse].balance
        store.add_incoming(conn, [row.purse], first, amount=amount, balance=balance, limits=limits)
    return refusal
