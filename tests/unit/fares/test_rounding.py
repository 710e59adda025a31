"""Fares in the steps that a city takes money in."""

from __future__ import annotations

import pytest

from satu.fares.legs import Trace
from satu.fares.rate import rate
from satu.fares.rounding import rounded
from satu.fares.tariff import Flat, LegRule, Network, Product, Rounding, TransferRule
from tests.unit.fares.flat_city import ADULT, by, charged, leg, tariff


@pytest.mark.parametrize(
    ("rounding", "amount", "expected"),
    [
        ("nearest", 0, 0),
        ("nearest", 149, 100),
        ("nearest", 150, 200),
        ("nearest", 49, 0),
        ("up", 1, 100),
        ("up", 100, 100),
        ("down", 199, 100),
        ("down", 99, 0),
    ],
)
def test_an_amount_and_its_multiple(rounding: Rounding, amount: int, expected: int) -> None:
    assert rounded(amount, 100, rounding) == expected
    assert rounded(amount, 1, rounding) == amount


def test_every_leg_is_rounded_after_all_rules_and_the_trace_says_so() -> None:
    used = tariff(round_to=20, rounding="down")
    rated = rate(by(used), [leg("bus", "08:00"), leg("ferry", "09:00")], ADULT, trace=True)
    assert [one.fare for one in rated.legs] == [140, 700]
    assert rated.legs[0].trace == (
        Trace("leg", "product:bus", 150),
        Trace("rounding", "down:20", -10),
    )
    assert rated.legs[0].shares == ((1, 140),)
    assert rated.legs[1].trace == (Trace("leg", "product:ferry", 700),)


def test_a_leg_that_costs_nothing_is_not_rounded_up() -> None:
    free = TransferRule("bus", "bus", count=-1, duration_s=3600)
    used = tariff(round_to=100, rounding="up", transfers=(free,))
    assert charged(used, leg("bus", "08:00"), leg("bus", "08:30")) == [200, 0]


def test_a_fare_below_half_a_step_is_nothing() -> None:
    used = tariff(
        networks=(Network("bus"),),
        products=(Product("bus", Flat(4)),),
        leg_rules=(LegRule("bus", "bus"),),
        round_to=10,
    )
    assert charged(used, leg("bus", "08:00")) == [0]
