"""Whose money a fare is: rides of several operators, apportioned packages, traces of each leg."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from satu.fares.apportion import Part, filled, owed, split
from satu.fares.legs import Leg, PricedLeg, Rider, Trace
from satu.fares.rate import rate
from satu.fares.tariff import Apportionment, Cap, JoinRule, Tariff
from tests.unit.fares.flat_city import ADULT, by, fares, leg, tariff
from tests.unit.services import town


def test_remainders_go_to_the_largest_fractions_and_ties_to_the_first() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(10, [1, 2, 4]) == [1, 3, 6]  # 1.43, 2.86, 5.71
    assert split(7, [0, 5]) == [0, 7]
    assert split(5, [0, 0]) == [3, 2]
    assert split(0, [3, 4]) == [0, 0]


def test_fares_are_made_up_of_what_is_owed_in_order() -> None:
    assert filled([5, 0, 5], [(1, 2), (2, 0), (3, 8)]) == [((1, 2), (3, 3)), (), ((3, 5),)]
    assert filled([4, 4], [(1, 3), (2, 2), (1, 3)]) == [((1, 3), (2, 1)), ((2, 1), (1, 3))]
    assert filled([6], [(1, 3), (1, 3)]) == [((1, 6),)]
    assert filled([0, 0], []) == [(), ()]


def part(network: str, own: int, charged: int, metres: int | None = None) -> Part:
    return Part(leg(network, "08:00", metres=metres), own, charged)


PARTS = (part("bus", 150, 100, 4000), part("tram", 290, 200, None), part("ferry", 700, 300, 6000))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (Apportionment("join"), [100, 200, 300]),
        (Apportionment("join", "standalone"), [79, 153, 368]),
        (Apportionment("join", "distance"), [240, 0, 360]),
        (Apportionment("join", "fixed", (("bus", 1), ("tram", 1))), [300, 300, 0]),
        (Apportionment("join", "fixed", (("train", 1),)), [200, 200, 200]),
        # The discount is 540: the ferry bears it all, the others get their own fares.
        (Apportionment("join", "distance", bearer="ferry"), [150, 290, 160]),
        # The tram bears 290 of it; 600 are left for the two others, by their metres.
        (Apportionment("join", "distance", bearer="tram"), [240, 0, 360]),
        (Apportionment("join", "incremental", bearer="bus"), [0, 240, 360]),
        (Apportionment("join", "standalone", bearer="nobody"), [79, 153, 368]),
    ],
)
def test_methods_and_bearers(rules: Apportionment, expected: list[int]) -> None:
    assert owed(rules, PARTS) == expected


def test_without_a_discount_nobody_bears_anything() -> None:
    dear = (part("bus", 100, 200), part("tram", 100, 100))
    assert owed(Apportionment("join", "standalone", bearer="bus"), dear) == [150, 150]


def test_a_networks_fixed_part_is_divided_between_its_legs() -> None:
    parts = (part("bus", 150, 0), part("bus", 150, 0), part("tram", 290, 300))
    rules = Apportionment("join", "fixed", (("bus", 1), ("tram", 2)))
    assert owed(rules, parts) == [50, 50, 200]


def test_a_bearer_with_two_legs_bears_by_their_own_fares() -> None:
    parts = (part("bus", 100, 50), part("tram", 300, 100), part("bus", 300, 150))
    assert owed(Apportionment("join", "incremental", bearer="bus"), parts) == [0, 300, 0]
    dearer = (part("bus", 100, 50), part("tram", 100, 100), part("bus", 300, 150))
    assert owed(Apportionment("join", "incremental", bearer="bus"), dearer) == [50, 100, 150]


def test_a_waiting_leg_has_no_fare_and_no_shares() -> None:
    (waiting,) = rate(by(tariff()), [leg("train", "08:00", minutes=0, zones="1")], ADULT).legs
    assert waiting == PricedLeg(0, 0, (), False)


TRAINS = (
    leg("train", "08:00", zones="12", metres=3000),
    leg("train", "08:15", zones="26", metres=9000, operator=5),
)


def joined(*apportionments: Apportionment, **changes: Any) -> Tariff:
    rules = (JoinRule("train", "train"),)
    return tariff(joins=rules, apportionments=apportionments, **changes)


def test_a_joined_ride_is_spread_over_its_legs_up_to_their_own_prices() -> None:
    first, second = rate(by(joined()), TRAINS, ADULT, trace=True).legs
    assert (first.full_fare, first.fare, first.shares) == (160, 160, ((3, 160),))
    assert (second.full_fare, second.fare, second.shares) == (340, 240, ((5, 240),))
    assert first.trace == (Trace("join", "train>train", 0), Trace("leg", "product:train", 160))
    assert second.trace == (Trace("join", "train>train", 0), Trace("leg", "product:train", 240))


def test_what_goes_beyond_the_own_prices_is_the_last_legs() -> None:
    back = (
        leg("train", "08:00", zones="12"),
        leg("train", "08:15", zones="22"),
        leg("train", "08:30", zones="26"),
    )
    assert fares(rate(by(joined()), back, ADULT).legs) == [160, 100, 140]
    over_a_street = tariff(joins=(JoinRule("ferry", "bus", "1", "2"),))
    legs = (leg("ferry", "08:00", zones="31"), leg("bus", "08:15", zones="24"))
    assert fares(rate(by(over_a_street), legs, ADULT).legs) == [700, 0]
    legs = (leg("bus", "08:00", zones="31"), leg("ferry", "08:15", zones="24"))
    from_the_bus = tariff(joins=(JoinRule("bus", "ferry", "1", "2"),), round_to=400, rounding="up")
    assert fares(rate(by(from_the_bus), legs, ADULT).legs) == [150, 250]


def test_a_cap_takes_from_the_last_leg_first_and_each_leg_says_so() -> None:
    used = joined(caps=(Cap("day", "day", 200),))
    first, second = rate(by(used), TRAINS, ADULT, trace=True).legs
    assert (first.fare, second.fare) == (160, 40)
    assert first.trace[1:] == (Trace("leg", "product:train", 160),)
    assert second.trace[1:] == (Trace("leg", "product:train", 240), Trace("cap", "day", -200))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (Apportionment("join", "distance"), [((3, 100), (5, 60)), ((5, 240),)]),
        (Apportionment("join", "standalone"), [((3, 128), (5, 32)), ((5, 240),)]),
        (Apportionment("join", "incremental"), [((3, 160),), ((5, 240),)]),
    ],
)
def test_a_joined_ride_is_shared_as_its_apportionment_says(
    rules: Apportionment, expected: list[Any]
) -> None:
    assert [one.shares for one in rate(by(joined(rules)), TRAINS, ADULT).legs] == expected


LIGHT = ("light", "08:00", 6000, 3)
BUS = ("bus", "08:25", 12000, 1)
METRO = ("metro", "09:10", 8000, 2)


def town_leg(network: str, clock: str, metres: int, operator: int, **more: Any) -> Leg:
    areas = {"areas_in": ("A",), "areas_out": ("C",)} if network == "metro" else {}
    settings = {"metres": metres, "operator": operator, **areas, **more}
    return leg(network, town.at(clock), minutes=15, **settings)


def integrated(rules: Apportionment | None) -> Tariff:
    found = (rules,) if rules else ()
    return msgspec.structs.replace(town.tariff(), apportionments=found)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (None, [((3, 4000),), ((1, 3000),), ((2, 2000),)]),
        (
            Apportionment("package:integrated", "standalone"),  # 9000 by 5000 : 3500 : 9000
            [((3, 2571), (1, 1429)), ((1, 371), (2, 2629)), ((2, 2000),)],
        ),
        (
            Apportionment("package:integrated", "distance"),  # by 6 : 12 : 8 km
            [((3, 2077), (1, 1923)), ((1, 2231), (2, 769)), ((2, 2000),)],
        ),
        (
            Apportionment("package:integrated", "fixed", (("bus", 50), ("metro", 50))),
            [((1, 4000),), ((1, 500), (2, 2500)), ((2, 2000),)],
        ),
        (
            # The metro bears the discount of 8,500 alone: 500 of its 9,000 are left to it.
            Apportionment("package:integrated", bearer="metro"),
            [((3, 4000),), ((3, 1000), (1, 2000)), ((1, 1500), (2, 500))],
        ),
    ],
)
def test_a_package_is_shared_as_its_apportionment_says(
    rules: Apportionment | None, expected: list[Any]
) -> None:
    legs = [town_leg(*LIGHT), town_leg(*BUS), town_leg(*METRO)]
    rated = rate(by(integrated(rules)), legs, ADULT).legs
    assert fares(rated) == [4000, 3000, 2000]
    assert [one.shares for one in rated] == expected


def test_legs_outside_of_the_package_keep_their_fares() -> None:
    rules = Apportionment("package:integrated", "distance")
    zoo = town_leg("zoo", "12:00", 0, 4)
    legs = [town_leg(*LIGHT), town_leg(*BUS), zoo]
    rated = rate(by(integrated(rules)), legs, ADULT).legs
    assert [one.shares for one in rated] == [
        ((3, 2333), (1, 1667)),
        ((1, 3000),),
        ((4, 4000),),
    ]
    dear_together = [
        town_leg("metro", "08:00", 3000, 2, areas_out=("B",)),
        town_leg("bus", "08:20", 30000, 1),
    ]
    apart = rate(by(integrated(rules)), dear_together, ADULT).legs
    assert [one.shares for one in apart] == [((2, 5000),), ((1, 3500),)]


def test_a_package_that_runs_on_shares_out_only_what_today_is_charged() -> None:
    rules = by(integrated(Apportionment("package:integrated", "standalone")))
    yesterday = rate(rules, [town_leg(*LIGHT)], ADULT, runs_on=True)
    today = rate(rules, [town_leg(*BUS), town_leg(*METRO)], ADULT, yesterday.running).legs
    assert fares(today) == [7000 - 5000, 2000]
    # 4000 by 3500 : 9000
    assert [one.shares for one in today] == [((1, 1120), (2, 880)), ((2, 2000),)]


def test_what_a_capped_package_still_costs_is_shared() -> None:
    rules = Apportionment("package:integrated", "distance")
    used = msgspec.structs.replace(integrated(rules), caps=(Cap("day", "day", 5000),))
    rated = rate(by(used), [town_leg(*LIGHT), town_leg(*BUS)], ADULT).legs
    assert fares(rated) == [4000, 1000]
    assert [one.shares for one in rated] == [((3, 1667), (1, 2333)), ((1, 1000),)]


def test_a_child_pays_less_and_the_full_fare_is_its_own() -> None:
    (zoo,) = rate(by(town.tariff()), [town_leg("zoo", "12:00", 0, 4)], Rider("child")).legs
    assert (zoo.full_fare, zoo.fare, zoo.shares) == (3000, 3000, ((4, 3000),))
