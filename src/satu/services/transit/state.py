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
    riders: int = 1


class Habit(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How often a card rode from one point to another, and the last day it did (its ordinal)."""

    point_in: int
    point_out: int
    rides: int
    last: int


class Completions(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How many missing exits of a network were completed in a calendar month (years times 12)."""

    network: str
    month: int
    count: int


class History(msgspec.Struct, frozen=True, array_like=True):
    """What earlier days tell of a card's habits, for networks that complete missing exits.

    `is_untold`: the rider has not been told yet that an exit was completed.
    """

    habits: tuple[Habit, ...] = ()
    completions: tuple[Completions, ...] = ()
    is_untold: bool = False


NO_HISTORY = History()


class Day(msgspec.Struct, frozen=True, array_like=True):
    """A day of rides, in order; only the last may be open.

    `before` is what earlier days' legs mean for today's, `after` the same with today's legs.
    `awaited` is a ride of yesterday that is paid for and may still be ended by a tap today.
    After `is_closed` nothing is folded any more. `asides` are touches that are no rides: the same
    one twice, or the card handed back; they cost nothing. `taken_up` tells where and when (point,
    milliseconds) the open ride was taken up again at another gate.
    """

    rides: tuple[Ride, ...] = ()
    before: Running = NOTHING_RUNS
    after: Running = NOTHING_RUNS
    awaited: Ride | None = None
    is_closed: bool = False
    asides: tuple[Ride, ...] = ()
    history: History = NO_HISTORY
    taken_up: tuple[int, int] | None = None

    def open_ride(self) -> Ride | None:
        if self.rides and self.rides[-1].use_class is UseClass.OPEN:
            return self.rides[-1]
        return None

    def begun(self, ride: Ride) -> Day:
        """The day with one more ride: nobody awaits yesterday's end any more."""
        return self._with((*self.rides, ride))

    def with_last(self, ride: Ride) -> Day:
        """The day with its last ride as it now stands."""
        return self._with((*self.rides[:-1], ride))

    def reopened(self, tap_point: int, at_ms: int) -> Day:
        """The day with its last ride's exit undone, by an entry at another gate."""
        ride = msgspec.structs.replace(
            self.rides[-1], point_out=0, ended_ms=0, use_class=UseClass.OPEN
        )
        return msgspec.structs.replace(self.with_last(ride), taken_up=(tap_point, at_ms))

    def with_aside(self, touch: Ride) -> Day:
        return msgspec.structs.replace(self, asides=(*self.asides, touch))

    def with_history(self, history: History) -> Day:
        return msgspec.structs.replace(self, history=history)

    def _with(self, rides: tuple[Ride, ...]) -> Day:
        return Day(rides, self.before, asides=self.asides, history=self.history)
