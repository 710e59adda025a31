"""Balances that nobody comes for: kept as `unclaimed` in the issuer's book, and given back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import psycopg
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.cards import models, purses, store
from satu.cards.collecting import collect, desk_entry, post_now, settlement_day
from satu.kernel.days import to_ms
from satu.kernel.ids import named_key
from satu.ledger import store as ledger
from satu.ledger.actions import ensure_accounts, raw_connection
from satu.ledger.entry import Entry
from satu.ledger.kinds import AccountKind, Asset, PostingKind, Result

BATCH = 500


def sweep_dormant(*, actor: str, at: datetime) -> int:
    """Keep apart what stands on cards that expired so long ago as their product says; how many.

    A job runs this. It is still the holder's: a renewal or a replacement gives it back.
    """
    today, count = settlement_day(at), 0
    while True:
        with transaction.atomic():
            conn = raw_connection()
            due = store.dormant(conn, today, BATCH)
            rows = store.lock_cards(conn, due)
            # Looked at again under the locks: a card may have been renewed meanwhile.
            still = set(store.dormant(conn, today, BATCH)) & set(rows)
            for card in sorted(still):
                for row in purses.each(conn, rows[card]):
                    _keep_apart(conn, row, actor, at)
            count += len(still)
        if len(due) < BATCH:
            return count


def _keep_apart(conn: psycopg.Connection, row: store.CardRow, actor: str, at: datetime) -> None:
    standing = ledger.balances(conn, [row.purse])[row.purse]
    amount = standing.balance - standing.held
    if not amount:
        return
    key = named_key(to_ms(at), "dormant", row.id, row.purse)
    entry = _entry(conn, row, key, amount, actor, at)
    (result,) = post_now(conn, [entry], at)
    assert result is Result.POSTED, result
    models.Dormant.objects.create(posting=key, card_id=row.id, amount=amount, at=at)
    subject, detail = Subject("card", row.id), {"amount": amount}
    record(actor=actor, action="card.dormant", subject=subject, detail=detail, at=at)


def give_back(conn: psycopg.Connection, row: store.CardRow, actor: str, at: datetime) -> int:
    """Bring a locked card's dormant money back to its purse; how much. Called by other actions."""
    returned = 0
    kept = models.Dormant.objects.filter(card=row.id, returned=None)
    for one in kept.order_by("at", "posting"):
        key = named_key(to_ms(at), "dormant back", one.posting.int)
        kept_as = store.posting_of(conn, one.posting)
        assert kept_as is not None
        (mine,) = [each for each in purses.each(conn, row) if each.purse == kept_as.debit]
        away = _entry(conn, mine, key, one.amount, actor, at)
        back = away._replace(debit=away.credit, credit=away.debit, corrects=one.posting)
        (result,) = post_now(conn, [back], at)
        assert result is Result.POSTED, result
        one.returned = key
        one.save(update_fields=["returned"])
        collect(conn, mine, key, actor, at)
        returned += one.amount
    return returned


def _entry(
    conn: psycopg.Connection, row: store.CardRow, key: UUID, amount: int, actor: str, at: datetime
) -> Entry:
    """Purse to unclaimed."""
    asset = Asset(store.asset_of(conn, row.purse))
    name = (AccountKind.UNCLAIMED, row.issuer, asset, 0, 0)
    return desk_entry(
        key=key,
        debit=row.purse,
        credit=ensure_accounts(wanted=[name], actor=actor, at=at)[name],
        amount=amount,
        kind=PostingKind.DORMANT,
        at=at,
        card_group=row.card_group,
    )
