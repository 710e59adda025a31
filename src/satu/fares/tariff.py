"""A tariff: one dated version of every fare rule of a city, as plain data. Pure.

Read from GTFS Fares v2 files and Satu's extension tables by `satu.fares.files`, stored and signed
inside a bundle, priced by `satu.fares.rate`. Words are those of Fares v2 (product, rider
category, network, area, timeframe, leg group, join, transfer); where a struct has the name of a
Fares v2 file, its fields mean what that file's fields mean. Amounts are whole numbers of the
asset's smallest unit; minutes of the clock are local and half-open (05:00 is in, 07:00 is out);
durations include their last second ("within 180 minutes" is at most 180). An empty name matches
everything, unless said otherwise.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

ChargeAt = Literal["entry", "exit"]
Rounding = Literal["up", "nearest", "down"]
ChargeKind = Literal["own", "dearest", "flat", "cap", "previous"]
CapPeriod = Literal["day", "week", "month", "rolling"]
CapMode = Literal["sequential", "best_value"]
Activation = Literal["purchase", "first_use"]
ShareMethod = Literal["incremental", "standalone", "distance", "fixed"]
StepName = str

# Between which ends of two legs a duration is measured: Fares v2's duration_limit_type.
DurationType = Literal[0, 1, 2, 3]
# What a transfer costs: Fares v2's fare_transfer_type. 0: A + AB, 1: A + AB + B, 2: AB.
TransferKind = Literal[0, 1, 2]


class Flat(msgspec.Struct, frozen=True, tag_field="kind", tag="flat"):
    """One price, known at entry. Negative only for a transfer's product (a discount)."""

    amount: int


class Table(msgspec.Struct, frozen=True, tag_field="kind", tag="table"):
    """A directional origin-destination table: rows of (area in, area out, amount)."""

    rows: tuple[tuple[str, str, int], ...]


class Distance(msgspec.Struct, frozen=True, tag_field="kind", tag="distance"):
    """By distance: `base` for the first `base_units`, `step` for each `step_units` begun after.

    A unit is `unit_m` metres; `rounding` turns metres into units. `cap` is the most a leg costs
    (None: no cap). `longest_m` is the network's longest ride: what a leg of unknown length is
    priced by where the dearest is asked for and there is no cap.
    """

    base: int
    base_units: int
    step: int
    step_units: int = 1
    unit_m: int = 1
    rounding: Rounding = "up"
    cap: int | None = None
    longest_m: int = 0


Price = Flat | Table | Distance


class Product(msgspec.Struct, frozen=True, omit_defaults=True):
    """A fare product's price for a rider category and a medium; several rows may share an id."""

    id: str
    price: Price
    category: str = ""
    medium: str = ""
    name: str = ""


class FareMedium(msgspec.Struct, frozen=True, omit_defaults=True):
    """Fares v2's fare_media: `kind` 0 none, 1 paper, 2 transit card, 3 cEMV, 4 mobile app."""

    id: str
    kind: int
    name: str = ""


class Category(msgspec.Struct, frozen=True, omit_defaults=True):
    """A rider category; `name` is its id, as a card's row says it."""

    name: str
    label_id: str = ""
    label_en: str = ""
    is_default: bool = False


class Service(msgspec.Struct, frozen=True, omit_defaults=True):
    """A set of calendar dates: weekdays (Monday first) from `first` to `last`, and exceptions."""

    id: str
    weekdays: tuple[bool, bool, bool, bool, bool, bool, bool]
    first: date
    last: date
    added: tuple[date, ...] = ()
    removed: tuple[date, ...] = ()


class Timeframe(msgspec.Struct, frozen=True, omit_defaults=True):
    """A band of the local clock: `start_minute` is in, `end_minute` is out (05:00 is 300).

    Several may share a name (the timeframe group): any of them fits. `service` "" is every date.
    """

    name: str
    start_minute: int
    end_minute: int
    service: str = ""


class LegRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which product a leg needs. How empty fields match depends on `Tariff.has_priorities`.

    With priorities, empty matches everything and the highest priority wins; without, an exact
    match wins and an empty network or area stands for those that no rule lists. Of several rules
    that match the rider takes the cheapest product that category and medium allow.
    `is_transfer_only`: only to be considered if a transfer rule leads from the leg before.
    """

    product: str
    network: str = ""
    from_area: str = ""
    to_area: str = ""
    from_timeframe: str = ""
    to_timeframe: str = ""
    leg_group: str = ""
    priority: int = 0
    is_transfer_only: bool = False


class JoinRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """Two legs that are one effective leg: gate to gate, or out of one station into another.

    Without stops the legs must meet in the same station. `duration_s` 0: no limit but that of
    the journey (`Tariff.journey_gap_minutes`).
    """

    from_network: str
    to_network: str
    from_stop: str = ""
    to_stop: str = ""
    duration_s: int = 0
    duration_type: DurationType = 2


class TransferRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change from a leg of one group to a leg of another, and what it costs.

    An empty group stands for the groups that no transfer rule lists on that side. `count` is how
    many transfers in a row the rule spans (-1: any number; only where both groups are the same).
    `product` "" costs nothing. `filter_product`: only if both legs used it; `any_medium`: even
    if their media differ; `same_product`: only if both used the same product.
    Beyond Fares v2: `from_first`: the duration begins with the first leg of the whole chain,
    whichever rules led on from it; `other_network`: not from a network to itself (a line that is
    ridden again is a ride of its own).
    """

    from_group: str
    to_group: str
    kind: TransferKind = 0
    product: str = ""
    count: int = 0
    duration_s: int = 0
    duration_type: DurationType = 1
    filter_product: str = ""
    any_medium: bool = True
    same_product: bool = False
    from_first: bool = False
    other_network: bool = False


