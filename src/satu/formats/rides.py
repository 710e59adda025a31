"""What a file of rides says, row by row, whatever its format. Pure; read by satu.city.replay.

Times are the file's own wall clock, without a zone: the city's calendar makes instants of them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, Protocol


class Touch(NamedTuple):
    """One end of a ride. `stop` is the file's code for the place, "" if it does not tell."""

    at: datetime
    stop: str = ""
    name: str = ""
    lat: float = 0.0
    lon: float = 0.0


class Row(NamedTuple):
    """One row of the file: a ride with one or both of its ends.

    `line` is the row's line in the file, counted from 1 with the header. `amount` is what the
    file says was paid, in the smallest unit; None: it does not say. `problem` says in English
    why no tap can be made of the row; "" if one can.

    What some files tell besides: `mode` of transport, `kind` of touch and `fare_class` of the
    rider in the file's own words, and `stage`, how many changes of vehicle the ride has behind it
    by the file's reckoning.
    """

    line: int
    card: str = ""
    issuer: str = ""
    route: str = ""
    route_name: str = ""
    entry: Touch | None = None
    exit: Touch | None = None
    amount: int | None = None
    problem: str = ""
    mode: str = ""
    kind: str = ""
    fare_class: str = ""
    stage: int | None = None


Fields = tuple[int, list[str]]  # a row's line in the file, and the wanted columns


class Format(NamedTuple):
    """A way to write rides in a csv file.

    `note` is a sentence in Indonesian and English that a user must know, both "" if none.
    """

    name: str
    columns: tuple[str, ...]
    read: Callable[[Iterable[Fields]], Iterator[Row]]
    note: tuple[str, str] = ("", "")


class Reader(Protocol):
    """What csv.reader gives."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


class NotThisFormat(ValueError):
    """The header lacks a column that the format asks for."""


def read_rows(lines: Iterable[str], form: Format) -> Iterator[Row]:
    """The rows of a csv text, header first. Raises NotThisFormat."""
    reader = csv.reader(lines)
    header = next(reader, [])
    missing = [name for name in form.columns if name not in header]
    if missing:
        raise NotThisFormat(f"not a {form.name} file: no column {', '.join(missing)}")
    place = [header.index(name) for name in form.columns]
    yield from form.read(_picked(reader, place))


def _picked(reader: Reader, place: list[int]) -> Iterator[Fields]:
    """Each row's line in the file and its wanted fields; a short row is filled with blanks."""
    last = max(place)
    for row in reader:
        if not row:
            continue
        row += [""] * (last + 1 - len(row))
        yield reader.line_num, [row[index].strip() for index in place]


def number(text: str) -> float:
    """A decimal number of the file; 0.0 if it has none."""
    try:
        return float(text)
    except ValueError:
        return 0.0


def amount(text: str) -> int | None:
    """A whole amount: `3500` and `3500.0` are 3500; None for what is no whole number."""
    try:
        value = float(text)
    except ValueError:
        return None
    return int(value) if value.is_integer() else None


def wall_clock(text: str) -> datetime | None:
    """A local time as ISO 8601 writes it; a zone, if told, is dropped; None if unreadable."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
