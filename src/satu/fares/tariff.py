"""A tariff: one dated version of every fare rule of a city, as plain data. Pure.

Written by city packs, stored and signed inside a bundle, priced by `satu.fares.rate`. Words are
those of GTFS Fares v2 (network, area, timeframe, rider category, transfer), plus what it cannot
say: packages, incomplete journeys, acceptance. Amounts are whole numbers of `asset`'s smallest
unit; minutes of the clock are local and half-open (05:00 is in, 07:00 is out); durations include
their last minute ("within 180 minutes" is at most 180).
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

ChargeAt = Literal["entry", "exit"]
Rounding = Literal["up", "nearest", "down"]
StepName = str


class Flat(msgspec.Struct, frozen=True, tag_field="kind", tag="flat"):
    """One price, known at entry."""

    amount: int


class Table(msgspec.Struct, frozen=True, tag_field="kind", tag="table"):
    """A directional origin-destination table: rows of (area in, area out, amount)."""

    rows: tuple[tuple[str, str, int], ...]


Price = Flat | Table


class Timeframe(msgspec.Struct, frozen=True):
    """A band of the local clock: `start_minute` is in, `end_minute` is out (05:00 is 300)."""

    name: str
    start_minute: int
    end_minute: int


class LegRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a leg on a network costs by itself. Rules are tried in order: the first that fits.

    `timeframe` "" fits every minute, `category` "" every rider: so the general rule comes last.
    The minute is that of the entry.
    """

    network: str
    price: Price
    timeframe: str = ""
    category: str = ""


class Charge(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an incomplete journey costs.

    `own`: the leg's price as if nothing were missing (a flat price; of a table the dearest).
    `dearest`: the dearest of the table from (or to) the end that is known. `flat`: `amount`.
    """

    kind: Literal["own", "dearest", "flat"] = "own"
    amount: int = 0


class SameStation(msgspec.Struct, frozen=True):
    """Leaving where one entered: the row with the most minutes reached tells the charge."""

    from_minutes: int
    charge: Charge


class Network(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a network accepts riders and treats journeys of which a tap is missing.

    `closed`: gates, every ride has an entry and an exit; otherwise riders pay at entry and an
    exit is optional. `charge_at` "exit", or a price that is a table, means that `minimum` is
    held from the entry on. `minimum` is the balance asked for at an entry that costs money.
    `over_time` prices an exit after more than `longest_minutes`.
    """

    id: str
    closed: bool = False
    charge_at: ChargeAt = "entry"
    minimum: int = 0
    longest_minutes: int = 240
    missing_exit: Charge = Charge()
    missing_entry: Charge = Charge(kind="flat")
    same_station: tuple[SameStation, ...] = ()
    over_time: Charge = Charge()


class TransferRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change of vehicle: the next leg costs at most `amount`.

    Counted from the start of the first leg of the chain; the next leg begins within
    `duration_minutes` of it.
    """

    from_network: str
    to_network: str
    duration_minutes: int
    amount: int = 0


class Package(msgspec.Struct, frozen=True, omit_defaults=True):
    """Several networks at one price by distance: base + per_unit for each unit of all legs, ≤ cap.

    `modes`: the networks that take part; those in one tuple count as one mode, and a package
    needs `min_modes` of them. `rounding` turns the metres of all legs into units. A leg of
    unknown length (no exit yet, or never) counts `unknown_leg`: `own` is its fare alone.
    A leg that ends later than `duration_minutes` after the first tap does not fit. If it began in
    time, or within `change_minutes` of the last tap, the rider has not left the system: the
    journey costs the cap and a new package starts at once, with its base. Otherwise that journey
    was over and the leg begins another. `if_cheaper` compares a whole journey with the sum of its
    legs' own fares.
    """

    name: str
    modes: tuple[tuple[str, ...], ...]
    base: int
    per_unit: int
    unit_m: int
    cap: int
    duration_minutes: int
    change_minutes: int
    rounding: Rounding
    min_modes: int = 2
    unknown_leg: Literal["own"] = "own"
    when: Literal["if_cheaper", "always"] = "if_cheaper"


class Category(msgspec.Struct, frozen=True, omit_defaults=True):
    """A kind of rider that a price can depend on; `name` is what a card's row says."""

    name: str
    label_id: str = ""
    label_en: str = ""


class Tariff(msgspec.Struct, frozen=True, omit_defaults=True):
    """One version, in force from the service day `valid_from` until a later one begins.

    `asset` is a name of satu.ledger.kinds.Asset. `steps` is the order in which a leg's amount
    comes about. `source` says where the figures are from.
    """

    version: str
    valid_from: date
    networks: tuple[Network, ...]
    leg_rules: tuple[LegRule, ...]
    asset: str = "IDR"
    source: str = ""
    timeframes: tuple[Timeframe, ...] = ()
    categories: tuple[Category, ...] = (Category("adult"),)
    transfers: tuple[TransferRule, ...] = ()
    packages: tuple[Package, ...] = ()
    steps: tuple[StepName, ...] = ("leg", "transfer", "package")


KNOWN_STEPS = ("leg", "transfer", "package")


def faults(tariff: Tariff) -> list[str]:
    """Everything that keeps a tariff from being used, one sentence a fault; empty: none."""
    networks = {network.id for network in tariff.networks}
    found = [
        f"steps: {name!r} is not a step; known are {', '.join(KNOWN_STEPS)}"
        for name in tariff.steps
        if name not in KNOWN_STEPS
    ]
    if tariff.steps[:1] != ("leg",):
        found.append("steps: the first must be 'leg'")
    found += _unknown_names(tariff, networks)
    for network in tariff.networks:
        if not any(r.network == network.id and _is_general(r) for r in tariff.leg_rules):
            found.append(f"leg_rules: {network.id!r} has no rule for every minute and rider")
    modes = [name for package in tariff.packages for mode in package.modes for name in mode]
    found += [f"packages: {n!r} is named twice" for n in sorted(set(modes)) if modes.count(n) > 1]
    return found


def _is_general(rule: LegRule) -> bool:
    return not rule.timeframe and not rule.category


def _unknown_names(tariff: Tariff, networks: set[str]) -> list[str]:
    timeframes = {timeframe.name for timeframe in tariff.timeframes} | {""}
    categories = {category.name for category in tariff.categories} | {""}
    uses = [("leg_rules: network", rule.network, networks) for rule in tariff.leg_rules]
    uses += [("leg_rules: timeframe", rule.timeframe, timeframes) for rule in tariff.leg_rules]
    uses += [("leg_rules: category", rule.category, categories) for rule in tariff.leg_rules]
    uses += [("transfers: network", t.from_network, networks) for t in tariff.transfers]
    uses += [("transfers: network", t.to_network, networks) for t in tariff.transfers]
    uses += [
        ("packages: network", name, networks)
        for package in tariff.packages
        for mode in package.modes
        for name in mode
    ]
    return [f"{where} {name!r} is not defined" for where, name, known in uses if name not in known]
