"""Proof of the audit trail: every sealed entry is there, as it was, and no other is.

Computes every hash anew in this program, so a changed function in the database hides nothing. All
is read from one snapshot; sealing goes on meanwhile. Used by `satu audit verify` and tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

import psycopg

from satu.audit.rules import FIRST_PREVIOUS, HASH_BYTES, hash_of

MAX_BREAKS = 100  # that are listed; all are counted
ENTRIES_AT_ONCE = 10_000


class Breach(StrEnum):
    """What is wrong with the trail."""

    ENTRY_CHANGED = "entry_changed"
    ENTRY_REMOVED = "entry_removed"
    ENTRY_INSERTED = "entry_inserted"
    SEAL_CHANGED = "seal_changed"
    SEAL_REMOVED = "seal_removed"
    SEAL_UNLINKED = "seal_unlinked"
    HEAD_DIFFERS = "head_differs"


class Break(NamedTuple):
    """One thing that is wrong: which entry, and which seal, if there is one."""

    breach: Breach
    entry: int | None
    seal: int | None


class Head(NamedTuple):
    """A seal's number and hash. Kept elsewhere, it proves that nothing up to it was redone."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


class Report(NamedTuple):
    """What is in the trail; `breaks` holds the first of `broken`, `oldest` is when the oldest of
    the unsealed entries says it happened."""

    entries: int
    seals: int
    head: Head | None
    unsealed: int
    oldest: datetime | None
    broken: int
    breaks: list[Break]

    @property
    def ok(self) -> bool:
        """Whether the chain holds. Entries that wait for their seal break nothing."""
        return not self.broken


class _Seal(NamedTuple):
    number: int
    ids: str
    spans: list[tuple[int | None, int | None]]
    entry_hashes: bytes
    previous: bytes
    hash: bytes
    sealed_at: str

    def is_whole(self) -> bool:
        """Whether its hash is that of its content, and it names as many entries as it has."""
        named = sum(upper - lower for lower, upper in self.spans if upper and lower is not None)
        content = [
            str(self.number),
            self.previous.hex(),
            self.sealed_at,
            self.ids,
            self.entry_hashes.hex(),
        ]
        return named * HASH_BYTES == len(self.entry_hashes) and hash_of(content) == self.hash

    def entries(self) -> Iterator[tuple[int, bytes]]:
        """The sealed entries' ids and hashes."""
        ids = (entry for lower, upper in self.spans for entry in range(lower or 0, upper or 0))
        for place, entry in enumerate(ids):
            yield entry, self.entry_hashes[place * HASH_BYTES : (place + 1) * HASH_BYTES]


_SEALS = """
    select number, ids::text, ids, entry_hashes, previous, hash,
           case when isfinite(sealed_at)
                then (extract(epoch from sealed_at) * 1000000)::bigint::text else '' end
      from audit_seal order by number
"""
_ENTRIES = """
    select s.number, e.id::text,
           case when isfinite(e.at) then (extract(epoch from e.at) * 1000000)::bigint::text end,
           e.actor, e.action, e.subject_kind, e.subject_id, e.detail::text
      from audit_seal s
     cross join unnest(s.ids) as span
      join audit_entry e on e.id >= lower(span) and e.id < upper(span)
     where s.number = any(%s)
"""
# Entries in no seal: those that wait for one are in order, the others were never written so.
_UNSEALED = """
    with outside as (
        select '{(,)}'::int8multirange - coalesce(range_agg(span), '{}') as ids
          from audit_seal cross join unnest(ids) as span
    )
    select e.id from outside cross join unnest(outside.ids) as gap
      join audit_entry e on e.id >= coalesce(lower(gap), 0)
                        and e.id < coalesce(upper(gap), 9223372036854775807)
     where not exists (select from audit_waiting w where w.entry = e.id)
     order by e.id
"""
_WAITING = """
    select count(e.id), min(e.at) filter (where isfinite(e.at)),
           coalesce(array_agg(w.entry order by w.entry) filter (where e.id is null), '{}')
      from audit_waiting w left join audit_entry e on e.id = w.entry
"""