class Charge(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an incomplete journey costs.

    `own`: the leg's price as if nothing were missing (of a table or by distance the dearest).
    `dearest`: the dearest from (or to) the end that is known. `flat`: `amount`. `cap`: the cap of
    a price by distance. `previous`: the card's last complete fare on the network that day, else
    the dearest.
    """

    kind: ChargeKind = "own"
    amount: int = 0


class SameStation(msgspec.Struct, frozen=True):
    """Leaving where one entered: the row with the most minutes reached tells the charge."""

    from_minutes: int
    charge: Charge


class Network(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a network accepts riders and treats journeys of which a tap is missing.

    `closed`: gates, every ride has an entry and an exit; otherwise riders pay at entry and an
    exit is optional, or never told (`entry_only`): a ride is then whole with its entry.
    `charge_at` "exit", or a price that waits for the exit, means that `minimum` is held from the
    entry on. `minimum` is the balance asked for at an entry that costs money. `over_time` prices
    an exit after more than `longest_minutes`.

    `duplicate_s`: a second entry at the same point within so many seconds is the same touch,
    unless `max_riders` allows it to be another rider on the card. `passback_minutes`: a second
    entry at the same station within them, without an exit, is the card handed back over the gate.
    `gate_change_minutes`: in again at the station just left is the same ride, at no new charge.
    `autocompletes` and `repairs`: how many missing taps a calendar month are completed from the
    card's own history, or at the rider's request.
    """

    id: str
    closed: bool = False
    entry_only: bool = False
    charge_at: ChargeAt = "entry"
    minimum: int = 0
    longest_minutes: int = 240
    missing_exit: Charge = Charge()
    missing_entry: Charge = Charge(kind="flat")
    same_station: tuple[SameStation, ...] = ()
    over_time: Charge = Charge()
    duplicate_s: int = 0
    max_riders: int = 1
    passback_minutes: int = 0
    gate_change_minutes: int = 0
    autocompletes: int = 0
    repairs: int = 0


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


class Cap(msgspec.Struct, frozen=True, omit_defaults=True):
    """The most that legs within a scope cost in a period, or how many of them are paid for.

    Scope: `networks`, `areas` (both ends within them; an end where nobody taps is not outside),
    `categories`, `timeframe` (of the entry); empty is all. `period` "rolling" runs
    `rolling_minutes` from its first leg. `limit`: amount at most; `rides`: after so many paid legs
    the others are free; either or both. Fares of incomplete journeys stand outside unless
    `counts_incomplete`. Where fares are rounded after it, a cap counts rounded fares.

    `sequential` cuts each leg to what is left. `best_value` caps with the same `group` exclude
    each other: the rider pays the least of: no cap, or any one of them with the other legs at
    their own fares. That is worked out anew with every leg, so a dearer start comes back later.
    """

    name: str
    period: CapPeriod
    limit: int | None = None
    rides: int | None = None
    networks: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    timeframe: str = ""
    rolling_minutes: int = 0
    mode: CapMode = "sequential"
    group: str = ""
    counts_incomplete: bool = False


class Concession(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a rider category pays instead: `percent` of the fare, or at most `amount`.

    A category comes from the card's row or from a dated entitlement; of several that a rider has,
    the one that is cheapest for the leg applies, one at a time. Never raises a fare.
    """

    category: str
    networks: tuple[str, ...] = ()
    timeframe: str = ""
    percent: int | None = None
    amount: int | None = None


class SpecialDay(msgspec.Struct, frozen=True, omit_defaults=True):
    """A dated override for one service day: legs cost at most `amount` (a Rp 1 day)."""

    day: date
    amount: int
    name: str
    networks: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


class Pass(msgspec.Struct, frozen=True, omit_defaults=True):
    """A period product: covered legs cost nothing while it runs.

    Runs `minutes` from its activation; with `whole_days` so many service days, that of the
    activation included. `rides` limits how many legs it covers (None: any number). `price` is
    what it is sold for, owed to the network named first.
    """

    product: str
    price: int
    networks: tuple[str, ...]
    activation: Activation = "first_use"
    minutes: int = 0
    whole_days: int = 0
    rides: int | None = None
    name: str = ""


class Apportionment(msgspec.Struct, frozen=True, omit_defaults=True):
    """How what several operators carried is shared. `scope`: "join", or "package:NAME".

    `incremental`: each leg keeps what it added. Else the whole is shared out, remainders to the
    largest fractions first: by `standalone` fares, by `distance` (unknown metres count as none),
    or `fixed` (network, parts) pairs. `bearer` "" spreads a discount as the method does; a
    network bears it first, up to its own fare, so that the others are owed their full fares.
    """

    scope: str
    method: ShareMethod = "incremental"
    parts: tuple[tuple[str, int], ...] = ()
    bearer: str = ""


STEPS = (
    "join",
    "leg",
    "entitlement",
    "pass",
    "transfer",
    "package",
    "cap",
    "rounding",
)


class Tariff(msgspec.Struct, frozen=True, omit_defaults=True):
    """One version, in force from the service day `valid_from` until a later one begins.

    `asset` is a name of satu.ledger.kinds.Asset. `steps` is the order in which a leg's amount
    comes about. `source` says where the figures are from. `stop_areas` are (stop, area) rows; a
    stop without one is its own area. `journey_gap_minutes` ends a journey for join and transfer
    rules that have no duration: taps, unlike trip plans, do not tell where a journey ends.
    `round_to` is the smallest step of a fare after all rules.
    """

    version: str
    valid_from: date
    networks: tuple[Network, ...]
    products: tuple[Product, ...]
    leg_rules: tuple[LegRule, ...]
    asset: str = "IDR"
    source: str = ""
    has_priorities: bool = True
    media: tuple[FareMedium, ...] = ()
    categories: tuple[Category, ...] = (Category("adult", is_default=True),)
    services: tuple[Service, ...] = ()
    timeframes: tuple[Timeframe, ...] = ()
    stop_areas: tuple[tuple[str, str], ...] = ()
    joins: tuple[JoinRule, ...] = ()
    transfers: tuple[TransferRule, ...] = ()
    packages: tuple[Package, ...] = ()
    caps: tuple[Cap, ...] = ()
    concessions: tuple[Concession, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()
    passes: tuple[Pass, ...] = ()
    apportionments: tuple[Apportionment, ...] = ()
    journey_gap_minutes: int = 120
    round_to: int = 1
    rounding: Rounding = "nearest"
    steps: tuple[StepName, ...] = STEPS
