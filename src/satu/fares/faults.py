"""Everything that keeps a tariff from being used, for tariffs built any way. Pure.

A rule that can never match does no harm and is no fault: `satu.fares.reach` names those. What
would leave a fare unknown, or let an author's typing error change what riders pay, is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from satu.fares.tariff import (
    STEPS,
    Cap,
    Concession,
    Distance,
    Flat,
    Network,
    Package,
    Pass,
    Product,
    Table,
    Tariff,
)
from satu.formats.faults.fault import Fault, Value, fault_at

MINUTES_A_DAY = 1_440
MAX_RIDERS = 9


def faults(tariff: Tariff) -> list[Fault]:
    """Every fault; empty: the tariff can be used.

    `file` is the part of the tariff (`caps`), `field` the name of the one that is wrong there.
    """
    return [
        *_step_faults(tariff.steps),
        *_repeated(tariff),
        *_undefined(tariff),
        *_product_faults(tariff),
        *(told for network in tariff.networks for told in _network_faults(network)),
        *_timeframe_faults(tariff),
        *_transfer_faults(tariff),
        *_package_faults(tariff),
        *(told for cap in tariff.caps for told in _cap_faults(cap)),
        *(told for one in tariff.concessions for told in _concession_faults(one)),
        *(told for one in tariff.passes for told in _pass_faults(one)),
        *_apportionment_faults(tariff),
        *_number_faults(tariff),
    ]


def _wrong(part: str, name: str, code: str, /, **values: Value) -> Fault:
    return fault_at(part, 0, name, code, **values)


def _step_faults(steps: tuple[str, ...]) -> Iterator[Fault]:
    for name in steps:
        if name not in STEPS:
            yield _wrong("steps", "", "step_unknown", name=name, steps=", ".join(STEPS))
    for name, times in Counter(steps).items():
        if times > 1:
            yield _wrong("steps", "", "step_repeated", name=name)
    first = tuple(name for name in steps if name != "join")[:1]
    if first != ("leg",) or "join" in steps[1:]:
        yield _wrong("steps", "", "steps_begin")


def _repeated(tariff: Tariff) -> Iterator[Fault]:
    products = [
        "/".join(part for part in (row.id, row.category, row.medium) if part)
        for row in tariff.products
    ]
    defaults = [one.name for one in tariff.categories if one.is_default]
    named: tuple[tuple[str, Iterable[str]], ...] = (
        ("networks", (one.id for one in tariff.networks)),
        ("products", products),
        ("media", (one.id for one in tariff.media)),
        ("categories", (one.name for one in tariff.categories)),
        ("services", (one.id for one in tariff.services)),
        ("packages", (one.name for one in tariff.packages)),
        ("caps", (one.name for one in tariff.caps)),
        ("passes", (one.product for one in tariff.passes)),
        ("apportionments", (one.scope for one in tariff.apportionments)),
    )
    for where, names in named:
        for name, times in Counter(names).items():
            if times > 1:
                yield _wrong(where, "", "defined_twice", name=name)
    if not tariff.networks:
        yield _wrong("networks", "", "networks_none")
    if not defaults:
        yield _wrong("categories", "", "default_category_missing")
    elif len(defaults) > 1:
        yield _wrong("categories", "", "default_categories_many", names=tuple(defaults))


def _undefined(tariff: Tariff) -> Iterator[Fault]:
    """Names that are used and not defined.

    A leg rule's areas and timeframes may be: it matches no leg then.
    """
    networks = {one.id for one in tariff.networks}
    categories = {one.name for one in tariff.categories}
    media = {one.id for one in tariff.media}
    products = {one.id for one in tariff.products}
    timeframes = {one.name for one in tariff.timeframes}
    services = {one.id for one in tariff.services}
    # (part of the tariff, name there, what is named, the names, those that are defined)
    uses: list[tuple[str, str, str, Iterable[str], set[str]]] = [
        ("products", "", "category", (one.category for one in tariff.products), categories),
        ("products", "", "medium", (one.medium for one in tariff.products), media),
        ("leg_rules", "", "network", (rule.network for rule in tariff.leg_rules), networks),
        ("leg_rules", "", "product", (rule.product for rule in tariff.leg_rules), products),
        ("joins", "", "network", (rule.from_network for rule in tariff.joins), networks),
        ("joins", "", "network", (rule.to_network for rule in tariff.joins), networks),
        ("transfers", "", "product", (rule.product for rule in tariff.transfers), products),
        ("transfers", "", "product", (rule.filter_product for rule in tariff.transfers), products),
        ("timeframes", "", "service", (one.service for one in tariff.timeframes), services),
    ]
    for one in tariff.concessions:
        uses.append(("concessions", one.category, "category", (one.category,), categories))
        uses.append(("concessions", one.category, "timeframe", (one.timeframe,), timeframes))
        uses.append(("concessions", one.category, "network", one.networks, networks))
    for cap in tariff.caps:
        uses.append(("caps", cap.name, "network", cap.networks, networks))
        uses.append(("caps", cap.name, "category", cap.categories, categories))
        uses.append(("caps", cap.name, "timeframe", (cap.timeframe,), timeframes))
    for sold in tariff.passes:
        uses.append(("passes", sold.product, "network", sold.networks, networks))
    for day in tariff.special_days:
        uses.append(("special_days", day.name, "network", day.networks, networks))
        uses.append(("special_days", day.name, "category", day.categories, categories))
    for package in tariff.packages:
        named = [name for mode in package.modes for name in mode]
        uses.append(("packages", package.name, "network", named, networks))
    for share in tariff.apportionments:
        named = [share.bearer, *(name for name, _ in share.parts)]
        uses.append(("apportionments", share.scope, "network", named, networks))
    for part, of, what, names, known in uses:
        for name in dict.fromkeys(names):
            if name and name not in known:
                yield _wrong(part, of, f"{what}_undefined", name=name)


def _product_faults(tariff: Tariff) -> Iterator[Fault]:
    of_legs = {rule.product for rule in tariff.leg_rules}
    whole_prices = {rule.product for rule in tariff.transfers if rule.kind == 2}
    for product in tariff.products:
        yield from _price_faults(product)
        below = isinstance(product.price, Flat) and product.price.amount < 0
        if below and product.id in of_legs | whole_prices:
            yield _wrong("products", product.id, "price_below_zero")
    flat = {one.id for one in tariff.products if isinstance(one.price, Flat)}
    others = {one.id for one in tariff.products} - flat
    for name in sorted({rule.product for rule in tariff.transfers} & others):
        yield _wrong("transfers", "", "transfer_price_not_flat", name=name)


def _price_faults(product: Product) -> Iterator[Fault]:
    price, name = product.price, product.id
    if isinstance(price, Table):
        if not price.rows:
            yield _wrong("products", name, "fare_table_empty")
        pairs = Counter((start, end) for start, end, _ in price.rows)
        for (start, end), times in pairs.items():
            if times > 1:
                yield _wrong("products", name, "pair_two_prices", start=start, end=end)
        if any(amount < 0 for _, _, amount in price.rows):
            yield _wrong("products", name, "fare_table_below_zero")
    elif isinstance(price, Distance):
        counts = (price.base, price.base_units, price.step, price.longest_m)
        if min(counts) < 0 or (price.cap is not None and price.cap < 0):
            yield _wrong("products", name, "distance_below_zero")
        if price.unit_m < 1 or price.step_units < 1:
            yield _wrong("products", name, "distance_units_small")


def _network_faults(network: Network) -> Iterator[Fault]:
    charges = [network.missing_exit, network.missing_entry, network.over_time]
    charges += [row.charge for row in network.same_station]
    if any(charge.amount < 0 for charge in charges):
        yield _wrong("networks", network.id, "charge_below_zero")
    counts = {
        "minimum": network.minimum,
        "longest_minutes": network.longest_minutes,
        "duplicate_s": network.duplicate_s,
        "passback_minutes": network.passback_minutes,
        "gate_change_minutes": network.gate_change_minutes,
        "autocompletes": network.autocompletes,
        "repairs": network.repairs,
    }
    for name, count in counts.items():
        if count < 0:
            yield _wrong("networks", network.id, "network_number_below_zero", column=name)
    if network.closed and network.entry_only:
        yield _wrong("networks", network.id, "entry_only_with_gates")
    if not 1 <= network.max_riders <= MAX_RIDERS:
        yield _wrong("networks", network.id, "riders_out_of_range", most=MAX_RIDERS)
    minutes = [row.from_minutes for row in network.same_station]
    if len(set(minutes)) < len(minutes):
        yield _wrong("networks", network.id, "same_station_repeated")


def _timeframe_faults(tariff: Tariff) -> Iterator[Fault]:
    for band in tariff.timeframes:
        if not 0 <= band.start_minute < band.end_minute <= MINUTES_A_DAY:
            yield _wrong("timeframes", band.name, "timeframe_backwards", last=MINUTES_A_DAY)
    for service in tariff.services:
        if service.first > service.last:
            yield _wrong("services", service.id, "service_backwards")


def _transfer_faults(tariff: Tariff) -> Iterator[Fault]:
    for rule in tariff.transfers:
        groups = {"start": rule.from_group, "end": rule.to_group}
        if rule.from_group == rule.to_group and not (rule.count == -1 or rule.count >= 1):
            yield _wrong("transfers", "", "transfer_count_missing", **groups)
        if rule.from_group != rule.to_group and rule.count:
            yield _wrong("transfers", "", "transfer_count_unneeded", **groups)
        if rule.duration_s < 0:
            yield _wrong("transfers", "", "duration_below_zero", **groups)
    for join in tariff.joins:
        networks = {"start": join.from_network, "end": join.to_network}
        if bool(join.from_stop) != bool(join.to_stop):
            yield _wrong("joins", "", "join_stop_missing", **networks)
        if join.duration_s < 0:
            yield _wrong("joins", "", "duration_below_zero", **networks)


def _package_faults(tariff: Tariff) -> Iterator[Fault]:
    modes = [name for package in tariff.packages for mode in package.modes for name in mode]
    for name, times in Counter(modes).items():
        if times > 1:
            yield _wrong("packages", "", "package_network_repeated", name=name)
    for package in tariff.packages:
        yield from _one_package_faults(package)


def _one_package_faults(package: Package) -> Iterator[Fault]:
    name, modes = package.name, len(package.modes)
    if package.min_modes < 1 or package.min_modes > modes:
        yield _wrong("packages", name, "package_min_modes", modes=modes)
    if package.unit_m < 1 or package.duration_minutes < 1:
        yield _wrong("packages", name, "package_units_small")
    if min(package.base, package.per_unit, package.cap, package.change_minutes) < 0:
        yield _wrong("packages", name, "package_below_zero")


def _cap_faults(cap: Cap) -> Iterator[Fault]:
    if cap.limit is None and cap.rides is None:
        yield _wrong("caps", cap.name, "cap_limits_nothing")
    if (cap.limit or 0) < 0 or (cap.rides or 0) < 0:
        yield _wrong("caps", cap.name, "cap_below_zero")
    if (cap.period == "rolling") != (cap.rolling_minutes > 0):
        yield _wrong("caps", cap.name, "cap_rolling_minutes")
    if cap.group and cap.mode != "best_value":
        yield _wrong("caps", cap.name, "cap_group_unneeded")


def _concession_faults(concession: Concession) -> Iterator[Fault]:
    if (concession.percent is None) == (concession.amount is None):
        yield _wrong("concessions", concession.category, "concession_one_way")
    if not 0 <= (concession.percent or 0) <= 100 or (concession.amount or 0) < 0:
        yield _wrong("concessions", concession.category, "concession_out_of_range")


def _pass_faults(one: Pass) -> Iterator[Fault]:
    if (one.minutes > 0) == (one.whole_days > 0):
        yield _wrong("passes", one.product, "pass_one_length")
    if not one.networks:
        yield _wrong("passes", one.product, "pass_networks_none")
    if one.price < 0 or (one.rides is not None and one.rides < 1):
        yield _wrong("passes", one.product, "pass_out_of_range")


def _apportionment_faults(tariff: Tariff) -> Iterator[Fault]:
    scopes = ["join", *(f"package:{package.name}" for package in tariff.packages)]
    for one in tariff.apportionments:
        if one.scope not in scopes:
            allowed = ", ".join(scopes)
            yield _wrong(
                "apportionments", one.scope, "share_scope_unknown", name=one.scope, allowed=allowed
            )
        if (one.method == "fixed") != bool(one.parts):
            yield _wrong("apportionments", one.scope, "share_parts_fixed")
        if any(parts < 0 for _, parts in one.parts):
            yield _wrong("apportionments", one.scope, "share_parts_below_zero")


def _number_faults(tariff: Tariff) -> Iterator[Fault]:
    if tariff.round_to < 1:
        yield _wrong("round_to", "", "round_to_small")
    if tariff.journey_gap_minutes < 0:
        yield _wrong("journey_gap_minutes", "", "gap_below_zero")
    for day in tariff.special_days:
        if day.amount < 0:
            yield _wrong("special_days", day.name, "special_day_below_zero")
