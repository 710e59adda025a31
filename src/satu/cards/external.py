"""Cards whose money is not in a purse of ours: a bank's own chip, an EMV token.

The bank stands for what such a card rides, up to a guarantee: that is what its purse holds, so that
it rides over the same road as every card. satu.settlement.clearing tells the bank what was ridden.
"""

from __future__ import annotations

from datetime import datetime

import psycopg
from django.conf import settings
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards import models, rules, store
from satu.cards.collecting import settlement_day
from satu.cards.errors import Refusal
from satu.cards.kinds import Medium
from satu.kernel.days import to_ms
from satu.kernel.ids import card_group, named_key
from satu.ledger import store as ledger
from satu.ledger.actions import ensure_accounts, raw_connection
from satu.ledger.entry import Entry
from satu.ledger.kinds import AccountKind, Asset, PostingKind, Result

BANKS_OWN = (Medium.BANK_CHIP, Medium.EMV)
KNOWN = """
select card, kind, guarantee from cards_external where issuer = %s and reference = %s
"""
KEEP = """
insert into cards_external (purse, card, issuer, kind, reference, guarantee, added_at)
values (%s, %s, %s, %s, %s, %s, %s)
"""


def is_external(conn: psycopg.Connection, purse: int) -> bool:
    """Whether a purse holds a bank's guarantee, and nobody's money."""
    return conn.execute("select 1 from cards_external where purse = %s", [purse]).rowcount > 0


def add_external(
    *,
    issuer: int,
    kind: Medium,
    token: str,
    reference: str,
    guarantee: int,
    category: str = "adult",
    actor: str,
    at: datetime,
) -> int | Refusal:
    """Let a bank's own chip or an EMV token ride: the serial of the card that stands for it.

    `reference` is the bank's name of it, never a card number; `guarantee` is what the bank stands
    for between two clearings. A repeat with the same token changes nothing. Refusals:
    issuer_unknown, amount_not_positive, amount_too_large, reference_invalid,
    medium_is_no_banks, medium_taken.
    """
    bank = models.Issuer.objects.filter(id=issuer).first()
    if bank is None:
        return Refusal.ISSUER_UNKNOWN
    if refusal := rules.refuse_money(guarantee, reference):
        return refusal
    if kind not in BANKS_OWN:
        return Refusal.MEDIUM_IS_NO_BANKS
    hashed = rules.token_hash(settings.TOKEN_KEY, kind, token)
    with transaction.atomic():
        conn = raw_connection()
        store.lock_reference(conn, reference)
        leads_to = store.media(conn, [(kind, hashed)]).get((kind, hashed))
        known = conn.execute(KNOWN, [issuer, reference]).fetchone()
        if known is not None and leads_to == known[0]:
            return int(known[0])
        if known is not None or leads_to is not None:
            return Refusal.MEDIUM_TAKEN
        card, purse = _issue(conn, bank, category, at)
        if not store.add_media(conn, [(card, kind, hashed)], at):
            transaction.set_rollback(True)
            return Refusal.MEDIUM_TAKEN
        _guarantee(conn, bank, (card, purse), guarantee, actor, at)
        conn.execute(KEEP, [purse, card, issuer, kind.value, reference, guarantee, at])
        detail: Detail = {"kind": kind.wire, "reference": reference, "guarantee": guarantee}
        subject = Subject("card", card)
        record(actor=actor, action="card.external_added", subject=subject, detail=detail, at=at)
    return card


def _issue(
    conn: psycopg.Connection, bank: models.Issuer, category: str, at: datetime
) -> tuple[int, int]:
    first = store.next_serial(conn)
    ((card, purse),) = store.issue(
        conn,
        first=first,
        numbers=[rules.printed_number(bank.number_prefix, first)],
        issuer=bank.id,
        asset=store.asset_of(conn, bank.float_account),
        category=category,
        product=0,
        expires_on=None,
        at=at,
    )
    return card, purse


def _guarantee(
    conn: psycopg.Connection,
    bank: models.Issuer,
    made: tuple[int, int],
    amount: int,
    actor: str,
    at: datetime,
) -> None:
    card, purse = made
    asset = Asset(store.asset_of(conn, bank.float_account))
    name = (AccountKind.SUSPENSE, bank.id, asset, 0, 0)
    suspense = ensure_accounts(wanted=[name], actor=actor, at=at)[name]
    at_ms, day = to_ms(at), settlement_day(at)
    key = named_key(at_ms, "guarantee", card)
    kind = PostingKind.GUARANTEE
    entry = Entry(key, suspense, purse, amount, kind, at_ms, day, card_group(card))
    results = ledger.post(conn, [entry], posted_at=at, settlement_day=day)
    assert results == [Result.POSTED], results
