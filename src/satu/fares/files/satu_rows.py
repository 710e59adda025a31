"""The rows of `satu_*.txt`: what Fares v2 cannot say. Pure; docs/reference/tariff.md explains them.

Amounts are in the currency's decimal notation, as in Fares v2. A cell that lists names separates
them with `;`. An unknown column of these files is a fault, for it is a typing error.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from satu.fares.files.rows import Amount, Currency, Day, Id
from satu.fares.tariff import (
    Activation,
    CapMode,
    CapPeriod,
    ChargeAt,
    ChargeKind,
    Rounding,
    ShareMethod,
)

Count = Annotated[int, msgspec.Meta(ge=0)]
Some = Annotated[int, msgspec.Meta(ge=1)]


class TariffRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`currency` is needed only where fare_products.txt does not say it."""

    FILE: ClassVar[str] = "satu_tariff.txt"
    version: str = ""
    valid_from: Day | None = None
    source: str = ""
    journey_gap_minutes: Count | None = None
    round_to: Amount | None = None
    rounding: Rounding = "nearest"
    steps: str = ""
    currency: Currency = ""


class LegPriceRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A product priced by distance."""

    FILE: ClassVar[str] = "satu_leg_prices.txt"
    fare_product_id: Id
    base: Amount
    base_units: Count
    step: Amount
    step_units: Some = 1
    unit_m: Some = 1
    rounding: Rounding = "up"
    cap: Amount | None = None
    longest_m: Count = 0
    fare_product_name: str = ""
    rider_category_id: str = ""
    fare_media_id: str = ""


class FareTableRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One direction of a product that is priced by a table."""

    FILE: ClassVar[str] = "satu_fare_table.txt"
    fare_product_id: Id
    from_area_id: Id
    to_area_id: Id
    amount: Amount
    rider_category_id: str = ""
    fare_media_id: str = ""


class SatuNetworkRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    FILE: ClassVar[str] = "satu_networks.txt"
    network_id: Id
    closed: bool = False
    entry_only: bool = False
    charge_at: ChargeAt = "entry"
    minimum: Amount = "0"
    longest_minutes: Count = 240
    missing_exit: ChargeKind = "own"
    missing_exit_amount: Amount | None = None
    missing_entry: ChargeKind = "flat"
    missing_entry_amount: Amount | None = None
    over_time: ChargeKind = "own"
    over_time_amount: Amount | None = None
    duplicate_s: Count = 0
    max_riders: Some = 1
    passback_minutes: Count = 0
    gate_change_minutes: Count = 0
    autocompletes: Count = 0
    repairs: Count = 0


class SameStationRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    FILE: ClassVar[str] = "satu_same_station.txt"
    network_id: Id
    from_minutes: Count
    charge: ChargeKind
    amount: Amount | None = None


class SatuTransferRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What transfer rules between two leg groups say beyond Fares v2."""

    FILE: ClassVar[str] = "satu_transfers.txt"
    from_leg_group_id: str = ""
    to_leg_group_id: str = ""
    from_first: bool = False
    other_network: bool = False


class PackageRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    FILE: ClassVar[str] = "satu_packages.txt"
    package_id: Id
    base: Amount
    per_unit: Amount
    unit_m: Some
    cap: Amount
    duration_minutes: Some
    change_minutes: Count
    rounding: Rounding
    min_modes: Some = 2
    when: Literal["if_cheaper", "always"] = "if_cheaper"


class PackageNetworkRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Networks of one `mode` count as one."""

    FILE: ClassVar[str] = "satu_package_networks.txt"
    package_id: Id
    network_id: Id
    mode: Id


class CapRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An empty list of networks, areas or categories covers all of them."""

    FILE: ClassVar[str] = "satu_caps.txt"
    cap_id: Id
    period: CapPeriod
    limit_amount: Amount | None = None
    limit_rides: Count | None = None
    rolling_minutes: Count = 0
    mode: CapMode = "sequential"
    cap_group: str = ""
    network_ids: str = ""
    area_ids: str = ""
    rider_category_ids: str = ""
    timeframe_group_id: str = ""
    counts_incomplete: bool = False


class ConcessionRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    FILE: ClassVar[str] = "satu_concessions.txt"
    rider_category_id: Id
    network_ids: str = ""
    timeframe_group_id: str = ""
    percent: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    amount: Amount | None = None


class SpecialDayRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    FILE: ClassVar[str] = "satu_special_days.txt"
    date: Day
    amount: Amount
    name: Id
    network_ids: str = ""
    rider_category_ids: str = ""


class PassRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    FILE: ClassVar[str] = "satu_passes.txt"
    fare_product_id: Id
    price: Amount
    network_ids: Id
    activation: Activation = "first_use"
    minutes: Count = 0
    whole_days: Count = 0
    rides: Some | None = None
    fare_product_name: str = ""


class ApportionmentRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`scope`: `join`, or `package:` and a package's id. `parts`: `network:parts;…`."""

    FILE: ClassVar[str] = "satu_apportionment.txt"
    scope: Id
    method: ShareMethod = "incremental"
    parts: str = ""
    bearer: str = ""


class HolidayRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """On a country's public holidays a service runs as well (1), or does not (2)."""

    FILE: ClassVar[str] = "satu_holidays.txt"
    service_id: Id
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$", examples=["ID"])]
    exception_type: Literal[1, 2]
    subdivision: str = ""


SATU_ROWS: tuple[type[msgspec.Struct], ...] = (
    TariffRow,
    LegPriceRow,
    FareTableRow,
    SatuNetworkRow,
    SameStationRow,
    SatuTransferRow,
    PackageRow,
    PackageNetworkRow,
    CapRow,
    ConcessionRow,
    SpecialDayRow,
    PassRow,
    ApportionmentRow,
    HolidayRow,
)
