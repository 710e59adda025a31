"""Everything that keeps a tariff from being used has a sentence; nothing else has."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from satu.fares.faults import faults
from satu.fares.prices import Prices
from satu.fares.tariff import (
    Apportionment,
    Cap,
    Category,
    Charge,
    Concession,
    Distance,
    FareMedium,
    Flat,
    JoinRule,
    LegRule,
    Network,
    Package,
    Pass,
    Product,
    SameStation,
    Service,
    SpecialDay,
    Table,
    Tariff,
    Timeframe,
    TransferRule,
)
from satu.formats.faults.fault import Fault
from tests.small_city import TARIFF
from tests.unit.services import town

GOOD = Tariff(
    version="1",
    valid_from=date(2026, 1, 1),
    networks=(Network("bus"), Network("rail", closed=True)),
    products=(Product("bus", Flat(3500)), Product("rail", Table((("A", "B", 1),)))),
    leg_rules=(LegRule("bus", "bus", leg_group="bus"), LegRule("rail", "rail")),
    transfers=(TransferRule("bus", "bus", count=-1),),
)
EVERY_DAY = (True,) * 7
DAY = date(2026, 1, 1)


def package(**changes: Any) -> Package:
    """A package of both networks."""
    modes = (("bus",), ("rail",))
    return replace(Package("jl", modes, 1, 1, 1000, 10, 180, 45, "nearest"), **changes)


@pytest.mark.parametrize("tariff", [GOOD, TARIFF, town.tariff()])
def test_a_good_tariff_has_none(tariff: Tariff) -> None:
    assert faults(tariff) == []


@pytest.mark.parametrize("field", ["from_timeframe", "to_timeframe", "from_area", "to_area"])
def test_a_rule_that_can_never_match_is_no_fault(field: str) -> None:
    rule = replace(GOOD.leg_rules[0], **{field: "nowhere"})
    assert faults(replace(GOOD, leg_rules=(rule, *GOOD.leg_rules))) == []


CASES: list[tuple[dict[str, Any], str]] = [
    ({"steps": ("leg", "discount")}, "steps: 'discount' is not a step; known are join, leg, "),
    ({"steps": ("leg", "cap", "cap")}, "steps: 'cap' is named twice"),
    ({"steps": ("cap", "leg")}, "steps: they begin with 'leg', or with 'join' and 'leg'"),
    ({"steps": ("leg", "join")}, "steps: they begin with 'leg', or with 'join' and 'leg'"),
    ({"networks": (*GOOD.networks, Network("bus"))}, "networks: 'bus' is defined twice"),
    ({"media": (FareMedium("card", 2),) * 2}, "media: 'card' is defined twice"),
    ({"categories": (Category("child"),)}, "categories: exactly one is the default; none says so"),
    ({"categories": (Category("a", is_default=True), Category("b", is_default=True))}, "categories:"
     " exactly one is the default; these say so: a, b"),
    ({"products": (*GOOD.products, Product("bus", Flat(1)))}, "products: 'bus' is defined twice"),
    ({"products": (*GOOD.products, Product("x", Flat(1), "child"))}, "products: category 'child' is"
     " not defined"),
    ({"products": (*GOOD.products, Product("x", Flat(1), medium="chip"))}, "products: medium 'chip'"
     " is not defined"),
    ({"products": (Product("bus", Flat(-1)), GOOD.products[1])}, "products: bus: its amount is "
     "negative; only what a transfer adds may be"),
    ({"products": (GOOD.products[0], Product("rail", Table(())))}, "products: rail: its table is "
     "empty"),
    ({"products": (GOOD.products[0], Product("rail", Table((("A", "B", 1), ("A", "B", 2)))))},
     "products: rail: A to B has two prices"),
    ({"products": (GOOD.products[0], Product("rail", Table((("A", "B", -1),))))}, "products: rail: "
     "a price of its table is negative"),
    ({"products": (GOOD.products[0], Product("rail", Distance(1, 1, -1)))}, "products: rail: a "
     "price by distance has no negative numbers"),
    ({"products": (GOOD.products[0], Product("rail", Distance(1, 1, 1, unit_m=0)))}, "products: "
     "rail: unit_m and step_units are at least 1"),
    ({"leg_rules": (LegRule("bus", "boat"),)}, "leg_rules: network 'boat' is not defined"),
    ({"leg_rules": (LegRule("boat", "bus"),)}, "leg_rules: product 'boat' is not defined"),
    ({"timeframes": (Timeframe("t", 420, 300),)}, "timeframes: t: it begins before it ends, "),
    ({"timeframes": (Timeframe("t", 0, 60, "s"),)}, "timeframes: service 's' is not defined"),
    ({"services": (Service("s", EVERY_DAY, DAY, date(2025, 1, 1)),)}, "services: s: it ends"),
    ({"joins": (JoinRule("bus", "boat"),)}, "joins: network 'boat' is not defined"),
    ({"joins": (JoinRule("bus", "rail", "A"),)}, "joins: bus to rail: both stops are named, or "),
    ({"transfers": (TransferRule("bus", "bus"),)}, "transfers: bus to bus: count is -1 (any numb"),
    ({"transfers": (TransferRule("bus", "rail", count=2),)}, "transfers: bus to rail: count is "
     "only for equal groups"),
    ({"transfers": (TransferRule("bus", "rail", product="x"),)}, "transfers: product 'x' is not "),
    ({"transfers": (TransferRule("bus", "rail", product="rail"),)}, "transfers: product 'rail' has "
     "no flat price; a transfer's product has one"),
    ({"networks": (Network("bus", max_riders=10), GOOD.networks[1])}, "networks: bus: max_riders "),
    ({"networks": (Network("bus", minimum=-1), GOOD.networks[1])}, "networks: bus: minimum is neg"),
    ({"networks": (Network("bus", over_time=Charge("flat", -1)), GOOD.networks[1])}, "networks: "
     "bus: a charge is negative"),
    ({"networks": (Network("bus", same_station=(SameStation(0, Charge()),) * 2),
     GOOD.networks[1])}, "networks: bus: same_station has two charges from the same minute"),
    ({"packages": (package(modes=(("bus", "rail"),)),)}, "packages: jl: min_modes is 1 to the "),
    ({"packages": (package(modes=(("bus",), ("bus",))),)}, "packages: network 'bus' is named"),
    ({"packages": (package(modes=(("bus",), ("boat",))),)}, "packages: jl: network 'boat' is not "),
    ({"packages": (package(unit_m=0),)}, "packages: jl: unit_m and duration_minutes are at"),
    ({"packages": (package(cap=-1),)}, "packages: jl: its numbers are not negative"),
    ({"caps": (Cap("c", "day"),)}, "caps: c: it limits the amount, the rides, or both"),
    ({"caps": (Cap("c", "day", -1),)}, "caps: c: its limits are not negative"),
    ({"caps": (Cap("c", "day", 1, rolling_minutes=60),)}, "caps: c: rolling_minutes is needed for"),
    ({"caps": (Cap("c", "day", 1, group="g"),)}, "caps: c: only caps for the best value have a gr"),
    ({"caps": (Cap("c", "day", 1, networks=("boat",)),)}, "caps: c: network 'boat' is not defined"),
    ({"caps": (Cap("c", "day", 1, timeframe="night"),)}, "caps: c: timeframe 'night' is not d"),
    ({"concessions": (Concession("adult"),)}, "concessions: adult: it says either percent or "),
    ({"concessions": (Concession("adult", percent=101),)}, "concessions: adult: percent is 0 to "),
    ({"concessions": (Concession("pupil", percent=50),)}, "concessions: pupil: category 'pup"),
    ({"special_days": (SpecialDay(DAY, -1, "d"),)}, "special_days: d: its amount is negative"),
    ({"special_days": (SpecialDay(DAY, 1, "d", ("boat",)),)}, "special_days: d: network 'boat' is"),
    ({"passes": (Pass("p", 1, ("bus",)),)}, "passes: p: it runs either minutes or whole_days"),
    ({"passes": (Pass("p", 1, (), minutes=1),)}, "passes: p: it names the networks that it covers"),
    ({"passes": (Pass("p", -1, ("bus",), minutes=1),)}, "passes: p: price is not negative, rides"),
    ({"apportionments": (Apportionment("package:jl"),)}, "apportionments: package:jl: "
     "'package:jl' is no scope; allowed: join"),
    ({"apportionments": (Apportionment("join", "fixed"),)}, "apportionments: join: parts are need"),
    ({"round_to": 0}, "round_to: at least 1, the smallest unit"),
    ({"journey_gap_minutes": -1}, "journey_gap_minutes: not negative"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "told"), CASES, ids=[told[:40] for _, told in CASES])
def test_a_fault_has_one_sentence_that_names_it(changes: dict[str, Any], told: str) -> None:
    wrong = replace(GOOD, **changes)
    assert [str(fault)[: len(told)] for fault in faults(wrong)] == [told]
    with pytest.raises(ValueError, match="tariff 1 cannot be used: "):
        Prices(wrong)


def test_a_tariff_without_networks() -> None:
    assert faults(Tariff("1", DAY, (), (), ())) == [Fault("networks", 0, "", "networks_none")]
