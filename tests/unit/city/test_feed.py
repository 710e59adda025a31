"""From a GTFS feed to a pack's files: which stops, which networks, how far."""

from __future__ import annotations

from pathlib import Path

import pytest

from satu.city.feed import Wanted, places_of, write_places
from satu.city.pack import read_pack
from satu.formats.gtfs import Feed, FeedFault
from tests.unit.city.packs import TOWN, write_pack

FEED = {
    "stops.txt": (
        "stop_id,stop_name,stop_lat,stop_lon,zone_id,location_type,parent_station\n"
        "H,Halte,-6.1,106.8,Z,1,\n"
        "P1,Halte peron 1,-6.1,106.8,,0,H\n"
        "B,Belok,-6.2,106.8,,0,\n"
        "C,Cabang,-6.3,106.8,,,\n"
    ),
    "routes.txt": (
        "route_id,route_short_name,route_long_name,route_desc,route_type,route_color\n"
        "1,1,Halte - Belok,BRT,3,d62126\n"
        "2,2,,Feeder,3,\n"
    ),
    "trips.txt": "route_id,trip_id\n1,1-b\n1,1-a\n1,1-c\n2,2-a\n",
    "stop_times.txt": (
        "trip_id,stop_id,stop_sequence,shape_dist_traveled\n"
        "1-a,B,2,1000.6\n1-a,P1,1,0\n"
        "1-b,P1,1,0\n1-b,B,2,1000.6\n"
        "1-c,B,0,0\n1-c,P1,5,999.4\n"
        "2-a,C,1,0\n2-a,B,2,500\n"
    ),
    "fare_rules.txt": "fare_id,route_id\nF,1\nG,2\n",
}
NETWORKS = {"F": "town-bus", "2": "town-feeder", "*": "town-bus"}


def feed(folder: Path, **changed: str) -> Feed:
    files = FEED | {f"{name}.txt": text for name, text in changed.items()}
    return Feed(write_pack(folder, files))


def test_places_of_a_feed(tmp_path: Path) -> None:
    places = places_of(feed(tmp_path), Wanted("bus", NETWORKS))
    assert places.points == [
        ("B", "Belok", "stop", "bus", "town-bus", "", -6.2, 106.8),
        ("C", "Cabang", "stop", "bus", "town-feeder", "", -6.3, 106.8),
        ("H", "Halte", "stop", "bus", "town-bus", "", -6.1, 106.8),
        ("P1", "Halte peron 1", "stop", "bus", "town-bus", "H", -6.1, 106.8),
    ]
    assert places.routes == [
        ("1", "Halte - Belok", "bus", "town-bus", "#D62126"),
        ("2", "2", "bus", "town-feeder", "#FFFFFF"),
    ]
    assert places.patterns == [
        ("1", "1-a", "H:0;B:1001"),
        ("1", "1-c", "B:0;H:999"),
        ("2", "2-a", "C:0;B:500"),
    ]
    assert places.fares == []


def test_stations_alone_with_fares_between_zones(tmp_path: Path) -> None:
    zoned = feed(
        tmp_path,
        fare_rules="fare_id,origin_id,destination_id\nF,Z,Y\nF,Y,Z\n",
        fare_attributes="fare_id,price,currency_type\nF,3000,IDR\n",
    )
    places = places_of(zoned, Wanted("rail", {"*": "town-rail"}, stations=True))
    assert places.points == [("H", "Halte", "station", "rail", "town-rail", "Z", -6.1, 106.8)]
    assert places.fares == [("town-rail", "Z", "Y", "3000"), ("town-rail", "Y", "Z", "3000")]


def test_a_feed_with_networks_of_its_own_needs_no_names(tmp_path: Path) -> None:
    routes = FEED["routes.txt"].replace("_color", "_color,network_id").replace("d62126", "d62126,a")
    with_routes = feed(tmp_path / "routes", routes=routes.replace("Feeder,3,", "Feeder,3,,b"))
    rows = "network_id,route_id\na,1\nb,2\n"
    with_file = feed(tmp_path / "file", route_networks=rows)
    for given in (with_routes, with_file):
        places = places_of(given, Wanted("bus", {}))
        assert [row[3] for row in places.routes] == ["a", "b"]
        assert [(row[0], row[4]) for row in places.points] == [
            ("B", "a"), ("C", "b"), ("H", "a"), ("P1", "a"),
        ]  # fmt: skip
    named = places_of(with_file, Wanted("bus", {"Feeder": "c", "*": "d"}))
    assert [row[3] for row in named.routes] == ["a", "c"]


def test_a_route_without_a_network_is_named(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="route 2 has no network"):
        places_of(feed(tmp_path), Wanted("bus", {"BRT": "town-bus"}))


def test_a_stop_needs_a_place(tmp_path: Path) -> None:
    stops = FEED["stops.txt"].replace("B,Belok,-6.2,106.8", "B,Belok,,")
    with pytest.raises(FeedFault, match=r"stops\.txt: stop_lat: B has no coordinates"):
        places_of(feed(tmp_path, stops=stops), Wanted("bus", NETWORKS))


def test_what_is_written_is_a_pack(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack", TOWN)
    for name in ("points/bus.csv", "routes.csv", "patterns.csv"):
        (pack / name).unlink()
    networks = {"*": "town-bus"}
    places = places_of(feed(tmp_path / "feed"), Wanted("bus", networks))
    written = write_places(places, pack, "bus", "made up, 2026")
    assert [path.relative_to(pack).as_posix() for path in written] == [
        "points/bus.csv",
        "routes/bus.csv",
        "patterns/bus.csv",
    ]
    assert written[0].read_text().startswith("# source: made up, 2026\ncode,name,kind,")
    read = read_pack(pack)
    assert [row.code for row in read.points] == ["B", "C", "H", "P1", "S1", "S2"]
    assert [row.pattern for row in read.patterns] == ["1-a", "1-c", "2-a"]
