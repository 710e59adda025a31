"""What a bank's file makes, with psycopg alone, in sets. Called by satu.cards.importing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import psycopg

from satu.cards.kinds import CardState, Medium
from satu.kernel import pgarray

KNOWN = """
select reference, mark, import, line from cards_import_row
 where issuer = %s and reference = any(%s::text[])
"""
TAKEN_MEDIA = """
select m.kind, m.token_hash
  from unnest(%s::smallint[], %s::bytea[]) as u (kind, token_hash)
  join cards_medium m using (kind, token_hash)
"""
# The caller's rows were looked at before: a conflict is somebody else's, and raises.
ADD_MEDIA = """
insert into cards_medium (card, kind, token_hash, added_at)
select card, kind, token_hash, %s
  from unnest(%s::bigint[], %s::smallint[], %s::bytea[]) as u (card, kind, token_hash)
 order by kind, token_hash
"""
MAKE = """
select cards_import_v1(%s, %s, %s::smallint, %s, %s::smallint, %s, %s::text[], %s::text[],
                       %s::smallint[], %s::date[], %s::bigint[], %s::text[], %s::integer[],
                       %s::integer[])
"""


WAYS = ("seqscan", "hashjoin", "mergejoin")


class Known(NamedTuple):
    """A reference that made a card: of which import, at which line."""

    mark: int
    source: int
    line: int


class NewCard(NamedTuple):
    """A card to be made; `owner` is a resident, or nobody."""

    number: str
    category: str
    product: int
    expires_on: date | None
    owner: int | None
    reference: str
    mark: int
    line: int


def look_up_by_index(conn: psycopg.Connection, *, only: bool) -> None:
    """Look up the few among the many, or as the planner likes, until the commit.

    It may think tables small that grew since they were counted.
    """
    wanted = "off" if only else "on"
    conn.execute("; ".join(f"set local enable_{way} = {wanted}" for way in WAYS))


def start(conn: psycopg.Connection, issuer: int, source: str, at: datetime) -> tuple[int, bool]:
    """The number of a bank's file by its name, and whether it is new."""
    row = conn.execute(
        "insert into cards_import (issuer, source, started_at) values (%s, %s, %s)"
        " on conflict do nothing returning id",
        [issuer, source, at],
    ).fetchone()
    if row is not None:
        return int(row[0]), True
    row = conn.execute(
        "select id from cards_import where issuer = %s and source = %s", [issuer, source]
    ).fetchone()
    assert row is not None
    return int(row[0]), False


def known(conn: psycopg.Connection, issuer: int, references: Sequence[str]) -> dict[str, Known]:
    """Those of a bank's references that made a card."""
    rows = conn.execute(KNOWN, [issuer, pgarray.words(references)])
    return {reference: Known(*rest) for reference, *rest in rows}


def taken_numbers(conn: psycopg.Connection, numbers: Sequence[str]) -> set[str]:
    """Those of some printed numbers that cards have."""
    if not numbers:
        return set()
    rows = conn.execute(
        "select number from cards_card where number = any(%s::bpchar[])",
        [pgarray.optional(numbers)],
    )
    return {number for (number,) in rows}


def taken_media(
    conn: psycopg.Connection, media: Sequence[tuple[Medium, bytes]]
) -> set[tuple[Medium, bytes]]:
    """Those of some media (kind, token hash) that cards have, or once had."""
    if not media:
        return set()
    kinds = pgarray.ints(kind.value for kind, _ in media)
    rows = conn.execute(TAKEN_MEDIA, [kinds, pgarray.blobs(hashed for _, hashed in media)])
    return {(Medium(kind), bytes(hashed)) for kind, hashed in rows}


def make(
    conn: psycopg.Connection,
    origin: tuple[int, int],
    cards: Sequence[NewCard],
    *,
    first: int,
    asset: int,
    state: CardState,
    at: datetime,
) -> None:
    """Make cards with serials from `first` on; `origin` is (import, issuer)."""
    source, issuer = origin
    columns = [
        pgarray.optional(card.number for card in cards),
        pgarray.words(card.category for card in cards),
        pgarray.ints(card.product for card in cards),
        pgarray.optional(card.expires_on for card in cards),
        pgarray.optional(card.owner for card in cards),
        pgarray.words(card.reference for card in cards),
        pgarray.ints(card.mark for card in cards),
        pgarray.ints(card.line for card in cards),
    ]
    values = [first, issuer, asset, source, state.value, at, *columns]
    row = conn.execute(MAKE, values).fetchone()
    assert row == (len(cards),), row


def add_media(
    conn: psycopg.Connection, media: Sequence[tuple[int, Medium, bytes]], at: datetime
) -> None:
    """Give new cards media (card, kind, token hash) that nobody has."""
    if media:
        columns = [
            pgarray.ints(card for card, _, _ in media),
            pgarray.ints(kind.value for _, kind, _ in media),
            pgarray.blobs(hashed for _, _, hashed in media),
        ]
        conn.execute(ADD_MEDIA, [at, *columns])
