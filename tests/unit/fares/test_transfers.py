"""A change of vehicle: every type, count, duration, filter and empty group of Fares v2."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satu.fares.legs import NOTHING_RUNS, Leg, PassHeld, Rider, Running
from satu.fares.rate import rate
from satu.fares.tariff import FareMedium, Flat, LegRule, Pass, Product, Tariff, TransferRule
from satu.kernel.refusal import UseClass
from tests.unit.fares.flat_city import (
    ADULT,
    MONDAY,
    by,
    charged,
    charged_by_days,
    fares,
    leg,
    tariff,
)

# Bus 150, tram 290, ferry 700; products of transfers: "up" 40, "off" -60, "day" 400.
EXTRA = (Product("up", Flat(40)), Product("off", Flat(-60)), Product("day", Flat(400)))


def changing(*rules: TransferRule, extra: tuple[Product, ...] = EXTRA, **changes: Any) -> Tariff:
    plain = tariff()
    settings: dict[str, Any] = {"products": (*plain.products, *extra), "transfers": rules}
    return tariff(**(settings | changes))


def told(used: Tariff, *legs: Leg, rider: Rider = ADULT) -> list[list[tuple[str, str, int]]]:
    rated = rate(by(used), legs, rider, trace=True)
    return [[(t.step, t.rule, t.amount) for t in one.trace] for one in rated.legs]


BUS, TRAM = leg("bus", "08:00"), leg("tram", "08:30")
AGAIN = TransferRule("bus", "bus", count=-1)


# What a change costs.


@pytest.mark.parametrize(
    ("kind", "product", "expected"),
    [
        (0, "", [150, 0]),
        (0, "up", [150, 40]),
        (1, "", [150, 290]),
        (1, "up", [150, 330]),  # a rule that fits must be applied, even if it is dearer
        (1, "off", [150, 230]),
        (2, "day", [150, 250]),
        (2, "up", [40, 0]),  # AB replaces A
        (2, "", [0, 0]),
    ],
)
def test_every_type(kind: Any, product: str, expected: list[int]) -> None:
    used = changing(TransferRule("bus", "tram", kind, product))
    assert charged(used, BUS, TRAM) == expected
    assert charged(used, leg("tram", "07:30"), leg("bus", "08:00")) == [290, 150], "not backwards"


def test_a_discount_greater_than_the_second_fare_lowers_the_first() -> None:
    used = changing(TransferRule("tram", "bus", 1, "much"), extra=(Product("much", Flat(-200)),))
    assert charged(used, TRAM, leg("bus", "09:00")) == [240, 0]
    gone = changing(TransferRule("tram", "bus", 1, "much"), extra=(Product("much", Flat(-999)),))
    assert charged(gone, TRAM, leg("bus", "09:00")) == [0, 0]


def test_three_legs_add_up_as_the_reference_says() -> None:
    """S + BC for types 0 and 2, S + BC + C for type 1; S is what the legs before came to."""
    legs = [BUS, TRAM, leg("ferry", "09:00")]
    first = TransferRule("bus", "tram", 2, "day")
    for kind, last in ((0, 40), (1, 740), (2, 40)):
        used = changing(first, TransferRule("tram", "ferry", kind, "up"))
        assert charged(used, *legs) == [150, 250, last]


def test_the_trace_names_both_groups() -> None:
    used = changing(TransferRule("bus", "tram", 2, "up"))
    assert told(used, BUS, TRAM) == [
        [("leg", "product:bus", 150), ("transfer", "bus>tram", -110)],
        [("leg", "product:tram", 290), ("transfer", "bus>tram", -290)],
    ]


# Which rule applies.


def test_a_chain_goes_on_from_leg_to_leg_and_breaks_at_a_group_that_no_rule_leads_to() -> None:
    used = changing(TransferRule("bus", "tram"), TransferRule("tram", "bus"))
    tram, last = leg("tram", "08:30"), leg("bus", "09:00")
    assert charged(used, BUS, tram, last) == [150, 0, 0]
    # The ferry is in a rule, but none leads there from the bus.
    used = changing(TransferRule("bus", "tram"), TransferRule("ferry", "bus", product="up"))
    assert charged(used, BUS, leg("ferry", "08:15"), TRAM) == [150, 700, 290]
    assert charged(used, BUS, leg("ferry", "08:15"), leg("bus", "08:30"), leg("tram", "09:00")) == [
        150, 700, 40, 0,
    ]  # fmt: skip


def test_a_leg_whose_group_no_rule_names_stands_aside() -> None:
    used = changing(TransferRule("bus", "tram"))
    assert charged(used, BUS, leg("ferry", "08:15"), TRAM) == [150, 700, 0]


def test_a_leg_for_a_missing_tap_stands_aside_but_not_one_whose_exit_does_not_matter() -> None:
    used = changing(TransferRule("bus", "tram"), TransferRule("train", "tram"))
    lost = leg("train", "08:15", zones="2", use_class=UseClass.MISSING_EXIT)
    assert charged(used, BUS, lost, TRAM) == [150, 340, 0]
    no_exit = leg("bus", "08:00", minutes=0, use_class=UseClass.MISSING_EXIT)
    assert charged(used, no_exit, TRAM) == [150, 0]


def test_a_leg_that_a_pass_covers_stands_aside() -> None:
    used = changing(TransferRule("bus", "tram"), passes=(Pass("week", 900, ("bus",), minutes=60),))
    assert charged(used, BUS, TRAM) == [150, 0]
    rider = Rider(passes=(PassHeld(1, "week", BUS.started_ms, MONDAY),))
    assert charged(used, BUS, TRAM, rider=rider) == [0, 290]


def test_the_rule_with_the_smallest_count_that_still_spans_the_change() -> None:
    used = changing(
        TransferRule("bus", "bus", count=1),
        TransferRule("bus", "bus", count=3, product="up"),
        journey_gap_minutes=600,
    )
    legs = [leg("bus", f"{hour:02}:00") for hour in range(6, 12)]
    assert charged(used, *legs) == [150, 0, 40, 40, 150, 0]
    free = changing(AGAIN, TransferRule("bus", "bus", count=2, product="up"))
    assert charged(free, *legs[:4]) == [150, 40, 40, 0]


def test_an_empty_group_is_one_that_no_rule_lists_on_that_side() -> None:
    used = changing(
        TransferRule("bus", "", product="up"),
        TransferRule("tram", "bus"),
        TransferRule("", "ferry"),
    )
    ferry, train = leg("ferry", "08:30"), leg("train", "08:30", zones="12")
    assert charged(used, BUS, TRAM) == [150, 40]
    assert charged(used, BUS, leg("bus", "08:30")) == [150, 150], "the bus is listed as a target"
    assert charged(used, train, leg("ferry", "09:00")) == [160, 0]
    assert charged(used, BUS, ferry) == [150, 700], "the bus is listed as a start"


def test_legs_without_a_group_have_no_transfers() -> None:
    rules = (LegRule("bus", "bus"), LegRule("tram", "tram", leg_group="tram"))
    used = changing(TransferRule("", "", count=-1), leg_rules=rules)
    assert charged(used, BUS, TRAM) == [150, 290]


# Time.


@pytest.mark.parametrize(
    ("kind", "within"),
    # The bus rides 08:00-08:10, the tram 08:30-08:40.
    [(0, 40), (1, 30), (2, 20), (3, 30)],
)
def test_a_duration_is_measured_between_the_ends_that_its_type_names(
    kind: Any, within: int
) -> None:
    for seconds, expected in ((within * 60, [150, 0]), (within * 60 - 1, [150, 290])):
        rule = TransferRule("bus", "tram", duration_s=seconds, duration_type=kind)
        assert charged(changing(rule), BUS, TRAM) == expected


def test_between_equal_groups_time_runs_from_the_first_leg() -> None:
    used = changing(msgspec.structs.replace(AGAIN, duration_s=180 * 60))
    legs = [leg("bus", clock) for clock in ("08:00", "10:00", "11:00", "11:01")]
    assert charged(used, *legs) == [150, 0, 0, 150]
    after = leg("bus", "13:00")
    assert charged(used, *legs, after) == [150, 0, 0, 150, 0], "a new one from 11:01"


def test_between_other_groups_time_runs_from_the_leg_before() -> None:
    hour = {"duration_s": 3600}
    used = changing(TransferRule("bus", "tram", **hour), TransferRule("tram", "bus", **hour))
    legs = [BUS, leg("tram", "08:50"), leg("bus", "09:40"), leg("tram", "10:41")]
    assert charged(used, *legs) == [150, 0, 0, 290]


def test_a_rule_without_a_duration_ends_with_the_journey() -> None:
    used = changing(AGAIN, journey_gap_minutes=60)
    legs = [leg("bus", clock) for clock in ("08:00", "09:10", "10:20", "11:31")]
    assert charged(used, *legs) == [150, 0, 0, 150]


# Products and media.

MEDIA = (FareMedium("card", 2), FareMedium("cash", 0))


def two_media(rule: TransferRule, **changes: Any) -> Tariff:
    """The bus sells a ticket for cash and one for cards, the tram the card's and its own."""
    products = (
        Product("ticket", Flat(200), medium="card"),
        Product("ticket", Flat(200), medium="cash"),
        Product("tram", Flat(200), medium="cash"),
    )
    rules = (
        LegRule("ticket", "bus", leg_group="bus"),
        LegRule("ticket", "tram", leg_group="tram"),
        LegRule("tram", "tram", leg_group="tram"),
    )
    settings: dict[str, Any] = {
        "products": (*products, *EXTRA),
        "leg_rules": rules,
        "media": MEDIA,
        "transfers": (rule,),
    }
    return tariff(**(settings | changes))