class _Findings:
    def __init__(self) -> None:
        self.count = 0
        self.listed: list[Break] = []

    def add(self, breach: Breach, *, entry: int | None = None, seal: int | None = None) -> None:
        self.count += 1
        if len(self.listed) < MAX_BREAKS:
            self.listed.append(Break(breach, entry, seal))


def verify(
    conn: psycopg.Connection[Any],
    *,
    kept: Head | None = None,
    on_seals: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Check the whole chain; `kept` is a head that somebody noted earlier, to be found again.

    `on_seals` is told how many of all seals are checked.
    """
    findings = _Findings()
    with conn.transaction():
        conn.execute("set transaction isolation level repeatable read, read only")
        conn.execute("set local enable_seqscan = off")  # each seal's entries are found by number
        total, entries = _row(
            conn, "select (select count(*) from audit_seal), (select count(*) from audit_entry)"
        )
        head, done, is_kept = None, 0, kept is None
        for seals in _batches(_stored(conn)):
            head = _check_links(seals, head, findings)
            _check_entries(conn, seals, findings)
            is_kept = is_kept or any(kept == _head(seal) for seal in seals)
            done += len(seals)
            on_seals(done, total)
        if kept is not None and not is_kept:
            findings.add(Breach.HEAD_DIFFERS, seal=kept.number)
        for (entry,) in conn.execute(_UNSEALED):
            findings.add(Breach.ENTRY_INSERTED, entry=entry)
        unsealed, oldest, lost = _row(conn, _WAITING)
        for entry in lost:
            findings.add(Breach.ENTRY_REMOVED, entry=entry)
    oldest = oldest and oldest.astimezone(UTC)
    return Report(entries, total, head, unsealed, oldest, findings.count, findings.listed)


def _row(conn: psycopg.Connection[Any], query: str) -> tuple[Any, ...]:
    row = conn.execute(query.encode()).fetchone()
    assert row is not None
    found: tuple[Any, ...] = row
    return found


def _stored(conn: psycopg.Connection[Any]) -> Iterator[_Seal]:
    """The seals by number, streamed."""
    with conn.cursor("seals") as cursor:
        for number, ids, spans, *rest in cursor.execute(_SEALS):
            yield _Seal(number, ids, [(span.lower, span.upper) for span in spans], *rest)


def _batches(seals: Iterable[_Seal]) -> Iterator[list[_Seal]]:
    """Seals together, so that their entries are read in one statement."""
    batch: list[_Seal] = []
    held = 0
    for seal in seals:
        batch.append(seal)
        held += len(seal.entry_hashes) // HASH_BYTES
        if held >= ENTRIES_AT_ONCE:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _head(seal: _Seal) -> Head:
    return Head(seal.number, seal.hash.hex())


def _check_links(seals: list[_Seal], head: Head | None, findings: _Findings) -> Head | None:
    """Whether each seal follows the one before it; `head` is the last one before these."""
    number, before = head or Head(0, FIRST_PREVIOUS.hex())
    for seal in seals:
        if seal.number != number + 1:
            findings.add(Breach.SEAL_REMOVED, seal=number + 1)
        elif seal.previous.hex() != before:
            findings.add(Breach.SEAL_UNLINKED, seal=seal.number)
        number, before = _head(seal)
    return Head(number, before)


def _check_entries(conn: psycopg.Connection[Any], seals: list[_Seal], findings: _Findings) -> None:
    """Whether the entries are those that were sealed. A changed seal proves nothing of its own."""
    whole = []
    for seal in seals:
        if seal.is_whole():
            whole.append(seal)
        else:
            findings.add(Breach.SEAL_CHANGED, seal=seal.number)
    found: dict[tuple[int, int], bytes] = {}
    for number, *fields in conn.execute(_ENTRIES, [[seal.number for seal in whole]]):
        # Who owns the table can also let in what its rules forbid: that was never sealed.
        found[number, int(fields[0])] = b"" if None in fields else hash_of(fields)
    for seal in whole:
        for entry, sealed in seal.entries():
            now = found.get((seal.number, entry))
            if now != sealed:
                breach = Breach.ENTRY_REMOVED if now is None else Breach.ENTRY_CHANGED
                findings.add(breach, entry=entry, seal=seal.number)
