"""Sealed texts with psycopg alone. Called by this domain's actions and its door."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

import psycopg

from satu.kernel import pgarray
from satu.people.sealing import Sealed

NEXT = "select nextval('people_text_id_seq')"
ADD = """
insert into people_text (id, resident_id, content, master_id, box, made_at)
overriding system value values (%s, %s, %s, %s, %s, %s)
"""
READ = """
select id, resident_id, content, master_id, box from people_text
 where id = any(%s::bigint[]) order by id
"""
WRAPPED_BEFORE = """
select id, master_id, box from people_text
 where master_id < %s order by master_id, id limit %s for update
"""
REWRAP = """
update people_text t set master_id = %s, box = u.box
  from unnest(%s::bigint[], %s::bytea[]) as u (id, box) where t.id = u.id
"""


class Stored(NamedTuple):
    """A sealed text, and the resident whose it is (None: nobody's that is known)."""

    id: int
    resident: int | None
    sealed: Sealed


class Wrapped(NamedTuple):
    """A text's key in the box of a master."""

    text: int
    master: int
    box: bytes


def next_number(conn: psycopg.Connection) -> int:
    """The number of a text that is about to be sealed."""
    row = conn.execute(NEXT).fetchone()
    assert row is not None
    return int(row[0])


def add(
    conn: psycopg.Connection, text: int, resident: int | None, sealed: Sealed, at: datetime
) -> None:
    """Keep a sealed text."""
    content, master, box = sealed
    conn.execute(ADD, [text, resident, content, master, box, at])


def read(conn: psycopg.Connection, texts: Collection[int]) -> list[Stored]:
    """Sealed texts by number; those that are gone are left out."""
    rows = conn.execute(READ, [pgarray.ints(texts)])
    return [
        Stored(text, resident, Sealed(content, master, box))
        for text, resident, content, master, box in rows
    ]


def forget(conn: psycopg.Connection, texts: Collection[int]) -> int:
    """Remove texts for ever; how many there were."""
    removed = conn.execute(
        "delete from people_text where id = any(%s::bigint[])", [pgarray.ints(texts)]
    )
    return removed.rowcount


def forget_of(conn: psycopg.Connection, resident: int) -> int:
    """Remove all that a resident wrote; how many texts."""
    removed = conn.execute("delete from people_text where resident_id = %s", [resident])
    return removed.rowcount


def wrapped_before(conn: psycopg.Connection, master: int, limit: int) -> list[Wrapped]:
    """Lock some texts whose keys are in boxes of earlier masters."""
    return [Wrapped(*row) for row in conn.execute(WRAPPED_BEFORE, [master, limit])]


def rewrap(conn: psycopg.Connection, boxes: Sequence[tuple[int, bytes]], master: int) -> None:
    """Put locked texts' keys into boxes of another master."""
    texts = pgarray.ints(text for text, _ in boxes)
    conn.execute(REWRAP, [master, texts, pgarray.blobs(box for _, box in boxes)])
