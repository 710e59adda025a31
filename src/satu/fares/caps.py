"""The cap step: the most that legs cost in a day, a week, a month or a rolling window. Pure.

Caps see fares as all other rules but rounding made them, leg after leg: what a leg is charged
depends on legs before it, never on those after, so that what an earlier day charged stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from satu.fares.cap_rules import CapRule, Layer
from satu.fares.concessions import categories_of
from satu.fares.draft import Draft
from satu.fares.legs import Leg, RunningCap
from satu.fares.rounding import rounded

NOBODY: frozenset[str] = frozenset()


def apply_caps(draft: Draft) -> None:
    """Cut fares to what caps leave of them, in the tariff's order of caps."""
    prices = draft.prices
    is_without = prices[0] is prices[-1] and not prices[0].caps.layers
    if is_without or draft.rider.is_companion:
        return
    counters = {running.name: _Counter.resumed(running) for running in draft.before.caps}
    for index, fare in enumerate(draft.fares):
        if fare:
            layers = prices[index].caps.layers.get(draft.units[index].leg.network)
            if layers:
                _charge(draft, index, layers, counters)
    if draft.runs_on and counters:
        running = tuple(counters[name].running(name) for name in sorted(counters))
        draft.after = msgspec.structs.replace(draft.after, caps=running)


class _Counter:
    """What a cap's period has come to (see RunningCap)."""

    __slots__ = ("first", "given", "inside", "outside", "rides", "until_ms")

    def __init__(
        self,
        first: date,
        until_ms: int,
        inside: int = 0,
        outside: int = 0,
        given: int = 0,
        rides: int = 0,
    ) -> None:
        self.first = first
        self.until_ms = until_ms
        self.inside = inside
        self.outside = outside
        self.given = given
        self.rides = rides

    @classmethod
    def resumed(cls, running: RunningCap) -> _Counter:
        return cls(
            running.first,
            running.until_ms,
            running.inside,
            running.outside,
            running.given,
            running.rides,
        )

    def running(self, name: str) -> RunningCap:
        return RunningCap(
            name, self.first, self.until_ms, self.inside, self.outside, self.given, self.rides
        )


_Counters = dict[str, _Counter]


def _charge(draft: Draft, index: int, layers: tuple[Layer, ...], counters: _Counters) -> None:
    """Cut one unit's fare by one layer after the other, then count it as paid where it is."""
    leg, prices = draft.units[index].leg, draft.prices[index]
    is_plain = draft.is_plain(index)
    categories = _categories(draft, index) if prices.caps.asks_category else NOBODY
    to = prices.caps.round_to
    charge = rounded(draft.fares[index], to, prices.tariff.rounding)
    counting: list[CapRule] = []
    for layer in layers:
        if not charge:
            return
        covering = [cap for cap in layer.caps if cap.covers(leg, is_plain, categories)]
        if not covering:
            continue
        if layer.is_best_value:
            caps = [cap for cap in layer.caps if cap.is_for(categories) or cap.name in counters]
            allowed, name = _best_value(caps, covering, leg, charge, to, counters)
        else:
            counting += covering
            allowed, name = _left(covering[0], leg, charge, to, counters), covering[0].name
        if allowed < charge:
            charge = allowed
            draft.change(index, "cap", name, charge)
    if not charge:
        return
    for cap in counting:
        counter = _running(cap, leg, counters)
        if counter is None:
            counter = counters[cap.name] = _Counter(leg.day, cap.until_ms(leg))
        counter.given += charge
        counter.rides += 1


def _categories(draft: Draft, index: int) -> frozenset[str]:
    """What the rider is on the day of a leg: what the card says, and every right of that day."""
    prices = draft.prices[index]
    names = categories_of(draft.rider, draft.units[index].leg)
    return frozenset(prices.category(name) for name in names)


def _running(cap: CapRule, leg: Leg, counters: _Counters) -> _Counter | None:
    """A cap's counter if its period goes on with a leg."""
    counter = counters.get(cap.name)
    if counter is None or cap.is_over(counter.first, counter.until_ms, leg):
        return None
    return counter


def _left(cap: CapRule, leg: Leg, fare: int, to: int, counters: _Counters) -> int:
    """What a sequential cap leaves of a leg's fare, in multiples of `to`."""
    counter = _running(cap, leg, counters)
    given, rides = (counter.given, counter.rides) if counter else (0, 0)
    if cap.rides is not None and rides >= cap.rides:
        return 0
    if cap.limit is None:
        return fare
    left = max(0, cap.limit - given)
    return min(fare, left - left % to)


def _best_value(
    caps: Sequence[CapRule],
    covering: Sequence[CapRule],
    leg: Leg,
    fare: int,
    to: int,
    counters: _Counters,
) -> tuple[int, str]:
    """What a leg costs so that the period costs the least that any cap of the group makes of it,
    and that cap's name.

    A period that comes out cheaper than what was charged (by a new version of the tariff) lets
    later legs cost less; one that comes out dearer never makes a leg dearer than its fare.
    """
    running = [_running(cap, leg, counters) for cap in caps]
    latest = next((counter for counter in running if counter), None)
    first, until_ms, given = leg.day, caps[0].until_ms(leg), 0
    if latest is not None:
        first, until_ms, given = latest.first, latest.until_ms, latest.given
    best, name = None, ""
    for cap, counter in zip(caps, running, strict=True):
        if counter is None:  # what was charged before a cap came into force is outside it
            counter = counters[cap.name] = _Counter(first, until_ms, outside=given)
        if cap not in covering:
            counter.outside += fare
        elif cap.rides is None or counter.rides < cap.rides:
            counter.inside += fare
            counter.rides += 1
        inside = counter.inside if cap.limit is None else min(counter.inside, cap.limit)
        if best is None or inside + counter.outside < best:
            best, name = inside + counter.outside, cap.name
    assert best is not None, "a group has a cap"
    charge = min(fare, max(0, best - given))
    charge -= charge % to
    for cap in caps:
        counters[cap.name].given = given + charge
    return charge, name
