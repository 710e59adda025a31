"""Places that a file of rides names and the city's data lacks. Pure; used by satu.city.replay.

What is known of such a route is its code: its network and operator are those of the routes whose
codes are most alike (in Jakarta JAK.48B rides like JAK.1, M7 like 7). The report says so.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from satu.city.pack import unknown_point_code
from satu.city.replay_plan import Place, Survey
from satu.services.rules import Bundle, Point, Route

LETTERS_BEFORE_DIGITS = re.compile(r"[^0-9]*")


class Missing(NamedTuple):
    """Routes and points to add. Numbers are given by whoever stores them: here they are 0."""

    routes: tuple[Route, ...]
    points: tuple[Point, ...]


def missing_places(found: Survey, bundle: Bundle) -> Missing:
    """What the survey names and the bundle lacks; each new route brings its unknown point."""
    known_routes = {route.code: route for route in bundle.routes}
    known_points = {point.code for point in bundle.points}
    routes = {
        code: _route(code, name, bundle.routes)
        for code, name in sorted(found.routes.items())
        if code not in known_routes
    }
    centre = _middle(bundle.points)
    places = dict(found.places)
    for code, route in routes.items():
        unknown = unknown_point_code(code)
        places.setdefault(unknown, Place(unknown, route.name, 0.0, 0.0, code))
    points = [
        _point(place, (known_routes | routes).get(place.route), bundle.routes, centre)
        for code, place in sorted(places.items())
        if code not in known_points
    ]
    return Missing(tuple(routes.values()), tuple(points))


def _route(code: str, name: str, known: Iterable[Route]) -> Route:
    model = most_alike(code, known)
    return Route(0, code, name or code, model.operator, model.network)


def _point(
    place: Place, route: Route | None, known: Iterable[Route], centre: tuple[float, float]
) -> Point:
    of = route or most_alike("", known)
    lat, lon = (place.lat, place.lon) if place.lat or place.lon else centre
    return Point(0, place.code, place.name, "stop", of.operator, of.network, place.code, lat, lon)


def most_alike(code: str, known: Iterable[Route]) -> Route:
    """A route that stands for those whose codes begin alike: of their commonest network.

    Codes begin alike if the letters before their first digit are the same; if no known code has
    them, letters are dropped from the end until some have.
    """
    of_prefix: Mapping[str, list[Route]] = defaultdict(list)
    for route in known:
        of_prefix[_prefix(route.code)].append(route)
    prefix = _prefix(code)
    while prefix and prefix not in of_prefix:
        prefix = prefix[:-1]
    alike = of_prefix[prefix] or [route for routes in of_prefix.values() for route in routes]
    ((network, operator), _), *_ = Counter(
        (route.network, route.operator) for route in alike
    ).most_common(1)
    return next(route for route in alike if (route.network, route.operator) == (network, operator))


def _prefix(code: str) -> str:
    found = LETTERS_BEFORE_DIGITS.match(code)
    assert found is not None
    return found.group()


def _middle(points: Iterable[Point]) -> tuple[float, float]:
    placed = [(point.lat, point.lon) for point in points]
    lats, lons = zip(*placed, strict=True)
    return sum(lats) / len(placed), sum(lons) / len(placed)
