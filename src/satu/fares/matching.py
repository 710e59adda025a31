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
        self.has_priorities = tariff.has_priorities
        self.rules: tuple[tuple[int, LegRule], ...] = tuple(
            (number, rule)
            for number, rule in enumerate(tariff.leg_rules)
            if rule.network == own or (tariff.has_priorities and not rule.network)
        )
        self.listed_in = frozenset(rule.from_area for rule in tariff.leg_rules) - {""}
        self.listed_out = frozenset(rule.to_area for rule in tariff.leg_rules) - {""}
        rules = [rule for _, rule in self.rules]
        self.ends_in = _ends({r.from_area for r in rules}, {r.from_timeframe for r in rules})
        self.ends_out = _ends({r.to_area for r in rules}, {r.to_timeframe for r in rules})
        unlisted = not self.has_priorities
        self.looks_at_area_in = any(r.from_area or (unlisted and self.listed_in) for r in rules)
        self.looks_at_area_out = any(r.to_area or (unlisted and self.listed_out) for r in rules)
        self.looks_at_time_in = any(r.from_timeframe for r in rules)
        self.looks_at_time_out = any(r.to_timeframe for r in rules)

    def fitting(self, end_in: End, end_out: End) -> tuple[int, ...]:
        """The numbers of the rules that fit a leg, of the highest priority only, in file order."""
        found = [
            (number, rule)
            for number, rule in self.rules
            if self._is_area(rule.from_area, end_in.areas, self.listed_in)
            and self._is_area(rule.to_area, end_out.areas, self.listed_out)
            and (not rule.from_timeframe or rule.from_timeframe in end_in.timeframes)
            and (not rule.to_timeframe or rule.to_timeframe in end_out.timeframes)
        ]
        if self.has_priorities:
            highest = max((rule.priority for _, rule in found), default=0)
            found = [(number, rule) for number, rule in found if rule.priority == highest]
        return tuple(number for number, _ in found)

    def _is_area(self, wanted: str, areas: tuple[str, ...], listed: frozenset[str]) -> bool:
        if wanted:
            return wanted in areas
        return self.has_priorities or listed.isdisjoint(areas)


def _ends(areas: set[str], timeframes: set[str]) -> tuple[End, ...]:
    """Every end that rules can tell apart: in each area they name or in none, at each time."""
    places = [(), *((area,) for area in sorted(areas - {""}))]
    times = [(), *((name,) for name in sorted(timeframes - {""}))]
    return tuple(End(place, time) for place in places for time in times)
