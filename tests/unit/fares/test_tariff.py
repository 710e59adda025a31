"""A tariff is data: it travels unchanged, and every fault in it is named."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from satu.fares.prices import Prices
from satu.fares.rate import STEPS
from satu.fares.tariff import (
    KNOWN_STEPS,
    Flat,
    LegRule,
    Network,
    Tariff,
    TransferRule,
    faults,
)
from tests.unit.services.town import package, tariff


@pytest.mark.parametrize("format", [msgspec.json, msgspec.msgpack])
def test_it_travels_unchanged(format: object) -> None:
    encoded = format.encode(tariff())  # type: ignore[attr-defined]
    assert format.decode(encoded, type=Tariff) == tariff()  # type: ignore[attr-defined]


def test_a_good_tariff_has_no_faults() -> None:
    assert faults(tariff()) == []


def test_the_steps_that_a_tariff_may_name_are_those_that_exist() -> None:
    assert set(KNOWN_STEPS) == set(STEPS)


def test_an_unknown_step_is_an_error_that_names_it() -> None:
    wrong = msgspec.structs.replace(tariff(), steps=("leg", "discount"))
    with pytest.raises(ValueError, match="'discount' is not a step; known are leg, transfer"):
        Prices(wrong)


def test_every_fault_is_named() -> None:
    wrong = Tariff(
        version="1",
        valid_from=date(2025, 1, 1),
        networks=(Network("bus"), Network("metro")),
        leg_rules=(
            LegRule("bus", Flat(1), timeframe="night"),
            LegRule("boat", Flat(2)),
            LegRule("metro", Flat(3), category="child"),
        ),
        transfers=(TransferRule("bus", "tram", 60),),
        packages=(package(modes=(("bus",), ("ferry", "bus"))),),
        steps=("transfer", "leg"),
    )
    assert faults(wrong) == [
        "steps: the first must be 'leg'",
        "leg_rules: network 'boat' is not defined",
        "leg_rules: timeframe 'night' is not defined",
        "leg_rules: category 'child' is not defined",
        "transfers: network 'tram' is not defined",
        "packages: network 'ferry' is not defined",
        "leg_rules: 'bus' has no rule for every minute and rider",
        "leg_rules: 'metro' has no rule for every minute and rider",
        "packages: 'bus' is named twice",
    ]
