"""Where simulated people can ride: legs of real routes and places to change. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import cos, hypot, radians
from random import Random
from typing import Literal, NamedTuple

from satu.services.rules import Point, Rules

WALK_M = 500
LONGEST_RIDE_STOPS = 15
METRES_A_DEGREE = 111_320


Journey = Literal["bus", "bus_bus", "rail", "bus_rail", "rail_bus", "rail_bus_rail"]


class Leg(NamedTuple):
    """A ride in one vehicle."""

    route: str
    start: Point
    end: Point
    metres: int
    is_rail: bool


@dataclass(frozen=True, eq=False)
class Way:
    """A trip's stops with metres from its start."""

    route: str
    calls: tuple[tuple[Point, int], ...]
    is_rail: bool


class Call(NamedTuple):
    """A stop of a way, by its place in it."""

    way: Way
    place: int

    @property
    def point(self) -> Point:
        return self.way.calls[self.place][0]


Walk = tuple[Call, Call]  # between a station and a bus stop


class SimulatedCity:
    """A bundle's ways, sorted into buses and rail, with the changes between them."""

    def __init__(self, rules: Rules) -> None:
        ways = _ways(rules)
        self.calendar = rules.calendar
        self.buses = [way for way in ways if not way.is_rail]
        self.rail = [way for way in ways if way.is_rail]
        self.bus_routes = sorted({way.route for way in self.buses})
        self.stations = list({call.point.id: call.point for call in _calls(self.rail)}.values())
        self.entrances = [point for point in rules.bundle.points if point.kind == "entrance"]
        self._bus_changes = [
            calls
            for calls in _by_point(_calls(self.buses)).values()
            if len({call.way.route for call in calls}) > 1
        ]
        self._walks = _walks(_calls(self.rail), _calls(self.buses))
        self._linking = [
            near
            for near in _by_way(self._walks)
            if any(_is_link(first, last) for first in near for last in near)
        ]

    def legs(self, random: Random, journey: Journey) -> list[Leg]:
        """A ride in each vehicle that `journey` names, in that order.

        Where the city has no such change, one ride by bus; where it has no bus, nothing.
        """
        if journey == "rail" and self.rail:
            return [_any_ride(random, self.rail)]
        if journey == "bus_bus" and self._bus_changes:
            calls = random.choice(self._bus_changes)
            first, second = random.choice(calls), random.choice(calls)
            if first.way.route != second.way.route:
                return _changing(random, first, second)
        if journey in ("bus_rail", "rail_bus") and self._walks:
            station, stop = random.choice(self._walks)
            pair = (station, stop) if journey == "rail_bus" else (stop, station)
            return _changing(random, *pair)
        if journey == "rail_bus_rail" and self._linking:
            (station, stop), (last_station, last_stop) = _link(random, random.choice(self._linking))
            middle = _leg(stop.way, stop.place, last_stop.place)
            return [_ride_to(random, station), middle, _ride_from(random, last_station)]
        return [_any_ride(random, self.buses)] if self.buses else []


def _ways(rules: Rules) -> list[Way]:
    ways = []
    for route in rules.bundle.routes:
        for pattern in route.patterns:
            calls = tuple((rules.points[point], metres) for point, metres in pattern)
            if len(calls) > 1:
                ways.append(Way(route.code, calls, calls[0][0].kind == "station"))
    return ways


def _calls(ways: list[Way]) -> list[Call]:
    return [Call(way, place) for way in ways for place in range(len(way.calls))]


def _by_point(calls: list[Call]) -> dict[int, list[Call]]:
    found = defaultdict(list)
    for call in calls:
        found[call.point.id].append(call)
    return found


def _walks(rail: list[Call], buses: list[Call]) -> list[Walk]:
    """Every station with every bus call that is a short walk away."""
    stops = [(calls[0].point, calls) for calls in _by_point(buses).values()]
    band = WALK_M / METRES_A_DEGREE
    found = []
    for stations in _by_point(rail).values():
        here = stations[0].point
        near = [
            calls
            for there, calls in stops
            if abs(there.lat - here.lat) <= band and _metres(here, there) <= WALK_M
        ]
        found += [(station, stop) for calls in near for station in stations for stop in calls]
    return found


def _by_way(walks: list[Walk]) -> list[list[Walk]]:
    """The walks from and to each bus way."""
    found = defaultdict(list)
    for station, stop in walks:
        found[stop.way].append((station, stop))
    return list(found.values())


def _is_link(first: Walk, last: Walk) -> bool:
    """Whether a bus way leads from one walk to the other, and from one line to another."""
    (station, stop), (last_station, last_stop) = first, last
    return stop.place < last_stop.place and station.way.route != last_station.way.route


def _link(random: Random, near: list[Walk]) -> tuple[Walk, Walk]:
    """Two walks of a bus way that are a link; there is one among them."""
    while True:
        first, last = random.choice(near), random.choice(near)
        if _is_link(first, last):
            return first, last


def _metres(here: Point, there: Point) -> float:
    """The distance on a plane that is good enough within a city."""
    east = (here.lon - there.lon) * cos(radians(here.lat))
    return hypot(east, here.lat - there.lat) * METRES_A_DEGREE


def _any_ride(random: Random, ways: list[Way]) -> Leg:
    way = random.choice(ways)
    return _ride_from(random, Call(way, random.randrange(len(way.calls) - 1)))


def _changing(random: Random, alight: Call, board: Call) -> list[Leg]:
    return [_ride_to(random, alight), _ride_from(random, board)]


def _ride_to(random: Random, call: Call) -> Leg:
    """A ride that ends at a call; from a way's first call, which has no way to it, onward."""
    if call.place == 0:
        return _ride_from(random, call)
    first = max(0, call.place - LONGEST_RIDE_STOPS)
    return _leg(call.way, random.randrange(first, call.place), call.place)


def _ride_from(random: Random, call: Call) -> Leg:
    """A ride that begins at a call; to a way's last call, from which no way leads, towards it."""
    last = len(call.way.calls) - 1
    if call.place == last:
        return _ride_to(random, call)
    end = min(last, call.place + LONGEST_RIDE_STOPS)
    return _leg(call.way, call.place, random.randint(call.place + 1, end))


def _leg(way: Way, start: int, end: int) -> Leg:
    assert start < end
    (point_in, metres_in), (point_out, metres_out) = way.calls[start], way.calls[end]
    return Leg(way.route, point_in, point_out, metres_out - metres_in, way.is_rail)
