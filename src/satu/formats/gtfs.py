"""Reads a GTFS feed (https://gtfs.org/documentation/schedule/reference/): a zip or a folder. Pure.

Only the files and columns that a city pack is made of. Rows stream; the first fault ends reading.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, ClassVar, TypeVar

import msgspec

from satu.formats.faults.fault import Fault, fault_at
from satu.formats.rows import read_rows

Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Text = Annotated[str, msgspec.Meta(min_length=1)]

STOP, STATION = 0, 1


class FeedFault(Exception):
    """A feed that cannot be read: which file, row and field, and what was expected."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class Stop(msgspec.Struct, frozen=True):
    """A stop, station, entrance or platform. Coordinates in degrees (WGS 84)."""

    FILE: ClassVar[str] = "stops.txt"
    stop_id: Text
    stop_name: str = ""
    stop_lat: Latitude | None = None
    stop_lon: Longitude | None = None
    zone_id: str = ""
    location_type: Annotated[int, msgspec.Meta(ge=0, le=4)] = STOP
    parent_station: str = ""


class Route(msgspec.Struct, frozen=True):
    """A line. `route_color` is six hexadecimal digits; the feed's default is white."""

    FILE: ClassVar[str] = "routes.txt"
    route_id: Text
    route_type: int
    route_short_name: str = ""
    route_long_name: str = ""
    route_desc: str = ""
    route_color: Annotated[str, msgspec.Meta(pattern="^[0-9A-Fa-f]{6}$")] = "FFFFFF"
    network_id: str = ""


class RouteNetwork(msgspec.Struct, frozen=True):
    """The fare network of a route, where the feed has a file for it."""

    FILE: ClassVar[str] = "route_networks.txt"
    network_id: Text
    route_id: Text


class Trip(msgspec.Struct, frozen=True):
    FILE: ClassVar[str] = "trips.txt"
    trip_id: Text
    route_id: Text
    direction_id: Annotated[int, msgspec.Meta(ge=0, le=1)] | None = None


class StopTime(msgspec.Struct, frozen=True):
    """A trip's call at a stop. `shape_dist_traveled` is in the feed's own unit."""

    FILE: ClassVar[str] = "stop_times.txt"
    trip_id: Text
    stop_id: Text
    stop_sequence: Count
    shape_dist_traveled: Annotated[float, msgspec.Meta(ge=0)] | None = None


class FareAttribute(msgspec.Struct, frozen=True):
    """A fare of Fares v1. `transfers`: how many changes it includes; None: any number."""

    FILE: ClassVar[str] = "fare_attributes.txt"
    fare_id: Text
    price: Annotated[float, msgspec.Meta(ge=0)]
    currency_type: Text
    transfers: Annotated[int, msgspec.Meta(ge=0, le=2)] | None = None
    transfer_duration: Count | None = None


class FareRule(msgspec.Struct, frozen=True):
    """Where a fare of Fares v1 applies: a route, a pair of zones, or both."""

    FILE: ClassVar[str] = "fare_rules.txt"
    fare_id: Text
    route_id: str = ""
    origin_id: str = ""
    destination_id: str = ""


RowT = TypeVar("RowT", Stop, Route, RouteNetwork, Trip, StopTime, FareAttribute, FareRule)


class Feed:
    """A feed's files, by their names in the reference."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            raise FeedFault(Fault(str(path), 0, "", "feed_missing"))
        if not path.is_dir() and not zipfile.is_zipfile(path):
            raise FeedFault(Fault(str(path), 0, "", "feed_not_zip"))

    def has(self, file: str) -> bool:
        """Whether the feed holds a file (`fare_rules.txt`)."""
        if self.path.is_dir():
            return (self.path / file).is_file()
        with zipfile.ZipFile(self.path) as archive:
            return file in archive.namelist()

    def rows(self, kind: type[RowT]) -> Iterator[RowT]:
        """The rows of the file that `kind` describes; FeedFault at the first that is not one."""
        faults: list[Fault] = []
        with self.lines(kind.FILE) as lines:
            for _, row in read_rows(lines, kind.FILE, kind, faults):
                # Faults of the rows before this one: reading goes no further.
                _raise_first(faults)
                yield row
        _raise_first(faults)

    def files(self) -> list[str]:
        """The names of the feed's files, in order."""
        if self.path.is_dir():
            return sorted(path.name for path in self.path.iterdir() if path.is_file())
        with zipfile.ZipFile(self.path) as archive:
            return sorted(archive.namelist())

    @contextmanager
    def lines(self, file: str) -> Iterator[Iterable[str]]:
        """A file's text; FeedFault if the feed does not hold it."""
        if not self.has(file):
            raise FeedFault(fault_at(file, 0, "", "feed_file_missing", feed=self.path.name))
        if self.path.is_dir():
            with (self.path / file).open(encoding="utf-8-sig", newline="") as text:
                yield text
        else:
            with zipfile.ZipFile(self.path) as archive, archive.open(file) as raw:
                yield io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")


def _raise_first(faults: list[Fault]) -> None:
    if faults:
        raise FeedFault(faults[0])