@pytest.mark.parametrize(
    ("filters", "card", "anything"),
    [
        ({}, [200, 0], [200, 0]),
        ({"filter_product": "ticket"}, [200, 0], [200, 0]),
        ({"filter_product": "tram"}, [200, 200], [200, 200]),
        ({"same_product": True}, [200, 0], [200, 0]),
        ({"any_medium": False}, [200, 0], [200, 0]),
    ],
)
def test_filters(filters: dict[str, Any], card: list[int], anything: list[int]) -> None:
    used = two_media(TransferRule("bus", "tram", **filters))
    assert charged(used, BUS, TRAM, rider=Rider(medium="card")) == card
    assert charged(used, BUS, TRAM) == anything


def test_media_that_differ() -> None:
    """A bus paid with a card, a tram that takes cash alone."""
    rules = (
        LegRule("ticket", "bus", leg_group="bus"),
        LegRule("tram", "tram", leg_group="tram"),
    )
    products = (
        Product("ticket", Flat(200), medium="card"),
        Product("tram", Flat(200), medium="cash"),
    )
    for any_medium, expected in ((True, [200, 0]), (False, [200, 200])):
        rule = TransferRule("bus", "tram", any_medium=any_medium)
        used = two_media(rule, leg_rules=rules, products=products)
        assert charged(used, BUS, TRAM) == expected


