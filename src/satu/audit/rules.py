"""What is hashed of an entry and of a seal. Pure; the same as sql/seals_v1.sql says.

A field is written as its length in bytes, a colon, the field and a comma, so that no two lists of
fields are written the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

HASH_BYTES = 32
FIRST_PREVIOUS = bytes(HASH_BYTES)  # what the first seal has as the hash before it


def hash_of(fields: Sequence[str]) -> bytes:
    """SHA-256 over the fields.

    An entry's: id, time, actor, action, subject's kind and id, detail as PostgreSQL writes jsonb.
    A seal's: number, previous hash, time, ids, its entries' hashes. Times are microseconds since
    1970, hashes hexadecimal, ids a multirange (`{[1,4),[6,7)}`).
    """
    written = bytearray()
    for field in fields:
        data = field.encode()
        written += b"%d:%b," % (len(data), data)
    return sha256(written).digest()
