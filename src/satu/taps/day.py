"""One card's service day as it is stored and folded. Pure.

A day is a value: folding a tap gives another day. What the services hold stays encoded until a
service is asked for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import msgspec

from satu.services.base import Rider, Use, service_named
from satu.services.rules import Rules


class HoldKept(msgspec.Struct, frozen=True, array_like=True):
    """The hold that stands for a use: its key in the ledger (128 bits, big-endian).

    `amount` is what the purse could spare of what was `asked`.
    """

    use: int
    key: bytes
    amount: int
    asked: int


class DayState(msgspec.Struct, frozen=True, array_like=True):
    """What is stored of a day: service states, the uses as last priced, holds, last postings.

    `last` has, for each operator, the key of the last posting to it: what a correction names.
    """

    services: dict[str, msgspec.Raw]
    uses: dict[str, tuple[Use, ...]]
    holds: tuple[HoldKept, ...]
    last: dict[int, bytes]


_encoder = msgspec.msgpack.Encoder()
_decode_state = msgspec.msgpack.Decoder(DayState).decode
_decode_carried = msgspec.msgpack.Decoder(dict[str, msgspec.Raw]).decode


@cache
def _decoder(service: str) -> Callable[[msgspec.Raw], Any]:
    """Reads a service's states."""
    return msgspec.msgpack.Decoder(service_named(service).State).decode


class TapKey(msgspec.Struct, frozen=True, order=True):
    """The order in which a day's taps are folded: corrected device time, then name."""

    at_ms: int
    tap: int


class Day(msgspec.Struct, frozen=True):
    """A service day of a card, decoded as far as it was needed.

    `uses` has each service's uses; `carried_in` is what the day before handed on, encoded;
    `revision` is that of the stored row (0: not stored yet).
    """

    day: date
    revision: int
    last: TapKey
    taps: tuple[int, ...]
    carried_in: bytes
    states: dict[str, Any]
    uses: dict[str, tuple[Use, ...]]
    holds: tuple[HoldKept, ...]
    postings: dict[int, bytes]
    is_closed: bool

    @property
    def is_open(self) -> bool:
        """Whether some service waits for an end in this day."""
        return any(service_named(name).is_open(state) for name, state in self.states.items())

    def all_uses(self) -> tuple[Use, ...]:
        if len(self.uses) == 1:
            (uses,) = self.uses.values()
            return uses
        return tuple(use for uses in self.uses.values() for use in uses)


NOTHING_CARRIED = _encoder.encode({})
BEFORE_ALL = TapKey(0, 0)


def begin(day: date, carried_in: bytes, rules: Rules, rider: Rider) -> Day:
    """A day in which nothing happened yet, with what the day before handed on."""
    states: dict[str, Any] = {}
    uses: dict[str, tuple[Use, ...]] = {}
    for name, raw in _decode_carried(carried_in).items():
        service = service_named(name)
        states[name] = service.start(_decoder(name)(raw))
        uses[name] = service.standing(rules, states[name], rider)
    return Day(day, 0, BEFORE_ALL, (), carried_in, states, uses, (), {}, False)


def encode(day: Day) -> bytes:
    """The day's state as the database keeps it: the fields of `DayState`, in its order."""
    return _encoder.encode((day.states, day.uses, day.holds, day.postings))


def decode(
    day: date,
    revision: int,
    last: TapKey,
    taps: list[int],
    carried_in: bytes,
    state: bytes,
    is_closed: bool,
) -> Day:
    """A stored row, ready to fold on."""
    stored = _decode_state(state)
    states = {name: _decoder(name)(raw) for name, raw in stored.services.items()}
    return Day(
        day,
        revision,
        last,
        tuple(taps),
        carried_in,
        states,
        stored.uses,
        stored.holds,
        stored.last,
        is_closed,
    )


def carry(day: Day, end_ms: int) -> bytes:
    """What a closed day hands on, encoded; equal content is equal bytes."""
    carried = {}
    for name in sorted(day.states):
        kept = service_named(name).carry(day.states[name], end_ms)
        if kept is not None:
            carried[name] = msgspec.Raw(_encoder.encode(kept))
    return _encoder.encode(carried) if carried else NOTHING_CARRIED
