"""What rider categories, entitlements and single days do to fares."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satu.fares.legs import Entitlement, Leg, Rider, Trace
from satu.fares.rate import rate
from satu.fares.tariff import (
    Category,
    Charge,
    Concession,
    Flat,
    LegRule,
    Network,
    Product,
    SpecialDay,
    Tariff,
    TransferRule,
)
from satu.kernel.refusal import UseClass
from tests.unit.fares.flat_city import MONDAY, by, charged, fares, leg, tariff

SUNDAY = MONDAY + timedelta(days=6)
NAMES = ("adult", "child", "old", "poor")


def conceded(*concessions: Concession, **changes: Any) -> Tariff:
    categories = tuple(Category(name, is_default=name == "adult") for name in NAMES)
    return tariff(**({"categories": categories, "concessions": concessions} | changes))


def entitled(*categories: str, base: str = "adult", last: date = SUNDAY) -> Rider:
    return Rider(base, entitlements=tuple(Entitlement(name, MONDAY, last) for name in categories))


def told(used: Tariff, one: Leg, rider: Rider) -> list[tuple[str, str, int]]:
    (priced,) = rate(by(used), [one], rider, trace=True).legs
    return [(line.step, line.rule, line.amount) for line in priced.trace]


TRAM = leg("tram", "08:00")


def test_a_percentage_of_the_fare_is_rounded_as_the_tariff_says() -> None:
    half = Concession("old", percent=55)
    assert charged(conceded(half), TRAM, rider=Rider("old")) == [160]  # 159.5
    assert charged(conceded(half, rounding="down"), TRAM, rider=Rider("old")) == [159]
    assert charged(conceded(half), TRAM) == [290]


def test_a_concession_takes_a_fare_down_to_an_amount_and_never_up() -> None:
    used = conceded(Concession("old", amount=200))
    assert charged(used, TRAM, leg("bus", "09:00"), rider=Rider("old")) == [200, 150]


def test_it_may_be_for_some_networks_and_a_time_of_the_entry() -> None:
    used = conceded(Concession("old", ("tram",), "peak", percent=0))
    legs = [TRAM, leg("tram", "10:00"), leg("bus", "08:30")]
    assert charged(used, *legs, rider=Rider("old")) == [0, 290, 150]


def test_an_entitlement_counts_from_its_first_to_its_last_service_day() -> None:
    used = conceded(Concession("old", percent=0))
    rider = entitled("old", last=MONDAY + timedelta(days=1))
    legs = [leg("tram", "08:00", day) for day in (-1, 0, 1, 2)]
    assert charged(used, *legs, rider=rider) == [290, 0, 0, 290]
    night = leg("tram", "27:30", 1)  # half past three on Wednesday, still Tuesday's service day
    assert charged(used, night, rider=rider) == [0]


def test_of_several_categories_the_cheapest_alone_applies() -> None:
    used = conceded(
        Concession("old", percent=50),
        Concession("poor", percent=60),
        Concession("poor", ("tram",), amount=100),
    )
    both = entitled("old", "poor")
    assert charged(used, TRAM, leg("bus", "10:00"), rider=both) == [100, 75]
    assert told(used, TRAM, both)[1] == ("entitlement", "category:poor", -190)


def test_a_category_has_products_of_its_own() -> None:
    products = (
        Product("tram", Flat(290)),
        Product("tram", Flat(90), category="child"),
        Product("tram", Flat(700), category="old"),
    )
    used = conceded(
        Concession("child", percent=50),
        networks=(Network("tram"),),
        products=products,
        leg_rules=(LegRule("tram", "tram", leg_group="tram"),),
    )
    assert charged(used, TRAM, rider=Rider("child")) == [45]
    assert charged(used, TRAM, rider=entitled("child")) == [45]
    assert charged(used, TRAM, rider=entitled("old")) == [290], "it never raises a fare"
    assert told(used, TRAM, entitled("child")) == [
        ("leg", "product:tram", 290),
        ("entitlement", "category:child", -245),
    ]


def test_who_rides_free_is_free_with_a_missing_tap_too() -> None:
    networks = (Network("tram", missing_exit=Charge("flat", 999)),)
    used = conceded(
        Concession("old", percent=0), networks=networks, leg_rules=(LegRule("tram", "tram"),)
    )
    lost = leg("tram", "08:00", use_class=UseClass.MISSING_EXIT)
    assert charged(used, lost) == [999]
    assert charged(used, lost, rider=Rider("old")) == [0]


@pytest.mark.parametrize(("percent", "is_known"), [(0, True), (1, False)])
def test_a_leg_waits_for_its_end_unless_it_is_free_wherever_that_is(
    percent: int, is_known: bool
) -> None:
    used = conceded(Concession("old", percent=percent))
    (waiting,) = rate(by(used), [leg("train", "08:00", zones="1", minutes=0)], Rider("old")).legs
    assert (waiting.is_known, waiting.fare) == (is_known, 0)


def test_on_a_special_day_legs_cost_at_most_its_amount() -> None:
    one = SpecialDay(SUNDAY, 1, "hut-dki")
    legs = [leg("tram", "08:00", day) for day in (5, 6, 7)]
    assert charged(conceded(special_days=(one,)), *legs) == [290, 1, 290]
    used = conceded(Concession("old", percent=0), special_days=(one,))
    assert charged(used, legs[1], rider=Rider("old")) == [0]
    assert told(conceded(special_days=(one,)), legs[1], Rider())[1:] == [
        ("entitlement", "day:hut-dki", -289)
    ]


def test_a_special_day_may_be_for_some_networks_and_categories() -> None:
    day = SpecialDay(MONDAY, 1, "girls", ("tram",), ("child",))
    used = conceded(special_days=(day,))
    bus = leg("bus", "09:00")
    assert charged(used, TRAM, bus) == [290, 150]
    assert charged(used, TRAM, bus, rider=Rider("child")) == [1, 150]
    assert charged(used, TRAM, bus, rider=entitled("child")) == [1, 150]


def test_a_concession_holds_for_what_a_transfer_costs() -> None:
    used = conceded(
        Concession("old", percent=50),
        products=(Product("tram", Flat(290)), Product("bus", Flat(150)), Product("up", Flat(40))),
        networks=(Network("bus"), Network("tram")),
        leg_rules=(LegRule("tram", "tram", leg_group="t"), LegRule("bus", "bus", leg_group="b")),
        transfers=(TransferRule("b", "t", product="up"),),
    )
    legs = [leg("bus", "08:00"), leg("tram", "08:30")]
    assert charged(used, *legs) == [150, 40]
    assert charged(used, *legs, rider=Rider("old")) == [75, 20]


def test_a_change_that_replaces_a_conceded_fare_adds_what_it_would_add_to_the_full_one() -> None:
    rules = {"transfers": (TransferRule("bus", "tram", 2, "ferry"),)}  # both together for 700
    legs, old = [leg("bus", "08:00"), leg("tram", "08:30")], Rider("old")
    assert charged(conceded(**rules), *legs) == [150, 550]
    both = conceded(Concession("old", percent=50), **rules)
    assert charged(both, *legs, rider=old) == [75, 275]
    one = conceded(Concession("old", ("bus",), percent=50), **rules)
    assert charged(one, *legs, rider=old) == [75, 550]
    cheap = {"transfers": (TransferRule("tram", "bus", 2, "bus"),)}  # both together for 150
    legs = [leg("tram", "08:00"), leg("bus", "08:30")]
    assert charged(conceded(**cheap), *legs) == [150, 0]
    both = conceded(Concession("old", percent=50), **cheap)
    assert charged(both, *legs, rider=old) == [75, 0]


def test_after_transfers_a_concession_is_taken_from_what_they_left() -> None:
    steps = ("join", "leg", "transfer", "entitlement", "rounding")
    used = conceded(
        Concession("old", percent=50),
        transfers=(TransferRule("bus", "tram", product="bus"),),
        steps=steps,
    )
    legs = [leg("bus", "08:00"), leg("tram", "08:30")]
    assert charged(used, *legs) == [150, 150]
    assert charged(used, *legs, rider=Rider("old")) == [75, 75]
    assert charged(used, *legs, rider=entitled("old")) == [75, 75]


@pytest.mark.parametrize("rider", [Rider("old"), entitled("old")])
def test_a_trace_says_nothing_of_a_concession_that_changed_nothing(rider: Rider) -> None:
    used = conceded(Concession("old", amount=500))
    assert told(used, TRAM, rider) == [("leg", "product:tram", 290)]


concession_lists = st.lists(
    st.builds(
        lambda category, networks, by_percent, number: (
            Concession(category, networks, percent=min(number, 100))
            if by_percent
            else Concession(category, networks, amount=number)
        ),
        st.sampled_from(NAMES),
        st.sampled_from([(), ("bus",), ("tram", "train")]),
        st.booleans(),
        st.integers(0, 400),
    ),
    max_size=4,
)
ride_lists = st.lists(
    st.tuples(st.sampled_from(["bus", "tram", "train"]), st.integers(0, 900)), max_size=5
).map(
    lambda rides: [
        leg(name, f"{5 + minute // 60}:{minute % 60:02}", zones="14" if name == "train" else "")
        for name, minute in sorted(rides, key=lambda ride: ride[1])
    ]
)


@settings(max_examples=50, deadline=None)
@given(
    concessions=concession_lists,
    legs=ride_lists,
    base=st.sampled_from(NAMES),
    rights=st.lists(st.sampled_from(NAMES), max_size=3),
    special=st.none() | st.integers(0, 500),
    transfers=st.sampled_from(
        [
            (),
            (TransferRule("bus", "tram", product="bus"), TransferRule("bus", "bus", count=-1)),
            (TransferRule("bus", "tram", 2, "tram"), TransferRule("tram", "", 2, "bus")),
            (TransferRule("", "tram", 1, "bus"), TransferRule("tram", "bus", 2, "ferry")),
        ]
    ),
)
def test_a_concession_never_raises_a_fare(
    concessions: list[Concession],
    legs: list[Leg],
    base: str,
    rights: list[str],
    special: int | None,
    transfers: tuple[TransferRule, ...],
) -> None:
    days = () if special is None else (SpecialDay(MONDAY, special, "day"),)
    plain = charged(conceded(transfers=transfers), *legs, rider=Rider(base))
    used = conceded(*concessions, special_days=days, transfers=transfers)
    rated = rate(by(used), legs, entitled(*rights, base=base), trace=True)
    assert all(less <= full for less, full in zip(fares(rated.legs), plain, strict=True))
    for priced in rated.legs:
        assert sum(line.amount for line in priced.trace) == priced.fare
        assert all(isinstance(line, Trace) for line in priced.trace)
