"""What every fold may know of a city: its places, routes, riders' categories and tariffs.

A `Bundle` is data: built by `city`, stored and signed as one piece, sent to readers. `Rules` is
the same bundle with look-ups made ready; building it is slow, asking it is fast.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

import msgspec

from satu.fares.legs import Rider
from satu.fares.prices import Prices
from satu.fares.tariff import Tariff
from satu.kernel.days import Calendar
from satu.services.ways import Line, Ways

LAST_MEASURED = 65_536  # pairs of points whose metres are kept at hand: about 10 MB
TRANSIT_CARD = 2  # Fares v2's fare_media_type of the card's own chip


class Operator(msgspec.Struct, frozen=True):
    """Who runs a service and is owed money."""

    id: int
    code: str
    name: str
    colour: str = "#5B6770"


class Point(msgspec.Struct, frozen=True):
    """The place where a reader stands.

    `kind` decides the service (stop, station: transit; entrance: venues). `network` names the
    fare network when no route is told. `area` is the code of the station that the point belongs
    to ("": it is one itself), and its fare area if the tariff has none for it.
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
    """A line of an operator. `patterns` are its trips' stops with metres from the start.

    `is_estimated`: nobody published the metres; they were estimated along the line.
    """

    id: int
    code: str
    name: str
    operator: int
    network: str
    colour: str = "#5B6770"
    patterns: tuple[tuple[tuple[int, int], ...], ...] = ()  # ((point id, metres), ...) a pattern
    is_estimated: bool = False


class Measured(NamedTuple):
    """Metres of a way along a route; `is_estimated` as the route says."""

    metres: int
    is_estimated: bool


class Bundle(msgspec.Struct, frozen=True):
    """A city's facts for folds, in one dated piece."""

    city: str
    zone: str
    day_start_hour: int
    operators: tuple[Operator, ...]
    points: tuple[Point, ...]
    routes: tuple[Route, ...]
    tariffs: tuple[Tariff, ...]

    @property
    def asset(self) -> str:
        """What fares are counted in: all versions of a city's tariff have one currency."""
        return self.tariffs[-1].asset if self.tariffs else "IDR"


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
        self.areas = lru_cache(maxsize=LAST_MEASURED)(self._areas_of)
        self.prices_on = lru_cache(maxsize=1024)(self._prices_on)
        self._stops = _stops_of(bundle.routes)
        self._ways = Ways(
            Line(route.network, pattern, route.is_estimated)
            for route in bundle.routes
            for pattern in route.patterns
        )
        self.metres = lru_cache(maxsize=LAST_MEASURED)(self._measure)
        self.metres_within = lru_cache(maxsize=LAST_MEASURED)(self._measure_within)
        self.stations = {point.id: point.area or point.code for point in bundle.points}
        self.card_medium = _card_medium(self._tariffs)

    def tariff_on(self, day: date) -> Tariff:
        """The tariff in force on a service day: the last that began; LookupError if none."""
        for tariff in reversed(self._tariffs):
            if tariff.valid_from <= day:
                return tariff
        raise LookupError(f"no tariff is in force on {day}")

    def _prices_on(self, day: date) -> Prices:
        """The tariff in force on a service day, ready to price; LookupError if none."""
        return self._prices[self.tariff_on(day).version]

    def _areas_of(self, prices: Prices, point: int) -> tuple[str, ...]:
        """The fare areas of a point, by a tariff made ready."""
        return prices.areas_of(self.points[point].code, self.stations[point])

    def companion(self, day: date, medium: str) -> Rider:
        """Who rides on another's card: of the category that the day's tariff takes for granted."""
        categories = self.tariff_on(day).categories
        usual = next((one for one in categories if one.is_default), None)
        return Rider(usual.name if usual else "", medium, is_companion=True)

    def way(self, network: str, route: int, point_in: int, point_out: int) -> Measured | None:
        """The way along a route, if it leads there; else the shortest within the network."""
        along = self.metres(route, point_in, point_out)
        return along or self.metres_within(network, point_in, point_out)

    def _measure(self, route: int, point_in: int, point_out: int) -> Measured | None:
        """The way along a route between two points, as it is travelled; None: unknown."""
        ways = []
        for stops in self._stops.get(route, ()):
            starts, ends = stops.get(point_in, ()), stops.get(point_out, ())
            ways += [end - start for start in starts for end in ends if end > start]
        return Measured(min(ways), self.routes[route].is_estimated) if ways else None

    def _measure_within(self, network: str, point_in: int, point_out: int) -> Measured | None:
        """The shortest way over a network's lines, changes included; None: none leads there."""
        found = self._ways.shortest(network, point_in, point_out)
        return Measured(*found) if found else None


def _card_medium(tariffs: list[Tariff]) -> str:
    """What the newest tariff calls a transit card; "" (any medium) if it names none."""
    media = tariffs[-1].media if tariffs else ()
    return next((medium.id for medium in media if medium.kind == TRANSIT_CARD), "")


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
