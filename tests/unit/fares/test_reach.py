"""A journey for every rule that one can reach, and the reason for every other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from satu.fares.legs import Rider
from satu.fares.prices import Prices
from satu.fares.rate import rate
from satu.fares.reach import reach
from satu.fares.tariff import (
    Category,
    Distance,
    FareMedium,
    Flat,
    JoinRule,
    LegRule,
    Network,
    Product,
    Service,
    Table,
    Tariff,
    Timeframe,
    TransferRule,
)
from tests.small_city import TARIFF
from tests.unit.services import town

WORKDAYS = (True, True, True, True, True, False, False)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
CITY = Tariff(
    version="1",
    valid_from=FIRST,
    networks=(Network("bus"), Network("rail"), Network("krl")),
    categories=(Category("adult", is_default=True), Category("child")),
    media=(FareMedium("card", 2), FareMedium("cash", 0)),
    products=(
        Product("early", Flat(2000)),
        Product("bus", Flat(3500)),
        Product("school", Flat(500), "child", "card"),
        Product("rail", Table((("A", "B", 4000), ("B", "A", 4500)))),
        Product("krl", Distance(3000, 25, 1000, 10, 1000)),
        Product("change", Flat(1000)),
    ),
    services=(Service("work", WORKDAYS, FIRST, LAST),),
    timeframes=(Timeframe("early", 300, 420, "work"),),
    leg_rules=(
        LegRule("early", "bus", from_timeframe="early", leg_group="bus", priority=1),
        LegRule("bus", "bus", leg_group="bus"),
        LegRule("school", "bus", leg_group="school"),
        LegRule("rail", "rail", leg_group="rail"),
        LegRule("krl", "krl", leg_group="krl"),
    ),
    transfers=(
        TransferRule("bus", "bus", count=-1, duration_s=10_800),
        TransferRule("bus", "rail", kind=1, product="change"),
    ),
    joins=(JoinRule("rail", "krl"), JoinRule("rail", "rail", "S", "T", duration_s=600)),
)


def unreached(tariff: Tariff) -> list[tuple[str, int, str]]:
    return [(one.kind, one.number, one.why.words.en) for one in reach(tariff).unreached]


def with_rule(**fields: Any) -> Tariff:
    """The city with one more rule for its buses, of a product that costs more than theirs."""
    dear = Product("dear", Flat(9000))
    rule = replace(LegRule("dear", "bus"), **fields)
    return replace(CITY, products=(*CITY.products, dear), leg_rules=(*CITY.leg_rules, rule))


@pytest.mark.parametrize("tariff", [CITY, TARIFF, town.tariff()])
def test_every_rule_of_a_sound_tariff_is_reached(tariff: Tariff) -> None:
    found = reach(tariff)
    assert found.unreached == ()
    assert list(found.leg_rules) == list(range(len(tariff.leg_rules)))
    assert sorted(found.transfers) == list(range(len(tariff.transfers)))
    assert sorted(found.joins) == list(range(len(tariff.joins)))


def test_a_journey_that_reaches_a_rule_is_priced_by_it() -> None:
    found, prices = reach(CITY), Prices(CITY)
    for number, (legs, rider) in found.leg_rules.items():
        (option, *_) = prices.options(legs[0], rider.category, rider.medium)
        assert option.leg_rule == number
    early = found.leg_rules[0].legs[0]
    assert prices.is_in("early", early.on, early.minute)
    assert found.leg_rules[2].rider == Rider("child")
    legs, rider = found.transfers[1]
    fares = [leg.fare for leg in rate(lambda _: prices, legs, rider).legs]
    assert fares in ([2000, 5000], [3500, 5000])


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({"from_timeframe": "night"}, "timeframe 'night' is not defined"),
        ({"priority": 0}, "bus is cheaper for every category and medium"),
        ({"is_transfer_only": True}, "it is only for transfers, and no transfer leads to it"),
        ({"leg_group": "bus"}, "bus is cheaper for every category and medium"),
    ],
)
def test_why_a_leg_rule_is_not_reached(rule: dict[str, Any], why: str) -> None:
    assert unreached(with_rule(**rule)) == [("leg_rule", 5, why)]


def test_a_rule_of_lower_priority_for_the_same_legs() -> None:
    rules = (*CITY.leg_rules, LegRule("bus", "rail", priority=3))
    kind, number, why = unreached(replace(CITY, leg_rules=rules, transfers=CITY.transfers[:1]))[0]
    assert (kind, number) == ("leg_rule", 3)
    assert why == "another rule goes before it: rail, * → *, bus"


def test_a_timeframe_whose_service_is_over() -> None:
    over = Service("work", WORKDAYS, date(2020, 1, 1), date(2020, 12, 31))
    assert unreached(replace(CITY, services=(over,))) == [
        ("leg_rule", 0, "timeframe 'early' has no day from 2026-01-01 on")
    ]


def test_a_product_that_nobody_can_have() -> None:
    rules = (*CITY.leg_rules, LegRule("table", "bus"))
    products = (*CITY.products, Product("table", Table((("X", "Y", 1),))))
    assert unreached(replace(CITY, leg_rules=rules, products=products)) == []


def test_rules_that_only_a_chain_of_changes_reaches() -> None:
    """The third ride is free only after the second, the second only after the first."""
    rules = tuple(
        LegRule("bus", "bus", leg_group=group, is_transfer_only=group != "first")
        for group in ("first", "second", "third")
    )
    transfers = (TransferRule("second", "third"), TransferRule("first", "second"))
    city = replace(CITY, leg_rules=rules, transfers=transfers, joins=())
    found = reach(city)
    assert [len(found.leg_rules[number].legs) for number in range(3)] == [1, 2, 3]
    assert [len(found.transfers[number].legs) for number in range(2)] == [3, 2]


def test_transfers_that_count_and_that_cost_the_same() -> None:
    transfers = (
        TransferRule("bus", "bus", product="change", count=1),
        TransferRule("bus", "bus", product="change", count=2),
        TransferRule("bus", "bus", product="change", count=-1, duration_s=7200),
    )
    found = reach(replace(CITY, transfers=transfers))
    assert found.unreached == ()
    assert [len(found.transfers[number].legs) for number in range(3)] == [2, 3, 4]


def test_each_category_may_have_a_transfer_rule_of_its_own() -> None:
    products = (
        Product("bus", Flat(3500), "adult"),
        Product("bus", Flat(1000), "child"),
        Product("adults", Flat(800), "adult"),
        Product("children", Flat(400), "child"),
    )
    city = replace(
        CITY,
        products=products,
        leg_rules=(LegRule("bus", "bus", leg_group="bus"), LegRule("bus", "rail")),
        transfers=(
            TransferRule("bus", "bus", product="adults", count=-1),
            TransferRule("bus", "bus", product="children", count=-1),
        ),
        networks=(Network("bus"), Network("rail")),
        joins=(),
    )
    found, prices = reach(city), Prices(city)
    assert found.unreached == ()
    for number, category, fare in ((0, "adult", 800), (1, "child", 400)):
        legs, rider = found.transfers[number]
        assert rider.category == category
        assert rate(lambda _: prices, legs, rider).legs[-1].fare == fare


@pytest.mark.parametrize(
    ("transfer", "why"),
    [
        (TransferRule("boat", "bus"), "no ride is paid by leg group 'boat'"),
        (TransferRule("bus", "boat"), "no ride is paid by leg group 'boat'"),
        (
            TransferRule("bus", "rail", filter_product="early"),
            "no two rides of these groups both use early",
        ),
    ],
)
def test_why_a_transfer_rule_is_not_reached(transfer: TransferRule, why: str) -> None:
    tariff = replace(CITY, transfers=(CITY.transfers[0], transfer))
    assert [one for one in unreached(tariff) if one[0] != "product"] == [("transfer", 1, why)]


def test_an_empty_group_is_every_group_that_no_transfer_rule_lists() -> None:
    transfers = (
        TransferRule("bus", "rail"),
        TransferRule("", "rail", product="change"),
        TransferRule("", "", count=-1, product="change"),
    )
    found = reach(replace(CITY, transfers=transfers))
    assert [one for one in found.unreached if one.kind == "transfer"] == []
    groups = {rule.leg_group for rule in CITY.leg_rules} - {"bus", "rail"}
    first, last = (found.transfers[2].legs[end].network for end in (0, -1))
    assert groups == {"school", "krl"}
    assert {first, last} <= {"bus", "krl"}


def test_networks_without_a_price_and_products_without_a_use() -> None:
    tariff = replace(
        CITY,
        networks=(*CITY.networks, Network("line-714")),
        products=(*CITY.products, Product("monthly", Flat(90_000))),
    )
    assert unreached(tariff) == [
        ("network", 3, "no leg rule prices its rides"),
        ("product", 0, "no leg rule or transfer rule asks for it"),
    ]


def test_without_priorities_an_empty_area_is_one_that_no_rule_lists() -> None:
    tariff = replace(
        CITY,
        has_priorities=False,
        stop_areas=(("S", "inner"), ("T", "outer")),
        leg_rules=(
            LegRule("bus", "bus", from_area="inner"),
            LegRule("early", "bus"),
            LegRule("rail", "rail"),
            LegRule("krl"),
        ),
        transfers=(),
        joins=(),
    )
    found = reach(tariff)
    assert [one.kind for one in found.unreached] == ["product", "product"]
    assert found.leg_rules[0].legs[0].areas_in == ("inner",)
    assert found.leg_rules[1].legs[0].areas_in != ("inner",)
    assert found.leg_rules[3].legs[0].network == "krl"
