"""Makes the places of a city pack from a GTFS feed: points, routes, patterns, zone fares.

Called by `satu city import`; what it makes is then the pack's own, to be read and corrected.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from satu.city.tables import CALL_SEPARATOR
from satu.formats import gtfs
from satu.formats.faults.fault import fault_at
from satu.kernel import money

Cells = tuple[str | int | float, ...]

COLUMNS = {
    "points": ("code", "name", "kind", "operator", "network", "area", "lat", "lon"),
    "routes": ("code", "name", "operator", "network", "colour"),
    "patterns": ("route", "pattern", "calls"),
    "fares": ("fare_product_id", "from_area_id", "to_area_id", "amount"),
}


class Wanted(NamedTuple):
    """How a feed becomes places of one operator.

    `networks` names the fare network of a route by the first of these keys that it holds: the
    route's code, its description, its fare's code; else the feed's own network counts (Fares v2),
    else `*`. With `stations` only stations are kept.
    """

    operator: str
    networks: Mapping[str, str]
    stations: bool = False


class Places(NamedTuple):
    """Rows of the pack's files, without their headers.

    `fares` are those between two areas, as a tariff's satu_fare_table.txt has them.
    """

    points: list[Cells]
    routes: list[Cells]
    patterns: list[Cells]
    fares: list[Cells]


def places_of(feed: gtfs.Feed, wanted: Wanted) -> Places:
    """A feed's places; KeyError names a route without a network, FeedFault what cannot be read."""
    stops = {stop.stop_id: stop for stop in feed.rows(gtfs.Stop)}
    rules = list(feed.rows(gtfs.FareRule)) if feed.has(gtfs.FareRule.FILE) else []
    fare_of = {rule.route_id: rule.fare_id for rule in rules if rule.route_id}
    routes = list(feed.rows(gtfs.Route))
    own = _own_networks(feed, routes)
    network_of = {
        route.route_id: _network(route, fare_of, own[route.route_id], wanted) for route in routes
    }
    patterns = _patterns(feed, stops)
    by_zone = any(rule.origin_id for rule in rules)
    return Places(
        points=_points(stops, patterns, network_of, by_zone, wanted),
        routes=[_route(route, network_of[route.route_id], wanted) for route in routes],
        patterns=[
            (
                route,
                pattern,
                CALL_SEPARATOR.join(f"{stop}:{metres}" for stop, metres in calls),
            )
            for route, pattern, calls in patterns
        ],
        fares=_zone_fares(feed, rules, wanted) if by_zone else [],
    )


def write_places(places: Places, folder: Path, name: str, source: str) -> list[Path]:
    """Write `points/<name>.csv` and its like below `folder`; the source goes on the first line."""
    written = []
    for table, rows in places._asdict().items():
        if not rows:
            continue
        path = folder / table / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(f"# source: {source}\n")
            lines = csv.writer(file, lineterminator="\n")
            lines.writerow(COLUMNS[table])
            lines.writerows(rows)
        written.append(path)
    return written


Call = tuple[str, int]
Pattern = tuple[str, str, tuple[Call, ...]]


def _patterns(feed: gtfs.Feed, stops: Mapping[str, gtfs.Stop]) -> list[Pattern]:
    """One pattern for each distinct list of stops of a route, named by its first trip.

    A platform's calls are its station's: riders tap at the station's gates.
    """
    calls: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
    for time in feed.rows(gtfs.StopTime):
        place = stops[time.stop_id].parent_station or time.stop_id
        metres = round(time.shape_dist_traveled or 0)
        calls[time.trip_id].append((time.stop_sequence, place, metres))
    found: dict[tuple[str, tuple[str, ...]], Pattern] = {}
    for trip in sorted(feed.rows(gtfs.Trip), key=lambda trip: (trip.route_id, trip.trip_id)):
        way = tuple((place, metres) for _, place, metres in sorted(calls[trip.trip_id]))
        key = (trip.route_id, tuple(place for place, _ in way))
        found.setdefault(key, (trip.route_id, trip.trip_id, way))
    return list(found.values())


def _points(
    stops: Mapping[str, gtfs.Stop],
    patterns: list[Pattern],
    network_of: Mapping[str, str],
    by_zone: bool,
    wanted: Wanted,
) -> list[Cells]:
    networks: dict[str, set[str]] = defaultdict(set)
    for route, _, calls in patterns:
        for place, _ in calls:
            networks[place].add(network_of[route])
    counted = Counter(sorted(network_of.values())).most_common(1)
    usual = wanted.networks.get("*") or counted[0][0]
    rows: list[Cells] = []
    for stop in sorted(stops.values(), key=lambda stop: stop.stop_id):
        if wanted.stations and stop.location_type != gtfs.STATION:
            continue
        station = stop.parent_station or stop.stop_id
        served = networks[station]
        network = next(iter(served)) if len(served) == 1 else usual
        kind = "station" if wanted.stations else "stop"
        area = stop.zone_id if by_zone else stop.parent_station
        if stop.stop_lat is None or stop.stop_lon is None:
            fault = fault_at(gtfs.Stop.FILE, 0, "stop_lat", "stop_nowhere", stop=stop.stop_id)
            raise gtfs.FeedFault(fault)
        where = (stop.stop_lat, stop.stop_lon)
        named = (stop.stop_id, stop.stop_name or stop.stop_id)
        rows.append((*named, kind, wanted.operator, network, area, *where))
    return rows


def _route(route: gtfs.Route, network: str, wanted: Wanted) -> Cells:
    name = route.route_long_name or route.route_short_name
    return (
        route.route_id,
        name,
        wanted.operator,
        network,
        f"#{route.route_color.upper()}",
    )


def _own_networks(feed: gtfs.Feed, routes: list[gtfs.Route]) -> dict[str, str]:
    """The network that the feed itself puts each route on; "" if it does not."""
    own = {route.route_id: route.network_id for route in routes}
    if feed.has(gtfs.RouteNetwork.FILE):
        own |= {row.route_id: row.network_id for row in feed.rows(gtfs.RouteNetwork)}
    return own


def _network(route: gtfs.Route, fare_of: Mapping[str, str], own: str, wanted: Wanted) -> str:
    fare = fare_of.get(route.route_id, "")
    for key in (route.route_id, route.route_desc, fare):
        if key in wanted.networks:
            return wanted.networks[key]
    if own or "*" in wanted.networks:
        return own or wanted.networks["*"]
    raise KeyError(f"route {route.route_id} has no network: name one for it or for '*'")


def _zone_fares(feed: gtfs.Feed, rules: list[gtfs.FareRule], wanted: Wanted) -> list[Cells]:
    """Rows of a tariff's satu_fare_table.txt; the product has the name of the usual network."""
    price = {}
    for fare in feed.rows(gtfs.FareAttribute):
        units = round(fare.price * 10 ** money.exponent(fare.currency_type))
        price[fare.fare_id] = money.plain(units, fare.currency_type)
    product = wanted.networks.get("*", wanted.operator)
    return [(product, rule.origin_id, rule.destination_id, price[rule.fare_id]) for rule in rules]
