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

MINUTES_A_DAY = 1_440
MAX_RIDERS = 9


def faults(tariff: Tariff) -> list[str]:
    """One sentence a fault; empty: the tariff can be used."""
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


def _step_faults(steps: tuple[str, ...]) -> Iterator[str]:
    for name in steps:
        if name not in STEPS:
            yield f"steps: {name!r} is not a step; known are {', '.join(STEPS)}"
    for name, times in Counter(steps).items():
        if times > 1:
            yield f"steps: {name!r} is named twice"
    first = tuple(name for name in steps if name != "join")[:1]
    if first != ("leg",) or "join" in steps[1:]:
        yield "steps: they begin with 'leg', or with 'join' and 'leg'"


def _repeated(tariff: Tariff) -> Iterator[str]:
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
                yield f"{where}: {name!r} is defined twice"
    if not tariff.networks:
        yield "networks: none is defined; a tariff has at least one"
    if len(defaults) != 1:
        told = ", ".join(defaults) or "none"
        yield f"categories: exactly one is the default; these say so: {told}"


def _undefined(tariff: Tariff) -> Iterator[str]:
    """Names that are used and not defined.

    A leg rule's areas and timeframes may be: it matches no leg then.
    """
    networks = {one.id for one in tariff.networks}
    categories = {one.name for one in tariff.categories}
    media = {one.id for one in tariff.media}
    products = {one.id for one in tariff.products}
    timeframes = {one.name for one in tariff.timeframes}
    services = {one.id for one in tariff.services}
    uses: list[tuple[str, Iterable[str], set[str]]] = [
        ("products: category", (one.category for one in tariff.products), categories),
        ("products: medium", (one.medium for one in tariff.products), media),
        ("leg_rules: network", (rule.network for rule in tariff.leg_rules), networks),
        ("leg_rules: product", (rule.product for rule in tariff.leg_rules), products),
        ("joins: network", (rule.from_network for rule in tariff.joins), networks),
        ("joins: network", (rule.to_network for rule in tariff.joins), networks),
        ("transfers: product", (rule.product for rule in tariff.transfers), products),
        ("transfers: product", (rule.filter_product for rule in tariff.transfers), products),
        ("timeframes: service", (one.service for one in tariff.timeframes), services),
        ("caps: timeframe", (one.timeframe for one in tariff.caps), timeframes),
        ("concessions: timeframe", (one.timeframe for one in tariff.concessions), timeframes),
        ("concessions: category", (one.category for one in tariff.concessions), categories),
        ("apportionments: network", (one.bearer for one in tariff.apportionments), networks),
    ]
    uses += [(f"caps: {cap.name}: network", cap.networks, networks) for cap in tariff.caps]
    uses += [(f"caps: {cap.name}: category", cap.categories, categories) for cap in tariff.caps]
    uses += [("concessions: network", one.networks, networks) for one in tariff.concessions]
    uses += [("passes: network", one.networks, networks) for one in tariff.passes]
    for day in tariff.special_days:
        uses.append((f"special_days: {day.name}: network", day.networks, networks))
        uses.append((f"special_days: {day.name}: category", day.categories, categories))
    for package in tariff.packages:
        named = [name for mode in package.modes for name in mode]
        uses.append((f"packages: {package.name}: network", named, networks))
    for one in tariff.apportionments:
        uses.append(("apportionments: network", (name for name, _ in one.parts), networks))
    for where, names, known in uses:
        for name in dict.fromkeys(names):
            if name and name not in known:
                yield f"{where} {name!r} is not defined"


def _product_faults(tariff: Tariff) -> Iterator[str]:
    of_legs = {rule.product for rule in tariff.leg_rules}
    whole_prices = {rule.product for rule in tariff.transfers if rule.kind == 2}
    for product in tariff.products:
        where = f"products: {product.id}"
        yield from (f"{where}: {told}" for told in _price_faults(product))
        below = isinstance(product.price, Flat) and product.price.amount < 0
        if below and product.id in of_legs | whole_prices:
            yield f"{where}: its amount is negative; only what a transfer adds may be"
    flat = {one.id for one in tariff.products if isinstance(one.price, Flat)}
    others = {one.id for one in tariff.products} - flat
    for name in sorted({rule.product for rule in tariff.transfers} & others):
        yield f"transfers: product {name!r} has no flat price; a transfer's product has one"


def _price_faults(product: Product) -> Iterator[str]:
    price = product.price
    if isinstance(price, Table):
        if not price.rows:
            yield "its table is empty"
        pairs = Counter((start, end) for start, end, _ in price.rows)
        for (start, end), times in pairs.items():
            if times > 1:
                yield f"{start} to {end} has two prices"
        if any(amount < 0 for _, _, amount in price.rows):
            yield "a price of its table is negative"
    elif isinstance(price, Distance):
        counts = (price.base, price.base_units, price.step, price.longest_m)
        if min(counts) < 0 or (price.cap is not None and price.cap < 0):
            yield "a price by distance has no negative numbers"
        if price.unit_m < 1 or price.step_units < 1:
            yield "unit_m and step_units are at least 1"


