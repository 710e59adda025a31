"""Reads a city pack: the folder of facts that makes Satu a city's. No Django, no database.

Every fault of a pack is told at once, with file, row and field, and what is allowed there. The
files are described in docs/reference/city-pack.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from satu.cards.kinds import CardProduct
from satu.cases.kinds import CityCases
from satu.city.areas import AreaRow, read_areas
from satu.city.cases import read_cases
from satu.city.checks import Tables, area_faults, city_faults, network_faults, table_faults
from satu.city.fees import read_fees
from satu.city.messages import read_message_rules
from satu.city.products import read_products
from satu.city.rows import City, IssuerRow, OperatorRow, PatternRow, PointRow, RouteRow
from satu.city.tables import RowT, calls_of, read_table
from satu.city.tariffs import priced_areas, priced_networks, read_tariffs
from satu.fares.tariff import Tariff
from satu.formats.faults.fault import Fault, fault_at
from satu.formats.rows import Line
from satu.formats.toml import read_toml
from satu.messages.kinds import Rules
from satu.payments.kinds import FeeRule
from satu.people.register import RegisterFault, Wanted, read_register
from satu.services.all import SERVICES
from satu.services.rules import Bundle, Operator, Point, Route

POINT_KINDS = [kind for service in SERVICES for kind in service.point_kinds]
UNKNOWN_POINT_KIND = "stop"


class PackFaults(Exception):
    """A pack that cannot be used, and everything that is wrong with it."""

    def __init__(self, folder: Path, faults: list[Fault]) -> None:
        super().__init__(folder, faults)
        self.folder = folder
        self.faults = faults

    def told(self, language: str) -> str:
        """A line a fault, after one that counts them, in a language: `id` or `en`."""
        count = f"{len(self.faults)} {'fault(s)' if language == 'en' else 'kesalahan'}"
        return "\n  ".join(
            [f"{self.folder}: {count}", *(one.told(language) for one in self.faults)]
        )

    def __str__(self) -> str:
        return self.told("en")


class Pack(NamedTuple):
    """A city's facts as its files tell them, checked; places are named by their codes."""

    city: City
    operators: tuple[OperatorRow, ...]
    issuers: tuple[IssuerRow, ...]
    points: tuple[PointRow, ...]
    routes: tuple[RouteRow, ...]
    patterns: tuple[PatternRow, ...]
    tariffs: tuple[Tariff, ...]
    products: tuple[CardProduct, ...]
    fees: tuple[FeeRule, ...]
    purposes: Wanted | None = None
    messages: Rules | None = None
    cases: CityCases | None = None
    areas: tuple[AreaRow, ...] = ()

    def bundle(self) -> Bundle:
        """The same facts for folds, with numbers given in the order of the files, from 1.

        Each route also gets its unknown point, for taps that tell a route and no place; it is
        nowhere on the map (0, 0).
        """
        points = [*self.points, *self._unknown_points()]
        operator_ids = _numbers(row.code for row in self.operators)
        point_ids = _numbers(row.code for row in points)
        patterns = self._patterns(point_ids)
        return Bundle(
            city=self.city.code,
            zone=self.city.zone,
            day_start_hour=self.city.day_start.hour,
            operators=tuple(
                Operator(operator_ids[row.code], row.code, row.name, row.colour)
                for row in self.operators
            ),
            points=tuple(_point(row, point_ids, operator_ids) for row in points),
            routes=tuple(
                Route(
                    id=number,
                    code=row.code,
                    name=row.name,
                    operator=operator_ids[row.operator],
                    network=row.network,
                    colour=row.colour,
                    patterns=tuple(patterns[row.code]),
                    is_estimated=row.mark == "estimated",
                )
                for number, row in enumerate(self.routes, start=1)
            ),
            tariffs=self.tariffs,
        )

    def _patterns(
        self, point_ids: Mapping[str, int]
    ) -> dict[str, list[tuple[tuple[int, int], ...]]]:
        of_route: dict[str, list[tuple[tuple[int, int], ...]]] = defaultdict(list)
        for row in self.patterns:
            calls = tuple((point_ids[point], metres) for point, metres in calls_of(row))
            of_route[row.route].append(calls)
        return of_route

    def _unknown_points(self) -> Iterator[PointRow]:
        for route in self.routes:
            yield PointRow(
                code=unknown_point_code(route.code),
                name=route.name,
                kind=UNKNOWN_POINT_KIND,
                operator=route.operator,
                network=route.network,
                lat=0.0,
                lon=0.0,
            )


