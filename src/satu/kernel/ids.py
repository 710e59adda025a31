"""Names that last for ever: taps and postings. Pure; used on both wings.

A tap is named by its device and the device's own sequence, packed into one 64-bit number so that
an array of them is an array of integers. A posting's key is 128 bits and starts with the tap (or
with the time, for postings no tap caused), so keys of one device lie together in the index.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

SEQUENCE_BITS = 40
MAX_SEQUENCE = (1 << SEQUENCE_BITS) - 1
MAX_DEVICE = (1 << 23) - 1
GROUPS = 64


def tap_id(device: int, sequence: int) -> int:
    """The 63-bit name of a tap: 23 bits of device, 40 bits of the device's own sequence."""
    assert 0 < device <= MAX_DEVICE, device
    assert 0 <= sequence <= MAX_SEQUENCE, sequence
    return device << SEQUENCE_BITS | sequence


def tap_parts(tap: int) -> tuple[int, int]:
    """The device and its own sequence that a tap's name is made of."""
    return tap >> SEQUENCE_BITS, tap & MAX_SEQUENCE


def tap_posting_key(tap: int, revision: int, line: int) -> UUID:
    """The key of the line-th posting that a tap caused in the revision-th folding of its day."""
    assert 0 <= revision < 1 << 32 and 0 <= line < 1 << 31
    return UUID(int=tap << 64 | revision << 32 | line)


def named_key(at_ms: int, *name: str | int) -> UUID:
    """The key of a posting named by what it is for (a bank's reference, a card and a run).

    The same name at the same time is the same key. Time comes first, so that neighbours in time
    are neighbours in the index; bit 127 keeps these keys apart from the taps' own.
    """
    digest = hashlib.blake2b("\x1f".join(map(str, name)).encode(), digest_size=10).digest()
    return UUID(int=1 << 127 | (at_ms & (1 << 47) - 1) << 80 | int.from_bytes(digest, "big"))


def card_group(card: int) -> int:
    """The group whose rows live together when the books are spread over machines."""
    return card % GROUPS
