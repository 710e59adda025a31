"""Rotation of the master keys: a new one, then every data key in a new box. For jobs, commands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import psycopg
from django.db import transaction

from satu.audit.actions import record
from satu.audit.entry import Subject
from satu.ledger.actions import raw_connection
from satu.people import store, text_store
from satu.people.keyring import make_master, vault
from satu.people.sealing import key_of, key_of_text

CHUNK = 1_000


class Rewrapped(NamedTuple):
    """What became of a chunk: how many data keys moved, and which masters wrap nothing now."""

    moved: int
    retired: list[int]


def start_rotation(*, actor: str, at: datetime) -> int:
    """Have a new master key that wraps from now on: its number. `rewrap` moves what is there."""
    with transaction.atomic():
        conn = raw_connection()
        store.lock_masters(conn)
        number = make_master((store.current_master(conn) or 0) + 1, at)
        record(
            actor=actor, action="master.made", subject=Subject("master", number), at=at, detail={}
        )
    return number


def rewrap(*, actor: str, at: datetime) -> Rewrapped:
    """Move a chunk of data keys to the newest master; profiles and texts stay as they are.

    Call until none moved. It can be ended at any time and goes on where it was; of two at once
    one waits, for each holds the master it moves to while it takes those before.
    """
    with transaction.atomic():
        conn = raw_connection()
        store.lock_masters(conn)
        master = store.current_master(conn)
        if master is None:
            return Rewrapped(0, [])
        keys, boxes = vault(), []
        found = store.wrapped_before(conn, master, CHUNK)
        for resident, earlier, box in found:
            key = keys.unwrap(earlier, box, bound_to=key_of(resident))
            boxes.append((resident, keys.wrap(master, key, bound_to=key_of(resident))))
        store.rewrap(conn, boxes, master)
        texts = [] if found else text_store.wrapped_before(conn, master, CHUNK)
        _rewrap_texts(conn, texts, master)
        moved = len(found) + len(texts)
        retired = [] if moved else store.retire(conn, master, at)
        for number in retired:
            record(
                actor=actor,
                action="master.retired",
                subject=Subject("master", number),
                at=at,
                detail={"newest": master},
            )
    return Rewrapped(moved, retired)


def _rewrap_texts(
    conn: psycopg.Connection, texts: Sequence[text_store.Wrapped], master: int
) -> None:
    keys, boxes = vault(), []
    for text, earlier, box in texts:
        key = keys.unwrap(earlier, box, bound_to=key_of_text(text))
        boxes.append((text, keys.wrap(master, key, bound_to=key_of_text(text))))
    text_store.rewrap(conn, boxes, master)
