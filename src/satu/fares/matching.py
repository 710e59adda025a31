"""Which leg rules fit a leg, exactly as in GTFS Fares v2. Pure; asked by prices, which remembers.

Empty fields mean one thing if the tariff has priorities and another if it has none: there an
empty network or area stands for those that no rule of the whole file lists.
"""

from __future__ import annotations

from typing import NamedTuple

from satu.fares.tariff import LegRule, Tariff


class End(NamedTuple):
    """One end of a leg, as far as rules look at it: fare areas and timeframes it lies in."""

    areas: tuple[str, ...]
    timeframes: tuple[str, ...]


class LegRules:
    """The rules of one network, ready to be asked."""

    def __init__(self, tariff: Tariff, network: str) -> None:
        listed = {rule.network for rule in tariff.leg_rules}
        own = "" if network not in listed and not tariff.has_priorities else network
        rules = [
            (number, rule)
            for number, rule in enumerate(tariff.leg_rules)
            if rule.network == own or (tariff.has_priorities and not rule.network)
        ]
        self.has_priorities = tariff.has_priorities
        self.listed_in = frozenset(rule.from_area for rule in tariff.leg_rules) - {""}
        self.listed_out = frozenset(rule.to_area for rule in tariff.leg_rules) - {""}
        self._by_areas: dict[tuple[str, str], list[tuple[int, LegRule]]] = {}
        self._out_of: dict[str, set[str]] = {}
        self._into: dict[str, set[str]] = {}
        for number, rule in rules:
            self._by_areas.setdefault((rule.from_area, rule.to_area), []).append((number, rule))
            self._out_of.setdefault(rule.from_area, set()).add(rule.to_area)
            self._into.setdefault(rule.to_area, set()).add(rule.from_area)
        self._times_in = {rule.from_timeframe for _, rule in rules}
        self._times_out = {rule.to_timeframe for _, rule in rules}
        unlisted = not self.has_priorities
        self.looks_at_area_in = any(r.from_area or (unlisted and self.listed_in) for _, r in rules)
        self.looks_at_area_out = any(r.to_area or (unlisted and self.listed_out) for _, r in rules)
        self.looks_at_time_in = bool(self._times_in - {""})
        self.looks_at_time_out = bool(self._times_out - {""})

    def fitting(self, end_in: End, end_out: End) -> tuple[int, ...]:
        """The numbers of the rules that fit a leg, of the highest priority only, in file order."""
        found = [
            (number, rule)
            for area_in in self._wanted(end_in.areas, self.listed_in)
            for area_out in self._wanted(end_out.areas, self.listed_out)
            for number, rule in self._by_areas.get((area_in, area_out), ())
            if (not rule.from_timeframe or rule.from_timeframe in end_in.timeframes)
            and (not rule.to_timeframe or rule.to_timeframe in end_out.timeframes)
        ]
        if self.has_priorities:
            highest = max((rule.priority for _, rule in found), default=0)
            found = [(number, rule) for number, rule in found if rule.priority == highest]
        return tuple(sorted(number for number, _ in found))

    def ends_in(self, end_out: End | None) -> tuple[End, ...]:
        """Every entry that rules can tell apart, for an exit (None: any)."""
        return _ends(self._across(end_out, self._into, self.listed_out), self._times_in)

    def ends_out(self, end_in: End | None) -> tuple[End, ...]:
        """Every exit that rules can tell apart, for an entry (None: any)."""
        return _ends(self._across(end_in, self._out_of, self.listed_in), self._times_out)

    def _across(
        self, end: End | None, areas_of: dict[str, set[str]], listed: frozenset[str]
    ) -> set[str]:
        areas = list(areas_of) if end is None else self._wanted(end.areas, listed)
        return {other for area in areas for other in areas_of.get(area, ())}

    def _wanted(self, areas: tuple[str, ...], listed: frozenset[str]) -> tuple[str, ...]:
        """What a rule may say of one side to fit a stop of these areas."""
        if self.has_priorities or listed.isdisjoint(areas):
            return (*areas, "")
        return areas


def _ends(areas: set[str], timeframes: set[str]) -> tuple[End, ...]:
    """In each of the areas or in none, in each of the timeframes or in none."""
    places = [(), *((area,) for area in sorted(areas - {""}))]
    times = [(), *((name,) for name in sorted(timeframes - {""}))]
    return tuple(End(place, time) for place in places for time in times)
