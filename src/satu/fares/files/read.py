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
from satu.fares.files.rows import FeedInfoRow, LegRuleRow, ProductRow, TransferRuleRow
from satu.fares.files.satu_rows import (
    ApportionmentRow,
    CapRow,
    ConcessionRow,
    PackageRow,
    PassRow,
    SatuNetworkRow,
    SpecialDayRow,
    TariffRow,
)
from satu.fares.files.tables import Remark, Tables, file_of
from satu.fares.tariff import STEPS, Flat, Network, Service, Tariff
from satu.formats.gtfs import Feed, FeedFault
from satu.formats.rows import Fault, Line

# In force from here if no file says a date: before any ride that could be priced.
NO_DATE = date(2000, 1, 1)
DEFAULT_GAP_MINUTES = 120

# Where the things stand that `satu.fares.faults` speaks of.
ROWS_OF: dict[str, type[msgspec.Struct]] = {
    "steps": TariffRow,
    "round_to": TariffRow,
    "products": ProductRow,
    "leg_rules": LegRuleRow,
    "transfers": TransferRuleRow,
    "networks": SatuNetworkRow,
    "packages": PackageRow,
    "caps": CapRow,
    "concessions": ConcessionRow,
    "special_days": SpecialDayRow,
    "passes": PassRow,
    "apportionments": ApportionmentRow,
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
        tables.faults += [_placed(tables, told) for told in faults(tariff)]
    found = sorted(dict.fromkeys(tables.faults))
    return Reading(None if found else tariff, found, sorted(dict.fromkeys(tables.notes)))


def content_hash(tariff: Tariff) -> str:
    """The name of a tariff's content: two that price alike by the same data have the same."""
    return hashlib.sha256(msgspec.msgpack.encode(tariff)).hexdigest()


def _tariff(tables: Tables, path: Path, holidays: Holidays | None) -> Tariff:
    tables.tell_unknown()
    if not tables.has(LegRuleRow):
        problem = f"missing: {path.name} is not a tariff (files stand at the top of a zip)"
        raise FeedFault(Fault(file_of(LegRuleRow), 0, "", problem))
    line = _tariff_row(tables)
    tables.currency = fares_v2.read_currency(tables, line.value.currency)
    if not tables.currency:
        tables.fault(line, "currency", "no file says the currency: write IDR, USD, …")
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
        tables.fault(line, "", "this table has one row")
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
    tables.note(line, "valid_from", f"not said, nor in feed_info.txt: in force from {first}")
    return first


def _tell_defaults(tables: Tables, row: TariffRow, tariff: Tariff) -> None:
    """What Fares v2 cannot say, and what is assumed where no table of ours says it."""
    limits = [rule.duration_s for rule in tariff.joins]
    limits += [rule.duration_s for rule in tariff.transfers]
    if row.journey_gap_minutes is None and 0 in limits:
        problem = (
            f"not said: {limits.count(0)} transfer or join rules without a duration end "
            f"{tariff.journey_gap_minutes} minutes after a ride"
        )
        tables.note(file_of(TariffRow), "journey_gap_minutes", problem)
    said = {line.value.network_id for line in tables.rows(SatuNetworkRow)}
    silent = [network.id for network in tariff.networks if network.id not in said]
    if silent:
        problem = (
            "no row: no gates, charged at entry, no minimum balance, a missing exit costs the "
            f"ride's own fare: {', '.join(silent)}"
        )
        tables.note(file_of(SatuNetworkRow), "network_id", problem)
    far = [one.id for one in tariff.networks if _needs_exit(tariff, one)]
    if far:
        problem = (
            "prices depend on where or when riders get off, and nobody must tap out: "
            f"without an exit the dearest is charged: {', '.join(far)}"
        )
        tables.note(file_of(SatuNetworkRow), "closed", problem)


def _needs_exit(tariff: Tariff, network: Network) -> bool:
    """Whether an open network has prices that only an exit tells."""
    flat = {one.id for one in tariff.products if isinstance(one.price, Flat)}
    return not network.closed and any(
        rule.to_area or rule.to_timeframe or rule.product not in flat
        for rule in tariff.leg_rules
        if rule.network in ("", network.id)
    )


def _placed(tables: Tables, told: str) -> Fault:
    """A tariff's fault where it stands: the file, and the row of the name that it speaks of."""
    where, _, problem = told.partition(": ")
    kind = ROWS_OF.get(where)
    if kind is None:
        return Fault(where, 0, "", problem)
    name, colon, rest = problem.partition(": ")
    field = msgspec.structs.fields(kind)[0].encode_name
    for line in tables.rows(kind):
        if colon and getattr(line.value, field) == name:
            return line.fault(field, rest)
    return Fault(file_of(kind), 0, "", problem)
