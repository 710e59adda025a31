"""What transfer rules say beyond Fares v2: chains reckoned from their first leg, other lines only.

The tariff is Buenos Aires' of 2019 in small: half fare for the first change, a quarter for the
next ones, within two hours of the first entry, not from a line to itself.
"""

from __future__ import annotations

from datetime import date

import pytest

from satu.fares.legs import Leg, Rider, Running
from satu.fares.prices import Prices
from satu.fares.rate import rate
from satu.fares.tariff import Flat, LegRule, Network, Product, Tariff, TransferRule
from satu.kernel.refusal import UseClass

DAY = date(2019, 11, 27)
TWO_HOURS_S = 7_200
LINES = ("a", "b", "c")


def tariff(**more: bool) -> Tariff:
    return Tariff(
        version="sube",
        valid_from=date(2019, 1, 1),
        networks=tuple(Network(line) for line in LINES),
        products=(
            Product("whole", Flat(1_800)),
            Product("half", Flat(900)),
            Product("quarter", Flat(450)),
        ),
        leg_rules=(
            LegRule("whole", leg_group="1"),
            LegRule("half", leg_group="2", is_transfer_only=True),
            LegRule("quarter", leg_group="3", is_transfer_only=True),
            LegRule("quarter", leg_group="4", is_transfer_only=True),
        ),
        asset="ARS",
        transfers=tuple(
            TransferRule(str(n), str(n + 1), kind=1, duration_s=TWO_HOURS_S, **more)
            for n in (1, 2, 3)
        ),
    )


def ride(line: str, minute: int) -> Leg:
    at_ms = minute * 60_000
    return Leg(line, 1, DAY, DAY, minute, at_ms, at_ms, UseClass.COMPLETE)


def fares(legs: list[Leg], **more: bool) -> list[int]:
    prices = Prices(tariff(**more))
    return [leg.fare for leg in rate(lambda _: prices, legs, Rider()).legs]


@pytest.mark.parametrize(
    ("rides", "from_first", "from_last"),
    [
        ("a0 b60 c120", [1800, 900, 450], [1800, 900, 450]),
        ("a0 b60 c121", [1800, 900, 1800], [1800, 900, 450]),
        ("a0 b121", [1800, 1800], [1800, 1800]),
        ("a0 b100 c121 a200", [1800, 900, 1800, 900], [1800, 900, 450, 450]),
        ("a0 b1 c2 a3 b4", [1800, 900, 450, 450, 1800], [1800, 900, 450, 450, 1800]),
    ],
)
def test_a_chain_can_be_reckoned_from_its_first_leg(
    rides: str, from_first: list[int], from_last: list[int]
) -> None:
    legs = [ride(one[0], int(one[1:])) for one in rides.split()]
    assert fares(legs, from_first=True) == from_first
    assert fares(legs) == from_last


@pytest.mark.parametrize(
    ("rides", "expected"),
    [
        ("a0 a30", [1800, 1800]),
        ("a0 a30 b40", [1800, 1800, 900]),
        ("a0 b30 b40 a50", [1800, 900, 1800, 900]),
        ("a0 b30 a60", [1800, 900, 450]),
    ],
)
def test_a_line_that_is_ridden_again_is_a_ride_of_its_own(rides: str, expected: list[int]) -> None:
    legs = [ride(one[0], int(one[1:])) for one in rides.split()]
    assert fares(legs, other_network=True) == expected
    assert 1800 not in fares(legs)[1:]


def test_both_are_handed_to_the_next_day() -> None:
    prices = Prices(tariff(from_first=True, other_network=True))
    legs = [ride("a", 0), ride("b", 60), ride("b", 100), ride("a", 110), ride("c", 125)]
    whole = [leg.fare for leg in rate(lambda _: prices, legs, Rider()).legs]
    assert whole == [1800, 900, 1800, 900, 450]
    for cut in range(1, len(legs)):
        first = rate(lambda _: prices, legs[:cut], Rider(), runs_on=True)
        later = rate(lambda _: prices, legs[cut:], Rider(), first.running, runs_on=True)
        assert [leg.fare for leg in (*first.legs, *later.legs)] == whole
        assert isinstance(later.running, Running)
