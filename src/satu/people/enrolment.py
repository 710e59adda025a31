"""New residents in two steps: sealed by this program, then written in one statement.

Both steps are called in one transaction, by actions that write the audit entry: those of
satu.people.actions, and satu.cards.importing for a bank's file.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.utils.timezone import localdate

from satu.ledger.actions import raw_connection
from satu.people import rules, store
from satu.people.errors import Refusal
from satu.people.keyring import master_in_use, vault
from satu.people.profile import NewResident, Profile, Registered
from satu.people.sealing import lookup_hash, seal


class Prepared(NamedTuple):
    """People who are sealed and not written yet; `rows` holds the new ones by their place."""

    refusals: list[Refusal | None]
    niks: list[bytes | None]
    known: dict[bytes, int]
    rows: dict[int, store.Row]
    master: int


class Hashes(NamedTuple):
    """The keyed hashes that find a person; None for what is not known."""

    nik: bytes | None
    phone: bytes | None
    email: bytes | None


def hashes_of(profile: Profile | None) -> Hashes:
    """The keyed hashes of what is known of a person."""
    if profile is None:
        return Hashes(None, None, None)
    return Hashes(
        lookup_hash(settings.PERSON_LOOKUP, "nik", profile.nik),
        lookup_hash(settings.PERSON_LOOKUP, "phone", profile.phone),
        lookup_hash(settings.PERSON_LOOKUP, "email", rules.plain_email(profile.email)),
    )


def prepare(people: Sequence[NewResident], at: datetime) -> Prepared:
    """Check and seal people. Nothing is written; who has a known NIK is not sealed again."""
    conn, on = raw_connection(), localdate(at)
    refusals = [rules.refuse_resident(new, on) for new in people]
    hashes = [hashes_of(new.profile) for new in people]
    niks = [one.nik for one in hashes]
    known = store.by_nik(conn, _wanted(niks, refusals))
    fresh: list[int] = []
    seen: set[bytes | None] = set(known)
    for index, nik in enumerate(niks):
        if refusals[index] is None and nik not in seen:
            fresh.append(index)
            if nik:
                seen.add(nik)
    master, keys, rows = master_in_use(at) if fresh else 0, vault(), {}
    for index, number in zip(fresh, store.next_numbers(conn, len(fresh)), strict=True):
        new = people[index]
        sealed = None
        if new.profile is not None:
            sealed = seal(new.profile, resident=number, master=master, vault=keys)
        rows[index] = store.Row(number, new.level, new.area, *hashes[index], sealed)
    return Prepared(refusals, niks, known, rows, master)


def keep(prepared: Prepared, at: datetime) -> list[Registered | Refusal]:
    """Write prepared people; of each: the number, or why not."""
    refusals, niks, known, rows, master = prepared
    conn, made = raw_connection(), set[int]()
    if rows:
        made = store.register(conn, list(rows.values()), master=master, at=at)
    known = known | {
        row.nik_hash: row.id for row in rows.values() if row.nik_hash and row.id in made
    }
    if lacking := _wanted(niks, refusals) - known.keys():  # somebody else made them meanwhile
        known |= store.by_nik(conn, lacking)
    answers: list[Registered | Refusal] = []
    for index, (nik, refusal) in enumerate(zip(niks, refusals, strict=True)):
        row = rows.get(index)
        if refusal:
            answers.append(refusal)
        elif row is not None and row.id in made:
            answers.append(Registered(row.id, True))
        else:
            assert nik is not None
            answers.append(Registered(known[nik], False))
    return answers


def _wanted(niks: Sequence[bytes | None], refusals: Sequence[Refusal | None]) -> set[bytes]:
    return {nik for nik, refusal in zip(niks, refusals, strict=True) if nik and not refusal}
