"""Cards with several purses, at several banks: which of them an action is about.

Rides are paid from the one in use, `row.purse`: the first in the holder's order that could pay when
last it had to be chosen. Other actions name the one that they are about by a row in which it is in
use. A card with one purse, as nearly all are, costs nothing more.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import psycopg
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.cards import models, store
from satu.ledger.actions import raw_connection

MAX_PURSES = 5
STANDING = """
select a.id, a.book, a.balance, a.held
  from unnest(%s::bigint[]) with ordinality as u (id, place) join ledger_account a on a.id = u.id
 order by u.place
"""


class Standing(NamedTuple):
    """A purse of a card as it stands."""

    account: int
    bank: int
    balance: int
    held: int

    @property
    def available(self) -> int:
        return self.balance - self.held


def accounts(row: store.CardRow) -> list[int]:
    """A card's purses, in their order of use."""
    return row.purses or [row.purse]


def standing(conn: psycopg.Connection, row: store.CardRow) -> list[Standing]:
    """How a card's purses stand, in their order of use."""
    return standing_of(conn, accounts(row))


def standing_of(conn: psycopg.Connection, purses: list[int]) -> list[Standing]:
    """How some purses stand, in the order given."""
    return [Standing(*found) for found in conn.execute(STANDING, [purses])]


def at(card: models.Card, bank: int) -> Standing | None:
    """A card's purse at a bank, as it stands; None: it has none there."""
    if card.purses is None and card.issuer_id != bank:
        return None
    found = standing_of(raw_connection(), card.purses or [card.purse])
    return next((one for one in found if one.bank == bank), None)


def look(*, card: int, purpose: str, actor: str, at: datetime) -> tuple[int, list[Standing]]:
    """The account of a known card's purse in use, and all its purses in their order.

    That somebody looked, and for what purpose, is kept in the audit trail.
    """
    assert purpose, "who looks says why"
    detail, subject = {"purpose": purpose}, Subject("card", card)
    with transaction.atomic():
        action = "card.purses_looked_at"
        record(actor=actor, action=action, subject=subject, detail=detail, at=at)
        found = models.Card.objects.get(id=card)
        return found.purse, standing_of(raw_connection(), found.purses or [found.purse])


def total(conn: psycopg.Connection, row: store.CardRow) -> int:
    """What is in a card's purses together."""
    return sum(purse.balance for purse in standing(conn, row))


def at_bank(conn: psycopg.Connection, row: store.CardRow, bank: int) -> store.CardRow:
    """The row with its purse at a bank in use; with the first one if there is none there."""
    if row.purses is None:
        return row
    found = standing(conn, row)
    return using(row, next((one for one in found if one.bank == bank), found[0]))


def payer(conn: psycopg.Connection, row: store.CardRow, amount: int) -> store.CardRow:
    """The row with the first purse in use that can pay an amount; with the first if none can."""
    if row.purses is None:
        return row
    found = standing(conn, row)
    return using(row, next((one for one in found if one.available >= amount), found[0]))


def each(conn: psycopg.Connection, row: store.CardRow) -> list[store.CardRow]:
    """A row for each purse of a card, in their order, with that one in use."""
    if row.purses is None:
        return [row]
    return [using(row, one) for one in standing(conn, row)]


def using(row: store.CardRow, purse: Standing) -> store.CardRow:
    return row._replace(purse=purse.account, issuer=purse.bank)


def choose(conn: psycopg.Connection, row: store.CardRow) -> None:
    """Have the first purse that has money pay a locked card's next ride, if it has several.

    Nothing changes while something is held: an open ride is paid from where it began.
    """
    if row.purses is not None:
        conn.execute("select cards_use_purse_v1(%s, 1)", [row.id])