def _network_faults(network: Network) -> Iterator[str]:
    charges = [network.missing_exit, network.missing_entry, network.over_time]
    charges += [row.charge for row in network.same_station]
    if any(charge.amount < 0 for charge in charges):
        yield f"networks: {network.id}: a charge is negative"
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
            yield f"networks: {network.id}: {name} is negative"
    if network.closed and network.entry_only:
        yield f"networks: {network.id}: entry_only is for networks without gates"
    if not 1 <= network.max_riders <= MAX_RIDERS:
        yield f"networks: {network.id}: max_riders is 1 to {MAX_RIDERS}"
    minutes = [row.from_minutes for row in network.same_station]
    if len(set(minutes)) < len(minutes):
        yield f"networks: {network.id}: same_station has two charges from the same minute"


def _timeframe_faults(tariff: Tariff) -> Iterator[str]:
    for band in tariff.timeframes:
        if not 0 <= band.start_minute < band.end_minute <= MINUTES_A_DAY:
            yield f"timeframes: {band.name}: it begins before it ends, within 0 to {MINUTES_A_DAY}"
    for service in tariff.services:
        if service.first > service.last:
            yield f"services: {service.id}: it ends before it begins"


def _transfer_faults(tariff: Tariff) -> Iterator[str]:
    for rule in tariff.transfers:
        where = f"transfers: {rule.from_group} to {rule.to_group}"
        if rule.from_group == rule.to_group and not (rule.count == -1 or rule.count >= 1):
            yield f"{where}: count is -1 (any number) or at least 1 between equal groups"
        if rule.from_group != rule.to_group and rule.count:
            yield f"{where}: count is only for equal groups"
        if rule.duration_s < 0:
            yield f"{where}: duration_s is negative"
    for join in tariff.joins:
        if bool(join.from_stop) != bool(join.to_stop):
            yield f"joins: {join.from_network} to {join.to_network}: both stops are named, or none"
        if join.duration_s < 0:
            yield f"joins: {join.from_network} to {join.to_network}: duration_s is negative"


def _package_faults(tariff: Tariff) -> Iterator[str]:
    modes = [name for package in tariff.packages for mode in package.modes for name in mode]
    for name, times in Counter(modes).items():
        if times > 1:
            yield f"packages: network {name!r} is named twice"
    for package in tariff.packages:
        yield from (f"packages: {package.name}: {told}" for told in _one_package_faults(package))


def _one_package_faults(package: Package) -> Iterator[str]:
    if package.min_modes < 1 or package.min_modes > len(package.modes):
        yield f"min_modes is 1 to the number of its modes, {len(package.modes)}"
    if package.unit_m < 1 or package.duration_minutes < 1:
        yield "unit_m and duration_minutes are at least 1"
    if min(package.base, package.per_unit, package.cap, package.change_minutes) < 0:
        yield "its numbers are not negative"


def _cap_faults(cap: Cap) -> Iterator[str]:
    where = f"caps: {cap.name}"
    if cap.limit is None and cap.rides is None:
        yield f"{where}: it limits the amount, the rides, or both"
    if (cap.limit or 0) < 0 or (cap.rides or 0) < 0:
        yield f"{where}: its limits are not negative"
    if (cap.period == "rolling") != (cap.rolling_minutes > 0):
        yield f"{where}: rolling_minutes is needed for a rolling period, and for no other"
    if cap.group and cap.mode != "best_value":
        yield f"{where}: only caps for the best value have a group"


def _concession_faults(concession: Concession) -> Iterator[str]:
    where = f"concessions: {concession.category}"
    if (concession.percent is None) == (concession.amount is None):
        yield f"{where}: it says either percent or amount"
    if not 0 <= (concession.percent or 0) <= 100 or (concession.amount or 0) < 0:
        yield f"{where}: percent is 0 to 100, amount not negative"


def _pass_faults(one: Pass) -> Iterator[str]:
    where = f"passes: {one.product}"
    if (one.minutes > 0) == (one.whole_days > 0):
        yield f"{where}: it runs either minutes or whole_days"
    if not one.networks:
        yield f"{where}: it names the networks that it covers"
    if one.price < 0 or (one.rides is not None and one.rides < 1):
        yield f"{where}: price is not negative, rides at least 1"


def _apportionment_faults(tariff: Tariff) -> Iterator[str]:
    scopes = ["join", *(f"package:{package.name}" for package in tariff.packages)]
    for one in tariff.apportionments:
        if one.scope not in scopes:
            yield f"apportionments: scope {one.scope!r}; allowed: {', '.join(scopes)}"
        if (one.method == "fixed") != bool(one.parts):
            yield f"apportionments: {one.scope}: parts are needed for 'fixed', and for no other"
        if any(parts < 0 for _, parts in one.parts):
            yield f"apportionments: {one.scope}: parts are not negative"


def _number_faults(tariff: Tariff) -> Iterator[str]:
    if tariff.round_to < 1:
        yield "round_to: at least 1, the smallest unit"
    if tariff.journey_gap_minutes < 0:
        yield "journey_gap_minutes: not negative"
    for day in tariff.special_days:
        if day.amount < 0:
            yield f"special_days: {day.name}: its amount is negative"
