"""The most that legs cost in a period: sequential caps, the best of several, what runs on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from satu.fares.legs import NOTHING_RUNS, Entitlement, Leg, Rider, Trace
from satu.fares.rate import rate
from satu.fares.tariff import Cap, Tariff, TransferRule
from satu.kernel.refusal import UseClass
from tests.unit.fares.flat_city import (
    ADULT,
    CALENDAR,
    MONDAY,
    at,
    by,
    charged,
    charged_by_days,
    days,
    leg,
    tariff,
)

WEEK_MINUTES = 7 * 1440


def capped(*caps: Cap, **changes: Any) -> Tariff:
    return tariff(caps=caps, **changes)


def best(name: str, limit: int, **more: Any) -> Cap:
    return Cap(name, "day", limit, mode="best_value", group="daily", **more)


def buses(*clocks: str, day: int = 0) -> list[Leg]:
    return [leg("bus", clock, day) for clock in clocks]


def test_a_day_costs_no_more_than_its_cap_and_the_next_begins_anew() -> None:
    used = capped(Cap("day", "day", 400))
    legs = [*buses("08:00", "09:00", "10:00", "27:59"), *buses("04:00", "05:00", day=1)]
    expected = [150, 150, 100, 0, 150, 150]
    assert charged(used, *legs) == charged_by_days(used, *legs) == expected


def test_a_week_runs_from_monday_to_sunday() -> None:
    used = capped(Cap("week", "week", 500))
    legs = [leg("bus", "12:00", day) for day in (-1, 0, 2, 4, 6, 7, 9)]
    expected = [150, 150, 150, 150, 50, 150, 150]
    assert charged(used, *legs) == charged_by_days(used, *legs) == expected


def test_a_week_does_not_end_with_the_year() -> None:
    used = capped(Cap("week", "week", 200))
    thursday = (date(2026, 12, 31) - MONDAY).days
    legs = [leg("bus", "12:00", day) for day in (thursday, thursday + 1, thursday + 4)]
    assert [one.day.year for one in legs] == [2026, 2027, 2027]
    assert charged(used, *legs) == charged_by_days(used, *legs) == [150, 50, 150]


def test_a_month_is_the_calendars() -> None:
    used = capped(Cap("month", "month", 400))
    last = (date(2026, 11, 30) - MONDAY).days
    legs = [leg("bus", "26:00", day) for day in (0, 1, last, last + 1, last + 2, last + 40)]
    assert [one.day.month for one in legs] == [11, 11, 11, 12, 12, 1]
    assert charged(used, *legs) == charged_by_days(used, *legs) == [150, 150, 100, 150, 150, 150]


def test_a_rolling_window_begins_with_a_paid_leg_and_its_end_is_outside() -> None:
    used = capped(Cap("two hours", "rolling", 200, rolling_minutes=120))
    legs = buses("08:00", "09:00", "09:59", "10:00", "11:59", "12:00")
    assert charged(used, *legs) == [150, 50, 0, 150, 50, 150]


def test_a_free_leg_begins_no_window() -> None:
    window = Cap("two hours", "rolling", 200, networks=("bus",), rolling_minutes=120)
    used = capped(window, transfers=(TransferRule("tram", "bus", duration_s=3600),))
    legs = [leg("tram", "08:00"), *buses("08:30", "10:00", "11:00", "11:59", "12:00")]
    assert charged(used, *legs) == [290, 0, 150, 50, 0, 150]


def test_rides_beyond_the_last_paid_one_are_free_and_free_ones_are_not_counted() -> None:
    hopper = TransferRule("bus", "bus", count=-1, duration_s=3600)
    used = capped(Cap("rides", "week", rides=2), transfers=(hopper,))
    legs = [*buses("08:00", "08:30", "10:00"), *buses("08:00", "12:00", day=2)]
    assert charged(used, *legs) == charged_by_days(used, *legs) == [150, 0, 150, 0, 0]
    assert charged(capped(Cap("none", "week", rides=0)), *legs) == [0, 0, 0, 0, 0]


def test_amount_and_rides_in_one_cap_whichever_is_reached_first() -> None:
    both = capped(Cap("both", "week", 700, rides=4))
    assert charged(both, *(leg("bus", "12:00", day) for day in range(5))) == [150] * 4 + [0]
    assert charged(both, *(leg("tram", "12:00", day) for day in range(5))) == [290, 290, 120, 0, 0]


def test_the_scope_is_networks_and_zones_and_the_time_of_entry() -> None:
    legs = [
        leg("bus", "08:00"),
        leg("train", "08:20", zones="12"),
        leg("train", "12:00", zones="16"),
    ]
    own = [150, 160, 400]
    assert charged(tariff(), *legs) == own
    assert charged(capped(Cap("bus", "day", 100, networks=("bus", "tram"))), *legs) == [
        100,
        160,
        400,
    ]
    zones = Cap("inner", "day", 100, networks=("train",), areas=("1", "2"))
    assert charged(capped(zones), *legs) == [150, 100, 400]
    peak = Cap("peak", "day", 200, timeframe="peak")
    assert charged(capped(peak), *legs) == [150, 50, 400]


def test_an_end_where_nobody_taps_is_not_outside_the_zones() -> None:
    inner = capped(Cap("inner", "day", 100, areas=("1", "2")))
    assert charged(inner, leg("bus", "08:00", zones="1")) == [100]
    assert charged(inner, leg("bus", "08:00", zones="3")) == [150]
    assert charged(inner, leg("bus", "08:00", areas_in=("9", "2"), areas_out=("1", "7"))) == [100]


def test_a_cap_of_a_category_is_for_riders_who_have_it_that_day() -> None:
    used = capped(Cap("child", "week", 100, categories=("child",)))
    legs = [leg("bus", "12:00", day) for day in range(3)]
    tuesday = MONDAY + timedelta(days=1)
    entitled = Rider(entitlements=(Entitlement("child", tuesday, tuesday),))
    assert charged(used, *legs) == [150, 150, 150]
    assert charged(used, *legs, rider=Rider("child")) == [100, 0, 0]
    assert charged(used, *legs, rider=entitled) == [150, 100, 150]
    everyone = capped(Cap("adult", "week", 100, categories=("adult",)))
    assert charged(everyone, *legs, rider=Rider("unheard of")) == [100, 0, 0]


def test_fares_of_incomplete_journeys_stand_outside_unless_the_cap_counts_them() -> None:
    lost = leg("train", "09:00", minutes=0, zones="1", use_class=UseClass.MISSING_EXIT)
    legs = [leg("bus", "08:00"), lost, leg("bus", "10:00"), leg("bus", "11:00")]
    assert charged(tariff(), *legs) == [150, 400, 150, 150]
    assert charged(capped(Cap("day", "day", 400)), *legs) == [150, 400, 150, 100]
    counting = capped(Cap("day", "day", 400, counts_incomplete=True))
    assert charged(counting, *legs) == [150, 250, 0, 0]


def test_an_open_leg_whose_price_is_not_known_does_not_count() -> None:
    used = capped(Cap("day", "day", 200))
    legs = [leg("bus", "08:00"), leg("train", "09:00", minutes=0, zones="1")]
    rated = rate(by(used), legs, ADULT, runs_on=True)
    assert [(one.fare, one.is_known) for one in rated.legs] == [(150, True), (0, False)]
    assert [(cap.given, cap.rides) for cap in rated.running.caps] == [(150, 1)]
    ended = leg("train", "09:00", zones="12")
    assert charged(used, legs[0], ended) == [150, 50]


def test_every_cap_that_covers_a_leg_holds_and_the_trace_names_those_that_cut() -> None:
    used = capped(
        Cap("bus", "day", 250, networks=("bus",)), Cap("day", "day", 500), Cap("w", "week", 560)
    )
    legs = [*buses("08:00", "09:00"), leg("tram", "10:00"), leg("tram", "12:00", 1)]
    assert charged(used, *legs) == charged_by_days(used, *legs) == [150, 100, 250, 60]
    (_, bus, tram, last) = rate(by(used), legs, ADULT, trace=True).legs
    assert bus.trace == (Trace("leg", "product:bus", 150), Trace("cap", "bus", -50))
    assert tram.trace == (Trace("leg", "product:tram", 290), Trace("cap", "day", -40))
    assert last.trace == (Trace("leg", "product:tram", 290), Trace("cap", "w", -230))
    assert (last.full_fare, last.shares) == (290, ((2, 60),))


def test_a_leg_that_another_cap_makes_free_is_not_a_paid_ride() -> None:
    used = capped(Cap("day", "day", 150), Cap("rides", "week", rides=2))
    legs = [*buses("08:00", "09:00", "10:00"), *buses("08:00", day=1), *buses("08:00", day=2)]
    assert charged(used, *legs) == [150, 0, 0, 150, 0]


BEST = (best("inner", 300, areas=("1", "2")), best("all", 700), best("bus", 200, networks=("bus",)))


@pytest.mark.parametrize(
    ("rides", "expected"),
    [
        (["12", "12", "12"], [160, 140, 0]),  # the inner cap
        (["16", "16"], [400, 300]),  # the cap of all zones
        (["12", "12", "36"], [160, 140, 280]),  # inner, and a ride outside at its own fare
        (["12", "12", "16", "16"], [160, 140, 400, 0]),  # 300 + 400 inside, or 700: the same
        (["12", "16", "12", "16"], [160, 400, 140, 0]),
    ],
)
def test_the_best_of_several_caps(rides: list[str], expected: list[int]) -> None:
    legs = [leg("train", f"{8 + n:02}:00", zones=zones) for n, zones in enumerate(rides)]
    assert charged(capped(*BEST), *legs) == expected


def test_the_best_value_is_worked_out_anew_with_every_leg() -> None:
    legs = [*buses("08:00", "09:00", "10:00"), leg("train", "11:00", zones="16")]
    used = capped(*BEST)
    assert charged(used, *legs) == [150, 50, 0, 400]  # buses capped, the train at its own fare
    more = [*legs, leg("train", "12:00", zones="16"), leg("bus", "13:00")]
    # 200 + 400 + 400 by the buses' cap, 700 by the cap of all: the dearer start comes back.
    assert charged(used, *more) == [150, 50, 0, 400, 100, 0]
    last = rate(by(used), more, ADULT, trace=True).legs[-2]
    assert last.trace[-1] == Trace("cap", "all", -300)


def test_alternatives_of_a_week_come_after_those_of_a_day() -> None:
    weekly = Cap("week", "week", 500, mode="best_value", group="weekly")
    used = capped(*BEST, weekly)
    legs = [one for day in range(4) for one in buses("08:00", "09:00", "10:00", day=day)]
    expected = [150, 50, 0, 150, 50, 0, 100, 0, 0, 0, 0, 0]
    assert charged(used, *legs) == charged_by_days(used, *legs) == expected


def test_best_value_by_rides_and_in_a_rolling_window() -> None:
    rolling = Cap("r", "rolling", rides=2, rolling_minutes=120, mode="best_value")
    other = Cap("s", "rolling", 400, rolling_minutes=120, mode="best_value", networks=("tram",))
    legs = [
        *buses("08:00", "08:10"),
        leg("tram", "09:00"),
        leg("tram", "09:59"),
        leg("tram", "10:00"),
    ]
    # By rides: two buses. By the trams' cap 300 + 400.
    assert charged(capped(rolling, other), *legs) == [150, 150, 0, 0, 290]


def test_a_late_leg_of_monday_moves_wednesday() -> None:
    used = capped(Cap("week", "week", 400))
    wednesday = [leg("bus", "08:00", 2), leg("bus", "18:00", 2)]
    late = leg("tram", "12:00")
    assert charged_by_days(used, *wednesday) == [150, 150]
    assert charged_by_days(used, late, *wednesday) == [290, 110, 0]


def test_a_ride_of_yesterday_that_ends_today_counts_for_yesterday() -> None:
    used = capped(Cap("day", "day", 300))
    evening = [leg("tram", "20:00"), leg("train", "27:50", minutes=0, zones="1")]
    ended = leg("train", "27:50", minutes=30, zones="12")
    closed = rate(by(used), evening, ADULT, runs_on=True)
    running = closed.running.since(ended.started_ms)
    assert charged(used, ended, leg("tram", "12:00", 1), before=running) == [10, 290]


def test_what_runs_on_lasts_as_long_as_the_period_may() -> None:
    used = capped(Cap("day", "day", 1), Cap("week", "week", 1000), Cap("month", "month", 5000))
    ((_, rated),) = days(used, buses("04:00", day=2))
    until = {cap.name: cap.until_ms for cap in rated.running.caps}
    sunday = CALENDAR.end_ms(MONDAY + timedelta(days=6))
    first = CALENDAR.start_ms(date(2026, 12, 1))
    assert at("28:00", 2) < until["day"] <= at("30:00", 2)
    assert sunday < until["week"] <= sunday + 7_200_000
    assert first < until["month"] <= first + 7_200_000
    assert {cap.name for cap in rated.running.since(until["day"]).caps} == {"week", "month"}
    rolling = capped(Cap("r", "rolling", 1, rolling_minutes=WEEK_MINUTES))
    ((_, rated),) = days(rolling, buses("08:00", "09:00"))
    assert [cap.until_ms for cap in rated.running.caps] == [at("08:00", 7)]


def test_a_reached_cap_hands_on_the_same_whatever_is_still_ridden() -> None:
    used = capped(Cap("week", "week", 300))
    two, four = buses("08:00", "09:00"), buses("08:00", "09:00", "10:00", "11:00")
    assert rate(by(used), two, ADULT, runs_on=True) != rate(by(used), four, ADULT, runs_on=True)
    running = [rate(by(used), legs, ADULT, runs_on=True).running for legs in (two, four)]
    assert running[0] == running[1] != NOTHING_RUNS


def test_a_new_version_changes_a_cap_while_it_runs() -> None:
    def versions(*caps: Cap) -> Any:
        wednesday = MONDAY + timedelta(days=2)
        return by(
            capped(Cap("week", "week", 400)),
            capped(*caps, version="2", valid_from=wednesday),
        )

    legs = [leg("bus", "12:00", day) for day in range(6)]
    assert charged(versions(Cap("week", "week", 400)), *legs) == [150, 150, 100, 0, 0, 0]
    assert charged(versions(Cap("week", "week", 200)), *legs) == [150, 150, 0, 0, 0, 0]
    assert charged(versions(Cap("week", "week", 500)), *legs) == [150, 150, 150, 50, 0, 0]
    assert charged(versions(), *legs) == [150] * 6
    assert charged(versions(Cap("other", "week", 200)), *legs) == [150, 150, 150, 50, 0, 0]


def test_a_best_value_that_falls_with_a_new_version_is_made_up_for() -> None:
    def group(limit: int, *more: Cap) -> tuple[Cap, ...]:
        return (Cap("all", "week", limit, mode="best_value", group="w"), *more)

    def versions(*caps: Cap) -> Any:
        wednesday = MONDAY + timedelta(days=2)
        later = capped(*caps, version="2", valid_from=wednesday)
        return by(capped(*group(400)), later)

    legs = [leg("bus", "12:00", day) for day in range(5)]
    assert charged_by_days(versions(*group(200)), *legs) == [150, 150, 0, 0, 0]
    assert charged_by_days(versions(*group(500)), *legs) == [150, 150, 150, 50, 0]
    bus = Cap("bus", "week", 150, networks=("bus",), mode="best_value", group="w")
    # What was charged before the new cap came stands outside of it.
    assert charged_by_days(versions(*group(600, bus)), *legs) == [150, 150, 150, 0, 0]
    fallen = versions(Cap("all", "week", 350, mode="best_value", group="w"))
    assert charged_by_days(fallen, *legs) == [150, 150, 50, 0, 0]


def test_caps_count_what_is_charged_after_rounding() -> None:
    up = {"round_to": 100, "rounding": "up"}
    assert charged(capped(Cap("day", "day", 500), **up), *buses(*["08:00", "09:00", "10:00"])) == [
        200,
        200,
        100,
    ]
    assert charged(capped(Cap("day", "day", 450), **up), *buses(*["08:00", "09:00", "10:00"])) == [
        200,
        200,
        0,
    ]
    before = ("leg", "rounding", "cap")
    used = capped(Cap("day", "day", 450), steps=before, **up)
    assert charged(used, *buses("08:00", "09:00", "10:00")) == [200, 200, 50]


def test_without_caps_nothing_is_counted_and_what_runs_is_kept() -> None:
    legs = buses("08:00", "09:00")
    ((_, rated),) = days(capped(Cap("week", "week", 400)), legs)
    plain = rate(by(tariff()), buses("08:00", day=1), ADULT, rated.running, runs_on=True)
    assert plain.running.caps == rated.running.caps
    assert rate(by(tariff()), legs, ADULT, runs_on=True).running.caps == ()