def unknown_point_code(route: str) -> str:
    """The code of the point at which a tap is taken that tells its route and no place."""
    return f"route:{route}:unknown"


def read_pack(folder: Path) -> Pack:
    """The pack in a folder; PackFaults tells everything that is wrong with it."""
    found: list[Fault] = []
    city = _read_city(folder, found)
    tables = Tables(
        operators=read_table(folder, "operators", OperatorRow, found),
        issuers=read_table(folder, "issuers", IssuerRow, found),
        points=read_table(folder, "points", PointRow, found),
        routes=read_table(folder, "routes", RouteRow, found),
        patterns=read_table(folder, "patterns", PatternRow, found),
    )
    tariffs = read_tariffs(folder, found)
    found += table_faults(tables, POINT_KINDS)
    for line in tariffs:
        found += network_faults(tables, priced_networks(line.value), line.file)
        for network, priced in priced_areas(line.value):
            found += area_faults(tables, network, priced, line)
        if city is not None and line.value.asset != city.currency:
            told = {"currency": line.value.asset, "own": city.currency}
            found.append(line.fault("currency", "tariff_currency_other", **told))
    products = read_products(folder, city.currency, found) if city is not None else ()
    fees = read_fees(folder, city.currency, found) if city is not None else ()
    purposes = _purposes(folder, found)
    areas = read_areas(folder, found)
    messages = read_message_rules(folder, city.currency, found) if city is not None else None
    cases = read_cases(folder, found)
    if city is None or found:
        raise PackFaults(folder, found)
    return Pack(
        city=city,
        operators=_values(tables.operators),
        issuers=_values(tables.issuers),
        points=_values(tables.points),
        routes=_values(tables.routes),
        patterns=_values(tables.patterns),
        tariffs=_values(tariffs),
        products=products,
        fees=fees,
        purposes=purposes,
        areas=areas,
        messages=messages,
        cases=cases,
    )


def _purposes(folder: Path, found: list[Fault]) -> Wanted | None:
    """What people's data is used for; a pack may do without."""
    path = folder / "purposes.toml"
    if not path.is_file():
        return None
    try:
        return read_register(path.read_bytes())
    except RegisterFault as error:
        found.append(error.fault)
        return None


def _read_city(folder: Path, found: list[Fault]) -> City | None:
    path = folder / "city.toml"
    if not path.is_file():
        found.append(fault_at("city.toml", 0, "", "pack_missing", folder=str(folder)))
        return None
    city = read_toml(path.read_bytes(), "city.toml", City)
    if isinstance(city, Fault):
        found.append(city)
        return None
    found += city_faults(city)
    return city


def _values(lines: Iterable[Line[RowT]]) -> tuple[RowT, ...]:
    return tuple(line.value for line in lines)


def _numbers(codes: Iterable[str]) -> dict[str, int]:
    return {code: number for number, code in enumerate(codes, start=1)}


def _point(row: PointRow, point_ids: Mapping[str, int], operator_ids: Mapping[str, int]) -> Point:
    return Point(
        id=point_ids[row.code],
        code=row.code,
        name=row.name,
        kind=row.kind,
        operator=operator_ids[row.operator],
        network=row.network,
        area=row.area or row.code,
        lat=row.lat,
        lon=row.lon,
    )
