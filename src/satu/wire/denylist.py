"""The deny list on its way to readers: exact serials, gap-coded; a base or a change. Pure.

Serials are dense, so a sorted list is short when only the gaps are written: 300,000 of 30 million
cards take about 0.4 MB. A reader keeps them as an exact bitmap; nobody innocent is ever refused.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

MAX_SERIAL = (1 << 31) - 1


class DenyList(msgspec.Struct, frozen=True):
    """The content of a sealed deny list. Times are milliseconds since 1970.

    `since` 0 is a base: `added` is the whole list. Otherwise it is the change from version
    `since`: `added` are denied since, `removed` are not denied any more.
    """

    version: int
    since: int
    issued_ms: int
    added: bytes
    removed: bytes = b""

    def encode(self) -> bytes:
        return msgspec.msgpack.encode(self)


class StaleBaseError(ValueError):
    """A change was offered to a list of another version: ask again for a base (`since=0`)."""


def decode(content: bytes) -> DenyList:
    """The deny list of unsealed content; msgspec.ValidationError if it is none."""
    return msgspec.msgpack.decode(content, type=DenyList)


def gap_encode(serials: Iterable[int]) -> bytes:
    """Serials (in any order, each once or more) as LEB128 gaps of the sorted list."""
    coded = bytearray()
    before = -1
    for serial in sorted(set(serials)):
        gap = serial - before - 1
        before = serial
        while gap > 0x7F:
            coded.append(gap & 0x7F | 0x80)
            gap >>= 7
        coded.append(gap)
    assert before <= MAX_SERIAL
    return bytes(coded)


def gap_decode(coded: bytes) -> list[int]:
    """The sorted serials that `gap_encode` wrote; ValueError if cut short or out of range."""
    serials = []
    serial, gap, shift = -1, 0, 0
    for byte in coded:
        gap |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
            continue
        serial += gap + 1
        if serial > MAX_SERIAL:
            raise ValueError("a serial is out of range")
        serials.append(serial)
        gap, shift = 0, 0
    if shift:
        raise ValueError("the list is cut short")
    return serials


class Denied:
    """A reader's own copy: an exact bitmap over serials, and the version it stands at."""

    def __init__(self) -> None:
        self.version = 0
        self.issued_ms = 0
        self._bits = bytearray()

    def __contains__(self, serial: int) -> bool:
        place = serial >> 3
        return 0 <= place < len(self._bits) and bool(self._bits[place] >> (serial & 7) & 1)

    def apply(self, change: DenyList) -> None:
        """Take a base or a change over; StaleBaseError if it is a change of another version."""
        added, removed = gap_decode(change.added), gap_decode(change.removed)
        if change.since == 0:
            self._bits = bytearray()
        elif change.since != self.version:
            raise StaleBaseError(f"the list is at {self.version}, the change from {change.since}")
        for serial in added:
            self._grow(serial)
            self._bits[serial >> 3] |= 1 << (serial & 7)
        for serial in removed:
            self._grow(serial)
            self._bits[serial >> 3] &= ~(1 << (serial & 7)) & 0xFF
        self.version, self.issued_ms = change.version, change.issued_ms

    def _grow(self, serial: int) -> None:
        short = (serial >> 3) + 1 - len(self._bits)
        if short > 0:
            self._bits.extend(bytes(short))
