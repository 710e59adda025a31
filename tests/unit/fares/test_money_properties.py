"""What holds for money whatever is ridden: caps, shares, traces, and days rated one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from satu.fares.legs import Entitlement, Leg, PassHeld, PricedLeg, Rider
from satu.fares.rate import rate
from satu.fares.tariff import (
    Apportionment,
    Cap,
    CapPeriod,
    Concession,
    JoinRule,
    Package,
    Pass,
    Tariff,
    TransferRule,
)
from satu.kernel.refusal import UseClass
from tests.unit.fares.flat_city import (
    MONDAY,
    OPERATORS,
    ZONES,
    at,
    by,
    days,
    leg,
    tariff,
)

NETWORKS = sorted(OPERATORS)
DAYS = 10
MINUTES = st.integers(at("04:00") // 60_000, at("04:00", DAYS) // 60_000 - 1)
ADULT = Rider()


def _leg(minute: int, network: str, zones: str, minutes: int, metres: int, kind: int) -> Leg:
    """Most legs are complete; of some the exit, or the length, is missing."""
    settings: dict[str, Any] = {"zones": zones, "minutes": minutes, "metres": metres}
    if kind == 0:
        settings |= {"zones": zones[:1], "minutes": 0, "metres": None}
        settings["use_class"] = UseClass.MISSING_EXIT
    elif kind == 1:
        settings["metres"] = None
    elif network == "bus":
        settings["zones"] = zones[:1]
    return leg(network, minute * 60_000, **settings)


one_leg = st.builds(
    _leg,
    MINUTES,
    st.sampled_from(NETWORKS),
    st.text(ZONES, min_size=2, max_size=2),
    st.integers(1, 90),
    st.integers(100, 30_000),
    st.integers(0, 9),
)


def _in_order(legs: Iterable[Leg]) -> list[Leg]:
    """Legs as one card can ride them: one after the other."""
    found: list[Leg] = []
    for one in sorted(legs, key=lambda one: one.started_ms):
        if not found or one.started_ms >= max(found[-1].ended_ms, found[-1].started_ms + 1):
            found.append(one)
    return found


# Some legs close together, as rides are, and some anywhere in the ten days.
def _near(starts: Sequence[tuple[Leg, int, Leg]]) -> list[Leg]:
    near = []
    for first, gap, second in starts:
        near.append(first)
        started_ms = max(first.ended_ms, first.started_ms) + gap * 60_000
        minutes = (second.ended_ms - second.started_ms) // 60_000 if second.ended_ms else 0
        near.append(
            leg(
                second.network,
                started_ms,
                minutes=minutes,
                zones=(first.areas_out or ("1",))[0] + "".join(second.areas_out),
                metres=second.metres,
                use_class=second.use_class,
            )
        )
    return near


all_legs = st.builds(
    lambda alone, near: _in_order([*alone, *_near(near)]),
    st.lists(one_leg, max_size=12),
    st.lists(st.tuples(one_leg, st.integers(1, 60), one_leg), max_size=8),
)

periods = st.sampled_from(["day", "week", "month", "rolling"])
scopes = st.fixed_dictionaries(
    {
        "networks": st.lists(st.sampled_from(NETWORKS), max_size=2, unique=True).map(tuple),
        "areas": st.sampled_from([(), (), ("1", "2"), ("1", "2", "3", "4")]),
        "categories": st.sampled_from([(), (), ("adult",), ("child",)]),
        "timeframe": st.sampled_from(["", "", "peak"]),
        "counts_incomplete": st.booleans(),
    }
)


def _cap(period: CapPeriod, limit: int | None, rides: int | None, scope: dict[str, Any]) -> Cap:
    if limit is None and rides is None:
        limit = 500
    rolling = 2_000 if period == "rolling" else 0
    return Cap("", period, limit, rides, rolling_minutes=rolling, **scope)


one_cap = st.builds(
    _cap,
    periods,
    st.none() | st.integers(0, 1_500),
    st.none() | st.integers(0, 4),
    scopes,
)


def _named(caps: Sequence[Cap], **more: Any) -> tuple[Cap, ...]:
    return tuple(
        msgspec.structs.replace(cap, name=f"cap{number}", **more) for number, cap in enumerate(caps)
    )


sequential_caps = st.lists(one_cap, min_size=1, max_size=4).map(_named)
riders = st.sampled_from(
    [
        ADULT,
        Rider("child"),
        Rider(entitlements=(Entitlement("child", MONDAY, MONDAY + timedelta(days=2)),)),
        Rider(passes=(PassHeld(1, "days", at("12:00"), MONDAY),)),
        Rider(passes=(PassHeld(1, "carnet", at("12:00"), MONDAY), PassHeld(2, "days", 0, MONDAY))),
    ]
)
transfer_rules = st.sampled_from(
    [
        (),
        (TransferRule("bus", "bus", count=-1, duration_s=3600),),
        (TransferRule("bus", "tram", duration_s=5400), TransferRule("tram", "train", kind=1)),
    ]
)
PASSES = (
    Pass("days", 900, ("bus", "tram"), whole_days=2),
    Pass("carnet", 300, ("bus",), minutes=9_000, rides=3),
)
PACKAGES = (
    Package("p", (("bus",), ("tram",), ("train",)), 100, 10, 1000, 600, 180, 15, "nearest"),
)
apportionments = st.lists(
    st.builds(
        lambda scope, method, bearer: Apportionment(
            scope, method, (("bus", 2), ("train", 3)) if method == "fixed" else (), bearer
        ),
        st.sampled_from(["join", "package:p"]),
        st.sampled_from(["incremental", "standalone", "distance", "fixed"]),
        st.sampled_from(["", "", "bus", "train"]),
    ),
    max_size=2,
    unique_by=lambda one: one.scope,
).map(tuple)
roundings = st.sampled_from([(1, "nearest"), (50, "nearest"), (20, "up"), (70, "down")])


def _whole(
    caps: tuple[Cap, ...],
    transfers: tuple[TransferRule, ...],
    packages: tuple[Package, ...],
    shared: tuple[Apportionment, ...],
    rounding: tuple[int, Any],
) -> Tariff:
    return tariff(
        caps=caps,
        transfers=transfers,
        packages=packages,
        apportionments=shared if packages else shared[:0],
        joins=(JoinRule("train", "train"), JoinRule("tram", "train")),
        passes=PASSES,
        concessions=(Concession("child", percent=50),),
        round_to=rounding[0],
        rounding=rounding[1],
    )


tariffs = st.builds(
    _whole,
    st.one_of(st.just(()), sequential_caps),
    transfer_rules,
    st.sampled_from([(), PACKAGES]),
    apportionments,
    roundings,
)


def _rated(used: Tariff, legs: list[Leg], rider: Rider) -> list[PricedLeg]:
    return [one for _, rated in days(used, legs, rider, trace=True) for one in rated.legs]


@given(tariffs, all_legs, riders)
@settings(max_examples=50, deadline=None)
def test_shares_and_traces_sum_to_the_fare(used: Tariff, legs: list[Leg], rider: Rider) -> None:
    rated = _rated(used, legs, rider)
    assert len(rated) == len(legs)
    for priced in rated:
        assert priced.fare >= 0
        assert sum(amount for _, amount in priced.shares) == priced.fare
        assert all(amount > 0 for _, amount in priced.shares)
        assert sum(trace.amount for trace in priced.trace) == priced.fare


@given(tariffs, all_legs, riders)
@settings(max_examples=30, deadline=None)
def test_rating_twice_is_rating_once(used: Tariff, legs: list[Leg], rider: Rider) -> None:
    assert days(used, legs, rider, trace=True) == days(used, legs, rider, trace=True)
    untraced = [one.fare for _, rated in days(used, legs, rider) for one in rated.legs]
    assert untraced == [one.fare for one in _rated(used, legs, rider)]


def _covered(cap: Cap, one: Leg, category: str) -> bool:
    """Scope, said once more: what a cap covers of a rider without entitlements."""
    ends = [areas for areas in (one.areas_in, one.areas_out) if areas]
    is_priced_whole = one.use_class is UseClass.COMPLETE or one.network != "train"
    return (
        (not cap.networks or one.network in cap.networks)
        and (not cap.areas or all(set(areas) & set(cap.areas) for areas in ends))
        and (not cap.categories or category in cap.categories)
        and (not cap.timeframe or 390 <= one.minute < 570)
        and (cap.counts_incomplete or is_priced_whole)
    )


def _periods(cap: Cap, legs: Sequence[Leg], paid: Sequence[int]) -> list[list[int]]:
    """The numbers of a cap's paid legs, by its periods."""
    found: list[list[int]] = []
    for number in paid:
        if found and _same_period(cap, legs[found[-1][0]], legs[number]):
            found[-1].append(number)
        else:
            found.append([number])
    return found


