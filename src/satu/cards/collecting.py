"""What rides are owed is collected from a purse that was credited. Used by the actions of cards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

import psycopg
from django.conf import settings

from satu.cards import purses, rules, store
from satu.kernel.days import Calendar, to_ms
from satu.ledger import store as ledger
from satu.ledger.actions import ensure_accounts
from satu.ledger.entry import Entry
from satu.ledger.kinds import AccountKind, Asset, PostingKind, Result


def collect(
    conn: psycopg.Connection, row: store.CardRow, cause: UUID, actor: str, at: datetime
) -> int:
    """Pay what a locked card's rides are owed from its purse, which `cause` credited; how much.

    Whoever credits a purse calls this in the same transaction; of several purses it is the one
    credited, and the first that has money pays the next ride.
    """
    collected = _collect(conn, row, cause, actor, at)
    purses.choose(conn, row)
    return collected


def _collect(
    conn: psycopg.Connection, row: store.CardRow, cause: UUID, actor: str, at: datetime
) -> int:
    owed = ledger.shortfalls(conn, [row.receivable])
    if not owed:
        return 0
    purse = ledger.balances(conn, [row.purse])[row.purse]
    operators = store.operators_of(conn, {shortfall.claim for shortfall in owed})
    accounts = payables(conn, row, operators.values(), actor, at)
    collector = rules.Collector(
        purse=row.purse,
        card_group=row.card_group,
        payables={claim: accounts[operator] for claim, operator in operators.items()},
        occurred_ms=to_ms(at),
        name=("collection", cause.int),
    )
    entries = rules.collection_entries(purse.balance - purse.held, owed, collector)
    if not entries:
        return 0
    results = post_now(conn, entries, at)
    assert all(result is Result.POSTED for result in results), results
    # The tap's road plans with what is owed: a plan made before this must not be carried out.
    store.raise_versions(conn, [row.id])
    return sum(entry.amount for entry in entries if entry.kind is PostingKind.COLLECTION)


def payables(
    conn: psycopg.Connection, row: store.CardRow, operators: Iterable[int], actor: str, at: datetime
) -> dict[int, int]:
    """Where what a card's issuer owes each operator stands; accounts that lack are opened."""
    asset = Asset(store.asset_of(conn, row.purse))
    wanted = {
        operator: (AccountKind.PAYABLE, row.issuer, asset, operator, 0) for operator in operators
    }
    accounts = ensure_accounts(wanted=sorted(wanted.values()), actor=actor, at=at)
    return {operator: accounts[name] for operator, name in wanted.items()}


def settlement_day(at: datetime) -> date:
    """The settlement day of an instant; the service day too of money that no ride moves."""
    return Calendar(settings.TIME_ZONE, settings.DAY_START_HOUR).day_of(to_ms(at))


def desk_entry(
    *,
    key: UUID,
    debit: int,
    credit: int,
    amount: int,
    kind: PostingKind,
    at: datetime,
    card_group: int = 0,
) -> Entry:
    """Money that no ride moves: it belongs to the day on which it is moved."""
    day = settlement_day(at)
    return Entry(key, debit, credit, amount, kind, to_ms(at), day, card_group)


def post_now(conn: psycopg.Connection, entries: Sequence[Entry], at: datetime) -> list[Result]:
    """Post a set of entries on the day of `at`; one result an entry, in order."""
    return ledger.post(conn, entries, posted_at=at, settlement_day=settlement_day(at))
