"""The action that posts a loss, to whom the table of satu.cards.bearers names."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import psycopg
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Detail, Subject
from satu.cards import moving, rules, store
from satu.cards.bearers import BEARERS, NEW_MONEY, NOT_POSTED, Bearer, Cause
from satu.cards.collecting import collect, desk_entry, payables, post_now
from satu.cards.errors import Refusal
from satu.cards.incoming import post_incoming
from satu.kernel.days import to_ms
from satu.kernel.ids import named_key
from satu.ledger import store as ledger
from satu.ledger.actions import ensure_accounts, raw_connection
from satu.ledger.entry import Entry
from satu.ledger.kinds import SCHEME, AccountKind, Asset, PostingKind, Result


class Borne(NamedTuple):
    """A loss that was posted: by whom it is borne, how much. `result` `exists`: it was before."""

    result: Result
    bearer: Bearer
    amount: int


def bear_loss(
    *,
    card: int,
    cause: Cause,
    amount: int,
    key: str,
    operator: int = 0,
    actor: str,
    at: datetime,
) -> Borne | Refusal:
    """Let the one whom the table names bear a loss, once for each key.

    The issuer or the `operator` at fault pays it into the card's purse, what its rides owe is
    collected from that; what was never the holder's comes within the card's limits. The scheme
    writes off all that the card's rides still owe, which must be `amount`: the operators keep
    their claim. Refusals: loss_is_the_holders, loss_is_the_operators (it is not paid),
    amount_not_positive, amount_too_large, reference_invalid, card_unknown, card_closed,
    card_not_registered, amount_not_owed, balance_limit_passed, monthly_limit_passed.
    """
    bearer = BEARERS[cause]
    assert (bearer is Bearer.OPERATOR) == bool(operator), (bearer, operator)
    if cause in NOT_POSTED:
        is_holders = bearer is Bearer.HOLDER
        return Refusal.LOSS_IS_THE_HOLDERS if is_holders else Refusal.LOSS_IS_THE_OPERATORS
    if refusal := rules.refuse_money(amount, key):
        return refusal
    with transaction.atomic():
        conn = raw_connection()
        store.lock_reference(conn, key)
        row = store.lock_card(conn, card)
        if row is None:
            return Refusal.CARD_UNKNOWN
        if bearer is Bearer.SCHEME:
            posted = _write_off(conn, row, (amount, key), actor, at)
        else:
            posted = _compensate(conn, row, (cause, operator, amount, key), actor, at)
        if isinstance(posted, Refusal):
            return posted
        result, borne = posted
        if result is Result.POSTED:
            detail: Detail = {"cause": cause, "bearer": bearer, "amount": borne, "reference": key}
            record(
                actor=actor,
                action="card.loss_borne",
                subject=Subject("card", card),
                detail=detail,
                at=at,
            )
        return Borne(result, bearer, borne)


def _compensate(
    conn: psycopg.Connection,
    row: store.CardRow,
    asked: tuple[Cause, int, int, str],
    actor: str,
    at: datetime,
) -> tuple[Result, int] | Refusal:
    cause, operator, amount, name = asked
    is_new = cause in NEW_MONEY
    key = named_key(0, "loss", name)
    done = store.posting_of(conn, key)
    if done is not None:
        return _repeated(conn, done, row, amount)
    if store.is_over(conn, row.id):
        return Refusal.CARD_CLOSED
    if row.owner is None:
        return Refusal.CARD_NOT_REGISTERED
    if operator:
        debit = payables(conn, row, [operator], actor, at)[operator]
    else:
        debit = _loss(conn, row, row.issuer, actor, at)
    entry = desk_entry(
        key=key,
        debit=debit,
        credit=row.purse,
        amount=amount,
        kind=PostingKind.GOODWILL if is_new else PostingKind.COMPENSATION,
        at=at,
        card_group=row.card_group,
    )
    if not is_new:
        _post(conn, [entry], at)
    elif refusal := post_incoming(conn, row, [entry], at, payer=row.issuer):
        return refusal
    collect(conn, row, key, actor, at)
    return Result.POSTED, amount


def _repeated(
    conn: psycopg.Connection, done: store.Posted, row: store.CardRow, amount: int
) -> tuple[Result, int]:
    if not moving.is_of(conn, done.credit, row.purse):
        return Result.EXISTS_WITH_DIFFERENT_ACCOUNTS, done.amount
    if done.amount != amount:
        return Result.EXISTS_WITH_DIFFERENT_AMOUNT, done.amount
    return Result.EXISTS, amount


def _write_off(
    conn: psycopg.Connection, row: store.CardRow, asked: tuple[int, str], actor: str, at: datetime
) -> tuple[Result, int] | Refusal:
    """What is written off is no longer owed: asked again, it is refused."""
    amount, name = asked
    lost = ledger.shortfalls(conn, [row.receivable])
    if sum(shortfall.left for shortfall in lost) != amount:
        return Refusal.AMOUNT_NOT_OWED
    debit = _loss(conn, row, SCHEME, actor, at)
    entries = [
        Entry(
            key=named_key(0, "write-off", name, shortfall.key.int),
            debit=debit,
            credit=row.receivable,
            amount=shortfall.left,
            kind=PostingKind.WRITE_OFF,
            occurred_ms=to_ms(at),
            service_day=shortfall.service_day,
            card_group=row.card_group,
            use=shortfall.use,
            corrects=shortfall.key,
            link=1,
        )
        for shortfall in lost
    ]
    _post(conn, entries, at)
    store.raise_versions(conn, [row.id])
    return Result.POSTED, amount


def _loss(conn: psycopg.Connection, row: store.CardRow, book: int, actor: str, at: datetime) -> int:
    name = (AccountKind.LOSS, book, Asset(store.asset_of(conn, row.purse)), 0, 0)
    return ensure_accounts(wanted=[name], actor=actor, at=at)[name]


def _post(conn: psycopg.Connection, entries: list[Entry], at: datetime) -> None:
    results = post_now(conn, entries, at)
    assert all(result is Result.POSTED for result in results), results