def _same_period(cap: Cap, first: Leg, one: Leg) -> bool:
    match cap.period:
        case "day":
            return first.day == one.day
        case "week":
            monday = first.day - timedelta(days=first.day.weekday())
            return one.day < monday + timedelta(days=7)
        case "month":
            return first.day.replace(day=1) == one.day.replace(day=1)
        case "rolling":
            return one.started_ms - first.started_ms < cap.rolling_minutes * 60_000


@given(sequential_caps, all_legs, transfer_rules, roundings, st.sampled_from(["adult", "child"]))
@settings(max_examples=50, deadline=None)
def test_a_sequential_cap_is_never_exceeded_and_never_dearer(
    caps: tuple[Cap, ...],
    legs: list[Leg],
    transfers: tuple[TransferRule, ...],
    rounding: tuple[int, Any],
    category: str,
) -> None:
    used = tariff(
        caps=caps,
        transfers=transfers,
        round_to=rounding[0],
        rounding=rounding[1],
        concessions=(Concession("child", percent=50),),
    )
    fares = [one.fare for one in _rated(used, legs, Rider(category))]
    uncapped = msgspec.structs.replace(used, caps=())
    for fare, without in zip(fares, _rated(uncapped, legs, Rider(category)), strict=True):
        assert fare <= without.fare
    for cap in caps:
        paid = [n for n, one in enumerate(legs) if fares[n] and _covered(cap, one, category)]
        for numbers in _periods(cap, legs, paid):
            assert cap.limit is None or sum(fares[n] for n in numbers) <= cap.limit
            assert cap.rides is None or len(numbers) <= cap.rides