def test_of_options_that_cost_the_same_the_one_that_the_next_leg_profits_from() -> None:
    used = two_media(TransferRule("bus", "tram", filter_product="ticket", any_medium=False))
    assert [one[0] for one in told(used, BUS, TRAM)] == [
        ("leg", "product:ticket", 200),
        ("leg", "product:ticket", 200),
    ]
    assert charged(used, BUS, TRAM, rider=Rider(medium="cash")) == [200, 0]


def test_of_a_legs_options_the_cheapest_with_its_rule() -> None:
    """Alone the tram's own ticket is cheapest; after a bus, the ticket that a rule leads to."""
    rules = (
        LegRule("bus", "bus", leg_group="bus"),
        LegRule("tram", "tram", leg_group="alone"),
        LegRule("ferry", "tram", leg_group="through"),
    )
    used = changing(TransferRule("bus", "through", product="up"), leg_rules=rules)
    assert charged(used, TRAM) == [290]
    assert charged(used, BUS, TRAM) == [150, 40]
    dear = changing(TransferRule("bus", "through", product="day"), leg_rules=rules)
    assert charged(dear, BUS, TRAM) == [150, 290]


def test_an_option_for_transfers_only() -> None:
    rules = (
        LegRule("bus", "bus", leg_group="bus"),
        LegRule("tram", "tram", leg_group="tram"),
        LegRule("up", "tram", leg_group="through", is_transfer_only=True),
    )
    used = changing(TransferRule("bus", "through", 1), leg_rules=rules)
    assert charged(used, TRAM) == [290]
    assert charged(used, BUS, TRAM) == [150, 40]
    assert charged(used, leg("bus", "05:00"), TRAM) == [150, 290], "the journey was over"


