"""What the tables `satu_*.txt` say of a tariff: all that Fares v2 cannot. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from satu.fares.files.rows import AreaRow
from satu.fares.files.satu_rows import (
    ApportionmentRow,
    CapRow,
    ConcessionRow,
    FareTableRow,
    LegPriceRow,
    PackageNetworkRow,
    PackageRow,
    PassRow,
    SameStationRow,
    SatuNetworkRow,
    SatuTransferRow,
    SpecialDayRow,
)
from satu.fares.files.tables import RowT, Tables
from satu.fares.tariff import (
    Apportionment,
    Cap,
    Charge,
    ChargeKind,
    Concession,
    Distance,
    Network,
    Package,
    Pass,
    Product,
    SameStation,
    SpecialDay,
    Table,
    TransferRule,
)
from satu.formats.rows import Line


class Names(NamedTuple):
    """What a tariff's rows may name."""

    networks: Collection[str]
    categories: Collection[str]
    media: Collection[str]
    timeframes: Collection[str]


def read_distance_products(tables: Tables, names: Names) -> list[Product]:
    """Products priced by distance."""
    found = []
    for line in tables.rows(LegPriceRow):
        row = line.value
        _check_eligible(tables, line, row.rider_category_id, row.fare_media_id, names)
        price = Distance(
            base=tables.amount(line, "base"),
            base_units=row.base_units,
            step=tables.amount(line, "step"),
            step_units=row.step_units,
            unit_m=row.unit_m,
            rounding=row.rounding,
            cap=None if row.cap is None else tables.amount(line, "cap"),
            longest_m=row.longest_m,
        )
        if row.cap is None and not row.longest_m:
            tables.note(line, "longest_m", "longest_missing")
        product = Product(
            row.fare_product_id,
            price,
            row.rider_category_id,
            row.fare_media_id,
            row.fare_product_name,
        )
        found.append(product)
    return found


def read_table_products(tables: Tables, names: Names) -> list[Product]:
    """Products priced by a directional table, of which each row is one pair of areas."""
    areas = {line.value.area_id for line in tables.rows(AreaRow)}
    rows: dict[tuple[str, str, str], dict[tuple[str, str], int]] = defaultdict(dict)
    for line in tables.rows(FareTableRow):
        row = line.value
        _check_eligible(tables, line, row.rider_category_id, row.fare_media_id, names)
        for field in ("from_area_id", "to_area_id"):
            if tables.has(AreaRow):
                tables.known(line, field, getattr(row, field), areas)
        table = rows[row.fare_product_id, row.rider_category_id, row.fare_media_id]
        if (row.from_area_id, row.to_area_id) in table:
            pair = {"start": row.from_area_id, "end": row.to_area_id}
            tables.fault(line, "to_area_id", "pair_two_prices", **pair)
        table[row.from_area_id, row.to_area_id] = tables.amount(line, "amount")
    return [
        Product(name, Table(tuple((*pair, amount) for pair, amount in table.items())), *eligible)
        for (name, *eligible), table in rows.items()
    ]


def _check_eligible(
    tables: Tables, line: Line[RowT], category: str, medium: str, names: Names
) -> None:
    if category:
        tables.known(line, "rider_category_id", category, names.categories)
    if medium:
        tables.known(line, "fare_media_id", medium, names.media)


def read_network_rules(tables: Tables, networks: Collection[str]) -> tuple[Network, ...]:
    """Every network with how it accepts riders; the defaults of `Network` where no row says."""
    same_station: dict[str, list[SameStation]] = defaultdict(list)
    for line in tables.rows(SameStationRow):
        row = line.value
        if tables.known(line, "network_id", row.network_id, networks):
            charge = _charge(tables, line, row.charge, "amount")
            same_station[row.network_id].append(SameStation(row.from_minutes, charge))
    found: dict[str, Network] = {}
    for extended in tables.rows(SatuNetworkRow):
        network = _network(tables, extended, same_station)
        if network.id in found:
            tables.fault(extended, "network_id", "network_two_rows", name=network.id)
        found[network.id] = network
    return tuple(
        found.get(name) or Network(name, same_station=tuple(same_station[name]))
        for name in networks
    )


def _network(
    tables: Tables, line: Line[SatuNetworkRow], same_station: Mapping[str, list[SameStation]]
) -> Network:
    row = line.value
    charges = sorted(same_station.get(row.network_id, []), key=lambda one: one.from_minutes)
    return Network(
        id=row.network_id,
        closed=row.closed,
        entry_only=row.entry_only,
        charge_at=row.charge_at,
        minimum=tables.amount(line, "minimum"),
        longest_minutes=row.longest_minutes,
        missing_exit=_charge(tables, line, row.missing_exit, "missing_exit_amount"),
        missing_entry=_charge(tables, line, row.missing_entry, "missing_entry_amount"),
        same_station=tuple(charges),
        over_time=_charge(tables, line, row.over_time, "over_time_amount"),
        duplicate_s=row.duplicate_s,
        max_riders=row.max_riders,
        passback_minutes=row.passback_minutes,
        gate_change_minutes=row.gate_change_minutes,
        autocompletes=row.autocompletes,
        repairs=row.repairs,
    )


def _charge(tables: Tables, line: Line[RowT], kind: ChargeKind, field: str) -> Charge:
    if kind != "flat" and getattr(line.value, field) is not None:
        tables.fault(line, field, "charge_amount_unneeded", charge=kind)
    return Charge(kind, tables.amount(line, field))


