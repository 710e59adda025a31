"""What people write: kept sealed, each with a key of its own, and read by satu.people.access."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from satu.ledger.actions import raw_connection
from satu.people import text_store
from satu.people.keyring import master_in_use, vault
from satu.people.sealing import seal_text


def keep_text(*, text: str, resident: int | None, at: datetime) -> int:
    """Seal a text in the caller's transaction; its number. Who refers to it writes the audit entry.

    `resident` is who wrote it, or of whom it is; it goes when they are erased.
    """
    conn = raw_connection()
    number = text_store.next_number(conn)
    sealed = seal_text(text, number=number, master=master_in_use(at), vault=vault())
    text_store.add(conn, number, resident, sealed, at)
    return number


def forget_texts(texts: Collection[int]) -> int:
    """Remove texts for ever, in the caller's transaction; how many there were."""
    return text_store.forget(raw_connection(), texts) if texts else 0
