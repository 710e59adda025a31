"""The city as the live page draws it: points in a fixed order, lines, and a quiet web of edges."""

from __future__ import annotations

import itertools
import math
from functools import cached_property
from typing import Any

import msgspec
import psycopg

from satu.kernel.days import Calendar
from satu.services.rules import Bundle, Point, Route
from satu.taps.places import NoCityLoaded, bundle_digest, load_bundle

VENUE_KINDS = frozenset({"entrance"})
LINE_KINDS = frozenset({"station"})
LINE_SHARE = 0.85
LONGEST_EDGE_M = 4_000  # longer ones are motorway runs to the suburbs: lines across the picture
METRES_A_DEGREE = 111_320


class Places:
    """A bundle made ready for drawing and naming. `version` changes with the bundle.

    `digest` names the bundle as readers do that ride by it.
    """

    def __init__(self, version: str, bundle: Bundle, digest: str = "") -> None:
        self.version = version
        self.digest = digest
        self.bundle = bundle
        self.calendar = Calendar(bundle.zone, bundle.day_start_hour)
        self.points = {point.id: point for point in bundle.points}
        self.operators = {operator.id: operator for operator in bundle.operators}
        self.routes = {route.id: route for route in bundle.routes}
        self.operator_of = {point.id: point.operator for point in bundle.points}
        self.point_of_code = {point.code: point.id for point in bundle.points}
        gates = {p.id: self.point_of_code[p.area] for p in bundle.points if self._is_gate(p)}
        self.stations = set(gates.values()) | {
            point.id for point in bundle.points if point.kind in LINE_KINDS
        }
        self.drawn = [p for p in bundle.points if is_placed(p) and p.id not in gates]
        self.index = {point.id: position for position, point in enumerate(self.drawn)}
        for gate, station in gates.items():
            self.index[gate] = self.index[station]
        self.venue_operators = sorted(
            {point.operator for point in bundle.points if point.kind in VENUE_KINDS}
        )

    @property
    def city(self) -> str:
        return self.bundle.city.replace("-", " ").title()

    def _is_gate(self, point: Point) -> bool:
        """Whether a point is one of a station's gates: its fare area is that other point."""
        station = self.points.get(self.point_of_code.get(point.area, point.id))
        return station is not None and station.id != point.id and is_placed(station)

    def points_with(self, point: int) -> list[int]:
        """All points at one place on the map: a station with its gates, a stop alone."""
        where = self.index.get(point)
        if where is None:
            return [point]
        return [other for other, index in self.index.items() if index == where]

    def stops_of(self, route: Route) -> list[int]:
        """The places on the map at which a route calls, each once."""
        calls = (point for pattern in route.patterns for point, _ in pattern)
        return list(dict.fromkeys(self.index[point] for point in calls if point in self.index))

    def find(self, words: str, limit: int = 10) -> list[Point]:
        """Drawn points whose name or code has all the words; those that begin so come first."""
        wanted = words.casefold().split()
        if not wanted:
            return []
        found = [point for point in self.drawn if all(word in self._said(point) for word in wanted)]
        found.sort(key=lambda p: (not p.name.casefold().startswith(wanted[0]), p.name, p.code))
        return found[:limit]

    @staticmethod
    def _said(point: Point) -> str:
        return f"{point.name} {point.code}".casefold()

    def point_name(self, point: int) -> str:
        found = self.points.get(point)
        return found.name if found else ""

    def operator_name(self, operator: int) -> str:
        found = self.operators.get(operator)
        return found.name if found else ""

    @cached_property
    def drawing(self) -> bytes:
        """What the browser needs to draw the city once, as JSON.

        `points` are (latitude, longitude) in the order that taps refer to, `ids` and `operators`
        their numbers; `lines` are the ways of metro, rail and bus lines with stations; `web` is
        pairs of points of everything else.
        """
        lines = [route for route in self.bundle.routes if self._is_line(route)]
        drawing = {
            "version": self.version,
            "points": [[round(p.lat, 5), round(p.lon, 5)] for p in self.drawn],
            "ids": [p.id for p in self.drawn],
            "operators": [p.operator for p in self.drawn],
            "stations": [self.index[p.id] for p in self.drawn if p.id in self.stations],
            "venues": [
                {"name": self.operator_name(operator), "at": self._entrances(operator)}
                for operator in self.venue_operators
            ],
            "lines": [
                {
                    "id": route.id,
                    "code": route.code,
                    "colour": route.colour,
                    "ways": self._ways(route),
                }
                for route in lines
            ],
            "web": self._web(lines),
        }
        return msgspec.json.encode(drawing)

    def _entrances(self, operator: int) -> list[int]:
        """A venue's entrances, the northernmost first: beside it stands the name."""
        entrances = [p for p in self.drawn if p.operator == operator and p.kind in VENUE_KINDS]
        return [self.index[p.id] for p in sorted(entrances, key=lambda p: -p.lat)]

    def _is_line(self, route: Route) -> bool:
        """Whether nearly all of a route's calls are stations: a corridor, a metro, a rail line."""
        calls = [point for pattern in route.patterns for point, _ in pattern]
        stations = sum(1 for point in calls if point in self.stations)
        return len(calls) > 0 and stations > LINE_SHARE * len(calls)

    def _ways(self, route: Route) -> list[list[int]]:
        """A route's patterns as points, without those that another one already passes."""
        ways: list[list[int]] = []
        passed: set[frozenset[int]] = set()
        for pattern in sorted(route.patterns, key=len, reverse=True):
            way = [self.index[point] for point, _ in pattern if point in self.index]
            edges = {frozenset(edge) for edge in itertools.pairwise(way)}
            if not edges <= passed:
                ways.append(way)
                passed |= edges
        return ways

    def _web(self, lines: list[Route]) -> list[int]:
        edges: set[tuple[int, int]] = set()
        drawn = {route.id for route in lines}
        for route in self.bundle.routes:
            if route.id in drawn:
                continue
            for pattern in route.patterns:
                way = [point for point, _ in pattern if point in self.index]
                for a, b in itertools.pairwise(way):
                    if a != b and metres(self.points[a], self.points[b]) <= LONGEST_EDGE_M:
                        ends = sorted((self.index[a], self.index[b]))
                        edges.add((ends[0], ends[1]))
        return [end for edge in sorted(edges) for end in edge]


def is_placed(point: Point) -> bool:
    """Whether a point has a place on the map; unknown points of old files have none."""
    return not (point.lat == 0 and point.lon == 0)


def metres(a: Point, b: Point) -> float:
    """The straight way between two points of one city."""
    east = (a.lon - b.lon) * math.cos(math.radians(a.lat))
    return math.hypot(a.lat - b.lat, east) * METRES_A_DEGREE


def load_places(connection: psycopg.Connection[Any], known: Places | None) -> Places | None:
    """The city's active bundle ready for drawing, `known` if it still is; None: no city yet."""
    try:
        digest = bundle_digest(connection).hex()
    except NoCityLoaded:
        return None
    version = digest[:16]
    if known is not None and known.version == version:
        return known
    return Places(version, load_bundle(connection), digest)
