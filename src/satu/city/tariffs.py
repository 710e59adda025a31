"""Reads a city pack's tariffs: `tariffs/*.toml`, one dated version a file. No Django.

A file is a `satu.fares.tariff.Tariff` word for word; only a table's rows may stand in a csv of
the pack (`price = { kind = "table", file = "fares/mrt.csv" }`), for that is how they are kept.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from satu.city.rows import FareRow
from satu.city.tables import Line
from satu.fares.tariff import Table, Tariff, faults
from satu.formats.rows import Fault, read_rows
from satu.ledger.kinds import Asset


def read_tariffs(folder: Path, found: list[Fault]) -> list[Line[Tariff]]:
    """The versions, oldest first; what is wrong with them is added to `found`."""
    paths = sorted((folder / "tariffs").glob("*.toml"))
    if not paths:
        found.append(Fault("tariffs", 0, "", "missing: a pack has at least one tariffs/*.toml"))
    read = [_read_tariff(folder, path, found) for path in paths]
    lines = sorted((line for line in read if line), key=lambda line: line.value.valid_from)
    days = Counter(line.value.valid_from for line in lines)
    names = Counter(line.value.version for line in lines)
    for line in lines:
        if days[line.value.valid_from] > 1:
            found.append(line.fault("valid_from", "two versions begin on the same day"))
        if names[line.value.version] > 1:
            found.append(line.fault("version", "two versions have the same name"))
        if line.value.asset not in Asset.__members__:
            found.append(line.fault("asset", f"allowed: {', '.join(Asset.__members__)}"))
        found += [line.fault("", problem) for problem in faults(line.value)]
    return lines


def table_areas(tariff: Tariff) -> Iterator[tuple[str, set[str]]]:
    """The networks whose price is a table, with the areas that it knows."""
    for rule in tariff.leg_rules:
        if isinstance(rule.price, Table):
            yield rule.network, {area for row in rule.price.rows for area in row[:2]}


def _read_tariff(folder: Path, path: Path, found: list[Fault]) -> Line[Tariff] | None:
    name = path.relative_to(folder).as_posix()
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        found.append(Fault(name, 0, "", f"not readable as TOML: {error}"))
        return None
    before = len(found)
    for rule in given.get("leg_rules", []):
        _take_rows(folder, rule, found)
    if len(found) > before:
        return None
    try:
        tariff = msgspec.convert(given, Tariff, builtin_types=(date,))
    except msgspec.ValidationError as error:
        problem, _, where = str(error).partition(" - at `$.")
        found.append(Fault(name, 0, where.rstrip("`"), problem))
        return None
    found += [Fault(name, 0, where, "no such field") for where in _unknown_fields(given, tariff)]
    return Line(name, 0, tariff)


def _unknown_fields(given: Any, made: Any, where: str = "") -> Iterator[str]:
    """Fields that were written and not read: a tariff's typing error costs money."""
    if isinstance(given, list):
        for index, (part, value) in enumerate(zip(given, made, strict=True)):
            yield from _unknown_fields(part, value, f"{where}[{index}]")
    elif isinstance(given, dict) and isinstance(made, msgspec.Struct):
        for name, part in given.items():
            if name in made.__struct_fields__:
                inner = f"{where}.{name}".lstrip(".")
                yield from _unknown_fields(part, getattr(made, name), inner)
            elif name != made.__struct_config__.tag_field:
                yield f"{where}.{name}".lstrip(".")


def _take_rows(folder: Path, rule: Any, found: list[Fault]) -> None:
    """Put the rows of the csv that a price names in the place of its name."""
    price = rule.get("price") if isinstance(rule, dict) else None
    if not isinstance(price, dict) or "file" not in price:
        return
    name = str(price.pop("file"))
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
        found.append(Fault(name, 0, "", "a tariff names this file, but the pack does not hold it"))
        return
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = [Line(name, *row) for row in read_rows(lines, name, FareRow, found)]
    pairs = Counter((line.value.origin, line.value.destination) for line in rows)
    for line in rows:
        if pairs[line.value.origin, line.value.destination] > 1:
            found.append(line.fault("destination", "this pair of areas has two prices"))
    price["rows"] = [(row.origin, row.destination, row.amount) for _, _, row in rows]
