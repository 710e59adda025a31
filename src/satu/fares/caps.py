"""The cap step: the most that legs cost in a day, a week, a month or a rolling window. Pure.

Caps see fares as all other rules but rounding made them, leg after leg: what a leg is charged
depends on legs before it, never on those after, so that what an earlier day charged stays.
"""

from __future__ import annotations

from typing import NamedTuple

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
    counts = {one.name: one for one in draft.before.caps}
    for index, fare in enumerate(draft.fares):
        if fare:
            layers = prices[index].caps.layers.get(draft.units[index].leg.network)
            if layers:
                _charge(draft, index, layers, counts)
    if draft.runs_on and counts:
        running = tuple([counts[name] for name in sorted(counts)])
        draft.after = msgspec.structs.replace(draft.after, caps=running)


_Counts = dict[str, RunningCap]


def _charge(draft: Draft, index: int, layers: tuple[Layer, ...], counts: _Counts) -> None:
    """Cut one unit's fare by one layer after the other, then count it as paid where it is."""
    leg, prices = draft.units[index].leg, draft.prices[index]
    is_plain = draft.is_plain(index)
    categories = _categories(draft, index) if prices.caps.asks_category else NOBODY
    charge, to = draft.fares[index], prices.caps.round_to
    if to > 1:
        charge = rounded(charge, to, prices.tariff.rounding)
    counting: list[RunningCap] = []
    for layer in layers:
        if not charge:
            return
        if layer.is_best_value:
            allowed, name = _best_value(layer, leg, is_plain, categories, charge, to, counts)
        else:
            cap = layer.caps[0]
            if not cap.covers(leg, is_plain, categories):
                continue
            count, name = _going_on(cap, leg, counts) or _begun(cap, leg), cap.name
            counting.append(count)
            allowed = _left(cap, count, charge, to)
        if allowed < charge:
            charge = allowed
            draft.change(index, "cap", name, charge)
    if charge:
        for count in counting:
            counts[count.name] = _paid(count, charge)


def _categories(draft: Draft, index: int) -> frozenset[str]:
    """What the rider is on the day of a leg: what the card says, and every right of that day."""
    prices = draft.prices[index]
    names = categories_of(draft.rider, draft.units[index].leg)
    return frozenset(prices.category(name) for name in names)


def _going_on(cap: CapRule, leg: Leg, counts: _Counts) -> RunningCap | None:
    """What a cap has counted, if its period goes on with a leg."""
    count = counts.get(cap.name)
    if count is None or cap.is_over(count, leg):
        return None
    return count


def _begun(cap: CapRule, leg: Leg) -> RunningCap:
    return RunningCap(cap.name, leg.day, cap.until_ms(leg), 0, 0, 0, 0)


def _left(cap: CapRule, count: RunningCap, fare: int, to: int) -> int:
    """What a sequential cap leaves of a fare, in multiples of `to`."""
    if cap.rides is not None and count.rides >= cap.rides:
        return 0
    if cap.limit is None or fare <= cap.limit - count.given:
        return fare
    left = max(0, cap.limit - count.given)
    return left - left % to


def _paid(count: RunningCap, charge: int) -> RunningCap:
    given, rides = count.given + charge, count.rides + 1
    return RunningCap(count.name, count.first, count.until_ms, 0, 0, given, rides)


def _best_value(
    layer: Layer,
    leg: Leg,
    is_plain: bool,
    categories: frozenset[str],
    fare: int,
    to: int,
    counts: _Counts,
) -> tuple[int, str]:
    """What a leg costs so that the period costs the least that any cap of the group makes of it,
    and that cap's name.

    A period that comes out cheaper than what was charged (by a new version of the tariff) lets
    later legs cost less; one that comes out dearer never makes a leg dearer than its fare.
    """
    covering = {cap.name for cap in layer.caps if cap.covers(leg, is_plain, categories)}
    if not covering:
        return fare, ""
    caps = [cap for cap in layer.caps if cap.is_for(categories) or cap.name in counts]
    going_on = [_going_on(cap, leg, counts) for cap in caps]
    latest = next((count for count in going_on if count), _begun(caps[0], leg))
    given, totals = latest.given, []
    for cap, count in zip(caps, going_on, strict=True):
        if count is None:  # what was charged before a cap came into force is outside it
            count = RunningCap(cap.name, latest.first, latest.until_ms, 0, given, 0, 0)
        totals.append(_with(cap, count, fare, cap.name in covering))
    best = min(totals, key=lambda one: one.total)
    charge = min(fare, max(0, best.total - given))
    charge -= charge % to
    for one in totals:
        counts[one.counted.name] = msgspec.structs.replace(one.counted, given=given + charge)
    return charge, best.counted.name


class _Total(NamedTuple):
    """What a period costs by one cap of a group, and what that cap has counted."""

    total: int
    counted: RunningCap


def _with(cap: CapRule, count: RunningCap, fare: int, is_inside: bool) -> _Total:
    """A period with one more leg, within the cap's scope or outside of it."""
    inside, outside, rides = count.inside, count.outside, count.rides
    if not is_inside:
        outside += fare
    elif cap.rides is None or rides < cap.rides:
        inside, rides = inside + fare, rides + 1
    counted = RunningCap(cap.name, count.first, count.until_ms, inside, outside, 0, rides)
    capped = inside if cap.limit is None else min(inside, cap.limit)
    return _Total(capped + outside, counted)
