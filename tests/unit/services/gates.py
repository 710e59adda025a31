"""A small made-up railway with gates, a tram and a park, whose tariff knows every broken journey.

Stations: Pine (two gates), Quay, Rock, each a minute's walk from the tram stop of its name; the
railway's price is by table, the tram's is one for all. A park lets groups in.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from satu.fares.tariff import (
    Cap,
    Category,
    Charge,
    Concession,
    Flat,
    JoinRule,
    LegRule,
    Network,
    Product,
    SameStation,
    Table,
    Tariff,
    TransferRule,
)
from satu.services.base import EITHER, ENTRY, EXIT, Rider, TapSeen
from satu.services.rules import Bundle, Operator, Point, Route, Rules

RAIL, TRAM, PARK = 1, 2, 3
PINE, PINE_WEST, QUAY, ROCK = 11, 12, 13, 14
STOP, NEXT_STOP, LAST_STOP = 21, 22, 23
PARK_GATE = 31
TRAM_LINE = 1
MONDAY = date(2026, 3, 2)
ADULT, CHILD = Rider("adult"), Rider("child")

RAIL_ROWS = (
    ("P", "Q", 3000),
    ("Q", "P", 3000),
    ("P", "R", 7000),
    ("R", "P", 7000),
    ("Q", "R", 4000),
    ("R", "Q", 4000),
)


def rail(**more: Any) -> Network:
    settings: dict[str, Any] = {
        "closed": True,
        "charge_at": "exit",
        "minimum": 5000,
        "longest_minutes": 120,
        "missing_exit": Charge("dearest"),
        "missing_entry": Charge("flat", 6000),
        "same_station": (SameStation(0, Charge("flat", 0)), SameStation(20, Charge("flat", 2500))),
        "over_time": Charge("flat", 9000),
        "duplicate_s": 10,
        "passback_minutes": 15,
        "gate_change_minutes": 5,
        "autocompletes": 2,
    }
    return Network("rail", **(settings | more))


def tram(**more: Any) -> Network:
    return Network("tram", **({"minimum": 2000, "duplicate_s": 60, "max_riders": 4} | more))


def tariff(**more: Any) -> Tariff:
    settings: dict[str, Any] = {
        "version": "gates-1",
        "valid_from": date(2026, 1, 1),
        "networks": (rail(), tram(), Network("park", duplicate_s=60, max_riders=3)),
        "products": (
            Product("rail", Table(RAIL_ROWS)),
            Product("tram", Flat(2000)),
            Product("park", Flat(5000)),
            Product("park", Flat(2000), category="child"),
        ),
        "leg_rules": (
            LegRule("rail", "rail", leg_group="rail"),
            LegRule("tram", "tram", leg_group="tram"),
            LegRule("park", "park"),
        ),
        "categories": (Category("adult", is_default=True), Category("child"), Category("staff")),
        "concessions": (
            Concession("child", ("rail", "tram"), percent=50),
            Concession("staff", amount=0),
        ),
    }
    return Tariff(**(settings | more))


def bundle(of: Tariff | None = None) -> Bundle:
    return Bundle(
        city="gates",
        zone="Asia/Jakarta",
        day_start_hour=4,
        operators=tuple(Operator(n, f"op{n}", f"Operator {n}") for n in (RAIL, TRAM, PARK)),
        points=(
            _point(PINE, "station", RAIL, "rail", "P"),
            _point(PINE_WEST, "station", RAIL, "rail", "P"),
            _point(QUAY, "station", RAIL, "rail", "Q"),
            _point(ROCK, "station", RAIL, "rail", "R"),
            _point(STOP, "stop", TRAM, "tram"),
            _point(NEXT_STOP, "stop", TRAM, "tram"),
            _point(LAST_STOP, "stop", TRAM, "tram"),
            _point(PARK_GATE, "entrance", PARK, "park"),
        ),
        routes=(
            Route(
                TRAM_LINE,
                "T1",
                "Tram",
                TRAM,
                "tram",
                patterns=(((STOP, 0), (NEXT_STOP, 900), (LAST_STOP, 2100)),),
            ),
        ),
        tariffs=(of or tariff(),),
    )


def _point(number: int, kind: str, operator: int, network: str, area: str = "") -> Point:
    return Point(number, str(number), f"Point {number}", kind, operator, network, area, 0.0, 0.0)


GATES = Rules(bundle())
OUT_OF_STATION = Rules(
    bundle(tariff(joins=(JoinRule("rail", "rail", "P", "Q", duration_s=600, duration_type=2),)))
)
FREE_CHANGES = Rules(
    bundle(tariff(transfers=(TransferRule("tram", "tram", count=1, duration_s=3600),)))
)
WEEKLY = Rules(bundle(tariff(caps=(Cap("week", "week", limit=10_000, networks=("rail", "tram")),))))


def on(day: int) -> date:
    """The service day so many days after the Monday."""
    return MONDAY + timedelta(days=day)


def at(clock: str, day: int = 0) -> int:
    """The instant of a local time so many days after the Monday: `at("07:05:30", 1)`."""
    hour, minute, *seconds = map(int, clock.split(":"))
    local = datetime(MONDAY.year, MONDAY.month, MONDAY.day, hour, minute, sum(seconds))
    return GATES.calendar.at(local + timedelta(days=day))


def tap(
    number: int, clock: str, point: int, way: str = "either", *, day: int = 0, riders: int = 1
) -> TapSeen:
    """A tap; on the tram it tells the line."""
    route = TRAM_LINE if point in (STOP, NEXT_STOP, LAST_STOP) else 0
    direction = {"either": EITHER, "in": ENTRY, "out": EXIT}[way]
    return TapSeen(number, at(clock, day), point, route, direction, riders)
