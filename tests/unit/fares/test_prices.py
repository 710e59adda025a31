"""What a leg costs by itself: rules that fit, products a rider may use, taps that are missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from satu.fares.prices import Option, Prices
from satu.fares.tariff import (
    Category,
    Charge,
    Distance,
    FareMedium,
    Flat,
    LegRule,
    Network,
    Product,
    SameStation,
    Service,
    Table,
    Tariff,
    Timeframe,
)
from satu.kernel.refusal import UseClass
from tests.unit.fares.flat_city import MONDAY, leg, tariff

WEEKDAYS = (True, True, True, True, True, False, False)
LONG = (date(2020, 1, 1), date(2030, 12, 31))


def options(
    used: Tariff, one: Any, category: str = "adult", medium: str = ""
) -> tuple[Option, ...]:
    return Prices(used).options(one, category, medium)


def cost(used: Tariff, one: Any, category: str = "adult", medium: str = "") -> tuple[int, str]:
    """The amount and the rule of what a leg costs by itself."""
    found = options(used, one, category, medium)
    return found[0].amount, found[0].rule


def area_rules(*rules: LegRule, has_priorities: bool = True, **changes: Any) -> Tariff:
    """A bus whose rules speak of areas; a product "pN" costs N."""
    names = dict.fromkeys(rule.product for rule in rules)
    products = tuple(Product(name, Flat(int(name[1:]))) for name in names)
    settings: dict[str, Any] = {
        "networks": (Network("bus"), Network("tram")),
        "products": products,
        "leg_rules": rules,
        "has_priorities": has_priorities,
    }
    return tariff(**(settings | changes))


def bus(areas_in: str = "", areas_out: str = "", **more: Any) -> Any:
    """A bus from a stop of the areas named by letters to one of others."""
    return leg("bus", "08:00", areas_in=tuple(areas_in), areas_out=tuple(areas_out), **more)


# How empty fields match.


def test_with_priorities_an_empty_field_is_anything_and_the_highest_wins() -> None:
    used = area_rules(
        LegRule("p1"),
        LegRule("p2", "bus", priority=1),
        LegRule("p3", "bus", "A", priority=2),
        LegRule("p4", "bus", "A", "B", priority=3),
    )
    assert cost(used, bus("A", "B")) == (4, "product:p4")
    assert cost(used, bus("A", "C")) == (3, "product:p3")
    assert cost(used, bus("C", "B")) == (2, "product:p2")
    assert cost(used, leg("tram", "08:00")) == (1, "product:p1")


def test_without_priorities_an_empty_area_is_one_that_no_rule_of_the_file_lists() -> None:
    used = area_rules(
        LegRule("p5", "bus"),
        LegRule("p9", "tram", "A", "B"),
        has_priorities=False,
    )
    assert cost(used, bus("C", "C")) == (5, "product:p5")
    assert cost(used, bus("B", "A")) == (5, "product:p5"), "listed, but on the other side"
    # The tram's rule lists A as a start: the bus's empty field does not stand for it any more.
    assert cost(used, bus("A", "C")) == (5, "pair_unknown")
    assert not options(used, bus("A", "C"))[0].is_plain


def test_a_leg_that_no_rule_of_its_network_can_fit_is_free_and_says_so() -> None:
    used = area_rules(LegRule("p5", "bus"))
    assert cost(used, leg("tram", "08:00")) == (0, "no_rule")
    assert options(used, leg("tram", "08:00", minutes=0)) == ()


def test_without_priorities_one_side_may_be_exact_and_the_other_empty() -> None:
    used = area_rules(
        LegRule("p1", "bus", "A", "B"),
        LegRule("p2", "bus", "A"),
        LegRule("p3", "bus", "", "B"),
        LegRule("p4", "bus"),
        has_priorities=False,
    )
    legs = [bus("A", "B"), bus("A", "C"), bus("C", "B"), bus("C", "C")]
    assert [cost(used, one)[0] for one in legs] == [1, 2, 3, 4]


def test_without_priorities_an_empty_network_is_one_that_no_rule_lists() -> None:
    used = area_rules(LegRule("p7"), LegRule("p2", "bus", "A"), has_priorities=False)
    assert cost(used, leg("tram", "08:00", areas_in=("C",))) == (7, "product:p7")
    assert cost(used, bus("A")) == (2, "product:p2")
    assert cost(used, bus("C")) == (2, "pair_unknown"), "as if the entry were unknown"


def test_a_stop_in_several_areas_fits_the_rules_of_all_and_pays_the_cheapest() -> None:
    used = area_rules(
        LegRule("p3", "bus", "A", leg_group="a"), LegRule("p2", "bus", "B", leg_group="b")
    )
    found = options(used, bus("AB"))
    assert [(one.amount, one.leg_group, one.leg_rule) for one in found] == [
        (2, "b", 1),
        (3, "a", 0),
    ]
    assert cost(used, bus("A")) == (3, "product:p3")


# The clock.


def timed(*rules: LegRule, timeframes: tuple[Timeframe, ...], **changes: Any) -> Tariff:
    return area_rules(*rules, timeframes=timeframes, **changes)


def test_bands_are_half_open_and_a_name_may_have_several() -> None:
    used = timed(
        LegRule("p9", "bus"),
        LegRule("p4", "bus", from_timeframe="peak", priority=1),
        timeframes=(Timeframe("peak", 360, 540), Timeframe("peak", 960, 1200)),
    )
    clocks = ["05:59", "06:00", "08:59", "09:00", "16:00", "19:59", "20:00"]
    assert [cost(used, leg("bus", clock))[0] for clock in clocks] == [9, 4, 4, 9, 4, 4, 9]


def test_a_service_is_read_by_the_calendar_date_not_the_service_day() -> None:
    weekdays = Service(
        "weekdays", WEEKDAYS, *LONG, added=(date(2026, 11, 28),), removed=(date(2026, 11, 25),)
    )
    used = timed(
        LegRule("p9", "bus"),
        LegRule("p4", "bus", from_timeframe="work", priority=1),
        timeframes=(Timeframe("work", 0, 1440, "weekdays"),),
        services=(weekdays,),
    )
    by_day = [cost(used, leg("bus", "12:00", day))[0] for day in range(7)]
    assert by_day == [4, 4, 9, 4, 4, 4, 9], "Wednesday is taken out, Saturday put in"
    # 25:00 of Sunday's service day is one o'clock on Monday.
    assert cost(used, leg("bus", "25:00", 6))[0] == 4
    far = leg("bus", "12:00", on=date(2031, 1, 1))
    assert cost(used, far)[0] == 9


def test_a_timeframe_of_the_end_makes_the_price_wait_for_it() -> None:
    used = timed(
        LegRule("p9", "bus"),
        LegRule("p4", "bus", to_timeframe="late", priority=1),
        timeframes=(Timeframe("late", 600, 720),),
    )
    assert options(used, leg("bus", "09:55", minutes=0)) == ()
    ended = {"ended_on": MONDAY, "ended_minute": 605}
    assert cost(used, leg("bus", "09:55", **ended)) == (4, "product:p4")
    assert cost(used, leg("bus", "09:40", ended_on=MONDAY, ended_minute=599))[0] == 9


def test_an_instant_is_looked_up_by_name() -> None:
    prices = Prices(tariff())
    assert [prices.is_in("peak", MONDAY, minute) for minute in (389, 390, 569, 570)] == [
        False, True, True, False,
    ]  # fmt: skip
    assert not prices.is_in("night", MONDAY, 400)


def test_a_timeframe_that_is_not_defined_never_fits() -> None:
    used = area_rules(LegRule("p9", "bus"), LegRule("p1", "bus", from_timeframe="lost", priority=1))
    assert cost(used, leg("bus", "08:00")) == (9, "product:p9")


# Products.


def sold(*products: Product, **changes: Any) -> Tariff:
    settings: dict[str, Any] = {
        "networks": (Network("bus"),),
        "products": products,
        "leg_rules": tuple(LegRule(name, "bus") for name in dict.fromkeys(p.id for p in products)),
        "media": (FareMedium("card", 2), FareMedium("cash", 0)),
        "categories": (Category("adult", is_default=True), Category("child"), Category("old")),
    }
    return tariff(**(settings | changes))


def test_a_row_that_names_the_category_goes_before_one_for_everybody() -> None:
    used = sold(Product("p", Flat(300)), Product("p", Flat(350), category="child"))
    assert cost(used, leg("bus", "08:00"), "adult")[0] == 300
    assert cost(used, leg("bus", "08:00"), "child")[0] == 350
    assert cost(used, leg("bus", "08:00"), "alien")[0] == 300


def test_of_several_products_the_cheapest_that_the_category_may_use() -> None:
    used = sold(
        Product("dear", Flat(300)),
        Product("cheap", Flat(200)),
        Product("school", Flat(50), category="child"),
    )
    assert cost(used, leg("bus", "08:00"), "adult") == (200, "product:cheap")
    assert cost(used, leg("bus", "08:00"), "child") == (50, "product:school")
    assert [one.amount for one in options(used, leg("bus", "08:00"))] == [200, 300]


def test_a_medium_buys_its_own_row_or_one_for_any_medium() -> None:
    used = sold(
        Product("p", Flat(240), medium="card"),
        Product("p", Flat(300), medium="cash"),
        Product("q", Flat(280)),
    )
    one = leg("bus", "08:00")
    assert cost(used, one, medium="card") == (240, "product:p")
    assert cost(used, one, medium="cash") == (280, "product:q")
    assert [(o.amount, o.medium) for o in options(used, one)] == [
        (240, "card"), (280, ""), (300, "cash"),
    ]  # fmt: skip
    assert options(used, one, medium="phone") == options(used, one), "a medium nobody knows is any"


def test_who_is_sold_nothing_pays_what_the_default_category_or_any_medium_pays() -> None:
    used = sold(Product("p", Flat(300), category="adult", medium="cash"))
    assert cost(used, leg("bus", "08:00"), "child", "card") == (300, "product:p")


def test_an_option_for_transfers_is_not_enough_to_ride_alone() -> None:
    used = sold(
        Product("through", Flat(0), medium="cash"),
        Product("p", Flat(300), medium="card"),
        leg_rules=(LegRule("through", "bus", is_transfer_only=True), LegRule("p", "bus")),
    )
    found = options(used, leg("bus", "08:00"), medium="cash")
    assert [(one.amount, one.is_transfer_only) for one in found] == [(300, False), (0, True)]


def test_an_option_that_needs_a_transfer_stands_last() -> None:
    used = area_rules(LegRule("p1", "bus", is_transfer_only=True), LegRule("p5", "bus"))
    found = options(used, bus())
    assert [(one.amount, one.is_transfer_only) for one in found] == [(5, False), (1, True)]


def test_what_a_transfer_costs_a_rider() -> None:
    prices = Prices(
        sold(Product("p", Flat(70)), Product("p", Flat(30), category="child", medium="card"))
    )
    assert prices.product_amount("p", "adult", "") == 70
    assert prices.product_amount("p", "child", "card") == 30
    assert prices.product_amount("p", "child", "cash") == 70
    assert prices.product_amount("", "adult", "") == 0


# Tables and distances.


def test_a_table_is_directional_and_of_several_areas_the_cheapest_pair_counts() -> None:
    table = Table((("A", "B", 500), ("B", "A", 400), ("C", "B", 300)))
    used = sold(Product("p", table))
    assert cost(used, bus("A", "B"))[0] == 500
    assert cost(used, bus("B", "A"))[0] == 400
    assert cost(used, bus("AC", "B"))[0] == 300
    assert cost(used, bus("AC", "BX"))[0] == 300


def test_a_pair_that_the_table_does_not_know_costs_as_if_that_tap_were_missing() -> None:
    table = Table((("A", "B", 500), ("A", "C", 900), ("B", "C", 700), ("C", "B", 600)))
    used = sold(Product("p", table))
    pairs = ["BX", "XB", "XX", "AX"]
    assert [cost(used, bus(pair[0], pair[1])) for pair in pairs] == [
        (700, "pair_unknown"),
        (600, "pair_unknown"),
        (900, "pair_unknown"),
        (900, "pair_unknown"),
    ]
    assert not options(used, bus("B", "X"))[0].is_plain


@pytest.mark.parametrize(
    ("metres", "expected"),
    [(0, 3000), (25_000, 3000), (25_001, 4000), (35_000, 4000), (35_001, 5000), (90_000, 10000)],
)
def test_by_distance_as_krl_does(metres: int, expected: int) -> None:
    """3,000 for the first 25 km, 1,000 for each 10 km begun after (2016-10-01)."""
    used = sold(Product("krl", Distance(3000, 25_000, 1000, 10_000)))
    assert cost(used, bus(metres=metres)) == (expected, "product:krl")


@pytest.mark.parametrize(("km", "expected"), [(0, 5000), (1, 5000), (10, 11300), (25, 20000)])
def test_by_distance_as_lrt_jabodebek_does(km: int, expected: int) -> None:
    """5,000 for the first km, 700 for each further one, at most 20,000 (KM 67/2023)."""
    used = sold(Product("lrt", Distance(5000, 1, 700, unit_m=1000, cap=20_000)))
    assert cost(used, bus(metres=km * 1000))[0] == expected


@pytest.mark.parametrize(
    ("rounding", "expected"), [("up", 5700), ("nearest", 5000), ("down", 5000)]
)
def test_units_of_distance_are_rounded_as_the_price_says(rounding: Any, expected: int) -> None:
    used = sold(Product("lrt", Distance(5000, 1, 700, unit_m=1000, rounding=rounding)))
    assert cost(used, bus(metres=1499))[0] == expected
    assert cost(used, bus(metres=1500))[0] == (5000 if rounding == "down" else 5700)


def test_a_price_on_estimated_metres_says_so() -> None:
    used = sold(Product("lrt", Distance(5000, 1, 700, unit_m=1000)), Product("x", Flat(9000)))
    found = options(used, bus(metres=2000, is_estimated=True))
    assert [(one.amount, one.is_estimated) for one in found] == [(5700, True), (9000, False)]


def test_a_length_that_nobody_knows_costs_the_most_there_can_be() -> None:
    capped = sold(Product("lrt", Distance(5000, 1, 700, unit_m=1000, cap=20_000)))
    longest = sold(Product("lrt", Distance(5000, 1, 700, unit_m=1000, longest_m=11_000)))
    assert cost(capped, bus()) == (20_000, "length_unknown")
    assert cost(longest, bus()) == (12_000, "length_unknown")


# Open legs.


def test_an_open_leg_is_known_where_its_end_makes_no_difference() -> None:
    used = area_rules(
        LegRule("p5", "bus"), LegRule("p5", "bus", "A"), LegRule("p9", "bus", "B", "B")
    )
    assert cost(used, bus("A", minutes=0)) == (5, "product:p5")
    assert options(used, bus("B", minutes=0)) == ()


def test_an_open_leg_whose_end_changes_only_its_group_waits_for_it() -> None:
    used = area_rules(
        LegRule("p5", "bus", "A", "A", leg_group="a"), LegRule("p5", "bus", "A", "B", leg_group="b")
    )
    assert options(used, bus("A", minutes=0)) == ()


def test_an_open_leg_of_a_table_or_a_distance_waits() -> None:
    assert options(tariff(), leg("train", "08:00", zones="1", minutes=0)) == ()
    used = sold(Product("krl", Distance(3000, 25_000, 1000, 10_000)))
    assert options(used, bus(minutes=0)) == ()


def test_a_network_that_charges_at_the_exit_waits_unless_it_is_free() -> None:
    used = area_rules(
        LegRule("p5", "bus"), LegRule("p0", "tram"),
        networks=(Network("bus", charge_at="exit"), Network("tram", charge_at="exit")),
    )  # fmt: skip
    assert options(used, bus(minutes=0)) == ()
    assert cost(used, leg("tram", "08:00", minutes=0)) == (0, "product:p0")


# Missing taps and other classes.


def gated(**rules: Any) -> Tariff:
    """A train by zones with gates, and a flat bus, both with the same rules."""
    networks = (
        Network("bus", **rules),
        Network("train", closed=True, charge_at="exit", **rules),
    )
    leg_rules = (LegRule("bus", "bus"), LegRule("train", "train"))
    return tariff(networks=networks, leg_rules=leg_rules)


def test_a_missing_exit_by_rule() -> None:
    lost = {"use_class": UseClass.MISSING_EXIT}
    train, on_bus = leg("train", "08:00", zones="2", **lost), leg("bus", "08:00", **lost)
    assert cost(gated(), train) == (340, "missing_exit")
    assert cost(gated(), on_bus) == (150, "product:bus")
    assert options(gated(), on_bus)[0].is_plain
    dearest = gated(missing_exit=Charge("dearest"))
    assert cost(dearest, train) == (340, "missing_exit")
    assert cost(dearest, on_bus) == (150, "missing_exit")
    assert not options(dearest, on_bus)[0].is_plain
    flat = gated(missing_exit=Charge("flat", 555))
    assert cost(flat, train) == cost(flat, on_bus) == (555, "missing_exit")


def test_a_missing_entry_by_rule() -> None:
    lost = {"use_class": UseClass.MISSING_ENTRY}
    train = leg("train", "08:00", zones=" 6", **lost)
    on_bus = leg("bus", "08:00", **lost)
    assert cost(gated(), train) == (0, "missing_entry")
    own = gated(missing_entry=Charge("own"))
    assert cost(own, train) == (400, "missing_entry")
    assert cost(own, on_bus) == (150, "product:bus")
    assert not options(own, on_bus)[0].is_plain
    assert cost(gated(missing_entry=Charge("dearest")), train) == (400, "missing_entry")


def test_the_cap_of_a_price_by_distance_is_a_charge() -> None:
    network = Network("bus", missing_exit=Charge("cap"), missing_entry=Charge("cap"))
    used = sold(
        Product("peak", Distance(5000, 1, 700, unit_m=1000, cap=20_000)),
        Product("calm", Distance(5000, 1, 700, unit_m=1000, cap=10_000)),
        networks=(network,),
        leg_rules=(LegRule("calm", "bus"), LegRule("peak", "bus", "", "", "peak", priority=1)),
    )
    lost = {"use_class": UseClass.MISSING_EXIT}
    assert cost(used, leg("bus", "08:00", **lost)) == (20_000, "missing_exit")
    assert cost(used, leg("bus", "12:00", **lost)) == (10_000, "missing_exit")


def test_leaving_where_one_entered_by_the_minutes() -> None:
    rows = (SameStation(0, Charge("flat", 5)), SameStation(60, Charge("flat", 77)))
    used = gated(same_station=rows)
    for minutes, expected in ((1, 5), (59, 5), (60, 77), (500, 77)):
        same = leg("train", "08:00", zones="22", minutes=minutes, use_class=UseClass.SAME_STATION)
        assert cost(used, same) == (expected, "same_station")
    late = gated(same_station=(SameStation(10, Charge("flat", 5)),))
    same = leg("train", "08:00", zones="22", minutes=9, use_class=UseClass.SAME_STATION)
    assert cost(late, same) == (100, "product:train")
    assert not options(late, same)[0].is_plain


def test_over_time_by_rule() -> None:
    long = leg("train", "08:00", zones="26", minutes=400, use_class=UseClass.OVER_TIME)
    assert cost(gated(), long) == (340, "product:train")
    assert options(gated(), long)[0].is_plain
    assert cost(gated(over_time=Charge("dearest")), long) == (340, "over_time")
    back = leg("train", "08:00", zones="23", minutes=400, use_class=UseClass.OVER_TIME)
    assert cost(gated(over_time=Charge("dearest")), back) == (340, "over_time"), "from zone 2"
    assert cost(gated(over_time=Charge("flat", 900)), back) == (900, "over_time")


@pytest.mark.parametrize("found", [UseClass.INTERCHANGE, UseClass.AUTO_COMPLETED])
def test_these_are_priced_as_complete(found: UseClass) -> None:
    one = leg("train", "08:00", zones="13", use_class=found)
    assert options(gated(), one) == options(gated(), leg("train", "08:00", zones="13"))


@pytest.mark.parametrize("found", [UseClass.PASSBACK, UseClass.DUPLICATE])
def test_these_cost_nothing(found: UseClass) -> None:
    (option,) = options(gated(), leg("train", "08:00", zones="11", use_class=found))
    assert (option.amount, option.is_plain, option.rule) == (0, False, found.code)


def test_a_missing_end_among_areas_costs_the_dearest_that_rules_allow() -> None:
    used = area_rules(
        LegRule("p5", "bus", "A", "B"),
        LegRule("p20", "bus", "A", "C"),
        LegRule("p9", "bus", "B", "C"),
        has_priorities=False,
    )
    assert cost(used, bus("A", use_class=UseClass.MISSING_EXIT)) == (20, "missing_exit")
    assert cost(used, bus("B", use_class=UseClass.MISSING_EXIT)) == (9, "product:p9")
    assert cost(used, bus("A", "X")) == (20, "pair_unknown")


# Names.


def test_an_unknown_network_is_an_error_that_names_it() -> None:
    with pytest.raises(LookupError, match="boat"):
        options(tariff(), msgspec.structs.replace(leg("bus", "08:00"), network="boat"))


def test_a_void_leg_is_none() -> None:
    with pytest.raises(ValueError, match="void"):
        options(tariff(), leg("bus", "08:00", use_class=UseClass.VOID))


def test_areas_are_those_of_the_stop_else_of_its_station_else_the_station() -> None:
    prices = Prices(tariff(stop_areas=(("s1", "A"), ("s1", "B"), ("st", "C"))))
    assert prices.areas_of("s1", "st") == ("A", "B")
    assert prices.areas_of("s2", "st") == ("C",)
    assert prices.areas_of("s3", "other") == ("other",)
    assert prices.areas_of("s3", "") == ("s3",)


def test_every_fault_of_a_tariff_is_named_at_once() -> None:
    wrong = tariff(steps=("leg", "discount"), leg_rules=(LegRule("nothing", "boat"),))
    with pytest.raises(ValueError, match=r"'discount' is not a step.*'boat'.*'nothing'"):
        Prices(wrong)
