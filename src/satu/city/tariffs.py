"""Reads a city pack's tariffs: `tariffs/*`, one dated version a folder or zip. No Django."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from satu.fares.files.read import read_tariff
from satu.fares.tariff import LegRule, Product, Table, Tariff
from satu.formats.faults.fault import Fault
from satu.formats.holidays import public_holidays
from satu.formats.rows import Line
from satu.ledger.kinds import Asset


def read_tariffs(folder: Path, found: list[Fault]) -> list[Line[Tariff]]:
    """The versions, oldest first; what is wrong with them is added to `found`."""
    paths = sorted(tariff_paths(folder))
    if not paths:
        found.append(Fault("tariffs", 0, "", "tariffs_missing"))
    lines = []
    for path in paths:
        name = path.relative_to(folder).as_posix()
        reading = read_tariff(path, public_holidays)
        found += [fault._replace(file=f"{name}/{fault.file}") for fault in reading.faults]
        if reading.tariff:
            lines.append(Line(name, 0, reading.tariff))
    lines.sort(key=lambda line: line.value.valid_from)
    days = Counter(line.value.valid_from for line in lines)
    names = Counter(line.value.version for line in lines)
    for line in lines:
        if days[line.value.valid_from] > 1:
            found.append(line.fault("valid_from", "versions_same_day"))
        if names[line.value.version] > 1:
            found.append(line.fault("version", "versions_same_name"))
        if line.value.asset not in Asset.__members__:
            told = {"name": line.value.asset, "allowed": ", ".join(Asset.__members__)}
            found.append(line.fault("currency", "currency_unknown", **told))
    return lines


def tariff_paths(folder: Path) -> Iterator[Path]:
    """The folders and zips of a pack's tariffs."""
    for path in (folder / "tariffs").glob("*"):
        if path.is_dir() or path.suffix == ".zip":
            yield path


def priced_networks(tariff: Tariff) -> set[str]:
    """The networks that a leg rule prices; one that names none prices those without any."""
    named = {rule.network for rule in tariff.leg_rules}
    return {one.id for one in tariff.networks if one.id in named or "" in named}


def priced_areas(tariff: Tariff) -> Iterator[tuple[str, set[str]]]:
    """The networks whose every rule depends on areas, with the areas that are priced there."""
    for network in sorted(priced_networks(tariff)):
        areas: set[str] = set()
        rules = [rule for rule in tariff.leg_rules if rule.network in ("", network)]
        each = [_areas(rule, tariff.products) for rule in rules]
        if all(each):
            yield network, areas.union(*each)


def _areas(rule: LegRule, products: tuple[Product, ...]) -> set[str]:
    """The areas between which a rule has a price; none: it does not look at areas."""
    named = {area for area in (rule.from_area, rule.to_area) if area}
    prices = [product.price for product in products if product.id == rule.product]
    tables = [price for price in prices if isinstance(price, Table)]
    if named or len(tables) < len(prices):
        return named
    return {area for table in tables for row in table.rows for area in row[:2]}
