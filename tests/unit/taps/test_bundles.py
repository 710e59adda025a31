"""A bundle under other numbers, and two bundles in one."""

from __future__ import annotations

from satu.services.rules import Bundle, Operator, Point, Route
from satu.taps import bundles


def point(number: int, code: str, operator: int = 1, name: str = "") -> Point:
    return Point(number, code, name or code, "stop", operator, "bus", code, -6.1, 106.8)


def town(points: tuple[Point, ...], routes: tuple[Route, ...] = ()) -> Bundle:
    return Bundle("town", "Asia/Jakarta", 4, (Operator(1, "bus", "Bus"),), points, routes, ())


def test_numbers_are_looked_up_by_code() -> None:
    route = Route(1, "r", "R", 1, "bus", patterns=(((1, 0), (2, 700)), ((2, 0), (1, 800))))
    given = town((point(1, "a"), point(2, "b")), (route,))
    made = bundles.renumbered(given, bundles.Numbers({"bus": 30}, {"a": 12, "b": 11}, {"r": 20}))
    assert made.operators == (Operator(30, "bus", "Bus"),)
    assert made.points == (point(12, "a", 30), point(11, "b", 30))
    patterns = (((12, 0), (11, 700)), ((11, 0), (12, 800)))
    assert made.routes == (Route(20, "r", "R", 30, "bus", patterns=patterns),)


def test_old_places_stay_and_new_facts_win() -> None:
    old = town((point(1, "a"), point(3, "gone")))
    new = town((point(2, "b"), point(1, "a", name="Renamed")))
    assert bundles.united(old, new).points == (
        point(1, "a", name="Renamed"),
        point(2, "b"),
        point(3, "gone"),
    )
    assert bundles.united(None, new).points == (point(1, "a", name="Renamed"), point(2, "b"))
    assert bundles.united(new, new) == bundles.united(None, new)
