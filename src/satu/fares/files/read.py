"""Reads a tariff: a folder or zip of GTFS Fares v2 files and Satu's tables beside them. Pure.

Called by city packs and by `satu tariff check`. The tables: docs/reference/tariff.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec

from satu.fares.faults import faults
from satu.fares.files import extensions, fares_v2
from satu.fares.files.calendars import Holidays, read_calendars
from satu.fares.files.rows import (
    CalendarRow,
    CategoryRow,
    FeedInfoRow,
    LegRuleRow,
    MediumRow,
    ProductRow,
    TransferRuleRow,
)
from satu.fares.files.satu_rows import (
    ApportionmentRow,
    CapRow,
    ConcessionRow,
    FareTableRow,
    LegPriceRow,
    PackageRow,
    PassRow,
    SatuNetworkRow,
    SpecialDayRow,
    TariffRow,
)
from satu.fares.files.tables import Tables, file_of
from satu.fares.tariff import STEPS, Flat, Network, Service, Tariff
from satu.formats.faults.fault import Fault, Remark, fault_at
from satu.formats.gtfs import Feed, FeedFault
from satu.formats.rows import Line

# In force from here if no file says a date: before any ride that could be priced.
NO_DATE = date(2000, 1, 1)
DEFAULT_GAP_MINUTES = 120

# Where the things stand that `satu.fares.faults` speaks of, and the column of their names.
ROWS_OF: dict[str, tuple[tuple[type[msgspec.Struct], str], ...]] = {
    "steps": ((TariffRow, "steps"),),
    "round_to": ((TariffRow, "round_to"),),
    "categories": ((CategoryRow, "rider_category_id"),),
    "media": ((MediumRow, "fare_media_id"),),
    "products": tuple(
        (kind, "fare_product_id") for kind in (ProductRow, LegPriceRow, FareTableRow)
    ),
    "leg_rules": ((LegRuleRow, "fare_product_id"),),
    "transfers": ((TransferRuleRow, "fare_product_id"),),
    "networks": ((SatuNetworkRow, "network_id"),),
    "services": ((CalendarRow, "service_id"),),
    "packages": ((PackageRow, "package_id"),),
    "caps": ((CapRow, "cap_id"),),
    "concessions": ((ConcessionRow, "rider_category_id"),),
    "special_days": ((SpecialDayRow, "name"),),
    "passes": ((PassRow, "fare_product_id"),),
    "apportionments": ((ApportionmentRow, "scope"),),
}


class Reading(NamedTuple):
    """A tariff as its files tell it; None if there are faults. Notes do not keep it from use."""

    tariff: Tariff | None
    faults: list[Fault]
    notes: list[Remark]


def read_tariff(path: Path, holidays: Holidays | None = None) -> Reading:
    """The tariff in a folder or zip, with everything that is wrong or worth knowing.

    `holidays` tells a country's public holidays; without it a tariff that names any has a fault.
    """
    try:
        tables = Tables(Feed(path))
        tariff = _tariff(tables, path, holidays)
    except FeedFault as error:
        return Reading(None, [error.fault], [])
    if not tables.faults:
        tables.faults += [_placed(tables, one) for one in faults(tariff)]
    found = sorted(dict.fromkeys(tables.faults))
    return Reading(None if found else tariff, found, sorted(dict.fromkeys(tables.notes)))


def content_hash(tariff: Tariff) -> str:
    """The name of a tariff's content: two that price alike by the same data have the same."""
    return hashlib.sha256(msgspec.msgpack.encode(tariff)).hexdigest()


