"""Routes and stops that a file names and the city lacks."""

from __future__ import annotations

import pytest

from satu.city.replay_places import missing_places, most_alike
from satu.city.replay_plan import Place, Survey
from satu.services.rules import Bundle, Operator, Point, Route

ROUTES = (
    Route(1, "1", "One", 1, "regular"),
    Route(2, "2A", "Two", 1, "regular"),
    Route(3, "7", "Dear", 1, "royal"),
    Route(4, "JAK.1", "Small", 2, "free"),
    Route(5, "JAK.2", "Small", 2, "free"),
    Route(6, "JAK.3", "Small", 2, "free"),
    Route(7, "JAK.4", "Small", 2, "free"),
)
KNOWN = Point(1, "A", "A", "stop", 1, "regular", "A", -6.0, 106.0)
CITY = Bundle("c", "Asia/Jakarta", 4, (Operator(1, "o", "O"),), (KNOWN,), ROUTES, ())


@pytest.mark.parametrize(
    ("code", "network"),
    [("JAK.48B", "free"), ("10K", "regular"), ("M7", "regular"), ("JIS3", "regular")],
)
def test_a_route_rides_like_those_with_like_codes(code: str, network: str) -> None:
    assert most_alike(code, ROUTES).network == network


def test_only_what_is_missing_is_added_and_a_new_route_brings_its_unknown_point() -> None:
    found = Survey(
        routes={"1": "One", "JAK.9": ""},
        places={
            "A": Place("A", "A", 0.0, 0.0, "1"),
            "B": Place("B", "Bee", -6.5, 106.5, "JAK.9"),
            "C": Place("C", "Cee", 0.0, 0.0, ""),
        },
    )
    missing = missing_places(found, CITY)
    assert missing.routes == (Route(0, "JAK.9", "JAK.9", 2, "free"),)
    assert missing.points == (
        Point(0, "B", "Bee", "stop", 2, "free", "B", -6.5, 106.5),
        Point(0, "C", "Cee", "stop", 1, "regular", "C", -6.0, 106.0),
        Point(0, "route:JAK.9:unknown", "JAK.9", "stop", 2, "free", "route:JAK.9:unknown", -6.0,
              106.0),
    )  # fmt: skip


def test_a_city_that_knows_everything_gets_nothing() -> None:
    found = Survey(routes={"1": "One"}, places={"A": Place("A", "A", 0.0, 0.0, "1")})
    assert missing_places(found, CITY) == ((), ())
