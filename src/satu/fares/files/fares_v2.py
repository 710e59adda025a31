"""What GTFS Fares v2's own files say of a tariff. Pure.

A name that leads nowhere is a note where it only keeps a rule from ever matching, and a fault
where a fare would be unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from msgspec.structs import replace

from satu.fares.files.rows import (
    AreaRow,
    CategoryRow,
    FeedInfoRow,
    JoinRuleRow,
    LegRuleRow,
    MediumRow,
    NetworkRow,
    ProductRow,
    RouteNetworkRow,
    RouteRow,
    StopAreaRow,
    StopRow,
    TransferRuleRow,
    TranslationRow,
)
from satu.fares.files.tables import RowT, Tables, file_of, told_rows
from satu.fares.tariff import (
    Category,
    FareMedium,
    Flat,
    JoinRule,
    LegRule,
    Product,
    Timeframe,
    TransferRule,
)
from satu.formats.rows import Line
from satu.kernel import money

EVERY_NETWORK = "all"
DEFAULT_CATEGORY = Category("adult", is_default=True)


def read_media(tables: Tables) -> tuple[FareMedium, ...]:
    """The media; where no file says them, those that products name."""
    if tables.has(MediumRow):
        rows = [line.value for line in tables.rows(MediumRow)]
        return tuple(
            FareMedium(row.fare_media_id, row.fare_media_type, row.fare_media_name) for row in rows
        )
    named = dict.fromkeys(line.value.fare_media_id for line in tables.rows(ProductRow))
    found = tuple(FareMedium(name, 0) for name in named if name)
    if found:
        tables.note(file_of(MediumRow), "", "not there: media are those that products name")
    return found


def read_categories(tables: Tables) -> tuple[Category, ...]:
    """The rider categories, exactly one of them the default.

    Where no file says them they are those that products name. Where none is marked the default is
    `adult`, or the first that a product names if every product names one.
    """
    labels = _labels(tables)
    found = [
        Category(
            line.value.rider_category_id,
            label_id=_label(labels, line.value, "id"),
            label_en=_label(labels, line.value, "en"),
        )
        for line in tables.rows(CategoryRow)
    ]
    of_products = [line.value.rider_category_id for line in tables.rows(ProductRow)]
    if not tables.has(CategoryRow):
        found = [Category(name) for name in dict.fromkeys(of_products) if name]
    if not found:
        return (DEFAULT_CATEGORY,)
    marked = [
        line.value.rider_category_id
        for line in tables.rows(CategoryRow)
        if line.value.is_default_fare_category
    ]
    is_sold_to_all = not of_products or "" in of_products
    default = (marked or [DEFAULT_CATEGORY.name if is_sold_to_all else of_products[0]])[0]
    if len(marked) != 1:
        problem = f"{len(marked)} categories are marked: the default is {default!r}"
        tables.note(file_of(CategoryRow), "is_default_fare_category", problem)
    if default not in {one.name for one in found}:
        found.insert(0, Category(default))
    return tuple(replace(one, is_default=one.name == default) for one in found)


def _labels(tables: Tables) -> dict[tuple[str, str], str]:
    """(language, category's id or name) → its name in that language."""
    return {
        (row.language.split("-")[0].lower(), row.record_id or row.field_value): row.translation
        for row in (line.value for line in tables.rows(TranslationRow))
        if (row.table_name, row.field_name) == ("rider_categories", "rider_category_name")
    }


def _label(labels: dict[tuple[str, str], str], row: CategoryRow, language: str) -> str:
    by_name = labels.get((language, row.rider_category_name), row.rider_category_name)
    return labels.get((language, row.rider_category_id), by_name)


def read_currency(tables: Tables, said: str) -> str:
    """The one currency of all products, or the one that satu_tariff.txt says."""
    found: dict[str, Line[ProductRow]] = {}
    for line in tables.rows(ProductRow):
        found.setdefault(line.value.currency, line)
    first = said or next(iter(found), "")
    for currency, line in found.items():
        if currency != first:
            tables.fault(line, "currency", f"{currency} beside {first}; a tariff has one currency")
    return first


def read_products(
    tables: Tables, categories: Iterable[Category], media: Iterable[FareMedium]
) -> list[Product]:
    """The products with one price."""
    known_categories = {one.name for one in categories}
    known_media = {one.id for one in media}
    found: dict[tuple[str, str, str], Product] = {}
    for line in tables.rows(ProductRow):
        row = line.value
        if row.rider_category_id:
            tables.known(line, "rider_category_id", row.rider_category_id, known_categories)
        if row.fare_media_id:
            tables.known(line, "fare_media_id", row.fare_media_id, known_media)
        decimals = money.exponent(row.currency)
        if decimals and len(row.amount.partition(".")[2]) != decimals:
            tables.note(
                line, "amount", f"{row.amount}: {row.currency} is written with {decimals} decimals"
            )
        price = Flat(tables.amount(line, "amount"))
        key = (row.fare_product_id, row.rider_category_id, row.fare_media_id)
        product = Product(key[0], price, key[1], key[2], row.fare_product_name)
        if found.setdefault(key, product).price != price:
            tables.fault(line, "amount", "the same product, category and medium have two prices")
    return list(found.values())


def read_networks(tables: Tables, extended: Iterable[str]) -> list[str]:
    """Every network that any file names, in order: files that define them go first."""
    found = dict.fromkeys(line.value.network_id for line in tables.rows(NetworkRow))
    routes = tables.rows(RouteRow)
    found |= dict.fromkeys(line.value.network_id for line in routes if line.value.network_id)
    found |= dict.fromkeys(extended)
    _tell_routes(tables, routes, found)
    used: dict[str, list[Line[Any]]] = defaultdict(list)
    for rule in tables.rows(LegRuleRow):
        used[rule.value.network_id].append(rule)
    for join in tables.rows(JoinRuleRow):
        for name in (join.value.from_network_id, join.value.to_network_id):
            used[name].append(join)
    for name, lines in used.items():
        if name and name not in found and found:
            problem = f"no file defines {name!r}: no route is on it ({told_rows(lines)})"
            tables.note(lines[0].file, "network_id", problem)
    found |= dict.fromkeys(name for name in used if name)
    if not found:
        tables.note(file_of(NetworkRow), "", f"no file names a network: all is {EVERY_NETWORK!r}")
    return list(found) or [EVERY_NETWORK]


def _tell_routes(tables: Tables, routes: list[Line[RouteRow]], networks: Collection[str]) -> None:
    assigned = tables.rows(RouteNetworkRow)
    for line in assigned:
        tables.known(line, "network_id", line.value.network_id, networks)
    placed = {line.value.route_id for line in assigned}
    bare = [r for r in routes if not r.value.network_id and r.value.route_id not in placed]
    if bare and networks:
        problem = f"{len(bare)} routes are on no network ({told_rows(bare)})"
        tables.note(file_of(RouteRow), "network_id", problem)


def read_stop_areas(tables: Tables) -> tuple[tuple[str, str], ...]:
    """(stop, area) rows; a station's row holds for its platforms, as the engine looks them up."""
    lines = tables.rows(StopAreaRow)
    if tables.has(AreaRow):
        areas = {line.value.area_id for line in tables.rows(AreaRow)}
        _tell_dangling(tables, lines, "area_id", areas, "is not in areas.txt")
    if tables.has(StopRow):
        stops = {line.value.stop_id for line in tables.rows(StopRow)}
        _tell_dangling(tables, lines, "stop_id", stops, "is not in stops.txt: nobody taps there")
    return tuple(dict.fromkeys((line.value.stop_id, line.value.area_id) for line in lines))


def read_leg_rules(
    tables: Tables, products: Iterable[Product], timeframes: Iterable[Timeframe]
) -> tuple[LegRule, ...]:
    """The leg rules, in the order of the file."""
    lines = tables.rows(LegRuleRow)
    known = {product.id for product in products}
    for line in lines:
        tables.known(line, "fare_product_id", line.value.fare_product_id, known)
    bands = {band.name for band in timeframes}
    for field in ("from_timeframe_group_id", "to_timeframe_group_id"):
        why = "has no row in timeframes.txt: what names it can never match"
        _tell_dangling(tables, lines, field, bands, why)
    if tables.has(AreaRow):
        areas = {line.value.area_id for line in tables.rows(AreaRow)}
        for field in ("from_area_id", "to_area_id"):
            _tell_dangling(tables, lines, field, areas, "is not in areas.txt")
    rules: dict[LegRule, Line[LegRuleRow]] = {}
    for line in lines:
        rule = _leg_rule(line.value)
        if rule in rules:
            tables.note(line, "", f"says what row {rules[rule].row} says already")
        rules.setdefault(rule, line)
    return tuple(rules)


def _leg_rule(row: LegRuleRow) -> LegRule:
    return LegRule(
        product=row.fare_product_id,
        network=row.network_id,
        from_area=row.from_area_id,
        to_area=row.to_area_id,
        from_timeframe=row.from_timeframe_group_id,
        to_timeframe=row.to_timeframe_group_id,
        leg_group=row.leg_group_id,
        priority=row.rule_priority,
        is_transfer_only=bool(row.transfer_only),
    )


def read_joins(tables: Tables) -> tuple[JoinRule, ...]:
    """The leg join rules, with the duration that is proposed for them.

    A platform is read as its station: there riders tap, and there a leg ends.
    """
    lines = tables.rows(JoinRuleRow)
    stops: dict[str, str] = {}
    if tables.has(StopRow):
        for stop in tables.rows(StopRow):
            stops[stop.value.stop_id] = stop.value.parent_station or stop.value.stop_id
        for field in ("from_stop_id", "to_stop_id"):
            _tell_dangling(tables, lines, field, stops, "is not in stops.txt: nobody taps there")
    found = []
    for line in lines:
        row = line.value
        if bool(row.from_stop_id) != bool(row.to_stop_id):
            tables.fault(line, "to_stop_id", "from_stop_id and to_stop_id are both named, or none")
        kind = 2 if row.duration_limit_type is None else row.duration_limit_type
        join = JoinRule(
            row.from_network_id,
            row.to_network_id,
            stops.get(row.from_stop_id, row.from_stop_id),
            stops.get(row.to_stop_id, row.to_stop_id),
            row.duration_limit or 0,
            kind,
        )
        found.append(join)
    return tuple(dict.fromkeys(found))


def read_transfers(
    tables: Tables, rules: Iterable[LegRule], products: Iterable[Product]
) -> tuple[TransferRule, ...]:
    """The transfer rules, with the columns that are proposed for them."""
    lines = tables.rows(TransferRuleRow)
    groups = {rule.leg_group for rule in rules}
    for field in ("from_leg_group_id", "to_leg_group_id"):
        why = "is no leg group of fare_leg_rules.txt: what names it can never match"
        _tell_dangling(tables, lines, field, groups, why)
    known = {product.id for product in products}
    names_media = "fare_media_behavior" in tables.columns(TransferRuleRow)
    return tuple(dict.fromkeys(_transfer(tables, line, known, names_media) for line in lines))


def _transfer(
    tables: Tables, line: Line[TransferRuleRow], products: set[str], names_media: bool
) -> TransferRule:
    row = line.value
    for field in ("fare_product_id", "filter_fare_product_id"):
        if getattr(row, field):
            tables.known(line, field, getattr(row, field), products)
    kind = row.duration_limit_type
    if row.duration_limit and kind is None:
        kind = 1
        tables.note(line, "duration_limit_type", "not said: taken as 1, from entry to entry")
    if kind is not None and not row.duration_limit:
        tables.note(line, "duration_limit_type", "not used: there is no duration_limit")
    if row.filter_fare_product_id and not row.fare_product_behavior:
        tables.note(line, "filter_fare_product_id", "both legs are held to this product")
    return TransferRule(
        row.from_leg_group_id,
        row.to_leg_group_id,
        row.fare_transfer_type,
        row.fare_product_id,
        _count(tables, line),
        row.duration_limit or 0,
        1 if kind is None else kind,
        row.filter_fare_product_id,
        any_medium=bool(row.fare_media_behavior) or not names_media,
        same_product=bool(row.fare_product_behavior),
    )


def _count(tables: Tables, line: Line[TransferRuleRow]) -> int:
    """How many transfers a rule spans; Fares v2 asks for it where both groups are the same."""
    row = line.value
    if row.from_leg_group_id != row.to_leg_group_id:
        if row.transfer_count:
            tables.note(line, "transfer_count", "not used: the two groups differ")
        return 0
    if row.transfer_count is None:
        count = -1 if row.duration_limit else 1
        how = "any number within the duration" if row.duration_limit else "1"
        tables.note(line, "transfer_count", f"not said: taken as {how}")
        return count
    if row.transfer_count == 0:
        tables.fault(line, "transfer_count", "0 is none; -1 is any number, else at least 1")
    return row.transfer_count


def read_feed_info(tables: Tables) -> FeedInfoRow:
    """Who published the feed, and its version; empty if it does not say."""
    rows = tables.rows(FeedInfoRow)
    return rows[0].value if rows else FeedInfoRow()


def _tell_dangling(
    tables: Tables, lines: Iterable[Line[RowT]], field: str, known: Collection[str], why: str
) -> None:
    """One note for each name that a column uses and that leads nowhere, with its rows."""
    found: dict[str, list[Line[RowT]]] = defaultdict(list)
    for line in lines:
        name = getattr(line.value, field)
        if name and name not in known:
            found[name].append(line)
    for name, at in found.items():
        tables.note(at[0].file, field, f"{name!r} {why} ({told_rows(at)})")