def _tariff(tables: Tables, path: Path, holidays: Holidays | None) -> Tariff:
    tables.tell_unknown()
    if not tables.has(LegRuleRow):
        raise FeedFault(fault_at(file_of(LegRuleRow), 0, "", "tariff_missing", name=path.name))
    line = _tariff_row(tables)
    tables.currency = fares_v2.read_currency(tables, line.value.currency)
    if not tables.currency:
        tables.fault(line, "currency", "currency_missing")
    services, timeframes = read_calendars(tables, holidays)
    media, categories = fares_v2.read_media(tables), fares_v2.read_categories(tables)
    extended = [row.value.network_id for row in tables.rows(SatuNetworkRow)]
    networks = fares_v2.read_networks(tables, extended)
    names = extensions.Names(
        networks,
        [one.name for one in categories],
        [one.id for one in media],
        [one.name for one in timeframes],
    )
    products = fares_v2.read_products(tables, categories, media)
    products += extensions.read_distance_products(tables, names)
    products += extensions.read_table_products(tables, names)
    leg_rules = fares_v2.read_leg_rules(tables, products, timeframes)
    transfers = fares_v2.read_transfers(tables, leg_rules, products)
    feed_info = fares_v2.read_feed_info(tables)
    gap = line.value.journey_gap_minutes
    tariff = Tariff(
        version=line.value.version or feed_info.feed_version or path.stem,
        valid_from=_valid_from(tables, line, feed_info, services),
        networks=extensions.read_network_rules(tables, networks),
        products=tuple(products),
        leg_rules=leg_rules,
        asset=tables.currency,
        source=line.value.source or feed_info.feed_publisher_name,
        has_priorities="rule_priority" in tables.columns(LegRuleRow),
        media=media,
        categories=categories,
        services=services,
        timeframes=timeframes,
        stop_areas=fares_v2.read_stop_areas(tables),
        joins=fares_v2.read_joins(tables),
        transfers=extensions.extend_transfers(tables, transfers),
        packages=extensions.read_packages(tables, networks),
        caps=extensions.read_caps(tables, names),
        concessions=extensions.read_concessions(tables, names),
        special_days=extensions.read_special_days(tables, names),
        passes=extensions.read_passes(tables, networks),
        apportionments=extensions.read_apportionments(tables, networks),
        journey_gap_minutes=DEFAULT_GAP_MINUTES if gap is None else gap,
        round_to=tables.amount(line, "round_to", default=1),
        rounding=line.value.rounding,
        steps=tables.listed(line, "steps", STEPS) or STEPS,
    )
    _tell_defaults(tables, line.value, tariff)
    return tariff


def _tariff_row(tables: Tables) -> Line[TariffRow]:
    lines = tables.rows(TariffRow)
    for line in lines[1:]:
        tables.fault(line, "", "rows_too_many")
    return lines[0] if lines else Line(file_of(TariffRow), 0, TariffRow())


def _valid_from(
    tables: Tables, line: Line[TariffRow], feed_info: FeedInfoRow, services: Iterable[Service]
) -> date:
    if line.value.valid_from:
        return tables.day(line, "valid_from")
    if feed_info.feed_start_date:
        info = Line(file_of(FeedInfoRow), 2, feed_info)
        return tables.day(info, "feed_start_date")
    first = min((service.first for service in services), default=NO_DATE)
    tables.note(line, "valid_from", "valid_from_assumed", day=first.isoformat())
    return first


def _tell_defaults(tables: Tables, row: TariffRow, tariff: Tariff) -> None:
    """What Fares v2 cannot say, and what is assumed where no table of ours says it."""
    limits = [rule.duration_s for rule in tariff.joins]
    limits += [rule.duration_s for rule in tariff.transfers]
    if row.journey_gap_minutes is None and 0 in limits:
        told = {"count": limits.count(0), "minutes": tariff.journey_gap_minutes}
        tables.note(file_of(TariffRow), "journey_gap_minutes", "gap_assumed", **told)
    said = {line.value.network_id for line in tables.rows(SatuNetworkRow)}
    silent = ", ".join(network.id for network in tariff.networks if network.id not in said)
    if silent:
        tables.note(file_of(SatuNetworkRow), "network_id", "network_rules_assumed", names=silent)
    far = ", ".join(one.id for one in tariff.networks if _needs_exit(tariff, one))
    if far:
        tables.note(file_of(SatuNetworkRow), "closed", "exit_needed", names=far)


def _needs_exit(tariff: Tariff, network: Network) -> bool:
    """Whether an open network has prices that only an exit tells."""
    flat = {one.id for one in tariff.products if isinstance(one.price, Flat)}
    return not network.closed and any(
        rule.to_area or rule.to_timeframe or rule.product not in flat
        for rule in tariff.leg_rules
        if rule.network in ("", network.id)
    )


def _placed(tables: Tables, fault: Fault) -> Fault:
    """A tariff's fault where it stands: the file, and the row of the name that it speaks of."""
    kinds = ROWS_OF.get(fault.file, ())
    for kind, column in kinds:
        for line in tables.rows(kind):
            if fault.field and getattr(line.value, column) == fault.field:
                return fault._replace(file=line.file, row=line.row, field=column)
    return fault._replace(file=file_of(kinds[0][0])) if kinds else fault
