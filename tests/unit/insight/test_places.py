"""What a browser is given to draw a city."""

from __future__ import annotations

import json

from satu.insight.places import Places
from satu.services.rules import Bundle, Operator, Point, Route

OPERATORS = (Operator(1, "brt", "Bus"), Operator(2, "zoo", "City Zoo"))


def point(number: int, code: str, kind: str, lat: float, area: str = "", operator: int = 1):
    return Point(number, code, code.title(), kind, operator, "n", area or code, lat, 106.8)


POINTS = (
    point(1, "halte-a", "stop", -6.20),
    point(2, "halte-b", "stop", -6.21),
    point(3, "gate-a", "stop", -6.2001, area="halte-a"),
    point(4, "gate-b", "stop", -6.2101, area="halte-b"),
    point(5, "kerb", "stop", -6.22),
    point(6, "far", "stop", -6.40),
    point(7, "south", "entrance", -6.31, area="zoo", operator=2),
    point(8, "north", "entrance", -6.30, area="zoo", operator=2),
    Point(9, "route:x:unknown", "X", "stop", 1, "n", "route:x:unknown", 0.0, 0.0),
)
CORRIDOR = Route(1, "1", "A - B", 1, "n", "#D62126", (((1, 0), (2, 900)), ((2, 0), (1, 900))))
FEEDER = Route(2, "F", "A - far", 1, "n", "#00609C", (((1, 0), (5, 800), (6, 9_000)),))


def drawn() -> tuple[Places, dict]:
    bundle = Bundle("new-town", "Asia/Jakarta", 4, OPERATORS, POINTS, (CORRIDOR, FEEDER), ())
    places = Places("v1", bundle)
    return places, json.loads(places.drawing)


def test_a_stations_gates_are_drawn_as_the_station():
    places, drawing = drawn()
    assert len(drawing["points"]) == 6
    assert drawing["points"][places.index[1]] == [-6.2, 106.8]
    assert places.index[3] == places.index[1] and places.index[4] == places.index[2]
    assert 9 not in places.index


def test_a_route_between_stations_is_a_line_and_the_others_are_web():
    places, drawing = drawn()
    a, b, kerb = (places.index[number] for number in (1, 2, 5))
    (line,) = drawing["lines"]
    assert line == {"id": CORRIDOR.id, "code": "1", "colour": "#D62126", "ways": [[a, b]]}
    assert drawing["web"] == [a, kerb]  # the run of twenty kilometres to `far` is left out
    assert drawing["stations"] == [a, b]


def test_a_venue_is_named_once_by_its_northern_entrance():
    places, drawing = drawn()
    assert drawing["venues"] == [{"name": "City Zoo", "at": [places.index[8], places.index[7]]}]
    assert places.city == "New Town"


def test_places_are_found_by_their_names():
    places, drawing = drawn()
    assert drawing["ids"] == [point.id for point in places.drawn]
    assert places.find("  ") == [] and places.find("nowhere") == []
    first = places.drawn[0]
    assert first in places.find(first.name.upper()) and places.find(first.code)
    assert set(places.points_with(1)) >= {1, 3} and places.points_with(9) == [9]
