"""Several networks at one price: Jakarta's package in a small town."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from satu.fares.legs import NOTHING_RUNS, Leg, PassHeld, Rated, Rider, RunningPackage, Trace
from satu.fares.rate import rate
from satu.fares.tariff import Concession, JoinRule, Pass, Tariff
from satu.kernel.refusal import UseClass
from tests.unit.fares.flat_city import by
from tests.unit.services.town import MONDAY, at, package, tariff

ADULT = Rider()
OPERATORS = {"bus": 1, "royal": 1, "metro": 2, "light": 3, "zoo": 4}


def leg(
    network: str,
    start: str,
    end: str = "",
    metres: int | None = None,
    areas: str = "",
    use_class: UseClass | None = None,
) -> Leg:
    """`leg("metro", "08:00", "08:20", 8000, "AC")`; without an end it is open."""
    hour, minute = start.split(":")
    return Leg(
        network=network,
        operator=OPERATORS[network],
        day=MONDAY,
        on=MONDAY,
        minute=int(hour) * 60 + int(minute),
        started_ms=at(start),
        ended_ms=at(end) if end else 0,
        use_class=use_class or (UseClass.COMPLETE if end else UseClass.OPEN),
        areas_in=tuple(areas[:1]),
        areas_out=tuple(areas[1:]),
        stop_in=areas[:1],
        stop_out=areas[1:],
        metres=metres,
    )


def priced(*legs: Leg, used: Tariff | None = None, rider: Rider = ADULT) -> Rated:
    return rate(by(used or tariff()), legs, rider, trace=True)


def fares(rated: Rated) -> list[int]:
    return [leg.fare for leg in rated.legs]


def with_package(**changes: Any) -> Tariff:
    return msgspec.structs.replace(tariff(), packages=(package(**changes),))


LIGHT_6 = leg("light", "08:00", "08:15", 6000)
BUS_12 = leg("bus", "08:25", "09:00", 12000)
METRO_8 = leg("metro", "09:10", "09:30", 8000, "AC")


def test_the_package_of_the_published_example() -> None:
    assert fares(priced(LIGHT_6)) == [5000]
    assert fares(priced(LIGHT_6, BUS_12)) == [4000, 3000]
    rated = priced(LIGHT_6, BUS_12, METRO_8)
    assert fares(rated) == [4000, 3000, 2000]
    assert [leg.full_fare for leg in rated.legs] == [5000, 3500, 9000]
    assert [leg.shares for leg in rated.legs] == [((3, 4000),), ((1, 3000),), ((2, 2000),)]


def test_the_trace_says_how_the_package_moved_each_leg() -> None:
    rated = priced(LIGHT_6, BUS_12)
    assert [leg.trace for leg in rated.legs] == [
        (Trace("leg", "product:light", 5000), Trace("package", "integrated", -1000)),
        (Trace("leg", "product:bus", 3500), Trace("package", "integrated", -500)),
    ]


def test_one_operator_alone_keeps_its_own_fares() -> None:
    bus = leg("bus", "08:00", "08:20", 12000)
    assert fares(priced(bus, BUS_12)) == [3500, 0]
    assert fares(priced(METRO_8)) == [9000]


def test_a_package_of_one_mode_prices_a_leg_that_is_the_only_one() -> None:
    assert fares(priced(LIGHT_6, used=with_package(min_modes=1))) == [4000]
    assert fares(priced(LIGHT_6, used=with_package(min_modes=2))) == [5000]


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
    unmeasured = msgspec.structs.replace(BUS_12, metres=None)
    assert fares(priced(LIGHT_6, unmeasured, METRO_8)) == [4000, 3500, 2000]


def test_legs_priced_for_a_missing_tap_stay_out_of_packages() -> None:
    lost = leg("metro", "08:20", areas="A", use_class=UseClass.MISSING_EXIT)
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
    rated = priced(LIGHT_6, bus, leg("metro", start, end, 8000, "AC"))
    assert fares(rated) == expected
    assert [sum(trace.amount for trace in leg.trace) for leg in rated.legs] == expected


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
    ("rounding", "metres", "units"),
    [("up", 6001, 7), ("nearest", 6499, 6), ("nearest", 6500, 7), ("down", 6999, 6)],
)
def test_rounding_of_kilometres(rounding: str, metres: int, units: int) -> None:
    used = with_package(rounding=rounding)
    light = msgspec.structs.replace(LIGHT_6, metres=metres - 1000)
    bus = msgspec.structs.replace(BUS_12, metres=1000)
    assert sum(fares(priced(light, bus, used=used))) == 2500 + 250 * units


def test_a_package_goes_on_into_the_next_day_and_what_was_charged_stays() -> None:
    prices_on = by(tariff())
    whole = fares(rate(prices_on, [LIGHT_6, BUS_12, METRO_8], ADULT))
    first = rate(prices_on, [LIGHT_6, BUS_12], ADULT, runs_on=True)
    assert first.running.packages == (
        RunningPackage(
            "integrated",
            at("08:00"),
            at("09:00"),
            at("11:00"),
            ("bus", "light"),
            18000,
            0,
            0,
            False,
            7000,
        ),
    )
    second = rate(prices_on, [METRO_8], ADULT, first.running)
    assert [*fares(first), *fares(second)] == whole == [4000, 3000, 2000]
    alone = rate(prices_on, [LIGHT_6], ADULT, runs_on=True)
    assert fares(rate(prices_on, [BUS_12], ADULT, alone.running)) == [7000 - 5000]


def test_nothing_runs_on_where_there_is_no_package() -> None:
    rated = rate(by(tariff()), [leg("zoo", "09:00")], ADULT, runs_on=True)
    assert rated.running == NOTHING_RUNS


def test_legs_that_cost_nothing_by_themselves_make_no_package_dearer() -> None:
    free = Concession("child", networks=("light",), amount=0)
    used = msgspec.structs.replace(with_package(), concessions=(free,))
    assert fares(priced(LIGHT_6, BUS_12, used=used)) == [4000, 3000]
    assert fares(priced(LIGHT_6, BUS_12, used=used, rider=Rider("child"))) == [0, 3500]


def test_a_leg_that_a_pass_covers_stands_aside() -> None:
    used = msgspec.structs.replace(
        with_package(), passes=(Pass("lights", 50_000, ("light",), whole_days=1),)
    )
    holder = Rider(passes=(PassHeld(1, "lights", at("06:00"), MONDAY),))
    assert fares(priced(LIGHT_6, BUS_12, used=used, rider=holder)) == [0, 3500]
    assert fares(priced(LIGHT_6, BUS_12, METRO_8, used=used, rider=holder)) == [0, 5500, 2000]


def test_a_joined_ride_brings_the_modes_of_all_its_legs() -> None:
    used = msgspec.structs.replace(with_package(), joins=(JoinRule("light", "metro", "W", "A"),))
    light = leg("light", "08:00", "08:15", 6000, "EW")
    metro = leg("metro", "08:20", "08:40", 8000, "AC")
    rated = priced(light, metro, used=used)
    # One ride at the light rail's 5000; as a package of two modes 14 km would cost 6000.
    assert fares(rated) == [5000, 0]
    cheaper = msgspec.structs.replace(used, packages=(package(per_unit=100),))
    assert fares(priced(light, metro, used=cheaper)) == [3900, 0]


def test_a_package_over_estimated_metres_says_so() -> None:
    guessed = msgspec.structs.replace(BUS_12, is_estimated=True)
    rated = priced(LIGHT_6, guessed, METRO_8)
    assert [leg.trace[-1].is_estimated for leg in rated.legs] == [False, True, True]
    assert [leg.trace[0].is_estimated for leg in rated.legs] == [False, False, False]
    running = rate(by(tariff()), [LIGHT_6, guessed], ADULT, runs_on=True).running
    (later,) = rate(by(tariff()), [METRO_8], ADULT, running, trace=True).legs
    assert later.trace[-1] == Trace("package", "integrated", -7000, True)
