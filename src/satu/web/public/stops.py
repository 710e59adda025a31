"""Places as people name them: points of one name that stand beside each other are one stop.

Both sides of a road have a pole each and one name; whoever asks for a fare, or plays a card,
chooses the name. Built once a bundle from what the map knows (satu.insight.places).
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import NamedTuple

from satu.insight.places import VENUE_KINDS, Places, metres
from satu.services.rules import Point, Route

SAME_STOP_M = 600
LINES_NAMED = 2
LONGEST_ASKED = 80


class Stop(NamedTuple):
    """A place to choose. `label` is unique in the city; `points` are its poles, by number."""

    label: str
    name: str
    operator: str
    points: tuple[int, ...]
    lines: tuple[Route, ...]
    is_venue: bool
    is_station: bool


class Stops:
    """All stops of a city, found by name."""

    def __init__(self, places: Places) -> None:
        calls = _lines_at(places)
        groups = [_stop(places, points, calls) for points in _groups(places)]
        self.all = _labelled(groups)
        self._by_label = {stop.label.casefold(): stop for stop in self.all}
        self._said = [(f"{stop.label} {stop.operator}".casefold(), stop) for stop in self.all]
        self._of_point = {point: stop for stop in self.all for point in stop.points}

    def named(self, words: str) -> Stop | None:
        """The stop of a whole label, or the only one that the words can mean."""
        wanted = " ".join(words.casefold().split())
        found = self._by_label.get(wanted)
        if found is not None or not wanted:
            return found
        fitting = self.find(words, limit=2)
        return fitting[0] if len(fitting) == 1 else None

    def find(self, words: str, limit: int = 10) -> list[Stop]:
        """Stops whose names have all the words: names that begin so first, stations, busy ones."""
        wanted = words[:LONGEST_ASKED].casefold().split()
        if not wanted:
            return []
        fitting = [stop for said, stop in self._said if all(word in said for word in wanted)]
        start = " ".join(wanted)
        fitting.sort(
            key=lambda one: (
                one.name.casefold() != start,
                not _has_word(one.name, start),
                not one.is_station,
                -len(one.lines),
                one.label,
            )
        )
        return fitting[:limit]

    def at(self, point: int) -> Stop | None:
        """The stop that a point belongs to."""
        return self._of_point.get(point)

    def examples(self, limit: int = 6) -> list[Stop]:
        """The station (or stop) with the most lines of each operator, to begin with."""
        best: dict[str, Stop] = {}
        for stop in self.all:
            known = best.get(stop.operator)
            if known is None or _busyness(stop) > _busyness(known):
                best[stop.operator] = stop
        return sorted(best.values(), key=lambda one: (one.is_venue, -len(one.lines)))[:limit]


@lru_cache(maxsize=2)
def stops_of(places: Places) -> Stops:
    """The stops of a city as this process knows it."""
    return Stops(places)


def _busyness(stop: Stop) -> tuple[bool, int]:
    return stop.is_station, len(stop.lines)


def _has_word(name: str, start: str) -> bool:
    folded = name.casefold()
    return folded.startswith(start) or f" {start}" in folded


def _lines_at(places: Places) -> dict[int, list[Route]]:
    """For each place on the map the lines that call there, in the bundle's order."""
    found: dict[int, dict[int, Route]] = defaultdict(dict)
    for route in places.bundle.routes:
        for place in places.stops_of(route):
            found[place][route.id] = route
    return {place: list(routes.values()) for place, routes in found.items()}


def _groups(places: Places) -> list[list[Point]]:
    """Points of the same name, operator and sort that lie close together."""
    groups: dict[tuple[str, int, bool], list[list[Point]]] = defaultdict(list)
    for point in places.drawn:
        key = (point.name.casefold(), point.operator, point.kind in VENUE_KINDS)
        near = (one for one in groups[key] if metres(one[0], point) <= SAME_STOP_M)
        group = next(near, None)
        if group is None:
            groups[key].append([point])
        else:
            group.append(point)
    return [group for same in groups.values() for group in same]


def _stop(places: Places, points: list[Point], calls: dict[int, list[Route]]) -> Stop:
    lines: dict[int, Route] = {}
    for point in points:
        lines |= {route.id: route for route in calls.get(places.index[point.id], ())}
    return Stop(
        "",
        points[0].name,
        places.operator_name(points[0].operator),
        tuple(point.id for point in points),
        tuple(lines.values()),
        points[0].kind in VENUE_KINDS,
        any(point.id in places.stations for point in points),
    )


def _labelled(stops: list[Stop]) -> list[Stop]:
    """Each with a label of its own: its name; with its operator, its lines, a number, as needed."""
    ways = (
        lambda one: one.name,
        lambda one: f"{one.name} · {one.operator}",
        lambda one: f"{one.name} · {', '.join(_codes(one)) or one.operator}",
    )
    waiting, done = stops, list[Stop]()
    for way in ways:
        count: dict[str, int] = defaultdict(int)
        for one in waiting:
            count[way(one).casefold()] += 1
        taken = {one.label.casefold() for one in done}
        alone = [
            one for one in waiting if count[(key := way(one).casefold())] == 1 and key not in taken
        ]
        done += [one._replace(label=way(one)) for one in alone]
        known = {one.points for one in alone}
        waiting = [one for one in waiting if one.points not in known]
    numbers: dict[str, int] = defaultdict(int)
    for one in waiting:
        label = ways[-1](one)
        numbers[label] += 1
        done.append(one._replace(label=f"{label} ({numbers[label]})"))
    return sorted(done, key=lambda one: one.label)


def _codes(stop: Stop) -> list[str]:
    return [route.code for route in stop.lines[:LINES_NAMED]]