def extend_transfers(tables: Tables, rules: tuple[TransferRule, ...]) -> tuple[TransferRule, ...]:
    """The transfer rules with what satu_transfers.txt says of their two groups."""
    extended = list(rules)
    for line in tables.rows(SatuTransferRow):
        row = line.value
        groups = (row.from_leg_group_id, row.to_leg_group_id)
        if groups not in {(rule.from_group, rule.to_group) for rule in rules}:
            start, end = groups
            tables.fault(line, "from_leg_group_id", "transfer_unknown", start=start, end=end)
        extended = [
            replace(rule, from_first=row.from_first, other_network=row.other_network)
            if (rule.from_group, rule.to_group) == groups
            else rule
            for rule in extended
        ]
    return tuple(extended)


def read_packages(tables: Tables, networks: Collection[str]) -> tuple[Package, ...]:
    """The packages with their modes, in the order of their files."""
    lines = tables.rows(PackageRow)
    names = [line.value.package_id for line in lines]
    modes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for part in tables.rows(PackageNetworkRow):
        row = part.value
        tables.known(part, "package_id", row.package_id, names)
        tables.known(part, "network_id", row.network_id, networks)
        modes[row.package_id][row.mode].append(row.network_id)
    return tuple(
        Package(
            name=line.value.package_id,
            modes=tuple(tuple(mode) for mode in modes[line.value.package_id].values()),
            base=tables.amount(line, "base"),
            per_unit=tables.amount(line, "per_unit"),
            unit_m=line.value.unit_m,
            cap=tables.amount(line, "cap"),
            duration_minutes=line.value.duration_minutes,
            change_minutes=line.value.change_minutes,
            rounding=line.value.rounding,
            min_modes=line.value.min_modes,
            when=line.value.when,
        )
        for line in lines
    )


def read_caps(tables: Tables, names: Names) -> tuple[Cap, ...]:
    """The caps, in the order of their file."""
    areas = {line.value.area_id for line in tables.rows(AreaRow)} if tables.has(AreaRow) else None
    found = []
    for line in tables.rows(CapRow):
        row = line.value
        if row.timeframe_group_id:
            tables.known(line, "timeframe_group_id", row.timeframe_group_id, names.timeframes)
        cap = Cap(
            name=row.cap_id,
            period=row.period,
            limit=None if row.limit_amount is None else tables.amount(line, "limit_amount"),
            rides=row.limit_rides,
            networks=tables.listed(line, "network_ids", names.networks),
            areas=tables.listed(line, "area_ids", areas),
            categories=tables.listed(line, "rider_category_ids", names.categories),
            timeframe=row.timeframe_group_id,
            rolling_minutes=row.rolling_minutes,
            mode=row.mode,
            group=row.cap_group,
            counts_incomplete=row.counts_incomplete,
        )
        found.append(cap)
    return tuple(found)


def read_concessions(tables: Tables, names: Names) -> tuple[Concession, ...]:
    """What rider categories pay instead."""
    found = []
    for line in tables.rows(ConcessionRow):
        row = line.value
        tables.known(line, "rider_category_id", row.rider_category_id, names.categories)
        if row.timeframe_group_id:
            tables.known(line, "timeframe_group_id", row.timeframe_group_id, names.timeframes)
        if (row.percent is None) == (row.amount is None):
            tables.fault(line, "percent", "concession_one_way")
        concession = Concession(
            row.rider_category_id,
            tables.listed(line, "network_ids", names.networks),
            row.timeframe_group_id,
            row.percent,
            None if row.amount is None else tables.amount(line, "amount"),
        )
        found.append(concession)
    return tuple(found)


def read_special_days(tables: Tables, names: Names) -> tuple[SpecialDay, ...]:
    """Dated overrides, in the order of their file."""
    return tuple(
        SpecialDay(
            tables.day(line, "date"),
            tables.amount(line, "amount"),
            line.value.name,
            tables.listed(line, "network_ids", names.networks),
            tables.listed(line, "rider_category_ids", names.categories),
        )
        for line in tables.rows(SpecialDayRow)
    )


def read_passes(tables: Tables, networks: Collection[str]) -> tuple[Pass, ...]:
    """Period products."""
    return tuple(
        Pass(
            line.value.fare_product_id,
            tables.amount(line, "price"),
            tables.listed(line, "network_ids", networks),
            line.value.activation,
            line.value.minutes,
            line.value.whole_days,
            line.value.rides,
            line.value.fare_product_name,
        )
        for line in tables.rows(PassRow)
    )


def read_apportionments(tables: Tables, networks: Collection[str]) -> tuple[Apportionment, ...]:
    """How operators share what they carried together."""
    found = []
    for line in tables.rows(ApportionmentRow):
        row = line.value
        if row.bearer:
            tables.known(line, "bearer", row.bearer, networks)
        parts = []
        for part in tables.listed(line, "parts"):
            name, _, count = part.rpartition(":")
            tables.known(line, "parts", name, networks)
            if count.isdecimal():
                parts.append((name, int(count)))
            else:
                tables.fault(line, "parts", "parts_unreadable", value=part)
        found.append(Apportionment(row.scope, row.method, tuple(parts), row.bearer))
    return tuple(found)
