"""The rows of GTFS Fares v2's files, and of the files that they lean on. Pure.

Columns as in https://gtfs.org/documentation/schedule/reference/, among them those that are
proposed (`transfer_only`, a join rule's duration …). Cells that need the currency or a calendar
stay text here; `satu.fares.files` reads them.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

Id = Annotated[str, msgspec.Meta(min_length=1)]
Amount = Annotated[str, msgspec.Meta(pattern=r"^-?[0-9]+(\.[0-9]+)?$", examples=["3500", "2.50"])]
Day = Annotated[str, msgspec.Meta(pattern="^[0-9]{8}$", examples=["20250131"])]
Clock = Annotated[
    str, msgspec.Meta(pattern="^[0-9]{1,2}:[0-5][0-9]:[0-5][0-9]$", examples=["07:00:00"])
]
Currency = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$", examples=["IDR", "USD"])]
Seconds = Annotated[int, msgspec.Meta(ge=1)]
Flag = Literal[0, 1]


class ProductRow(msgspec.Struct, frozen=True):
    FILE: ClassVar[str] = "fare_products.txt"
    fare_product_id: Id
    amount: Amount
    currency: Currency
    fare_product_name: str = ""
    rider_category_id: str = ""
    fare_media_id: str = ""


class MediumRow(msgspec.Struct, frozen=True):
    FILE: ClassVar[str] = "fare_media.txt"
    fare_media_id: Id
    fare_media_type: Literal[0, 1, 2, 3, 4]
    fare_media_name: str = ""


class CategoryRow(msgspec.Struct, frozen=True):
    FILE: ClassVar[str] = "rider_categories.txt"
    rider_category_id: Id
    rider_category_name: str = ""
    is_default_fare_category: Flag = 0
    eligibility_url: str = ""


class NetworkRow(msgspec.Struct, frozen=True):
    FILE: ClassVar[str] = "networks.txt"
    network_id: Id
    network_name: str = ""


class RouteNetworkRow(msgspec.Struct, frozen=True):
    FILE: ClassVar[str] = "route_networks.txt"
    network_id: Id
    route_id: Id


class AreaRow(msgspec.Struct, frozen=True):
    FILE: ClassVar[str] = "areas.txt"
    area_id: Id
    area_name: str = ""


class StopAreaRow(msgspec.Struct, frozen=True):
    FILE: ClassVar[str] = "stop_areas.txt"
    area_id: Id
    stop_id: Id


class TimeframeRow(msgspec.Struct, frozen=True):
    FILE: ClassVar[str] = "timeframes.txt"
    timeframe_group_id: Id
    start_time: Clock = "00:00:00"
    end_time: Clock = "24:00:00"
    service_id: str = ""


class LegRuleRow(msgspec.Struct, frozen=True):
    FILE: ClassVar[str] = "fare_leg_rules.txt"
    fare_product_id: Id
    leg_group_id: str = ""
    network_id: str = ""
    from_area_id: str = ""
    to_area_id: str = ""
    from_timeframe_group_id: str = ""
    to_timeframe_group_id: str = ""
    rule_priority: Annotated[int, msgspec.Meta(ge=0)] = 0
    transfer_only: Flag = 0


class JoinRuleRow(msgspec.Struct, frozen=True):
    FILE: ClassVar[str] = "fare_leg_join_rules.txt"
    from_network_id: Id
    to_network_id: Id
    from_stop_id: str = ""
    to_stop_id: str = ""
    duration_limit: Seconds | None = None
    duration_limit_type: Literal[0, 1, 2, 3] | None = None


class TransferRuleRow(msgspec.Struct, frozen=True):
    FILE: ClassVar[str] = "fare_transfer_rules.txt"
    fare_transfer_type: Literal[0, 1, 2]
    from_leg_group_id: str = ""
    to_leg_group_id: str = ""
    transfer_count: Annotated[int, msgspec.Meta(ge=-1)] | None = None
    duration_limit: Seconds | None = None
    duration_limit_type: Literal[0, 1, 2, 3] | None = None
    fare_product_id: str = ""
    filter_fare_product_id: str = ""
    fare_media_behavior: Flag = 0
    fare_product_behavior: Flag = 0


class CalendarRow(msgspec.Struct, frozen=True):
    FILE: ClassVar[str] = "calendar.txt"
    service_id: Id
    monday: Flag
    tuesday: Flag
    wednesday: Flag
    thursday: Flag
    friday: Flag
    saturday: Flag
    sunday: Flag
    start_date: Day
    end_date: Day


class CalendarDateRow(msgspec.Struct, frozen=True):
    FILE: ClassVar[str] = "calendar_dates.txt"
    service_id: Id
    date: Day
    exception_type: Literal[1, 2]


class TranslationRow(msgspec.Struct, frozen=True):
    FILE: ClassVar[str] = "translations.txt"
    table_name: str
    field_name: str
    language: str
    translation: str = ""
    record_id: str = ""
    field_value: str = ""


class FeedInfoRow(msgspec.Struct, frozen=True):
    FILE: ClassVar[str] = "feed_info.txt"
    feed_publisher_name: str = ""
    feed_lang: str = ""
    feed_start_date: Day | None = None
    feed_version: str = ""


class RouteRow(msgspec.Struct, frozen=True):
    FILE: ClassVar[str] = "routes.txt"
    route_id: Id
    network_id: str = ""


class StopRow(msgspec.Struct, frozen=True):
    FILE: ClassVar[str] = "stops.txt"
    stop_id: Id
    parent_station: str = ""


# The files that are about fares alone: what stands in them and is not known here is told.
FARE_ROWS: tuple[type[msgspec.Struct], ...] = (
    ProductRow,
    MediumRow,
    CategoryRow,
    NetworkRow,
    RouteNetworkRow,
    AreaRow,
    StopAreaRow,
    TimeframeRow,
    LegRuleRow,
    JoinRuleRow,
    TransferRuleRow,
)
