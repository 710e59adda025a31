"""The rides of a journey drawn on the city that this process knows."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from django.utils.safestring import SafeString

from satu.insight.places import LONGEST_EDGE_M, Places, is_placed, metres
from satu.services.rules import Point, Route
from satu.web.design.maps import At, Leg, Stop, journey
from satu.web.pictures import current_picture

UNKNOWN_LINE = "#5B6770"


class Ride(NamedTuple):
    """A ride by the numbers of its places and its route, as uses have them; None: not known."""

    start: int | None
    end: int | None
    route: int | None


def journey_map(rides: Sequence[Ride], label: str) -> SafeString | None:
    """The picture, which `{% journey_map %}` frames; None: no place of it is on the map."""
    places = current_picture().places
    return drawn_on(places, rides, label) if places else None


def drawn_on(places: Places, rides: Sequence[Ride], label: str) -> SafeString | None:
    """`journey_map` on a city that is given."""
    legs = [leg for ride in rides if (leg := _leg(places, ride))]
    return journey(legs, _edges(places), label) if legs else None


def _leg(places: Places, ride: Ride) -> Leg | None:
    ends = [point for number in (ride.start, ride.end) if (point := _station(places, number))]
    if not ends:
        return None
    route = next((one for one in places.bundle.routes if one.id == ride.route), None)
    way = _way(places, route, ends) or [_at(point) for point in ends]
    colour = route.colour if route else UNKNOWN_LINE
    return Leg(colour, way, [Stop(point.name, _at(point)) for point in ends])


def _station(places: Places, number: int | None) -> Point | None:
    """The point that is drawn for a point: its station's, if it is one of a station's gates."""
    point = places.points.get(number) if number is not None else None
    if point is None:
        return None
    if point.id not in places.index:
        return None
    drawn = places.drawn[places.index[point.id]]
    return drawn if is_placed(drawn) else None


def _way(places: Places, route: Route | None, ends: Sequence[Point]) -> list[At]:
    """Along the route's stops between the ends, by its shortest pattern that passes both."""
    if route is None or len(ends) < 2:
        return []
    found: list[list[At]] = []
    for pattern in route.patterns:
        passed = [places.index[point] for point, _ in pattern if point in places.index]
        first, last = (places.index[point.id] for point in ends)
        if first in passed and last in passed:
            one, other = passed.index(first), passed.index(last)
            between = passed[one : other + 1] if one <= other else passed[other : one + 1][::-1]
            found.append([_at(places.drawn[position]) for position in between])
    return min(found, key=len, default=[])


@lru_cache(maxsize=2)
def _edges(places: Places) -> list[tuple[At, At]]:
    """What lies between neighbouring stops of any route, each edge once."""
    seen: set[tuple[int, int]] = set()
    edges = []
    for route in places.bundle.routes:
        for pattern in route.patterns:
            way = [places.index[point] for point, _ in pattern if point in places.index]
            for a, b in itertools.pairwise(way):
                edge = (min(a, b), max(a, b))
                one, other = places.drawn[a], places.drawn[b]
                if edge not in seen and metres(one, other) <= LONGEST_EDGE_M:
                    seen.add(edge)
                    edges.append((_at(one), _at(other)))
    return edges


def _at(point: Point) -> At:
    return point.lat, point.lon
