"""Sealed people and wrapped keys with psycopg alone, in sets. Called by this domain's actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import psycopg

from satu.kernel import pgarray
from satu.people.sealing import Sealed

FIRST_MASTER = 1

BY_NIK = "select nik_hash, id from people_resident where nik_hash = any(%s::bytea[])"
BY_PHONE = "select id from people_resident where phone_hash = %s order by id"
BY_EMAIL = "select id from people_resident where email_hash = %s order by id"
NUMBERS = "select nextval('people_resident_id_seq') from generate_series(1, %s)"
# In the order of the hashes, so that two that register the same people do not lock each other out.
REGISTER = """
with given as (
  select * from unnest(%s::bigint[], %s::smallint[], %s::text[], %s::bytea[], %s::bytea[],
                       %s::bytea[], %s::bytea[], %s::bytea[])
             as g (id, level, area, nik_hash, phone_hash, email_hash, profile, box)
), made as (
  insert into people_resident
    (id, level, area, nik_hash, phone_hash, email_hash, profile, registered_at)
  select id, level, area, nullif(nik_hash, ''), nullif(phone_hash, ''), nullif(email_hash, ''),
         nullif(profile, ''), %s
    from given order by nik_hash, id
  on conflict (nik_hash) where nik_hash is not null do nothing
  returning id
), keyed as (
  insert into people_data_key (resident_id, master_id, box)
  select id, %s, box from given join made using (id) where box <> ''
)
select id from made
"""
SEALED = """
select r.erased_at is not null, r.profile, k.master_id, k.box
  from people_resident r left join people_data_key k on k.resident_id = r.id
 where r.id = %s
"""
RESEAL = """
with keyed as (
  insert into people_data_key (resident_id, master_id, box) values (%s, %s, %s)
  on conflict (resident_id) do update set master_id = excluded.master_id, box = excluded.box
)
update people_resident
   set profile = %s, nik_hash = %s, phone_hash = %s, email_hash = %s, level = %s
 where id = %s
"""
# A master in use cannot be retired: who wraps with it holds its row until the commit.
CURRENT_MASTER = """
select id from people_master_key where retired_at is null order by id desc limit 1 for share
"""
ADD_MASTER = "insert into people_master_key (id, made_at) values (%s, %s)"
LOCK_MASTERS = "lock table people_master_key in share row exclusive mode"
WRAPPED_BEFORE = """
select resident_id, master_id, box from people_data_key
 where master_id < %s order by resident_id limit %s for update
"""
REWRAP = """
update people_data_key k set master_id = %s, box = u.box
  from unnest(%s::bigint[], %s::bytea[]) as u (resident, box)
 where k.resident_id = u.resident
"""
LOCK_EARLIER = "select id from people_master_key where id < %s order by id for update"
RETIRE = """
update people_master_key m set retired_at = %s
 where m.id < %s and m.retired_at is null
   and not exists (select from people_data_key k where k.master_id = m.id)
   and not exists (select from people_text t where t.master_id = m.id)
returning m.id
"""


class Row(NamedTuple):
    """A resident to be written; `sealed` None: nothing is known of them."""

    id: int
    level: int
    area: str
    nik_hash: bytes | None
    phone_hash: bytes | None
    email_hash: bytes | None
    sealed: Sealed | None


class Stored(NamedTuple):
    """A resident's sealed profile as it stands; None: nothing is known of them, or not any more."""

    is_erased: bool
    sealed: Sealed | None


class Wrapped(NamedTuple):
    """A resident's data key in the box of a master."""

    resident: int
    master: int
    box: bytes


def by_nik(conn: psycopg.Connection, hashes: Iterable[bytes]) -> dict[bytes, int]:
    """The residents that NIK hashes lead to; unknown ones are left out."""
    rows = conn.execute(BY_NIK, [pgarray.blobs(hashes)])
    return {bytes(hashed): resident for hashed, resident in rows}


def by_phone(conn: psycopg.Connection, hashed: bytes) -> list[int]:
    """The residents that a phone's hash leads to: a family can share one."""
    return [resident for (resident,) in conn.execute(BY_PHONE, [hashed])]


def by_email(conn: psycopg.Connection, hashed: bytes) -> list[int]:
    """The residents that an e-mail's hash leads to: a family can share one."""
    return [resident for (resident,) in conn.execute(BY_EMAIL, [hashed])]


def next_numbers(conn: psycopg.Connection, count: int) -> list[int]:
    """Numbers for so many new residents."""
    return [number for (number,) in conn.execute(NUMBERS, [count])]


def register(
    conn: psycopg.Connection, rows: Sequence[Row], *, master: int, at: datetime
) -> set[int]:
    """Write residents with their keys; those of them whose NIK nobody had yet."""
    parameters = [
        pgarray.ints(row.id for row in rows),
        pgarray.ints(row.level for row in rows),
        pgarray.words(row.area for row in rows),
        pgarray.blobs(row.nik_hash or b"" for row in rows),
        pgarray.blobs(row.phone_hash or b"" for row in rows),
        pgarray.blobs(row.email_hash or b"" for row in rows),
        pgarray.blobs(row.sealed.profile if row.sealed else b"" for row in rows),
        pgarray.blobs(row.sealed.box if row.sealed else b"" for row in rows),
        at,
        master,
    ]
    return {resident for (resident,) in conn.execute(REGISTER, parameters)}


def sealed(conn: psycopg.Connection, resident: int) -> Stored | None:
    """A resident's sealed profile; None: no such resident."""
    row = conn.execute(SEALED, [resident]).fetchone()
    if row is None:
        return None
    is_erased, profile, master, box = row
    return Stored(is_erased, None if box is None else Sealed(profile, master, box))


def reseal(conn: psycopg.Connection, row: Row) -> None:
    """Put another profile under a new data key in place of a locked resident's."""
    assert row.sealed is not None
    profile, master, box = row.sealed
    found = (profile, row.nik_hash, row.phone_hash, row.email_hash, row.level, row.id)
    conn.execute(RESEAL, [row.id, master, box, *found])


def current_master(conn: psycopg.Connection) -> int | None:
    """The number of the master key that wraps; it stays in use until the commit. None: none yet."""
    row = conn.execute(CURRENT_MASTER).fetchone()
    return row[0] if row else None


def lock_masters(conn: psycopg.Connection) -> None:
    """Let nobody else add a master key, or begin to wrap with one, until the commit."""
    conn.execute(LOCK_MASTERS)


def add_master(conn: psycopg.Connection, number: int, at: datetime) -> None:
    """From its commit on, this master wraps."""
    conn.execute(ADD_MASTER, [number, at])


def wrapped_before(conn: psycopg.Connection, master: int, limit: int) -> list[Wrapped]:
    """Lock some data keys in boxes of earlier masters."""
    rows = conn.execute(WRAPPED_BEFORE, [master, limit])
    return [Wrapped(*row) for row in rows]


def rewrap(conn: psycopg.Connection, boxes: Sequence[tuple[int, bytes]], master: int) -> None:
    """Put locked data keys into boxes of another master."""
    residents = pgarray.ints(resident for resident, _ in boxes)
    conn.execute(REWRAP, [master, residents, pgarray.blobs(box for _, box in boxes)])


def retire(conn: psycopg.Connection, master: int, at: datetime) -> list[int]:
    """Retire the masters before this one that wrap nothing any more: their numbers."""
    conn.execute(LOCK_EARLIER, [master])  # what others wrapped until now is seen from here on
    return [number for (number,) in conn.execute(RETIRE, [at, master])]
