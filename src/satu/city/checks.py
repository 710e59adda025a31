"""What must hold between a city pack's files: names that are defined once and known. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import time
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from satu.cards.rules import LATE_DAYS, LEAST_REDEEM_DAYS
from satu.city.rows import (
    City,
    IssuerRow,
    OperatorRow,
    PatternRow,
    PointRow,
    ProductRow,
    RouteRow,
)
from satu.city.tables import calls_of
from satu.fares.tariff import Tariff
from satu.formats.faults.fault import Fault, fault_at
from satu.formats.rows import Line
from satu.ledger.kinds import Asset


class Tables(NamedTuple):
    """The rows of a pack with where they stand."""

    operators: list[Line[OperatorRow]]
    issuers: list[Line[IssuerRow]]
    points: list[Line[PointRow]]
    routes: list[Line[RouteRow]]
    patterns: list[Line[PatternRow]]


def city_faults(city: City) -> Iterator[Fault]:
    """What `city.toml` says that cannot be."""
    try:
        ZoneInfo(city.zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield fault_at("city.toml", 0, "zone", "zone_unknown", name=city.zone)
    if city.currency not in Asset.__members__:
        told = {"name": city.currency, "allowed": ", ".join(Asset.__members__)}
        yield fault_at("city.toml", 0, "currency", "currency_unknown", **told)
    if city.day_start != time(city.day_start.hour):
        yield Fault("city.toml", 0, "day_start", "day_start_uneven")


def table_faults(tables: Tables, point_kinds: Iterable[str]) -> Iterator[Fault]:
    """Every name that is defined twice or used without being defined."""
    yield from _repeated([(line, line.value.code) for line in tables.operators], "code")
    yield from _repeated(
        [(line, name) for line in tables.issuers for name in issuer_names(line.value)], "code"
    )
    yield from _repeated([(line, str(line.value.id)) for line in tables.issuers], "id")
    yield from _repeated([(line, line.value.prefix) for line in tables.issuers], "prefix")
    yield from _repeated([(line, line.value.code) for line in tables.points], "code")
    yield from _repeated([(line, line.value.code) for line in tables.routes], "code")
    yield from _repeated([(line, line.value.pattern) for line in tables.patterns], "pattern")
    operators = {line.value.code for line in tables.operators}
    kinds = set(point_kinds)
    if not operators:  # told once, and not again with every point and route
        yield Fault("operators.csv", 0, "", "operators_none")
    for point in tables.points:
        yield from _unknown(point, "kind", point.value.kind, kinds)
    run: list[Line[Any]] = [*tables.points, *tables.routes] if operators else []
    for line in run:
        yield from _unknown(line, "operator", line.value.operator, operators)
    yield from _pattern_faults(tables)


def product_faults(lines: list[Line[ProductRow]]) -> Iterator[Fault]:
    """Every kind of card that is defined twice, or promises money before it can be paid."""
    yield from _repeated([(line, str(line.value.id)) for line in lines], "id")
    yield from _repeated([(line, line.value.code) for line in lines], "code")
    for line in lines:
        days = line.value.redeem_days
        if days < LEAST_REDEEM_DAYS:
            waits, least = LATE_DAYS.days, LEAST_REDEEM_DAYS
            yield line.fault("redeem_days", "redeem_days_few", value=days, days=waits, least=least)


def network_faults(tables: Tables, networks: set[str], tariff: str) -> Iterator[Fault]:
    """Every point and route of a network that a tariff (its file) does not price."""
    placed: list[Line[Any]] = [*tables.points, *tables.routes]
    for line in placed:
        name = line.value.network
        if name not in networks:
            allowed = tuple(sorted(networks))
            yield line.fault(
                "network", "name_undefined_in", name=name, place=tariff, allowed=allowed
            )


def area_faults(
    tables: Tables, network: str, areas: set[str], tariff: Line[Tariff]
) -> Iterator[Fault]:
    """Every point of a network for whose areas a tariff has no price there."""
    of_stop: dict[str, set[str]] = {}
    for stop, area in tariff.value.stop_areas:
        of_stop.setdefault(stop, set()).add(area)
    for line in tables.points:
        point = line.value
        station = point.area or point.code
        own = of_stop.get(point.code) or of_stop.get(station) or {station}
        if point.network == network and not own & areas:
            name = ", ".join(sorted(own))
            place, allowed = tariff.file, tuple(sorted(areas))
            yield line.fault("area", "area_unpriced", name=name, place=place, allowed=allowed)


def issuer_names(issuer: IssuerRow) -> list[str]:
    """An issuer's code and the other names that files give it."""
    return [issuer.code, *issuer.aliases.split()]


def _pattern_faults(tables: Tables) -> Iterator[Fault]:
    points = {line.value.code for line in tables.points}
    routes = {line.value.code for line in tables.routes}
    for line in tables.patterns:
        yield from _unknown(line, "route", line.value.route, routes)
        try:
            calls = calls_of(line.value)
        except ValueError as error:
            yield line.fault("calls", "call_unreadable", call=str(error))
            continue
        for point in dict.fromkeys(point for point, _ in calls if point not in points):
            yield line.fault("calls", "point_unknown", name=point)
        for (_, before), (point, metres) in pairwise(calls):
            if metres < before:
                call = f"{point}:{metres}"
                yield line.fault("calls", "call_backwards", call=call, metres=before)


def _repeated(named: Iterable[tuple[Line[Any], str]], field: str) -> Iterator[Fault]:
    first: dict[str, Line[Any]] = {}
    for line, name in named:
        if name in first:
            place = f"{first[name].file}:{first[name].row}"
            yield line.fault(field, "name_repeated_at", name=name, place=place)
        first.setdefault(name, line)


def _unknown(line: Line[Any], field: str, name: str, known: set[str]) -> Iterator[Fault]:
    if name not in known:
        yield line.fault(field, "name_undefined", name=name, allowed=tuple(sorted(known)))
