"""What legs cost, alone and among others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec
import pytest

from satu.fares.legs import Leg, Rated, Rider
from satu.fares.packages import units
from satu.fares.prices import Prices
from satu.fares.rate import rate
from satu.fares.tariff import Package, Tariff
from satu.kernel.refusal import UseClass
from tests.unit.services.town import MONDAY, at, package, tariff

ADULT = Rider()
OPERATORS = {"bus": 1, "royal": 1, "metro": 2, "light": 3, "zoo": 4}


def leg(
    network: str,
    start: str,
    end: str = "",
    metres: int | None = None,
    areas: str = "  ",
    use_class: UseClass | None = None,
) -> Leg:
    """`leg("metro", "08:00", "08:20", 8000, "AC")`; without an end it is open."""
    hour, minute = start.split(":")
    return Leg(
        network=network,
        operator=OPERATORS[network],
        day=MONDAY,
        minute=int(hour) * 60 + int(minute),
        started_ms=at(start),
        ended_ms=at(end) if end else 0,
        use_class=use_class or (UseClass.COMPLETE if end else UseClass.OPEN),
        area_in=areas[0].strip(),
        area_out=areas[1].strip(),
        metres=metres,
    )


def by(used: Tariff) -> Callable[[date], Prices]:
    prices = Prices(used)
    return lambda day: prices


def priced(*legs: Leg, used: Tariff | None = None, rider: Rider = ADULT) -> Rated:
    return rate(by(used or tariff()), legs, rider, trace=True)


def fares(rated: Rated) -> list[int]:
    return [leg.fare for leg in rated.legs]


def with_package(**changes: object) -> Tariff:
    return msgspec.structs.replace(tariff(), packages=(package(**changes),))


LIGHT_6 = leg("light", "08:00", "08:15", 6000)
BUS_12 = leg("bus", "08:25", "09:00", 12000)
METRO_8 = leg("metro", "09:10", "09:30", 8000, "AC")


def test_no_legs_cost_nothing() -> None:
    assert priced().legs == ()


def test_the_trace_names_the_rules() -> None:
    early = leg("bus", "06:00", "06:20", 3000)
    rated = priced(early, leg("bus", "06:30", "06:40", 2000), leg("zoo", "09:00"))
    assert [leg.trace for leg in rated.legs] == [
        ("leg:bus/early",),
        ("leg:bus/early", "transfer:bus>bus"),
        ("leg:zoo",),
    ]
    assert priced(LIGHT_6, BUS_12).legs[0].trace == ("leg:light", "package:integrated")
    assert rate(by(tariff()), [early], ADULT).legs[0].trace == ()


def test_the_table_is_directional_and_a_stranger_to_it_pays_the_dearest() -> None:
    assert fares(priced(leg("metro", "08:00", "08:20", 3000, "BC"))) == [7000]
    assert fares(priced(leg("metro", "08:00", "08:20", 3000, "CB"))) == [6000]
    assert fares(priced(leg("metro", "08:00", "08:20", 3000, "BX"))) == [7000]
    assert fares(priced(leg("metro", "08:00", "08:20", 3000, "XB"))) == [6000]
    assert fares(priced(leg("metro", "08:00", "08:20", 3000, "XX"))) == [9000]


def test_an_open_leg_of_a_table_waits_for_its_end() -> None:
    (waiting,) = priced(leg("metro", "08:00", areas="A ")).legs
    assert (waiting.is_known, waiting.full_fare, waiting.fare, waiting.shares) == (False, 0, 0, ())


def test_a_category_without_a_rule_pays_what_everyone_pays() -> None:
    assert fares(priced(leg("zoo", "09:00"), rider=Rider("child"))) == [3000]
    assert fares(priced(leg("zoo", "09:00"), rider=Rider("alien"))) == [4000]
    assert fares(priced(leg("bus", "09:00"), rider=Rider("child"))) == [3500]


def test_an_unknown_network_is_an_error_that_names_it() -> None:
    boat = msgspec.structs.replace(BUS_12, network="boat")
    with pytest.raises(LookupError, match="boat"):
        priced(boat)


def test_the_package_of_the_published_example() -> None:
    assert fares(priced(LIGHT_6)) == [5000]
    assert fares(priced(LIGHT_6, BUS_12)) == [4000, 3000]
    rated = priced(LIGHT_6, BUS_12, METRO_8)
    assert fares(rated) == [4000, 3000, 2000]
    assert [leg.full_fare for leg in rated.legs] == [5000, 3500, 9000]


def test_one_operator_alone_keeps_its_own_fares() -> None:
    bus = leg("bus", "08:00", "08:20", 12000)
    assert fares(priced(bus, BUS_12)) == [3500, 0]
    assert fares(priced(METRO_8)) == [9000]


def test_the_cap_ends_a_package() -> None:
    far = leg("metro", "09:10", "09:30", 25000, "AC")
    assert fares(priced(LIGHT_6, BUS_12, far)) == [4000, 3000, 3000]


def test_a_package_is_not_dearer_than_its_legs_unless_the_tariff_says_always() -> None:
    short = leg("metro", "08:00", "08:10", 3000, "AB")
    long = leg("bus", "08:20", "09:00", 30000)
    assert fares(priced(short, long)) == [5000, 3500]
    assert fares(priced(short, long, used=with_package(when="always"))) == [3250, 6750]


def test_a_leg_of_unknown_length_counts_its_own_fare() -> None:
    on_board = leg("bus", "08:25")
    assert fares(priced(LIGHT_6, on_board)) == [4000, 3500]
    lost = msgspec.structs.replace(on_board, use_class=UseClass.MISSING_EXIT)
    assert fares(priced(LIGHT_6, lost, METRO_8)) == [4000, 3500, 2000]


def test_legs_priced_for_a_missing_tap_stay_out_of_packages() -> None:
    lost = leg("metro", "08:20", areas="A ", use_class=UseClass.MISSING_EXIT)
    assert fares(priced(LIGHT_6, lost)) == [5000, 9000]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("10:40", "11:00", [4000, 3000, 2000]),  # 180 minutes are within 180 minutes
        ("10:40", "11:01", [4000, 3000, 3000 + 4500]),  # cap, then base and 8 km
        ("11:01", "11:20", [4000, 3000, 3000 + 4500]),  # still on the way, after 41 minutes
        ("11:06", "11:20", [4000, 3000, 9000]),  # 46 minutes: that journey was over
    ],
)
def test_a_journey_longer_than_its_package(start: str, end: str, expected: list[int]) -> None:
    bus = leg("bus", "09:30", "10:20", 12000)
    assert fares(priced(LIGHT_6, bus, leg("metro", start, end, 8000, "AC"))) == expected


def test_a_long_journey_of_one_operator_is_no_package() -> None:
    first, second = leg("bus", "08:00", "10:50", 40000), leg("metro", "10:55", "11:15", 8000, "AC")
    assert fares(priced(first, second)) == [3500, 9000]


def test_a_package_that_goes_on_is_filled_like_a_new_one() -> None:
    legs = [
        LIGHT_6,
        leg("bus", "09:30", "10:20", 12000),
        leg("metro", "10:55", "11:15", 8000, "AC"),
        leg("light", "11:20", "11:30", 6000),
    ]
    rated = priced(*legs)
    assert fares(rated) == [4000, 3000, 3000 + 4500, 1500]
    assert sum(fares(rated)) == 10000 + 2500 + 250 * 14


@pytest.mark.parametrize(
    ("rounding", "metres", "expected"),
    [
        ("up", 1, 1),
        ("up", 1000, 1),
        ("up", 1001, 2),
        ("nearest", 499, 0),
        ("nearest", 500, 1),
        ("down", 999, 0),
        ("down", 1000, 1),
    ],
)
def test_rounding_of_kilometres(rounding: str, metres: int, expected: int) -> None:
    rules: Package = package(rounding=rounding)
    assert units(metres, rules) == expected
