"""What every fold may know of a city: its places, routes, riders' categories and tariffs.

A `Bundle` is data: built by `city`, stored and signed as one piece, sent to readers. `Rules` is
the same bundle with look-ups made ready; building it is slow, asking it is fast.
"""

from __future__ import annotations

from datetime import date

import msgspec

from satu.fares.tariff import Tariff
from satu.kernel.days import Calendar


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
        self._metres: dict[tuple[int, int, int], int | None] = {}

    def tariff_on(self, day: date) -> Tariff:
        """The tariff version in force on a service day: the last that began; LookupError if none."""
        for tariff in reversed(self._tariffs):
            if tariff.valid_from <= day:
                return tariff
        raise LookupError(f"no tariff is in force on {day}")

    def metres(self, route: int, point_in: int, point_out: int) -> int | None:
        """Metres along a route between two points, in the way that is travelled; None: unknown."""
        key = (route, point_in, point_out)
        if key not in self._metres:
            self._metres[key] = self._measure(*key)
        return self._metres[key]

    def _measure(self, route: int, point_in: int, point_out: int) -> int | None:
        found = self.routes.get(route)
        ways = []
        for pattern in found.patterns if found else ():
            starts = [metres for point, metres in pattern if point == point_in]
            ends = [metres for point, metres in pattern if point == point_out]
            ways += [end - start for start in starts for end in ends if end > start]
        return min(ways, default=None)
