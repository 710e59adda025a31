"""Period products: when they begin and end, what they cover, and which of several is used."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from satu.fares.legs import NOTHING_RUNS, PassHeld, Rider, RunningPass, Trace
from satu.fares.rate import rate
from satu.fares.tariff import Cap, JoinRule, Pass, Tariff, TransferRule
from satu.kernel.refusal import UseClass
from tests.unit.fares.flat_city import (
    MONDAY,
    at,
    by,
    charged,
    charged_by_days,
    days,
    leg,
    tariff,
)

TWO_HOURS = Pass("hours", 400, ("bus", "tram"), minutes=120)
TWO_DAYS = Pass("days", 900, ("bus", "tram"), whole_days=2)
CARNET = Pass("carnet", 300, ("bus",), whole_days=30, rides=2)
BOUGHT = Pass("bought", 400, ("bus",), activation="purchase", minutes=120)
BOUGHT_DAYS = Pass("bought-days", 900, ("bus",), activation="purchase", whole_days=2)


def selling(*passes: Pass, **changes: Any) -> Tariff:
    return tariff(passes=passes, **changes)


def holder(*products: str, clock: str = "04:00", day: int = 0) -> Rider:
    """A rider who bought passes, numbered from 1, at a time of a service day."""
    on = MONDAY + timedelta(days=day)
    return Rider(
        passes=tuple(
            PassHeld(number, product, at(clock, day), on)
            for number, product in enumerate(products, 1)
        )
    )


def test_a_pass_runs_from_its_first_use_and_covers_its_networks() -> None:
    legs = [leg("bus", clock) for clock in ("09:00", "10:59", "11:00", "11:01")]
    legs.insert(1, leg("ferry", "09:30"))
    used = selling(TWO_HOURS)
    assert charged(used, *legs, rider=holder("hours")) == [0, 700, 0, 0, 150]
    assert charged(used, *legs) == [150, 700, 150, 150, 150]
    assert charged(used, *legs, rider=holder("withdrawn")) == [150, 700, 150, 150, 150]


def test_the_trace_says_what_the_pass_took_off() -> None:
    rider = holder("hours")
    rated = rate(by(selling(TWO_HOURS)), [leg("tram", "09:00")], rider, trace=True, runs_on=True)
    (priced,) = rated.legs
    assert (priced.full_fare, priced.fare, priced.shares, priced.is_known) == (290, 0, (), True)
    assert priced.trace == (Trace("leg", "product:tram", 290), Trace("pass", "hours", -290))
    assert rated.running.passes == (RunningPass(1, at("09:00"), MONDAY, 1),)


def test_whole_days_are_service_days_and_the_first_counts() -> None:
    legs = [
        leg("bus", "27:30"),
        leg("bus", "04:00", 1),
        leg("bus", "27:59", 1),
        leg("bus", "04:00", 2),
    ]
    used, rider = selling(TWO_DAYS), holder("days")
    expected = [0, 0, 0, 150]
    assert charged(used, *legs, rider=rider) == expected
    assert charged_by_days(used, *legs, rider=rider) == expected


def test_a_pass_that_ended_stays_ended_while_the_card_has_it() -> None:
    legs = [leg("bus", "12:00", day) for day in (0, 3, 4, 60)]
    rider = holder("days")
    assert charged_by_days(selling(TWO_DAYS), *legs, rider=rider) == [0, 150, 150, 150]
    rated = days(selling(TWO_DAYS), legs, rider)
    assert [len(one.running.passes) for _, one in rated] == [1, 1, 1, 1]
    taken_away = rate(by(selling(TWO_DAYS)), legs[2:], Rider(), rated[1][1].running, runs_on=True)
    assert taken_away.running == NOTHING_RUNS


def test_a_pass_activated_by_its_purchase_runs_from_then_on() -> None:
    legs = [leg("bus", clock) for clock in ("08:59", "09:00", "11:00", "11:01")]
    used = selling(BOUGHT, BOUGHT_DAYS)
    assert charged(used, *legs, rider=holder("bought", clock="09:00")) == [150, 0, 0, 150]
    next_days = [leg("bus", "12:00", day) for day in (0, 1, 2)]
    late = holder("bought-days", clock="27:59", day=0)
    assert charged_by_days(used, *next_days, rider=late) == [150, 0, 150]


def test_a_first_use_pass_does_not_cover_what_began_before_it_was_bought() -> None:
    legs = [leg("bus", "08:30", minutes=60), leg("bus", "10:00")]
    assert charged(selling(TWO_HOURS), *legs, rider=holder("hours", clock="09:00")) == [150, 0]


def test_a_number_of_rides() -> None:
    legs = [leg("bus", "12:00", day) for day in range(4)]
    rider = holder("carnet")
    assert charged_by_days(selling(CARNET), *legs, rider=rider) == [0, 0, 150, 150]
    two = holder("carnet", "carnet")
    assert charged_by_days(selling(CARNET), *legs, rider=two) == [0, 0, 0, 0]


def test_legs_that_cost_nothing_use_no_ride_and_begin_nothing() -> None:
    hopper = TransferRule("bus", "bus", count=-1, duration_s=3600)
    steps = ("leg", "entitlement", "transfer", "pass", "package", "cap", "rounding")
    used = selling(CARNET, transfers=(hopper,), steps=steps)
    legs = [leg("bus", clock) for clock in ("08:00", "08:30", "10:00", "10:30", "13:00")]
    assert charged(used, *legs, rider=holder("carnet")) == [0, 0, 0, 0, 150]


def test_of_several_that_run_the_one_that_ends_first_is_used() -> None:
    month = Pass("month", 4000, ("bus",), whole_days=30, activation="purchase")
    rides = Pass("rides", 300, ("bus",), minutes=600, rides=1, activation="purchase")
    rider = Rider(
        passes=(
            PassHeld(1, "month", at("06:00"), MONDAY),
            PassHeld(2, "rides", at("07:00"), MONDAY),
        )
    )
    rated = rate(
        by(selling(month, rides)), [leg("bus", "08:00"), leg("bus", "09:00")], rider, trace=True
    )
    assert [one.trace[-1].rule for one in rated.legs] == ["rides", "month"]


def test_a_pass_that_nobody_has_used_is_kept_while_another_runs() -> None:
    month = Pass("month", 4000, ("bus",), whole_days=30, activation="purchase")
    rider = holder("hours", "month")
    legs = [leg("bus", "08:00"), leg("tram", "10:00"), leg("bus", "11:00")]
    rated = rate(by(selling(TWO_HOURS, month)), legs, rider, trace=True)
    assert [one.trace[-1].rule for one in rated.legs] == ["month", "hours", "hours"]


def test_a_pass_does_not_cover_incomplete_journeys_or_unknown_prices() -> None:
    all_trains = Pass("trains", 900, ("train",), whole_days=1)
    lost = leg("train", "09:00", minutes=0, zones="1", use_class=UseClass.MISSING_EXIT)
    waiting = leg("train", "10:00", minutes=0, zones="1")
    rated = rate(by(selling(all_trains)), [lost, waiting], holder("trains"), runs_on=True)
    assert [(one.fare, one.is_known) for one in rated.legs] == [(400, True), (0, False)]
    assert rated.running.passes == ()


def test_covered_legs_take_no_part_in_transfers_or_caps() -> None:
    change = TransferRule("bus", "tram", duration_s=3600)
    used = selling(
        Pass("buses", 900, ("bus",), whole_days=1),
        transfers=(change,),
        caps=(Cap("day", "day", rides=1),),
    )
    legs = [leg("bus", "08:00"), leg("tram", "08:30"), leg("tram", "10:00")]
    assert charged(used, *legs, rider=holder("buses")) == [0, 290, 0]
    assert charged(used, *legs) == [150, 0, 0]


def test_a_ride_over_two_networks_needs_a_pass_for_both() -> None:
    legs = [leg("tram", "08:00", zones="12"), leg("train", "08:15", zones="23")]
    trams = Pass("trams", 900, ("tram",), whole_days=1)
    both = Pass("both", 900, ("tram", "train"), whole_days=1)
    used = selling(trams, both, joins=(JoinRule("tram", "train"),))
    assert charged(used, *legs) == [290, 0]
    assert charged(used, *legs, rider=holder("trams")) == [290, 0]
    assert charged(used, *legs, rider=holder("both")) == [0, 0]
