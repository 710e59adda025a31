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
        tables.note(file_of(MediumRow), "", "media_assumed")
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
        file, field = file_of(CategoryRow), "is_default_fare_category"
        tables.note(file, field, "category_assumed", count=len(marked), name=default)
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
            tables.fault(line, "currency", "currency_mixed", currency=currency, other=first)
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
            value, currency = row.amount, row.currency
            tables.note(
                line, "amount", "decimals_other", value=value, currency=currency, decimals=decimals
            )
        price = Flat(tables.amount(line, "amount"))
        key = (row.fare_product_id, row.rider_category_id, row.fare_media_id)
        product = Product(key[0], price, key[1], key[2], row.fare_product_name)
        if found.setdefault(key, product).price != price:
            tables.fault(line, "amount", "product_two_prices")
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
            rows = told_rows(lines)
            tables.note(lines[0].file, "network_id", "network_assumed", name=name, rows=rows)
    found |= dict.fromkeys(name for name in used if name)
    if not found:
        tables.note(file_of(NetworkRow), "", "networks_unnamed", name=EVERY_NETWORK)
    return list(found) or [EVERY_NETWORK]


def _tell_routes(tables: Tables, routes: list[Line[RouteRow]], networks: Collection[str]) -> None:
    assigned = tables.rows(RouteNetworkRow)
    for line in assigned:
        tables.known(line, "network_id", line.value.network_id, networks)
    placed = {line.value.route_id for line in assigned}
    bare = [r for r in routes if not r.value.network_id and r.value.route_id not in placed]
    if bare and networks:
        file, rows = file_of(RouteRow), told_rows(bare)
        tables.note(file, "network_id", "routes_bare", count=len(bare), rows=rows)


def read_stop_areas(tables: Tables) -> tuple[tuple[str, str], ...]:
    """(stop, area) rows; a station's row holds for its platforms, as the engine looks them up."""
    lines = tables.rows(StopAreaRow)
    if tables.has(AreaRow):
        areas = {line.value.area_id for line in tables.rows(AreaRow)}
        _tell_dangling(tables, lines, "area_id", areas, "area_dangling")
    if tables.has(StopRow):
        stops = {line.value.stop_id for line in tables.rows(StopRow)}
        _tell_dangling(tables, lines, "stop_id", stops, "stop_dangling")
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
        _tell_dangling(tables, lines, field, bands, "timeframe_dangling")
    if tables.has(AreaRow):
        areas = {line.value.area_id for line in tables.rows(AreaRow)}
        for field in ("from_area_id", "to_area_id"):
            _tell_dangling(tables, lines, field, areas, "area_dangling")
    rules: dict[LegRule, Line[LegRuleRow]] = {}
    for line in lines:
        rule = _leg_rule(line.value)
        if rule in rules:
            tables.note(line, "", "rule_repeated", row=rules[rule].row)
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
            _tell_dangling(tables, lines, field, stops, "stop_dangling")
    found = []
    for line in lines:
        row = line.value
        if bool(row.from_stop_id) != bool(row.to_stop_id):
            networks = {"start": row.from_network_id, "end": row.to_network_id}
            tables.fault(line, "to_stop_id", "join_stop_missing", **networks)
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
        _tell_dangling(tables, lines, field, groups, "group_dangling")
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
        tables.note(line, "duration_limit_type", "duration_kind_assumed")
    if kind is not None and not row.duration_limit:
        tables.note(line, "duration_limit_type", "duration_kind_unused")
    if row.filter_fare_product_id and not row.fare_product_behavior:
        tables.note(line, "filter_fare_product_id", "filter_both")
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
            tables.note(line, "transfer_count", "count_unused")
        return 0
    if row.transfer_count is None:
        code = "count_any_assumed" if row.duration_limit else "count_one_assumed"
        tables.note(line, "transfer_count", code)
        return -1 if row.duration_limit else 1
    if row.transfer_count == 0:
        tables.fault(line, "transfer_count", "transfer_count_zero")
    return row.transfer_count


def read_feed_info(tables: Tables) -> FeedInfoRow:
    """Who published the feed, and its version; empty if it does not say."""
    rows = tables.rows(FeedInfoRow)
    return rows[0].value if rows else FeedInfoRow()


def _tell_dangling(
    tables: Tables, lines: Iterable[Line[RowT]], field: str, known: Collection[str], code: str
) -> None:
    """One note for each name that a column uses and that leads nowhere, with its rows."""
    found: dict[str, list[Line[RowT]]] = defaultdict(list)
    for line in lines:
        name = getattr(line.value, field)
        if name and name not in known:
            found[name].append(line)
    for name, at in found.items():
        tables.note(at[0].file, field, code, name=name, rows=told_rows(at))
