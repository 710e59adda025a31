"""What taps at stops and stations mean and cost."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from satu.kernel.refusal import Meaning, UseClass
from satu.services.base import Step, Use
from satu.services.rules import Rules
from satu.services.transit.service import TRANSIT
from satu.services.transit.state import Day
from tests.unit.services.town import (
    ADULT,
    ALPHA,
    BETA,
    BUSES,
    CSW,
    EAST,
    FREE_LINE,
    GAMMA,
    HARBOUR,
    KOTA,
    LIGHT,
    LINE,
    METRO,
    MONDAY,
    OTHER_LINE,
    PEMUDA,
    ROYAL_LINE,
    TOWN,
    WEST,
    at,
    bundle,
    fares,
    ride,
    tap,
    tariff,
)

TUESDAY = MONDAY + timedelta(days=1)
END_MS = TOWN.calendar.end_ms(MONDAY)


def classes(step: Step) -> list[UseClass]:
    return [use.use_class for use in step.uses]


def test_a_bus_is_paid_at_entry_and_its_exit_changes_nothing_to_pay() -> None:
    entered, left = ride(TRANSIT, [tap(7, "08:00", PEMUDA, LINE), tap(8, "08:30", CSW, LINE)])
    assert entered.meaning is Meaning.ENTRY
    assert (entered.minimum, entered.is_entry) == (5000, True)
    assert entered.uses == (
        Use(
            id=7,
            kind="journey",
            point_in=PEMUDA,
            point_out=0,
            route=LINE,
            started_ms=at("08:00"),
            ended_ms=0,
            use_class=UseClass.OPEN,
            full_fare=3500,
            fare=3500,
            shares=((BUSES, 3500),),
            held=0,
        ),
    )
    assert left.meaning is Meaning.EXIT
    assert (left.minimum, left.is_entry) == (0, False)
    assert left.uses == (
        msgspec.structs.replace(
            entered.uses[0],
            point_out=CSW,
            ended_ms=at("08:30"),
            use_class=UseClass.COMPLETE,
        ),
    )


@pytest.mark.parametrize(
    ("clock", "fare"),
    [("04:59", 3500), ("05:00", 2000), ("06:59", 2000), ("07:00", 3500), ("12:00", 3500)],
)
def test_the_early_bird_is_half_open(clock: str, fare: int) -> None:
    (step,) = ride(TRANSIT, [tap(1, clock, PEMUDA, LINE)])
    assert fares(step) == [fare]


@pytest.mark.parametrize(
    ("route", "fare", "minimum"), [(LINE, 3500, 5000), (ROYAL_LINE, 20000, 5000), (FREE_LINE, 0, 0)]
)
def test_the_route_tells_the_network_and_free_rides_ask_no_balance(
    route: int, fare: int, minimum: int
) -> None:
    (step,) = ride(TRANSIT, [tap(1, "08:00", PEMUDA, route)])
    assert (fares(step), step.minimum) == ([fare], minimum)


def test_without_a_route_the_point_tells_the_network() -> None:
    (step,) = ride(TRANSIT, [tap(1, "08:00", PEMUDA)])
    assert step.uses[0].shares == ((BUSES, 3500),)


@pytest.mark.parametrize(
    ("clock", "fare", "meaning"),
    [("11:00", 0, Meaning.TRANSFER), ("11:01", 3500, Meaning.ENTRY)],
)
def test_changing_buses_is_free_within_180_minutes_of_the_first(
    clock: str, fare: int, meaning: Meaning
) -> None:
    taps = [
        tap(1, "08:00", PEMUDA, LINE, "in"),
        tap(2, "09:00", KOTA, OTHER_LINE, "in"),
        tap(3, clock, HARBOUR, OTHER_LINE, "in"),
    ]
    step = ride(TRANSIT, taps)[-1]
    assert step.meaning is meaning
    assert fares(step) == [3500, 0, fare]
    assert [use.full_fare for use in step.uses] == [3500, 3500, 3500]
    assert classes(step) == [UseClass.MISSING_EXIT, UseClass.MISSING_EXIT, UseClass.OPEN]


def test_the_metro_holds_the_minimum_and_is_paid_at_exit() -> None:
    entered, left = ride(TRANSIT, [tap(1, "08:00", BETA), tap(2, "08:20", GAMMA)])
    assert (entered.meaning, entered.minimum) == (Meaning.ENTRY, 14000)
    assert [(use.full_fare, use.fare, use.held) for use in entered.uses] == [(0, 0, 14000)]
    assert left.meaning is Meaning.EXIT
    assert [(use.full_fare, use.fare, use.held) for use in left.uses] == [(7000, 7000, 0)]


@pytest.mark.parametrize(("minutes", "fare"), [(5, 3000), (59, 3000), (60, 14000)])
def test_leaving_at_the_entry_station_is_priced_by_minutes(minutes: int, fare: int) -> None:
    start = at("08:00")
    step = ride(TRANSIT, [tap(1, start, BETA), tap(2, start + minutes * 60_000, BETA)])[-1]
    assert step.meaning is Meaning.SAME_STATION_EXIT
    assert (fares(step), classes(step)) == ([fare], [UseClass.SAME_STATION])


def test_a_late_exit_is_priced_as_over_time() -> None:
    taps = [tap(1, "08:00", ALPHA, 0, "in"), tap(2, "11:01", GAMMA, 0, "out")]
    step = ride(TRANSIT, taps)[-1]
    assert step.meaning is Meaning.OVERTIME_EXIT
    assert (fares(step), classes(step)) == ([20000], [UseClass.OVER_TIME])


def test_a_gate_that_tells_no_direction_takes_a_very_late_tap_for_an_entry() -> None:
    step = ride(TRANSIT, [tap(1, "08:00", ALPHA), tap(2, "11:01", GAMMA)])[-1]
    assert step.meaning is Meaning.ENTRY_AFTER_MISSING_EXIT
    assert fares(step) == [9000, 0]


def test_an_entry_closes_an_open_metro_ride_by_the_dearest_from_there() -> None:
    step = ride(TRANSIT, [tap(1, "08:00", BETA, 0, "in"), tap(2, "09:00", PEMUDA, LINE)])[-1]
    assert step.meaning is Meaning.ENTRY_AFTER_MISSING_EXIT
    assert classes(step) == [UseClass.MISSING_EXIT, UseClass.OPEN]
    assert [use.shares for use in step.uses] == [((METRO, 7000),), ((BUSES, 3500),)]


def test_an_exit_without_an_entry_is_priced_by_rule() -> None:
    (metro,) = ride(TRANSIT, [tap(1, "08:00", BETA, 0, "out")])
    assert metro.meaning is Meaning.EXIT_WITHOUT_ENTRY
    assert not metro.is_entry
    assert [(u.point_in, u.point_out, u.fare) for u in metro.uses] == [(0, BETA, 6000)]
    (bus,) = ride(TRANSIT, [tap(1, "08:00", CSW, LINE, "out")])
    assert (bus.meaning, fares(bus)) == (Meaning.EXIT_WITHOUT_ENTRY, [0])
    assert classes(bus) == [UseClass.MISSING_ENTRY]
    assert bus.uses[0].shares == ()


def test_an_exit_of_another_network_ends_no_ride() -> None:
    step = ride(TRANSIT, [tap(1, "08:00", ALPHA, 0, "in"), tap(2, "08:30", CSW, LINE, "out")])[-1]
    assert classes(step) == [UseClass.MISSING_EXIT, UseClass.MISSING_ENTRY]
    assert fares(step) == [9000, 0]


def test_on_a_bus_a_tap_on_another_route_is_a_new_ride() -> None:
    taps = [tap(1, "08:00", PEMUDA, LINE), tap(2, "08:30", KOTA, OTHER_LINE)]
    step = ride(TRANSIT, taps)[-1]
    assert classes(step) == [UseClass.MISSING_EXIT, UseClass.OPEN]
    assert step.meaning is Meaning.TRANSFER


def test_a_stop_that_tells_no_route_ends_a_ride_of_its_operator() -> None:
    step = ride(TRANSIT, [tap(1, "08:00", PEMUDA, ROYAL_LINE), tap(2, "09:00", KOTA)])[-1]
    assert (step.meaning, fares(step)) == (Meaning.EXIT, [20000])


# LRT 6 km, bus 12 km, metro 8 km: the example of Kepgub 733/2022, gate by gate.
INTEGRATED = [
    (tap(1, "08:00", EAST), [0]),
    (tap(2, "08:15", WEST), [5000]),
    (tap(3, "08:25", PEMUDA, LINE), [4000, 3500]),
    (tap(4, "09:00", CSW, LINE), [4000, 3000]),
    (tap(5, "09:10", ALPHA), [4000, 3000, 0]),
    (tap(6, "09:30", GAMMA), [4000, 3000, 2000]),
]


def test_the_integrated_fare_is_provisional_at_each_gate() -> None:
    steps = ride(TRANSIT, [touched for touched, _ in INTEGRATED])
    assert [fares(step) for step in steps] == [expected for _, expected in INTEGRATED]
    last = steps[-1].uses
    assert [use.full_fare for use in last] == [5000, 3500, 9000]
    assert [use.shares for use in last] == [((LIGHT, 4000),), ((BUSES, 3000),), ((METRO, 2000),)]
    charges = [sum(fares(step)) for step in steps]
    assert charges == [0, 5000, 7500, 7000, 7000, 9000]


def test_a_journey_that_outlasts_its_package_costs_the_cap_and_begins_another() -> None:
    taps = [
        tap(1, "08:00", EAST, 0, "in"),
        tap(2, "08:15", WEST, 0, "out"),
        tap(3, "08:25", PEMUDA, LINE, "in"),
        tap(4, "10:50", CSW, LINE, "out"),
        tap(5, "10:55", ALPHA, 0, "in"),
        tap(6, "11:01", GAMMA, 0, "out"),
    ]
    step = ride(TRANSIT, taps)[-1]
    # 3,000 are lacking to the cap of 10,000; then 2,500 + 8 × 250. Alone all would be 17,500.
    assert fares(step) == [4000, 3000, 3000 + 4500]


def test_rides_of_the_morning_and_the_evening_are_two_journeys() -> None:
    taps = [touched for touched, _ in INTEGRATED]
    step = ride(TRANSIT, [*taps, tap(7, "18:00", CSW, LINE)])[-1]
    assert fares(step) == [4000, 3000, 2000, 3500]


def closed(step: Step, day: date = MONDAY, rules: Rules = TOWN) -> Step:
    return TRANSIT.close(rules, step.state, rules.calendar.end_ms(day), ADULT)


def test_the_days_end_closes_what_is_older_than_the_longest_journey() -> None:
    (step,) = ride(TRANSIT, [tap(1, "20:00", ALPHA)])
    assert TRANSIT.is_open(step.state)
    ended = closed(step)
    assert not TRANSIT.is_open(ended.state)
    assert (fares(ended), classes(ended)) == ([9000], [UseClass.MISSING_EXIT])
    assert ended.uses[0].held == 0
    assert TRANSIT.carry(ended.state, END_MS) is None


def test_a_young_ride_goes_on_and_is_charged_by_the_next_day() -> None:
    started = at("03:30", TUESDAY)
    ended = closed(ride(TRANSIT, [tap(1, started, ALPHA)])[-1])
    assert [(u.fare, u.held, u.use_class) for u in ended.uses] == [(0, 0, UseClass.OPEN)]
    carried = TRANSIT.carry(ended.state, END_MS)
    assert carried is not None
    state = TRANSIT.start(msgspec.msgpack.decode(msgspec.msgpack.encode(carried), type=Day))
    assert TRANSIT.is_open(state)
    (step,) = ride(TRANSIT, [tap(2, at("04:10", TUESDAY), GAMMA)], state=state)
    assert [(u.id, u.fare, u.started_ms) for u in step.uses] == [(1, 9000, started)]


def test_a_paid_ride_stays_in_its_day_and_its_exit_is_awaited() -> None:
    ended = closed(ride(TRANSIT, [tap(1, at("03:30", TUESDAY), PEMUDA, LINE)])[-1])
    assert (fares(ended), classes(ended)) == ([3500], [UseClass.MISSING_EXIT])
    state = TRANSIT.start(TRANSIT.carry(ended.state, END_MS))
    assert not TRANSIT.is_open(state)
    left, entered = ride(
        TRANSIT,
        [tap(2, at("04:10", TUESDAY), CSW, LINE), tap(3, at("04:30", TUESDAY), CSW, LINE)],
        state=state,
    )
    assert (left.meaning, left.uses) == (Meaning.EXIT, ())
    # The chain of transfers runs on over 04:00 too.
    assert (entered.meaning, fares(entered)) == (Meaning.TRANSFER, [0])


def test_a_paid_ride_is_awaited_no_longer_than_a_journey_lasts() -> None:
    ended = closed(ride(TRANSIT, [tap(1, at("03:30", TUESDAY), PEMUDA, LINE)])[-1])
    state = TRANSIT.start(TRANSIT.carry(ended.state, END_MS))
    late = tap(2, at("07:31", TUESDAY), CSW, LINE, "out")
    step = TRANSIT.fold(TOWN, state, late, ADULT)
    assert (step.meaning, fares(step)) == (Meaning.EXIT_WITHOUT_ENTRY, [0])


def test_a_package_goes_on_over_the_days_end_and_charged_fares_stay() -> None:
    night = [
        tap(1, at("03:00", TUESDAY), EAST),
        tap(2, at("03:15", TUESDAY), WEST),
        tap(3, at("03:20", TUESDAY), PEMUDA, LINE),
        tap(4, at("03:50", TUESDAY), CSW, LINE),
    ]
    last = ride(TRANSIT, night)[-1]
    ended = closed(last)
    assert fares(ended) == [4000, 3000]
    state = TRANSIT.start(TRANSIT.carry(ended.state, END_MS))
    metro = [tap(5, at("04:05", TUESDAY), ALPHA), tap(6, at("04:25", TUESDAY), GAMMA)]
    step = ride(TRANSIT, metro, state=state)[-1]
    assert [(use.id, use.fare) for use in step.uses] == [(5, 2000)]
    late = [tap(5, at("07:05", TUESDAY), ALPHA), tap(6, at("07:25", TUESDAY), GAMMA)]
    assert fares(ride(TRANSIT, late, state=state)[-1]) == [9000]


def test_nothing_is_handed_on_when_nothing_runs() -> None:
    last = ride(TRANSIT, [touched for touched, _ in INTEGRATED])[-1]
    assert TRANSIT.carry(closed(last).state, END_MS) is None
    nothing = TRANSIT.close(TOWN, Day(), END_MS, ADULT).state
    assert TRANSIT.carry(nothing, END_MS) is None


def test_each_leg_is_priced_by_the_version_in_force_when_it_began() -> None:
    rules = Rules(bundle(tariff(), tariff("2", TUESDAY, bus=5000)))
    (before,) = ride(TRANSIT, [tap(1, at("03:59", TUESDAY), PEMUDA, LINE)], rules=rules)
    (after,) = ride(TRANSIT, [tap(1, at("04:00", TUESDAY), PEMUDA, LINE)], rules=rules)
    assert (fares(before), fares(after)) == ([3500], [5000])