best_value_caps = st.builds(
    lambda period, caps: _named(
        caps,
        period=period,
        rolling_minutes=0,
        mode="best_value",
        group="g",
    ),
    st.sampled_from(["day", "week", "month"]),
    st.lists(one_cap, min_size=1, max_size=4),
)


def _best_total(caps: Sequence[Cap], own: Sequence[tuple[Leg, int]], category: str) -> int:
    """The least that any cap of a group makes of some legs at their own fares."""
    totals = []
    for cap in caps:
        inside = [fare for one, fare in own if fare and _covered(cap, one, category)]
        paid = sum(inside[: cap.rides] if cap.rides is not None else inside)
        outside = sum(fare for _, fare in own) - sum(inside)
        totals.append(outside + (paid if cap.limit is None else min(cap.limit, paid)))
    return min(totals)


@given(best_value_caps, all_legs, transfer_rules, st.sampled_from(["adult", "child"]))
@settings(max_examples=50, deadline=None)
def test_the_best_of_several_caps_after_every_leg(
    caps: tuple[Cap, ...], legs: list[Leg], transfers: tuple[TransferRule, ...], category: str
) -> None:
    caps = tuple(cap for cap in caps if not cap.categories or category in cap.categories)
    used = tariff(caps=caps, transfers=transfers)
    own = _rated(msgspec.structs.replace(used, caps=()), legs, Rider(category))
    capped = _rated(used, legs, Rider(category))
    covered = [n for n, one in enumerate(legs) if any(_covered(cap, one, category) for cap in caps)]
    for number, one in enumerate(capped):
        assert one.fare <= own[number].fare
        assert number in covered or one.fare == own[number].fare
    for numbers in _periods(caps[0], legs, covered) if caps else []:
        for some in (numbers[: n + 1] for n in range(len(numbers))):
            alone = [(legs[n], own[n].fare) for n in some]
            assert sum(capped[n].fare for n in some) == _best_total(caps, alone, category)


either_caps = st.one_of(
    sequential_caps,
    best_value_caps,
    st.builds(
        lambda first, second: _named([*first, *second]),
        sequential_caps,
        best_value_caps,
    ),
)


@given(either_caps, all_legs, transfer_rules, roundings, riders)
@settings(max_examples=50, deadline=None)
def test_days_one_by_one_cost_what_they_cost_together(
    caps: tuple[Cap, ...],
    legs: list[Leg],
    transfers: tuple[TransferRule, ...],
    rounding: tuple[int, Any],
    rider: Rider,
) -> None:
    """Packages aside: there earlier days keep their fares, whatever a later leg does."""
    used = _whole(caps, transfers, (), (), rounding)
    together = [one.fare for one in rate(by(used), legs, rider).legs]
    assert [one.fare for one in _rated(used, legs, rider)] == together


@given(tariffs, all_legs, riders, st.integers(0, 30))
@settings(max_examples=50, deadline=None)
def test_a_ride_that_is_still_open_leaves_every_charge_before_it(
    used: Tariff, legs: list[Leg], rider: Rider, place: int
) -> None:
    """What runs on does not depend on a ride whose price is not known yet."""
    legs = [one for one in legs if one.day == MONDAY][:place]
    started_ms = max([at("04:00"), *(max(one.started_ms, one.ended_ms) for one in legs)]) + 1
    waiting = leg("train", started_ms, minutes=0, zones="1")
    alone = rate(by(used), legs, rider, runs_on=True)
    with_open = rate(by(used), [*legs, waiting], rider, runs_on=True)
    assert with_open.legs[:-1] == alone.legs
    assert with_open.running.caps == alone.running.caps
    assert with_open.running.passes == alone.running.passes
