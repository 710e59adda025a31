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
from msgspec.structs import replace

from satu.fares.legs import Leg
from satu.fares.prices import Prices
from satu.fares.rate import rate
from satu.fares.tariff import Distance
from satu.kernel.refusal import Meaning, UseClass
from satu.services.base import ENTRY, EXIT, TapSeen
from tests.jakarta import ADULT, at, bus, fold, line_of, pack, point, rules, train

DAYS = (date(2023, 4, 3), date(2025, 3, 3))  # two Mondays
MONDAY, SATURDAY = DAYS[1], date(2025, 3, 8)
NETWORKS = {"LRTJ": "lrt-jakarta", "TJ": "tj-regular", "MRTJ": "mrt"}
KRL = {
    "Bogor": "KRL-BOO",
    "Depok": "KRL-DP",
    "Jakarta Kota": "KRL-JAKK",
    "Jatinegara": "KRL-JNG",
    "Kampung Bandan": "KRL-KPB",
    "Manggarai": "KRL-MRI",
    "Tanah Abang": "KRL-THB",
}

Given = Callable[[str], Path]


@pytest.fixture(scope="module")
def golden(given: Given) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(given("data/golden/fares.json").read_text())
    return found


def mrt_stations() -> dict[str, int]:
    """MRT stations by their fare area (the table's codes)."""
    return {one.area: one.id for one in rules().points.values() if one.network == "mrt"}


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
def test_all_pairs_of_the_mrt(given: Given, day: date) -> None:
    pairs = mrt_pairs(given)
    assert len(pairs) == 156
    stations = mrt_stations()
    charged = {}
    for area_in, area_out in pairs:
        entered, left = fold(
            TapSeen(1, at(day, 600), stations[area_in], 0, ENTRY),
            TapSeen(2, at(day, 630), stations[area_out], 0, EXIT),
        )
        assert entered.uses[0].fare == 0 and entered.uses[0].held == entered.minimum == 14_000
        assert left.uses[0].full_fare == left.uses[0].fare
        charged[area_in, area_out] = left.uses[0].fare
    assert charged == pairs


def test_leaving_the_mrt_where_one_entered(golden: dict[str, Any]) -> None:
    for station in mrt_stations().values():
        step = fold(
            TapSeen(1, at(MONDAY, 600), station, 0, ENTRY),
            TapSeen(2, at(MONDAY, 605), station, 0, EXIT),
        )[-1]
        assert step.meaning is Meaning.SAME_STATION_EXIT
        assert step.uses[0].fare == golden["mrt_jakarta"]["same_station_penalty"]


def legs_of(case: dict[str, Any], minutes: list[tuple[int, int]]) -> list[Leg]:
    """A golden case's legs at the given minutes of the day, with the case's kilometres."""
    areas = {"ASEAN": "ASN", "Lebak Bulus": "LBB"}
    operator_of = {one.network: one.operator for one in rules().points.values()}
    legs = []
    for told, (start, end) in zip(case["legs"], minutes, strict=True):
        ends = areas.get(told.get("from", ""), ""), areas.get(told.get("to", ""), "")
        legs.append(
            Leg(
                network=NETWORKS[told["mode"]],
                operator=operator_of[NETWORKS[told["mode"]]],
                day=MONDAY,
                on=MONDAY,
                minute=start,
                started_ms=at(MONDAY, start),
                ended_ms=at(MONDAY, end),
                use_class=UseClass.COMPLETE,
                areas_in=ends[:1],
                areas_out=ends[1:],
                stop_in=ends[0],
                stop_out=ends[1],
                ended_on=MONDAY,
                ended_minute=end,
                metres=told["km"] * 1000 if "km" in told else None,
            )
        )
    return legs


def case_of(golden: dict[str, Any], name: str) -> dict[str, Any]:
    cases: list[dict[str, Any]] = golden["jakarta_integrated"]["cases"]
    (found,) = [case for case in cases if case["id"] == name]
    return found


def fares(*legs: Leg) -> list[int]:
    return [leg.fare for leg in rate(rules().prices_on, legs, ADULT).legs]


def on_board(leg: Leg) -> Leg:
    return replace(leg, ended_ms=0, use_class=UseClass.OPEN, areas_out=(), stop_out="", metres=None)


def test_jl_1_step_by_step(golden: dict[str, Any]) -> None:
    case = case_of(golden, "jl-1")
    legs = legs_of(case, [(600, 615), (620, 660), (665, 685)])
    light, ride, metro = legs
    assert fares(light) == [5000]
    assert fares(light, on_board(ride)) == [4000, 3500]
    assert fares(light, ride) == [4000, 3000]
    assert fares(light, ride, on_board(metro)) == [4000, 3000, 0]
    rated = rate(rules().prices_on, legs, ADULT).legs
    assert [leg.fare for leg in rated] == [leg["charge"] for leg in case["legs"]]
    assert [leg.shares for leg in rated] == [
        ((leg.operator, told["charge"]),) for leg, told in zip(legs, case["legs"], strict=True)
    ]
    assert [leg.full_fare for leg in rated] == [leg["standalone"] for leg in case["legs"]]
    assert sum(leg.fare for leg in rated) == case["total"]
    assert sum(leg.full_fare for leg in rated) == case["standalone_total"]


