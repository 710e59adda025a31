"""Jakarta's pack against the feeds and the rides it was written from."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from satu.city.pack import Pack, read_pack
from satu.city.tables import calls_of
from satu.fares.tariff import Flat, Price, Product, Table, Tariff
from satu.services.rules import Rules

Given = Callable[[str], Path]
Rows = Iterator[dict[str, str]]

PACK = Path(__file__).resolve().parents[2] / "cities" / "jakarta"
BUS, MRT = "data/gtfs/transjakarta_2025.zip", "data/gtfs/mrt_jakarta.zip"
MAX_BYTES = 2_500_000


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(PACK)


@pytest.fixture(scope="module")
def rules(pack: Pack) -> Rules:
    return Rules(pack.bundle())


def feed_rows(path: Path, name: str) -> Rows:
    with zipfile.ZipFile(path) as archive, archive.open(name) as raw:
        yield from csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8-sig", newline=""))


def products_of(tariff: Tariff, network: str, timeframe: str = "") -> list[Product]:
    """The products of a network in a timeframe, or at any other time."""
    (product,) = [
        rule.product
        for rule in tariff.leg_rules
        if (rule.network, rule.from_timeframe) == (network, timeframe)
    ]
    return [one for one in tariff.products if one.id == product]


def price_of(tariff: Tariff, network: str, timeframe: str = "") -> Price:
    """What everybody pays."""
    (price,) = [one.price for one in products_of(tariff, network, timeframe) if not one.category]
    return price


def test_what_the_pack_holds(pack: Pack) -> None:
    assert Counter(row.operator for row in pack.points) == {
        "transjakarta": 8587,
        "mrt-jakarta": 13,
        "lrt-jakarta": 6,
        "lrt-jabodebek": 18,
        "kai-commuter": 85,
        "ragunan": 3,
        "monas": 2,
    }
    assert Counter(row.operator for row in pack.routes) == {
        "transjakarta": 244,
        "mrt-jakarta": 1,
        "lrt-jakarta": 1,
        "lrt-jabodebek": 2,
        "kai-commuter": 5,
    }
    assert [row.code for row in pack.issuers] == ["mandiri", "bca", "bri", "bni", "bank-jakarta"]
    assert all(row.simulated for row in pack.issuers)
    assert [tariff.valid_from for tariff in pack.tariffs] == [
        date(2023, 1, 1),
        date(2023, 10, 1),
        date(2023, 10, 22),
        date(2023, 12, 1),
        date(2024, 3, 1),
        date(2024, 6, 1),
        date(2024, 7, 1),
        date(2025, 1, 1),
        date(2025, 10, 13),
    ]
    assert len(pack.bundle().points) == len(pack.points) + len(pack.routes)


def test_the_pack_is_small_and_every_table_names_its_source() -> None:
    files = [path for path in PACK.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MAX_BYTES
    for path in files:
        if path.suffix == ".csv":
            assert path.read_text(encoding="utf-8").startswith("# source: "), path
    assert all(tariff.source for tariff in read_pack(PACK).tariffs)


def test_every_stop_is_the_feeds(pack: Pack, given: Given) -> None:
    feed = {
        row["stop_id"]: (
            row["stop_name"],
            float(row["stop_lat"]),
            float(row["stop_lon"]),
            row["parent_station"],
        )
        for row in feed_rows(given(BUS), "stops.txt")
    }
    ours = {
        row.code: (row.name, row.lat, row.lon, row.area)
        for row in pack.points
        if row.operator == "transjakarta"
    }
    assert ours == feed


def test_every_route_costs_what_the_feed_says(pack: Pack, given: Given) -> None:
    prices = {
        row["fare_id"]: int(row["price"]) for row in feed_rows(given(BUS), "fare_attributes.txt")
    }
    feed = {
        row["route_id"]: prices[row["fare_id"]] for row in feed_rows(given(BUS), "fare_rules.txt")
    }
    today = pack.tariffs[-1]
    ours = {
        row.code: price_of(today, row.network)
        for row in pack.routes
        if row.operator == "transjakarta"
    }
    assert ours == {route: Flat(price) for route, price in feed.items()}


def test_the_early_bird_and_the_free(pack: Pack) -> None:
    for tariff in pack.tariffs:
        (early,) = [one for one in tariff.timeframes if one.name == "early"]
        assert (early.start_minute, early.end_minute) == (5 * 60, 7 * 60)
        assert price_of(tariff, "tj-regular", early.name) == Flat(2000)
        assert price_of(tariff, "tj-free") == Flat(0)
        minimums = {network.id: network.minimum for network in tariff.networks}
        assert (minimums["tj-regular"], minimums["tj-free"]) == (5000, 0)


def test_every_ride_of_2023_costs_what_it_cost(pack: Pack, given: Given) -> None:
    """Each ride with a known route and a known amount, leaving the early bird aside."""
    then = pack.tariffs[0]
    prices = {row.code: price_of(then, row.network) for row in pack.routes}
    compared: Counter[bool] = Counter()
    with gzip.open(given("data/taps/transjakarta_2023.csv.gz"), "rt", encoding="utf-8") as text:
        for ride in csv.DictReader(text):
            if ride["route_id"] in prices and ride["amount_idr"]:
                compared[prices[ride["route_id"]] == Flat(int(ride["amount_idr"]))] += 1
    assert compared == {True: 160_794}


def test_all_156_pairs_of_the_mrt(pack: Pack, given: Given) -> None:
    prices = {
        row["fare_id"]: int(row["price"]) for row in feed_rows(given(MRT), "fare_attributes.txt")
    }
    feed = {
        (row["origin_id"], row["destination_id"]): prices[row["fare_id"]]
        for row in feed_rows(given(MRT), "fare_rules.txt")
    }
    assert len(feed) == 156
    golden = json.loads(given("data/golden/fares.json").read_text(encoding="utf-8"))
    for tariff in pack.tariffs:
        table = price_of(tariff, "mrt")
        assert isinstance(table, Table)
        assert {(start, end): amount for start, end, amount in table.rows} == feed
        network = next(network for network in tariff.networks if network.id == "mrt")
        same_station = golden["mrt_jakarta"]["same_station_penalty"]
        assert [rule.charge.amount for rule in network.same_station] == [same_station]
        assert network.minimum == max(feed.values())


@pytest.mark.parametrize(("path", "operator"), [(BUS, "transjakarta"), (MRT, "mrt-jakarta")])
def test_every_trip_runs_as_the_feed_measures_it(
    pack: Pack, given: Given, path: str, operator: str
) -> None:
    """Each trip's stations in order, and its metres to the metre from stop to stop."""
    parents = {
        row["stop_id"]: row["parent_station"] or row["stop_id"]
        for row in feed_rows(given(path), "stops.txt")
    }
    routes = {row["trip_id"]: row["route_id"] for row in feed_rows(given(path), "trips.txt")}
    trips: dict[str, list[tuple[int, str, float]]] = {}
    for row in feed_rows(given(path), "stop_times.txt"):
        call = (
            int(row["stop_sequence"]),
            parents[row["stop_id"]],
            float(row["shape_dist_traveled"]),
        )
        trips.setdefault(row["trip_id"], []).append(call)
    ours = {
        (row.route, tuple(point for point, _ in calls_of(row))): calls_of(row)
        for row in pack.patterns
    }
    run = set()
    for trip, calls in trips.items():
        calls.sort()
        key = (routes[trip], tuple(stop for _, stop, _ in calls))
        run.add(key)
        for (_, _, feed_metres), (_, metres) in zip(calls, ours[key], strict=True):
            assert abs(feed_metres - metres) <= 1
    operators = {row.code: row.operator for row in pack.routes}
    assert {key for key in ours if operators[key[0]] == operator} == run


