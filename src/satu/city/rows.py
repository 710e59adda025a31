"""The rows of a city pack's files. Pure; docs/reference/city-pack.md explains them to people."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal

import msgspec

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Colour = Annotated[str, msgspec.Meta(pattern="^#[0-9A-F]{6}$", examples=["#2F6FB5"])]
Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]

Mark = Literal["", "estimated"]

GREY = "#5B6770"


class City(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`city.toml`. `day_start` is a whole hour of the city's clock."""

    code: Code
    name: Name
    zone: str
    day_start: time
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]


class OperatorRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: Code
    name: Name
    colour: Colour = GREY


class IssuerRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bank. `prefix` begins the numbers printed on its cards.

    `id` names its book for ever. `aliases` are names that files give it, separated by spaces.
    """

    id: Annotated[int, msgspec.Meta(ge=1, le=32_767)]
    code: Code
    name: Name
    prefix: Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$", examples=["936001"])]
    simulated: bool
    note: str = ""
    aliases: str = ""


class ProductRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of card. Money is in the city's currency, as people write it; empty: no limit.

    `id` is stored with cards and never changes. `valid_months` empty: it never expires. A personal
    card never passes to another resident.
    """

    id: Annotated[int, msgspec.Meta(ge=1, le=32_767)]
    code: Code
    name_id: Name
    name_en: Name
    balance_unregistered: str = ""
    balance_registered: str = ""
    monthly_unregistered: str = ""
    monthly_registered: str = ""
    valid_months: Annotated[int, msgspec.Meta(ge=1, le=1_200)] | None = None
    dormant_months: Annotated[int, msgspec.Meta(ge=1, le=1_200)] = 12
    redeem_days: Annotated[int, msgspec.Meta(ge=1, le=14)] = 14
    is_personal: bool = False


class FeeRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What paying money in costs the payer on top. `up_to` empty: any amount."""

    channel: Literal["own_bank", "other_bank", "agent"]
    up_to: str = ""
    fee: str = "0"


class PointRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place where a reader stands. `area` empty: the point is its own; `mark` empty: as sourced.

    `network` is the fare network when a tap names no route.
    """

    code: Code
    name: Name
    kind: str
    operator: str
    network: str
    lat: Latitude
    lon: Longitude
    area: str = ""
    mark: Mark = ""


class RouteRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line. `mark` "estimated": nobody published its metres; fares by them say so."""

    code: Code
    name: Name
    operator: str
    network: str
    colour: Colour = GREY
    mark: Mark = ""


class PatternRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way of a route: `calls` are `point:metres` separated by `;`, metres from the start."""

    route: str
    pattern: Code
    calls: str
