"""Two cities' Fares v2 feeds, unchanged: they load, and each rule is reached or named."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from satu.city.feed import Wanted, places_of, write_places
from satu.city.pack import read_pack
from satu.fares.files.read import Reading, read_tariff
from satu.fares.journeys import ride
from satu.fares.legs import Rider
from satu.fares.prices import Prices
from satu.fares.rate import rate
from satu.fares.reach import Journey, Reach, reach
from satu.fares.tariff import Flat, Tariff
from satu.formats.gtfs import Feed
from satu.services.rules import Rules

Given = Callable[[str], Path]

MBTA, TRANSCOLLINES = "data/gtfs/fares_v2_mbta.zip", "data/gtfs/fares_v2_transcollines.zip"
SYSTEMWIDE_FREE = "timeframe_systemwide_free"


def reading_of(path: Path) -> tuple[Reading, Tariff]:
    reading = read_tariff(path)
    assert reading.faults == []
    assert reading.tariff is not None
    return reading, reading.tariff


@pytest.fixture(scope="module")
def mbta(given: Given) -> tuple[Reading, Tariff]:
    return reading_of(given(MBTA))


@pytest.fixture(scope="module")
def reached(mbta: tuple[Reading, Tariff]) -> Reach:
    return reach(mbta[1])


def rows(path: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive, archive.open(name) as raw:
        return list(csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")))


def fares_of(tariff: Tariff, journey: Journey) -> list[int]:
    prices = Prices(tariff)
    return [leg.fare for leg in rate(lambda _: prices, journey.legs, journey.rider).legs]


def test_all_of_mbtas_rows_are_in_its_tariff(mbta: tuple[Reading, Tariff], given: Given) -> None:
    _, tariff = mbta
    path = given(MBTA)
    assert (tariff.asset, tariff.valid_from) == ("USD", date(2024, 9, 20))
    assert not tariff.has_priorities
    assert Counter(
        (
            one.leg_group, one.network, one.from_area, one.to_area, one.product,
            one.from_timeframe, one.to_timeframe, "1" if one.is_transfer_only else "",
        )
        for one in tariff.leg_rules
    ) == Counter(tuple(row.values()) for row in rows(path, "fare_leg_rules.txt"))  # fmt: skip
    assert Counter(
        (
            one.from_group, one.to_group, str(one.count or ""), str(one.duration_s or ""),
            "1" if one.duration_s else "", str(one.kind), one.product, one.filter_product,
            str(int(one.any_medium)), str(int(one.same_product)),
        )
        for one in tariff.transfers
    ) == Counter(tuple(row.values()) for row in rows(path, "fare_transfer_rules.txt"))  # fmt: skip
    assert Counter(
        (one.id, one.medium, one.price.amount)
        for one in tariff.products
        if isinstance(one.price, Flat)
    ) == Counter(
        (row["fare_product_id"], row["fare_media_id"], round(float(row["amount"]) * 100))
        for row in rows(path, "fare_products.txt")
    )
    assert set(tariff.stop_areas) == {
        (row["stop_id"], row["area_id"]) for row in rows(path, "stop_areas.txt")
    }


def test_mbtas_only_loose_end_is_named_with_its_rules(mbta: tuple[Reading, Tariff]) -> None:
    reading, _ = mbta
    assert [(note.file, note.field) for note in reading.notes] == [
        ("fare_leg_rules.txt", "from_timeframe_group_id"),
        ("satu_networks.txt", "closed"),
        ("satu_networks.txt", "network_id"),
        ("satu_tariff.txt", "journey_gap_minutes"),
    ]
    told = str(reading.notes[0])
    assert SYSTEMWIDE_FREE in told
    assert told.endswith("(rows 494-678)")


def test_each_of_mbtas_677_and_37_rules_is_reached_or_named(
    mbta: tuple[Reading, Tariff], reached: Reach
) -> None:
    _, tariff = mbta
    assert (len(tariff.leg_rules), len(tariff.transfers)) == (677, 37)
    assert sorted(reached.transfers) == list(range(37))
    never = {n for n, rule in enumerate(tariff.leg_rules) if rule.from_timeframe == SYSTEMWIDE_FREE}
    assert len(never) == 185
    assert set(reached.leg_rules) == set(range(677)) - never
    assert {one.number for one in reached.unreached if one.kind == "leg_rule"} == never
    assert {one.why.words.en for one in reached.unreached if one.kind == "leg_rule"} == {
        f"timeframe '{SYSTEMWIDE_FREE}' is not defined"
    }
    assert [(one.kind, one.name) for one in reached.unreached if one.kind != "leg_rule"] == [
        ("product", "prod_ferry_east_boston")
    ]


def test_a_journey_that_reaches_a_rule_costs_its_product(
    mbta: tuple[Reading, Tariff], reached: Reach
) -> None:
    """Rides alone cost the cheapest amount of the rule's product on the rider's medium."""
    _, tariff = mbta
    for number, journey in reached.leg_rules.items():
        if len(journey.legs) > 1:
            continue
        amounts = {
            one.price.amount
            for one in tariff.products
            if one.id == tariff.leg_rules[number].product
            and journey.rider.medium in ("", one.medium)
            and isinstance(one.price, Flat)
        }
        assert fares_of(tariff, journey) == [min(amounts)]


def test_mbtas_changes_cost_what_is_published(mbta: tuple[Reading, Tariff], reached: Reach) -> None:
    """Subway to bus and subway to subway are free within two hours (mbta.com/fares/transfers)."""
    _, tariff = mbta
    names = {(one.from_group, one.to_group): n for n, one in enumerate(tariff.transfers)}
    for groups in (
        ("leg_rapid_transit_quick_subway", "leg_local_bus_quick_subway"),
        ("leg_rapid_transit_quick_subway", "leg_rapid_transit_quick_subway"),
    ):
        assert fares_of(tariff, reached.transfers[names[groups]]) == [240, 0]


def test_transcollines_is_reached_whole(given: Given) -> None:
    reading, tariff = reading_of(given(TRANSCOLLINES))
    assert (tariff.asset, tariff.valid_from) == ("CAD", date(2026, 1, 5))
    assert [note.field for note in reading.notes] == ["closed", "network_id"]
    found = reach(tariff)
    assert list(found.leg_rules) == list(range(8))
    assert [(one.kind, one.name) for one in found.unreached] == [("product", "PS-0")]
    costs = {
        (rule.from_area, rule.to_area): fares_of(tariff, found.leg_rules[number])
        for number, rule in enumerate(tariff.leg_rules)
    }
    dear = {("GAT", "PNT"), ("PNT", "GAT")}
    assert costs == {pair: [2000 if pair in dear else 500] for pair in costs}
    assert len(costs) == 8


def test_a_stop_may_lie_in_several_areas(mbta: tuple[Reading, Tariff], given: Given) -> None:
    prices = Prices(mbta[1])
    of_stop = Counter(row["stop_id"] for row in rows(given(MBTA), "stop_areas.txt"))
    assert Counter({stop: len(prices.areas_of(stop, "")) for stop in of_stop}) == of_stop
    assert max(of_stop.values()) > 1


def test_a_downloaded_feed_is_a_city(given: Given, tmp_path: Path) -> None:
    """Transcollines' zip gives the places and is the tariff; a ride over its border costs 5.00."""
    path = given(TRANSCOLLINES)
    write_places(places_of(Feed(path), Wanted("tc", {})), tmp_path, "tc", "its feed, 2026")
    (tmp_path / "tariffs").mkdir()
    shutil.copy(path, tmp_path / "tariffs" / "2026-01-05.zip")
    (tmp_path / "city.toml").write_text(
        'code = "collines"\nname = "Les Collines"\nzone = "America/Montreal"\n'
        'day_start = 04:00:00\ncurrency = "CAD"\n'
    )
    (tmp_path / "operators.csv").write_text("code,name\ntc,Transcollines\n")
    (tmp_path / "issuers.csv").write_text(
        "id,code,name,prefix,simulated\n1,bank,Bank,936001,true\n"
    )
    rules = Rules(read_pack(tmp_path).bundle())
    prices = rules.prices_on(date(2026, 3, 2))
    areas = {row["stop_id"]: row["area_id"] for row in rows(path, "stop_areas.txt")}
    stops = {point.code: point.area for point in rules.bundle.points if point.code in areas}
    assert {code: prices.areas_of(code, area) for code, area in stops.items()} == {
        code: (areas[code],) for code in stops
    }
    assert set(stops) == {row["stop_id"] for row in rows(path, "stops.txt")}
    leg = ride("REG", date(2026, 3, 2), 8 * 60, ("GAT",), ("COL",), None)
    (priced,) = rate(rules.prices_on, [leg], Rider()).legs
    assert priced.fare == 500
