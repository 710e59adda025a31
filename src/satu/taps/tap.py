"""A tap on its way: how it arrives, how it is decided, what is answered. Pure."""

from __future__ import annotations

import hashlib
from datetime import date
from enum import IntEnum

import msgspec

from satu.kernel.ids import tap_id
from satu.kernel.refusal import Meaning, Outcome
from satu.services.base import EITHER, ENTRY, EXIT, TapSeen
from satu.wire.messages import Tap

DIRECTIONS = {"either": EITHER, "entry": ENTRY, "exit": EXIT}


class Decided(IntEnum):
    """Who decides: the centre now (`ASK`), or the reader did, offline."""

    ASK = 0
    OPEN = 1
    REFUSED = 2


DECIDED = {"ask": Decided.ASK, "open": Decided.OPEN, "refused": Decided.REFUSED}


class Arrival(msgspec.Struct, frozen=True):
    """A tap as it came in, from an authentic device."""

    device: int
    tap: Tap
    received_ms: int
    upload: int | None = None
    clock_offset_ms: int = 0

    @property
    def id(self) -> int:
        return tap_id(self.device, self.tap.sequence)


class Answer(msgspec.Struct, frozen=True):
    """What became of a tap. `conflict`: its name was used before, with another content."""

    outcome: Outcome
    meaning: Meaning = Meaning.NONE
    charge: int = 0
    full_fare: int = 0
    balance: int | None = None
    repeat: bool = False
    conflict: bool = False


class Told(msgspec.Struct, frozen=True):
    """An arrival in the city's own terms; `place` is its place in the batch.

    `card` is what its token leads to, if it can be one of ours; `reason` is why it cannot be
    folded as it is.
    """

    place: int
    arrival: Arrival
    seen: TapSeen
    day: date
    card: int | None
    decided: Decided
    digest: int
    reason: Outcome | None


def digest(tap: Tap) -> int:
    """A 63-bit digest of what the reader sent, less `decided`: equal content, equal digest."""
    # The separator is a character that no field can hold.
    content = (
        f"{tap.sequence}\n{tap.at_ms}\n{tap.token}\n{tap.point}\n{tap.medium}\n"
        f"{tap.direction}\n{tap.route}"
    )
    if tap.riders != 1:
        content = f"{content}\n{tap.riders}"
    return int.from_bytes(hashlib.blake2b(content.encode(), digest_size=8).digest(), "big") >> 1
