"""Caps made ready: what each covers and when its period is over. Pure; built by prices."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from satu.fares.legs import Leg, RunningCap
from satu.fares.tariff import Cap, Tariff

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
IsIn = Callable[[str, date, int], bool]


class CapRule:
    """One cap. `is_in` tells whether a minute of a date lies in a timeframe of the tariff."""

    __slots__ = (
        "areas",
        "categories",
        "counts_incomplete",
        "is_bare",
        "is_in",
        "limit",
        "name",
        "networks",
        "period",
        "rides",
        "rolling_ms",
        "timeframe",
    )

    def __init__(self, cap: Cap, is_in: IsIn) -> None:
        self.name = cap.name
        self.period = cap.period
        self.limit = cap.limit
        self.rides = cap.rides
        self.networks = frozenset(cap.networks)
        self.areas = frozenset(cap.areas)
        self.categories = frozenset(cap.categories)
        self.timeframe = cap.timeframe
        self.rolling_ms = cap.rolling_minutes * 60_000
        self.counts_incomplete = cap.counts_incomplete
        self.is_in = is_in
        self.is_bare = not (cap.networks or cap.areas or cap.categories or cap.timeframe)

    def covers(self, leg: Leg, is_plain: bool, categories: frozenset[str]) -> bool:
        """Whether a leg of a rider who has these categories is in scope.

        An end where nobody taps (a bus's exit) is not outside the areas.
        """
        if not (is_plain or self.counts_incomplete):
            return False
        if self.is_bare:
            return True
        if self.networks and leg.network not in self.networks:
            return False
        if not self.is_for(categories):
            return False
        if self.areas and not (
            _is_within(leg.areas_in, self.areas) and _is_within(leg.areas_out, self.areas)
        ):
            return False
        return not self.timeframe or self.is_in(self.timeframe, leg.on, leg.minute)

    def is_for(self, categories: frozenset[str]) -> bool:
        """Whether the cap is for a rider who has these categories."""
        return not self.categories or not self.categories.isdisjoint(categories)

    def is_over(self, count: RunningCap, leg: Leg) -> bool:
        """Whether a leg begins after a period of which something was counted.

        Only rolling periods end at an instant; the others go by service days.
        """
        if self.period == "rolling":
            return leg.started_ms >= count.until_ms
        first, day = count.first, leg.day
        if first == day:
            return False
        if self.period == "week":  # from Monday to Sunday: ordinal 1 is a Monday
            return (first.toordinal() - 1) // 7 != (day.toordinal() - 1) // 7
        return self.period == "day" or (first.year, first.month) != (day.year, day.month)

    def until_ms(self, leg: Leg) -> int:
        """When a period that a leg begins is over, in milliseconds since 1970.

        Exact if it rolls. Else as late as a leg of the period's last service day can begin:
        the engine has no calendar, and a day on which clocks change has 25 hours.
        """
        day, days_left = leg.day, 0
        if self.period == "rolling":
            return leg.started_ms + self.rolling_ms
        if self.period == "week":
            days_left = 6 - day.weekday()
        elif self.period == "month":
            days_left = monthrange(day.year, day.month)[1] - day.day
        return leg.started_ms + (days_left + 1) * DAY_MS + HOUR_MS


class Layer(NamedTuple):
    """A sequential cap by itself, or a group of best-value caps that exclude each other."""

    caps: tuple[CapRule, ...]
    is_best_value: bool


class Caps(NamedTuple):
    """A tariff's caps: for each network that one covers its layers, in the tariff's order.

    `asks_category`: some cap is for some categories only. `round_to` is what charges are
    multiples of: that of a rounding which comes after the caps, else 1.
    """

    layers: dict[str, tuple[Layer, ...]]
    asks_category: bool
    round_to: int


def caps_of(tariff: Tariff, is_in: IsIn) -> Caps:
    """A tariff's caps, made ready. Best-value caps of one group and period are alternatives."""
    found: dict[tuple[str | int, ...], list[CapRule]] = {}
    for number, cap in enumerate(tariff.caps):
        is_alone = cap.mode == "sequential"
        key = (number,) if is_alone else (cap.group, cap.period, cap.rolling_minutes)
        found.setdefault(key, []).append(CapRule(cap, is_in))
    layers = [Layer(tuple(caps), len(key) > 1) for key, caps in found.items()]
    by_network = {
        network.id: tuple(layer for layer in layers if _may_cover(layer, network.id))
        for network in tariff.networks
    }
    return Caps(
        {network: layers for network, layers in by_network.items() if layers},
        any(cap.categories for cap in tariff.caps),
        tariff.round_to if "rounding" in tariff.steps[_place("cap", tariff) :] else 1,
    )


def _place(step: str, tariff: Tariff) -> int:
    return tariff.steps.index(step) if step in tariff.steps else 0


def _may_cover(layer: Layer, network: str) -> bool:
    return any(not cap.networks or network in cap.networks for cap in layer.caps)


def _is_within(found: tuple[str, ...], areas: frozenset[str]) -> bool:
    return not found or not areas.isdisjoint(found)
