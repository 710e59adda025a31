"""The golden cases of Jakarta's fares, through the city pack as it is shipped."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from satu.city.pack import read_pack
from satu.fares.legs import Leg
from satu.fares.rate import rate
from satu.kernel.refusal import Meaning, UseClass
from satu.services.base import ENTRY, EXIT, Rider, Step, TapSeen
from satu.services.rules import Rules
from satu.services.transit.service import TRANSIT

JAKARTA = Path(__file__).resolve().parents[2] / "cities" / "jakarta"
DAYS = (date(2023, 4, 3), date(2025, 3, 3))
ADULT = Rider()
NETWORKS = {"LRTJ": "lrt-jakarta", "TJ": "tj-regular", "MRTJ": "mrt"}

Given = Callable[[str], Path]


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules(read_pack(JAKARTA).bundle())


@pytest.fixture(scope="module")
def golden(given: Given) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(given("data/golden/fares.json").read_text())
    return found


def at(rules: Rules, day: date, minute: int) -> int:
    midnight = rules.calendar.start_ms(day) - rules.calendar.day_start_hour * 3_600_000
    return midnight + minute * 60_000


def ride(rules: Rules, *taps: TapSeen) -> list[Step]:
    steps: list[Step] = []
    state = TRANSIT.start(None)
    for tap in taps:
        steps.append(TRANSIT.fold(rules, state, tap, ADULT))
        state = steps[-1].state
    return steps


def mrt_stations(rules: Rules) -> dict[str, int]:
    """MRT stations by their fare area (the table's codes)."""
    return {point.area: point.id for point in rules.points.values() if point.network == "mrt"}


def mrt_pairs(given: Given) -> dict[tuple[str, str], int]:
    with zipfile.ZipFile(given("data/gtfs/mrt_jakarta.zip")) as feed:

        def rows(name: str) -> list[dict[str, str]]:
            return list(csv.DictReader(io.StringIO(feed.read(name).decode("utf-8-sig"))))

        price = {row["fare_id"]: int(row["price"]) for row in rows("fare_attributes.txt")}
        return {
            (row["origin_id"], row["destination_id"]): price[row["fare_id"]]
            for row in rows("fare_rules.txt")
        }


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_all_pairs_of_the_mrt(rules: Rules, given: Given, day: date) -> None:
    pairs = mrt_pairs(given)
    assert len(pairs) == 156
    stations = mrt_stations(rules)
    charged = {}
    for area_in, area_out in pairs:
        entered, left = ride(
            rules,
            TapSeen(1, at(rules, day, 600), stations[area_in], 0, ENTRY),
            TapSeen(2, at(rules, day, 630), stations[area_out], 0, EXIT),
        )
        assert entered.uses[0].fare == 0 and entered.uses[0].held == entered.minimum > 0
        assert left.uses[0].full_fare == left.uses[0].fare
        charged[area_in, area_out] = left.uses[0].fare
    assert charged == pairs


def test_leaving_the_mrt_where_one_entered(rules: Rules, golden: dict[str, Any]) -> None:
    for station in mrt_stations(rules).values():
        step = ride(
            rules,
            TapSeen(1, at(rules, DAYS[1], 600), station, 0, ENTRY),
            TapSeen(2, at(rules, DAYS[1], 605), station, 0, EXIT),
        )[-1]
        assert step.meaning is Meaning.SAME_STATION_EXIT
        assert step.uses[0].fare == golden["mrt_jakarta"]["same_station_penalty"]


def legs_of(rules: Rules, case: dict[str, Any], minutes: list[tuple[int, int]]) -> list[Leg]:
    """A golden case's legs at the given minutes of the day, with the case's kilometres."""
    areas = {"ASEAN": "ASN", "Lebak Bulus": "LBB"}
    operator_of = {point.network: point.operator for point in rules.points.values()}
    return [
        Leg(
            network=NETWORKS[leg["mode"]],
            operator=operator_of[NETWORKS[leg["mode"]]],
            day=DAYS[1],
            minute=start,
            started_ms=at(rules, DAYS[1], start),
            ended_ms=at(rules, DAYS[1], end),
            use_class=UseClass.COMPLETE,
            area_in=areas.get(leg.get("from", ""), ""),
            area_out=areas.get(leg.get("to", ""), ""),
            metres=leg["km"] * 1000 if "km" in leg else None,
        )
        for leg, (start, end) in zip(case["legs"], minutes, strict=True)
    ]


def case_of(golden: dict[str, Any], name: str) -> dict[str, Any]:
    cases: list[dict[str, Any]] = golden["jakarta_integrated"]["cases"]
    (found,) = [case for case in cases if case["id"] == name]
    return found


def test_jl_1_step_by_step(rules: Rules, golden: dict[str, Any]) -> None:
    case = case_of(golden, "jl-1")
    legs = legs_of(rules, case, [(600, 615), (620, 660), (665, 685)])

    def fares(*seen: Leg) -> list[int]:
        return [leg.fare for leg in rate(rules.prices_on, seen, ADULT).legs]

    def on_board(leg: Leg) -> Leg:
        return Leg(
            leg.network,
            leg.operator,
            leg.day,
            leg.minute,
            leg.started_ms,
            0,
            UseClass.OPEN,
            leg.area_in,
        )

    light, bus, metro = legs
    assert fares(light) == [5000]
    assert fares(light, on_board(bus)) == [4000, 3500]
    assert fares(light, bus) == [4000, 3000]
    assert fares(light, bus, on_board(metro)) == [4000, 3000, 0]
    rated = rate(rules.prices_on, legs, ADULT).legs
    assert [leg.fare for leg in rated] == [leg["charge"] for leg in case["legs"]]
    assert [leg.shares for leg in rated] == [
        ((leg.operator, told["charge"]),) for leg, told in zip(legs, case["legs"], strict=True)
    ]
    assert [leg.full_fare for leg in rated] == [leg["standalone"] for leg in case["legs"]]
    assert sum(leg.fare for leg in rated) == case["total"]
    assert sum(leg.full_fare for leg in rated) == case["standalone_total"]


def test_jl_7_one_operator_alone(rules: Rules, golden: dict[str, Any]) -> None:
    case = case_of(golden, "jl-7")
    legs = legs_of(rules, case, [(600, 640)])
    assert [leg.fare for leg in rate(rules.prices_on, legs, ADULT).legs] == [case["total"]]


def test_jl_8_a_journey_over_180_minutes(rules: Rules, golden: dict[str, Any]) -> None:
    legs = legs_of(rules, case_of(golden, "jl-1"), [(600, 640), (650, 740), (745, 785)])
    rated = rate(rules.prices_on, legs, ADULT).legs
    assert [leg.fare for leg in rated] == [4000, 3000, (10000 - 7000) + (2500 + 8 * 250)]


def route_of(rules: Rules, network: str) -> tuple[int, int, int]:
    """A route of a network, with the first and the last stop of its first pattern."""
    for route in rules.routes.values():
        if route.network == network and route.patterns:
            return route.id, route.patterns[0][0][0], route.patterns[0][-1][0]
    raise LookupError(network)


@pytest.mark.parametrize(
    ("network", "minute", "fare"),
    [
        ("tj-regular", 299, 3500),
        ("tj-regular", 300, 2000),
        ("tj-regular", 419, 2000),
        ("tj-regular", 420, 3500),
        ("tj-royal-20", 310, 20000),
        ("tj-royal-35", 600, 35000),
        ("tj-free", 600, 0),
    ],
)
def test_transjakarta(
    rules: Rules, golden: dict[str, Any], network: str, minute: int, fare: int
) -> None:
    told = golden["transjakarta"]
    known = [told["flat"], told["early_bird"]["fare"], told["mikrotrans"], *told["royaltrans"]]
    assert fare in known
    route, first, last = route_of(rules, network)
    entered, left = ride(
        rules,
        TapSeen(1, at(rules, DAYS[1], minute), first, route),
        TapSeen(2, at(rules, DAYS[1], minute + 30), last, route),
    )
    assert [use.fare for use in entered.uses] == [use.fare for use in left.uses] == [fare]
    assert entered.minimum == (5000 if fare else 0)