def test_jl_7_one_operator_alone(golden: dict[str, Any]) -> None:
    case = case_of(golden, "jl-7")
    assert fares(*legs_of(case, [(600, 640)])) == [case["total"]]


def test_jl_8_a_journey_over_180_minutes(golden: dict[str, Any]) -> None:
    legs = legs_of(case_of(golden, "jl-1"), [(600, 640), (650, 740), (745, 785)])
    assert fares(*legs) == [4000, 3000, (10000 - 7000) + (2500 + 8 * 250)]


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
def test_transjakarta(golden: dict[str, Any], network: str, minute: int, fare: int) -> None:
    told = golden["transjakarta"]
    known = [told["flat"], told["early_bird"]["fare"], told["mikrotrans"], *told["royaltrans"]]
    assert fare in known
    route, first, _ = line_of(network)
    (entered,) = fold(TapSeen(1, at(MONDAY, minute), first, route))
    assert [use.fare for use in entered.uses] == [bus(MONDAY, network, minute).fare] == [fare]
    assert entered.minimum == (5000 if fare else 0)


def krl_cases(golden: dict[str, Any]) -> list[tuple[str, str, int, int]]:
    """Each case as (from, to, published whole km, the fare of 2015)."""
    return [
        (*(KRL[name] for name in case[0].split("-")), case[1], case[2])
        for case in golden["krl"]["cases_2015"]
    ]


def test_krl_is_as_long_as_published(golden: dict[str, Any]) -> None:
    """Published kilometres are those begun; of Depok-Jatinegara more than 25 are ridden."""
    for start, end, km, _ in krl_cases(golden):
        there = rules().metres_within("krl", point(start), point(end))
        back = rules().metres_within("krl", point(end), point(start))
        assert there is not None and there == back
        assert there.metres // 1000 == km
    beyond = rules().metres_within("krl", point("KRL-DP"), point("KRL-JNG"))
    assert beyond is not None and 25_000 < beyond.metres < 26_000


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_krl_since_2016(golden: dict[str, Any], day: date) -> None:
    for start, end, _, before in krl_cases(golden):
        assert train(day, start, end, minutes=90).fare == before + 1000
        assert train(day, end, start, minutes=90).fare == before + 1000


def test_krl_in_2015(golden: dict[str, Any]) -> None:
    """The rule of the time, 2,000 for 25 km: the pack's tariff with that one price."""
    today = pack().tariffs[-1]
    rule = Distance(2000, 25_000, 1000, 10_000, unit_m=1, rounding="up", longest_m=123_213)
    products = [replace(one, price=rule) if one.id == "krl" else one for one in today.products]
    then = Prices(replace(today, products=tuple(products)))
    for start, end, _, fare in krl_cases(golden):
        way = rules().metres_within("krl", point(start), point(end))
        assert way is not None
        assert [one.amount for one in then.options(krl_leg(way.metres), "adult", "")] == [fare]


def krl_leg(metres: int) -> Leg:
    return Leg(
        network="krl",
        operator=1,
        day=MONDAY,
        on=MONDAY,
        minute=600,
        started_ms=at(MONDAY, 600),
        ended_ms=at(MONDAY, 660),
        use_class=UseClass.COMPLETE,
        stop_in="A",
        stop_out="B",
        metres=metres,
    )


def test_lrt_jabodebek_without_caps(golden: dict[str, Any]) -> None:
    uncapped = without_caps()
    for km, fare in golden["lrt_jabodebek"]["uncapped_by_km"].items():
        leg = replace(krl_leg(int(km) * 1000), network="lrt-jabodebek")
        assert [one.amount for one in uncapped.options(leg, "adult", "")] == [fare]


def without_caps() -> Prices:
    today = pack().tariffs[-1]
    products = [
        replace(one, price=replace(one.price, cap=None)) if isinstance(one.price, Distance) else one
        for one in today.products
    ]
    return Prices(replace(today, products=tuple(products)))


def peaks(golden: dict[str, Any]) -> list[tuple[int, int]]:
    """First and last minute of each peak window."""

    def minute(clock: str) -> int:
        hours, minutes = clock.split(":")
        return int(hours) * 60 + int(minutes)

    return [(minute(a), minute(b)) for a, b in golden["lrt_jabodebek"]["peak_windows"]]


def test_lrt_jabodebek_caps_by_time(golden: dict[str, Any]) -> None:
    windows = peaks(golden)
    assert windows == [(360, 539), (960, 1199)]
    ends = "LRTB-DKA", "LRTB-JTM"
    for first, last in windows:
        for minute, cap in ((first - 1, 10000), (first, 20000), (last, 20000), (last + 1, 10000)):
            assert train(MONDAY, *ends, minute=minute, minutes=55).fare == cap
            assert train(SATURDAY, *ends, minute=minute, minutes=55).fare == 10000


@pytest.mark.parametrize(
    ("minute", "minutes", "fare"),
    [(420, 59, 5000), (420, 60, 20000), (600, 59, 5000), (600, 60, 10000)],
)
def test_lrt_jabodebek_same_station(minute: int, minutes: int, fare: int) -> None:
    assert train(MONDAY, "LRTB-CWG", "LRTB-CWG", minute, minutes).fare == fare
