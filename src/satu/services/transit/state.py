"""What transit remembers of a card's day. Pure."""

from __future__ import annotations

import msgspec

from satu.fares.legs import NOTHING_RUNS, Running
from satu.kernel.refusal import UseClass


class Ride(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One boarding with its end: a leg in the making. `id` is its first tap; 0 is "none"."""

    id: int
    network: str
    route: int
    point_in: int
    point_out: int
    started_ms: int
    ended_ms: int
    use_class: UseClass


class Day(msgspec.Struct, frozen=True, array_like=True):
    """A day of rides, in order; only the last may be open.

    `before` is what earlier days' legs mean for today's, `after` the same with today's legs.
    `awaited` is a ride of yesterday that is paid for and may still be ended by a tap today.
    After `is_closed` nothing is folded any more.
    """

    rides: tuple[Ride, ...] = ()
    before: Running = NOTHING_RUNS
    after: Running = NOTHING_RUNS
    awaited: Ride | None = None
    is_closed: bool = False
