"""The engine as a whole: steps in their order, versions by day, traces that add up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satu.fares.legs import NOTHING_RUNS, Entitlement, Leg, Rider, Trace
from satu.fares.rate import rate
from satu.fares.tariff import (
    Cap,
    Category,
    Charge,
    Concession,
    Distance,
    Flat,
    LegRule,
    Network,
    Package,
    Product,
    Tariff,
    TransferRule,
)
from satu.kernel.refusal import UseClass
from tests.unit.fares.flat_city import (
    ADULT,
    MONDAY,
    by,
    charged,
    fares,
    leg,
    tariff,
    walking_joins,
)


def test_no_legs_cost_nothing_and_hand_on_what_there_was() -> None:
    rated = rate(by(), [], ADULT, NOTHING_RUNS, runs_on=True)
    assert rated.legs == ()
    assert rated.running is NOTHING_RUNS


def test_each_leg_is_priced_by_the_version_in_force_when_it_began() -> None:
    new = tariff(
        version="2",
        valid_from=MONDAY,
        products=(*(Product(name, Flat(999)) for name in ("bus", "tram", "ferry", "train")),),
    )
    versions = by(tariff(), new)
    legs = [leg("bus", "27:59", -1), leg("bus", "04:00"), leg("tram", "12:00")]
    assert charged(versions, *legs) == [150, 999, 999]


def test_the_order_of_steps_is_data() -> None:
    """A cap before concessions leaves more to take off than one after them."""
    settings: dict[str, Any] = {
        "categories": (Category("adult", is_default=True), Category("old")),
        "concessions": (Concession("old", percent=50),),
        "caps": (Cap("day", "day", 200),),
    }
    legs, old = [leg("tram", "08:00"), leg("bus", "09:00")], Rider("old")
    assert charged(tariff(**settings), *legs, rider=old) == [145, 55]
    first = ("leg", "cap", "entitlement")
    assert charged(tariff(**settings, steps=first), *legs, rider=old) == [100, 0]
    assert charged(tariff(**settings, steps=("leg",)), *legs, rider=old) == [290, 150]


def test_what_a_leg_costs_alone_and_among_others() -> None:
    used = tariff(transfers=(TransferRule("bus", "tram", product="bus"),))
    rated = rate(by(used), [leg("bus", "08:00"), leg("tram", "08:20")], ADULT)
    assert [(one.full_fare, one.fare) for one in rated.legs] == [(150, 150), (290, 150)]
    assert [one.shares for one in rated.legs] == [((1, 150),), ((2, 150),)]
    assert all(one.is_known and one.trace == () for one in rated.legs)


def test_a_trace_is_a_rule_and_what_it_moved_the_fare_by() -> None:
    used = tariff(transfers=(TransferRule("bus", "bus", count=-1),))
    rated = rate(by(used), [leg("bus", "08:00"), leg("bus", "09:00")], ADULT, trace=True)
    assert [one.trace for one in rated.legs] == [
        (Trace("leg", "product:bus", 150),),
        (Trace("leg", "product:bus", 150), Trace("transfer", "bus>bus", -150)),
    ]


def test_a_leg_that_waits_costs_nothing_yet_and_says_so() -> None:
    (waiting,) = rate(by(), [leg("train", "08:00", zones="1", minutes=0)], ADULT, trace=True).legs
    assert (waiting.is_known, waiting.full_fare, waiting.fare, waiting.shares) == (False, 0, 0, ())
    assert waiting.trace == ()


def test_a_fare_on_estimated_metres_says_so() -> None:
    used = tariff(
        networks=(Network("bus"), Network("tram")),
        products=(Product("bus", Flat(150)), Product("tram", Distance(100, 1, 50, unit_m=1000))),
        leg_rules=(LegRule("bus", "bus"), LegRule("tram", "tram")),
    )
    legs = [
        leg("tram", "08:00", metres=2500, is_estimated=True),
        leg("tram", "09:00", metres=2500),
        leg("bus", "10:00", metres=2500, is_estimated=True),
    ]
    rated = rate(by(used), legs, ADULT, trace=True)
    assert fares(rated.legs) == [200, 200, 150]
    assert [one.trace[0].is_estimated for one in rated.legs] == [True, False, False]


def missed(before: Charge) -> Tariff:
    network = Network("train", closed=True, charge_at="exit", missing_exit=before)
    return tariff(networks=(network,), leg_rules=(LegRule("train", "train"),))


def test_a_missing_exit_at_the_last_complete_fare_of_that_day() -> None:
    used = missed(Charge("previous"))
    lost = leg("train", "09:00", zones="1", use_class=UseClass.MISSING_EXIT)
    assert charged(used, leg("train", "08:00", zones="12"), lost) == [160, 400 - 240]
    assert charged(used, lost) == [400], "none before: the dearest from zone 1"
    day_before = leg("train", "08:00", -1, zones="12")
    assert charged(used, day_before, lost) == [160, 400]
    again = leg("train", "09:30", zones="2", use_class=UseClass.MISSING_EXIT)
    two = charged(used, leg("train", "08:00", zones="13"), lost, again)
    assert two == [220, 220, 220], "the last complete one, not the charge before"


def test_an_unknown_network_is_an_error_that_names_it() -> None:
    with pytest.raises(LookupError, match="no network 'bus'"):
        charged(tariff(networks=(Network("rail"),), leg_rules=()), leg("bus", "08:00"))


def everything() -> Tariff:
    """All steps at once."""
    return tariff(
        categories=(Category("adult", is_default=True), Category("old")),
        joins=walking_joins(),
        concessions=(Concession("old", percent=50), Concession("old", ("ferry",), amount=100)),
        transfers=(
            TransferRule("bus", "bus", count=2, duration_s=5400),
            TransferRule("bus", "tram", 2, "tram"),
            TransferRule("tram", "", 1),
        ),
        packages=(Package("both", (("bus",), ("train",)), 100, 10, 1000, 330, 180, 30, "nearest"),),
        caps=(Cap("day", "day", 900), Cap("rides", "week", rides=9)),
        round_to=5,
    )


rides = st.lists(
    st.tuples(
        st.sampled_from(["bus", "tram", "train", "ferry"]),
        st.integers(0, 95),
        st.sampled_from(["12", "23", "31"]),
        st.sampled_from([UseClass.COMPLETE] * 3 + [UseClass.MISSING_EXIT, UseClass.MISSING_ENTRY]),
        st.none() | st.integers(0, 20_000),
    ),
    max_size=7,
).map(
    lambda found: [
        leg(
            network,
            f"{4 + quarter // 4}:{quarter % 4 * 15:02}",
            zones=zones if use_class is UseClass.COMPLETE else zones[0],
            use_class=use_class,
            metres=metres,
        )
        for network, quarter, zones, use_class, metres in sorted(found, key=lambda one: one[1])
    ]
)


@settings(max_examples=50, deadline=None)
@given(legs=rides, is_old=st.booleans())
def test_traces_add_up_and_rating_again_changes_nothing(legs: list[Leg], is_old: bool) -> None:
    sunday = MONDAY + timedelta(days=6)
    rights = (Entitlement("old", date(2020, 1, 1), sunday),) if is_old else ()
    rider, prices_on = Rider(entitlements=rights), by(everything())
    rated = rate(prices_on, legs, rider, trace=True, runs_on=True)
    assert rated == rate(prices_on, legs, rider, trace=True, runs_on=True)
    assert fares(rated.legs) == fares(rate(prices_on, legs, rider).legs)
    assert len(rated.legs) == len(legs)
    units_told = [line for one in rated.legs for line in one.trace]
    assert sum(line.amount for line in units_told) == sum(fares(rated.legs))
    for one in rated.legs:
        assert one.fare >= 0
        assert sum(amount for _, amount in one.shares) == one.fare
