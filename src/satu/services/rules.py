"""What every fold may know of a city: its places, routes, riders' categories and tariffs.

A `Bundle` is data: built by `city`, stored and signed as one piece, sent to readers. `Rules` is
the same bundle with look-ups made ready; building it is slow, asking it is fast.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import msgspec

from satu.fares.prices import Prices
from satu.fares.tariff import Tariff
from satu.kernel.days import Calendar

LAST_MEASURED = 65_536  # pairs of points whose metres are kept at hand: about 10 MB


class Operator(msgspec.Struct, frozen=True):
    """Who runs a service and is owed money."""

    id: int
    code: str
    name: str
    colour: str = "#5B6770"


class Point(msgspec.Struct, frozen=True):
    """The place where a reader stands.

    `kind` decides the service (stop, station: transit; entrance: venues). `network` names the
    fare network when no route is told; `area` is the fare area (an OD table's station code).
    """

    id: int
    code: str
    name: str
    kind: str
    operator: int
    network: str
    area: str
    lat: float
    lon: float


class Route(msgspec.Struct, frozen=True):
    """A line of an operator. `patterns` are its trips' stops with metres from the start."""

    id: int
    code: str
    name: str
    operator: int
    network: str
    colour: str = "#5B6770"
    patterns: tuple[tuple[tuple[int, int], ...], ...] = ()  # ((point id, metres), ...) a pattern


class Bundle(msgspec.Struct, frozen=True):
    """A city's facts for folds, in one dated piece."""

    city: str
    zone: str
    day_start_hour: int
    operators: tuple[Operator, ...]
    points: tuple[Point, ...]
    routes: tuple[Route, ...]
    tariffs: tuple[Tariff, ...]


class Rules:
    """A bundle made ready for folding."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.calendar = Calendar(bundle.zone, bundle.day_start_hour)
        self.operators = {operator.id: operator for operator in bundle.operators}
        self.points = {point.id: point for point in bundle.points}
        self.routes = {route.id: route for route in bundle.routes}
        self._tariffs = sorted(bundle.tariffs, key=lambda tariff: tariff.valid_from)
        self._prices = {tariff.version: Prices(tariff) for tariff in self._tariffs}
        self.prices_on = lru_cache(maxsize=1024)(self._prices_on)
        self._stops = _stops_of(bundle.routes)
        self._routes_at: dict[tuple[str, int], set[int]] = _routes_at(bundle.routes)
        self.metres = lru_cache(maxsize=LAST_MEASURED)(self._measure)
        self.metres_within = lru_cache(maxsize=LAST_MEASURED)(self._measure_within)

    def tariff_on(self, day: date) -> Tariff:
        """The tariff in force on a service day: the last that began; LookupError if none."""
        for tariff in reversed(self._tariffs):
            if tariff.valid_from <= day:
                return tariff
        raise LookupError(f"no tariff is in force on {day}")

    def _prices_on(self, day: date) -> Prices:
        """The tariff in force on a service day, ready to price; LookupError if none."""
        return self._prices[self.tariff_on(day).version]

    def _measure(self, route: int, point_in: int, point_out: int) -> int | None:
        """Metres along a route between two points, in the way that is travelled; None: unknown."""
        ways = []
        for stops in self._stops.get(route, ()):
            starts, ends = stops.get(point_in, ()), stops.get(point_out, ())
            ways += [end - start for start in starts for end in ends if end > start]
        return min(ways, default=None)

    def _measure_within(self, network: str, point_in: int, point_out: int) -> int | None:
        """Metres of the shortest route of a network that serves both points; None: none does."""
        routes_in = self._routes_at.get((network, point_in), set())
        routes_out = self._routes_at.get((network, point_out), set())
        ways = [self.metres(route, point_in, point_out) for route in routes_in & routes_out]
        return min((way for way in ways if way is not None), default=None)


def _stops_of(routes: tuple[Route, ...]) -> dict[int, list[dict[int, list[int]]]]:
    """For each route its patterns, each as point → metres (a point may be passed twice)."""
    found: dict[int, list[dict[int, list[int]]]] = {}
    for route in routes:
        for pattern in route.patterns:
            stops: dict[int, list[int]] = {}
            for point, metres in pattern:
                stops.setdefault(point, []).append(metres)
            found.setdefault(route.id, []).append(stops)
    return found


def _routes_at(routes: tuple[Route, ...]) -> dict[tuple[str, int], set[int]]:
    """The routes of each network that serve a point."""
    found: dict[tuple[str, int], set[int]] = {}
    for route in routes:
        for pattern in route.patterns:
            for point, _ in pattern:
                found.setdefault((route.network, point), set()).add(route.id)
    return found