def test_the_published_journey_is_as_long_as_published(rules: Rules, given: Given) -> None:
    """jl-1: Pegangsaan Dua to Velodrome 6 km, ASEAN to Lebak Bulus 8 km."""
    cases = json.loads(given("data/golden/fares.json").read_text(encoding="utf-8"))
    lrt, _, mrt = cases["jakarta_integrated"]["cases"][0]["legs"]
    points = {point.code: point.id for point in rules.bundle.points}
    routes = {route.code: route.id for route in rules.bundle.routes}
    ends = ("LRTJ", "LRTJ-PGD", "LRTJ-VEL"), ("MRTJ_NS", "SASN", "SLBB")
    for leg, (route, start, end) in zip((lrt, mrt), ends, strict=True):
        way = rules.metres(routes[route], points[start], points[end])
        assert way is not None and round(way.metres / 1000) == leg["km"]


def test_who_rides_for_how_much_at_the_venues(pack: Pack) -> None:
    ours = {
        (network, product.category or "adult"): product.price
        for network in ("ragunan", "monas")
        for product in products_of(pack.tariffs[-1], network)
    }
    assert ours == {
        ("ragunan", "adult"): Flat(4000),
        ("ragunan", "child"): Flat(3000),
        ("monas", "adult"): Flat(24000),
        ("monas", "student"): Flat(13000),
        ("monas", "child"): Flat(6000),
    }