# From day to day.


def test_a_chain_runs_on_past_midnight_and_over_the_service_day() -> None:
    used = changing(msgspec.structs.replace(AGAIN, duration_s=180 * 60))
    legs = [leg("bus", "26:00"), leg("bus", "04:30", day=1), leg("bus", "05:01", day=1)]
    assert charged_by_days(used, *legs) == charged(used, *legs) == [150, 0, 150]


def test_a_span_runs_on() -> None:
    used = changing(
        TransferRule("bus", "bus", count=2),
        TransferRule("bus", "tram", 2, "day"),
    )
    late = [leg("bus", "26:30"), leg("bus", "27:15")]
    early = [leg("bus", "04:30", day=1), leg("bus", "05:15", day=1)]
    assert charged_by_days(used, *late, *early) == [150, 0, 0, 150]
    replaced = charged_by_days(used, late[0], leg("tram", "04:30", day=1))
    assert replaced == [150, 250], "type 2 replaces yesterday's fare"


def test_an_earlier_days_fare_is_never_lowered() -> None:
    used = changing(TransferRule("bus", "tram", 2, "up"))
    legs = [leg("bus", "27:30"), leg("tram", "04:30", day=1)]
    assert charged(used, *legs) == [40, 0]
    assert charged_by_days(used, *legs) == [150, 0]


def test_what_runs_on_says_until_when_it_matters() -> None:
    used = changing(msgspec.structs.replace(AGAIN, duration_s=3600))
    running = rate(by(used), [BUS], ADULT, runs_on=True).running
    (run,) = running.transfers
    assert run.until_ms == BUS.started_ms + 3_600_000
    assert running.since(run.until_ms).transfers == (run,)
    assert running.since(run.until_ms + 1).transfers == ()
    assert rate(by(used), [leg("ferry", "08:00")], ADULT, runs_on=True).running == NOTHING_RUNS


def test_nothing_is_worked_out_for_later_days_unless_asked_for() -> None:
    assert rate(by(changing(AGAIN)), [BUS], ADULT).running is NOTHING_RUNS


rules_of_chains = st.lists(
    st.builds(
        lambda one, other, kind, product, count, duration: TransferRule(
            one, other, kind, product, count if one == other else 0, duration
        ),
        st.sampled_from(["", "bus", "tram", "ferry"]),
        st.sampled_from(["", "bus", "tram", "ferry"]),
        st.sampled_from([0, 1]),
        st.sampled_from(["", "up"]),
        st.sampled_from([-1, 1, 2]),
        st.sampled_from([0, 1800, 7200]),
    ),
    max_size=4,
)
rides = st.lists(
    st.tuples(st.sampled_from(["bus", "tram", "ferry"]), st.integers(0, 47)), max_size=6
).map(
    lambda found: [
        leg(name, f"{4 + quarter // 4}:{quarter % 4 * 15:02}")
        for name, quarter in sorted(found, key=lambda ride: ride[1])
    ]
)


@settings(max_examples=50, deadline=None)
@given(rules=rules_of_chains, legs=rides)
def test_without_replacing_fares_what_comes_later_changes_nothing_before(
    rules: list[TransferRule], legs: list[Leg]
) -> None:
    prices_on = by(changing(*rules))
    whole = fares(rate(prices_on, legs, ADULT).legs)
    assert whole == fares(rate(prices_on, legs, ADULT).legs), "rating twice is the same"
    for end in range(len(legs)):
        assert fares(rate(prices_on, legs[:end], ADULT).legs) == whole[:end]


@settings(max_examples=50, deadline=None)
@given(rules=rules_of_chains, legs=rides, cut=st.integers(0, 6))
def test_what_runs_on_is_all_that_later_legs_need(
    rules: list[TransferRule], legs: list[Leg], cut: int
) -> None:
    prices_on = by(changing(*rules))
    whole = fares(rate(prices_on, legs, ADULT).legs)
    first = rate(prices_on, legs[:cut], ADULT, runs_on=True)
    running: Running = first.running
    if legs[cut:]:
        running = running.since(legs[cut].started_ms)
    then = rate(prices_on, legs[cut:], ADULT, running)
    assert fares(first.legs) + fares(then.legs) == whole
