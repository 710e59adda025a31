"""A small made-up city for tests: buses, a metro with gates, a light rail, a zoo; a few taps of it.

Its prices and its package are Jakarta's, its places are not: metres are round.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from satu.fares.tariff import (
    Category,
    Charge,
    Flat,
    LegRule,
    Network,
    Package,
    Product,
    SameStation,
    Table,
    Tariff,
    Timeframe,
    TransferRule,
)
from satu.services.base import EITHER, ENTRY, EXIT, Rider, Step, TapSeen
from satu.services.rules import Bundle, Operator, Point, Route, Rules

BUSES, METRO, LIGHT, ZOO = 1, 2, 3, 4
ADULT, CHILD = Rider("adult"), Rider("child")

PEMUDA, CSW, KOTA, HARBOUR = 101, 102, 103, 104  # bus stops
ALPHA, BETA, GAMMA = 201, 202, 203  # metro stations
EAST, WEST = 301, 302  # light rail stations
NORTH_GATE, SOUTH_GATE = 401, 402  # of the zoo
MUSEUM = 403
LINE, ROYAL_LINE, FREE_LINE, METRO_LINE, LIGHT_LINE, OTHER_LINE = 1, 2, 3, 4, 5, 6

MONDAY = date(2025, 3, 3)


def tariff(version: str = "1", valid_from: date = date(2024, 1, 1), bus: int = 3500) -> Tariff:
    """The town's tariff; `bus` is the bus's price."""
    return Tariff(
        version=version,
        valid_from=valid_from,
        networks=(
            Network("bus", minimum=5000),
            Network("royal", minimum=5000),
            Network("free"),
            Network(
                "metro",
                closed=True,
                charge_at="exit",
                minimum=14000,
                longest_minutes=180,
                missing_exit=Charge("dearest"),
                missing_entry=Charge("dearest"),
                same_station=(
                    SameStation(0, Charge("flat", 3000)),
                    SameStation(60, Charge("flat", 14000)),
                ),
                over_time=Charge("flat", 20000),
            ),
            Network(
                "light",
                closed=True,
                charge_at="exit",
                minimum=5000,
                missing_entry=Charge("own"),
            ),
            Network("zoo", minimum=0),
            Network("museum", minimum=1000),
        ),
        products=(
            Product("bus", Flat(bus)),
            Product("bus-early", Flat(2000)),
            Product("royal", Flat(20000)),
            Product("free", Flat(0)),
            Product("metro", metro_table()),
            Product("light", Flat(5000)),
            Product("zoo", Flat(4000)),
            Product("zoo", Flat(3000), category="child"),
            Product("museum", Flat(8000)),
        ),
        leg_rules=(
            LegRule("bus", "bus", leg_group="bus"),
            LegRule("bus-early", "bus", from_timeframe="early", leg_group="bus", priority=1),
            *(LegRule(one, one) for one in ("royal", "free", "metro", "light", "zoo", "museum")),
        ),
        timeframes=(Timeframe("early", 300, 420),),
        categories=(Category("adult", is_default=True), Category("child")),
        transfers=(TransferRule("bus", "bus", count=-1, duration_s=180 * 60),),
        packages=(package(),),
    )


def metro_table() -> Table:
    """Directional: B to C is dearer than C to B."""
    return Table(
        (
            ("A", "B", 5000),
            ("A", "C", 9000),
            ("B", "A", 5000),
            ("B", "C", 7000),
            ("C", "A", 9000),
            ("C", "B", 6000),
        )
    )


def package(**changes: Any) -> Package:
    settings: dict[str, Any] = {
        "name": "integrated",
        "modes": (("bus",), ("metro",), ("light",)),
        "base": 2500,
        "per_unit": 250,
        "unit_m": 1000,
        "cap": 10000,
        "duration_minutes": 180,
        "change_minutes": 45,
        "rounding": "nearest",
    }
    return Package(**(settings | changes))


def bundle(*tariffs: Tariff) -> Bundle:
    return Bundle(
        city="town",
        zone="Asia/Jakarta",
        day_start_hour=4,
        operators=tuple(Operator(n, f"op{n}", f"Operator {n}") for n in (1, 2, 3, 4)),
        points=(
            _point(PEMUDA, "stop", BUSES, "bus"),
            _point(CSW, "stop", BUSES, "bus"),
            _point(KOTA, "stop", BUSES, "bus"),
            _point(HARBOUR, "stop", BUSES, "bus"),
            _point(ALPHA, "station", METRO, "metro", "A"),
            _point(BETA, "station", METRO, "metro", "B"),
            _point(GAMMA, "station", METRO, "metro", "C"),
            _point(EAST, "station", LIGHT, "light", "E"),
            _point(WEST, "station", LIGHT, "light", "W"),
            _point(NORTH_GATE, "entrance", ZOO, "zoo"),
            _point(SOUTH_GATE, "entrance", ZOO, "zoo"),
            _point(MUSEUM, "entrance", ZOO, "museum"),
        ),
        routes=(
            _route(LINE, BUSES, "bus", (PEMUDA, 0), (CSW, 12000), (KOTA, 20000)),
            _route(ROYAL_LINE, BUSES, "royal", (PEMUDA, 0), (KOTA, 20000)),
            _route(FREE_LINE, BUSES, "free", (PEMUDA, 0), (KOTA, 9000)),
            _route(OTHER_LINE, BUSES, "bus", (KOTA, 0), (HARBOUR, 4000)),
            _route(METRO_LINE, METRO, "metro", (ALPHA, 0), (BETA, 5000), (GAMMA, 8000)),
            _route(LIGHT_LINE, LIGHT, "light", (EAST, 0), (WEST, 6000)),
        ),
        tariffs=tariffs or (tariff(),),
    )


def _point(number: int, kind: str, operator: int, network: str, area: str = "") -> Point:
    return Point(number, str(number), f"Point {number}", kind, operator, network, area, 0.0, 0.0)


def _route(number: int, operator: int, network: str, *calls: tuple[int, int]) -> Route:
    """A route that is served both ways."""
    end = calls[-1][1]
    back = tuple((point, end - metres) for point, metres in reversed(calls))
    return Route(
        number, f"R{number}", f"Route {number}", operator, network, "#000000", (calls, back)
    )


TOWN = Rules(bundle())


def at(clock: str, day: date = MONDAY) -> int:
    """The instant of a local time of a day: `at("07:05")`."""
    hour, minute = clock.split(":")
    return TOWN.calendar.at(datetime(day.year, day.month, day.day, int(hour), int(minute)))


def tap(number: int, clock: str | int, point: int, route: int = 0, way: str = "either") -> TapSeen:
    at_ms = clock if isinstance(clock, int) else at(clock)
    return TapSeen(number, at_ms, point, route, {"either": EITHER, "in": ENTRY, "out": EXIT}[way])


def ride(
    service: Any,
    taps: Sequence[TapSeen],
    *,
    rules: Rules = TOWN,
    rider: Rider = ADULT,
    state: Any = None,
) -> list[Step]:
    """Fold taps in order; one step a tap."""
    steps: list[Step] = []
    state = service.start(None) if state is None else state
    for touched in taps:
        steps.append(service.fold(rules, state, touched, rider))
        state = steps[-1].state
    return steps


def fares(step: Step) -> list[int]:
    return [use.fare for use in step.uses]
