"""The same touch twice, groups, a card handed back, another gate: each by its network's times."""

from __future__ import annotations

from typing import Any

import pytest

from satu.kernel.refusal import Meaning, Outcome, UseClass
from satu.services.base import Rider, Step, TapSeen
from satu.services.rules import Rules
from satu.services.transit.service import TRANSIT
from satu.services.venues.service import VENUES
from tests.unit.services.gates import (
    ADULT,
    CHILD,
    FREE_CHANGES,
    GATES,
    NEXT_STOP,
    OUT_OF_STATION,
    PARK,
    PARK_GATE,
    PINE,
    PINE_WEST,
    QUAY,
    RAIL,
    ROCK,
    STOP,
    TRAM,
    WEEKLY,
    at,
    bundle,
    on,
    rail,
    tap,
    tariff,
    tram,
)


def ride(
    *taps: TapSeen, rules: Rules = GATES, rider: Rider = ADULT, service: Any = TRANSIT
) -> Step:
    """The step of the last tap."""
    state, step = service.start(None), None
    for touched in taps:
        step = service.fold(rules, state, touched, rider)
        state = step.state
    assert step is not None
    return step


def told(step: Step) -> list[tuple[int, UseClass, int]]:
    """First tap, class and fare of each use."""
    return [(use.id, use.use_class, use.fare) for use in step.uses]


@pytest.mark.parametrize("way", ["in", "either"])
def test_a_second_touch_at_a_gate_is_the_same_touch(way: str) -> None:
    step = ride(tap(1, "08:00", PINE, way), tap(2, "08:00:10", PINE, way))
    assert (step.meaning, step.is_entry, step.refusal) == (
        Meaning.SAME_TOUCH,
        False,
        Outcome.ACCEPTED,
    )
    assert told(step) == [(1, UseClass.OPEN, 0), (2, UseClass.DUPLICATE, 0)]
    assert [use.held for use in step.uses] == [5000, 0]
    left = TRANSIT.fold(GATES, step.state, tap(3, "08:20", QUAY, way.replace("in", "out")), ADULT)
    assert told(left) == [(1, UseClass.COMPLETE, 3000), (2, UseClass.DUPLICATE, 0)]


def test_a_touch_at_another_gate_or_later_is_no_repetition() -> None:
    other = ride(tap(1, "08:00", PINE), tap(2, "08:00:05", PINE_WEST))
    assert other.meaning is Meaning.SAME_STATION_EXIT
    later = ride(tap(1, "08:00", PINE), tap(2, "08:00:11", PINE))
    assert later.meaning is Meaning.SAME_STATION_EXIT


def test_a_second_touch_at_an_exit_is_the_same_touch() -> None:
    taps = [tap(1, "08:00", PINE, "in"), tap(2, "08:20", QUAY, "out")]
    step = ride(*taps, tap(3, "08:20:10", QUAY, "out"))
    assert step.meaning is Meaning.SAME_TOUCH
    assert told(step) == [(1, UseClass.COMPLETE, 3000), (3, UseClass.DUPLICATE, 0)]
    lone = ride(*taps, tap(3, "08:20:11", QUAY, "out"))
    assert lone.meaning is Meaning.EXIT_WITHOUT_ENTRY
    assert told(lone) == [(1, UseClass.COMPLETE, 3000), (3, UseClass.MISSING_ENTRY, 6000)]


def test_a_second_touch_where_groups_may_ride_is_one_more_rider() -> None:
    taps = [tap(1, "08:00", STOP, "in"), tap(2, "08:00:30", STOP, "in")]
    step = ride(*taps)
    assert (step.meaning, step.is_entry, step.minimum) == (Meaning.GROUP_ENTRY, True, 2000)
    assert told(step) == [(1, UseClass.OPEN, 4000)]
    assert [(use.riders, use.full_fare, use.shares) for use in step.uses] == [
        (2, 4000, ((TRAM, 4000),))
    ]
    more = ride(*taps, tap(3, "08:00:59", STOP, "in", riders=2))
    assert (more.meaning, more.minimum, told(more)) == (
        Meaning.GROUP_ENTRY,
        4000,
        [(1, UseClass.OPEN, 8000)],
    )


def test_more_riders_than_a_network_takes_are_refused_and_let_in_offline_not_charged() -> None:
    step = ride(tap(1, "08:00", STOP, "in", riders=4), tap(2, "08:00:30", STOP, "in"))
    assert (step.refusal, step.is_entry) == (Outcome.RIDERS_TOO_MANY, True)
    assert told(step) == [(1, UseClass.OPEN, 8000), (2, UseClass.DUPLICATE, 0)]


def test_a_reader_may_tell_how_many_go_in() -> None:
    step = ride(tap(1, "08:00", STOP, "in", riders=3))
    assert (step.minimum, step.refusal, told(step)) == (
        6000,
        Outcome.ACCEPTED,
        [(1, UseClass.OPEN, 6000)],
    )
    gate = ride(tap(1, "08:00", PINE, "in", riders=2))
    assert gate.refusal is Outcome.RIDERS_TOO_MANY
    assert [(use.held, use.riders) for use in gate.uses] == [(10_000, 2)]
    left = TRANSIT.fold(GATES, gate.state, tap(2, "08:20", QUAY, "out"), ADULT)
    assert told(left) == [(1, UseClass.COMPLETE, 6000)]


def test_companions_pay_as_the_usual_category() -> None:
    step = ride(tap(1, "08:00", STOP, "in", riders=3), rider=CHILD)
    assert told(step) == [(1, UseClass.OPEN, 1000 + 2000 + 2000)]
    priced = TRANSIT.priced(GATES, step.state, CHILD)
    assert [(use.id, leg.fare) for use, leg in priced] == [(1, 1000), (1, 2000), (1, 2000)]
    assert all(sum(one.amount for one in leg.trace) == leg.fare for _, leg in priced)


def test_each_companion_changes_as_the_holder_does() -> None:
    taps = [tap(1, "08:00", STOP, "in", riders=3), tap(2, "08:30", NEXT_STOP, "in", riders=2)]
    assert told(ride(*taps, rules=FREE_CHANGES)) == [
        (1, UseClass.MISSING_EXIT, 6000),
        (2, UseClass.OPEN, 0),
    ]
    grown = [tap(1, "08:00", STOP, "in"), tap(2, "08:30", NEXT_STOP, "in", riders=3)]
    assert told(ride(*grown, rules=FREE_CHANGES)) == [
        (1, UseClass.MISSING_EXIT, 2000),
        (2, UseClass.OPEN, 4000),
    ]


def test_a_cap_is_the_holders_alone() -> None:
    taps = [tap(n, f"{7 + n:02}:00", STOP, "in", riders=2) for n in range(1, 8)]
    step = ride(*taps, rules=WEEKLY)
    # The holder pays 10,000 of 14,000, the companion seven whole fares.
    assert sum(use.fare for use in step.uses) == 10_000 + 14_000


def test_one_exit_ends_a_groups_ride_and_the_others_exits_cost_nothing() -> None:
    rules = Rules(bundle(tariff(networks=(rail(max_riders=3), tram()), leg_rules=_RAIL_AND_TRAM)))
    taps = [
        tap(1, "08:00", PINE, "in"),
        tap(2, "08:00:05", PINE, "in"),
        tap(3, "08:00:10", PINE, "in"),
        tap(4, "08:20", QUAY, "out"),
    ]
    step = ride(*taps, rules=rules)
    assert (step.meaning, told(step)) == (Meaning.EXIT, [(1, UseClass.COMPLETE, 9000)])
    last = ride(*taps, tap(5, "08:21", QUAY, "out"), tap(6, "08:22", QUAY, "out"), rules=rules)
    assert last.meaning is Meaning.SAME_TOUCH
    assert told(last) == [
        (1, UseClass.COMPLETE, 9000),
        (5, UseClass.DUPLICATE, 0),
        (6, UseClass.DUPLICATE, 0),
    ]
    strange = TRANSIT.fold(rules, last.state, tap(7, "08:23", QUAY, "out"), ADULT)
    assert strange.meaning is Meaning.EXIT_WITHOUT_ENTRY


_RAIL_AND_TRAM = tuple(rule for rule in tariff().leg_rules if rule.network != "park")


def test_a_card_handed_back_is_refused_and_if_let_in_costs_nothing() -> None:
    taps = [tap(1, "08:00", PINE, "in"), tap(2, "08:15", PINE_WEST, "in")]
    step = ride(*taps)
    assert (step.meaning, step.refusal) == (Meaning.PASSBACK_ENTRY, Outcome.PASSBACK)
    assert (step.is_entry, step.minimum) == (True, 0)
    assert told(step) == [(1, UseClass.OPEN, 0), (2, UseClass.PASSBACK, 0)]
    first = TRANSIT.fold(GATES, step.state, tap(3, "08:30", ROCK, "out"), ADULT)
    assert told(first) == [(1, UseClass.COMPLETE, 7000), (2, UseClass.PASSBACK, 0)]
    second = TRANSIT.fold(GATES, first.state, tap(4, "08:31", ROCK, "out"), ADULT)
    assert told(second)[-1] == (4, UseClass.MISSING_ENTRY, 6000)


def test_in_again_after_the_time_of_a_passback_is_a_missing_exit() -> None:
    step = ride(tap(1, "08:00", PINE, "in"), tap(2, "08:15:01", PINE, "in"))
    assert (step.meaning, step.refusal) == (Meaning.ENTRY_AFTER_MISSING_EXIT, Outcome.ACCEPTED)
    assert told(step) == [(1, UseClass.MISSING_EXIT, 7000), (2, UseClass.OPEN, 0)]
    elsewhere = ride(tap(1, "08:00", PINE, "in"), tap(2, "08:05", QUAY, "in"))
    assert elsewhere.meaning is Meaning.ENTRY_AFTER_MISSING_EXIT


@pytest.mark.parametrize("way", ["in", "either"])
def test_another_gate_of_the_station_just_left_takes_the_ride_up_again(way: str) -> None:
    taps = [tap(1, "08:00", ROCK, "in"), tap(2, "08:20", PINE, "out")]
    step = ride(*taps, tap(3, "08:25", PINE_WEST, way))
    assert (step.meaning, step.is_entry) == (Meaning.GATE_CHANGE, False)
    assert told(step) == [(1, UseClass.OPEN, 0)]
    left = TRANSIT.fold(GATES, step.state, tap(4, "08:40", QUAY, "out"), ADULT)
    assert told(left) == [(1, UseClass.COMPLETE, 4000)]
    assert (left.uses[0].started_ms, left.uses[0].ended_ms) == (at("08:00"), at("08:40"))


def test_a_second_touch_at_the_other_gate_is_the_same_touch() -> None:
    taps = [
        tap(1, "08:00", ROCK, "in"),
        tap(2, "08:20", PINE, "out"),
        tap(3, "08:22", PINE_WEST, "in"),
        tap(4, "08:22:05", PINE_WEST, "in"),
    ]
    step = ride(*taps)
    assert step.meaning is Meaning.SAME_TOUCH
    assert told(step) == [(1, UseClass.OPEN, 0), (4, UseClass.DUPLICATE, 0)]
    handed = ride(*taps, tap(5, "08:30", PINE, "in"))
    assert (handed.meaning, handed.refusal) == (Meaning.PASSBACK_ENTRY, Outcome.PASSBACK)
    left = TRANSIT.fold(GATES, handed.state, tap(6, "08:40", QUAY, "out"), ADULT)
    assert [use.use_class for use in left.uses] == [
        UseClass.COMPLETE,
        UseClass.DUPLICATE,
        UseClass.PASSBACK,
    ]
    assert sum(use.fare for use in left.uses) == 4000


def test_a_group_changes_gates_touch_by_touch() -> None:
    rules = Rules(bundle(tariff(networks=(rail(max_riders=3), tram()), leg_rules=_RAIL_AND_TRAM)))
    taps = [
        tap(1, "08:00", ROCK, "in", riders=2),
        tap(2, "08:20", PINE, "out"),
        tap(3, "08:21", PINE, "out"),
        tap(4, "08:22", PINE_WEST, "in"),
        tap(5, "08:23", PINE_WEST, "in"),
        tap(6, "08:40", QUAY, "out"),
        tap(7, "08:41", QUAY, "out"),
    ]
    step = ride(*taps, rules=rules)
    assert told(step)[0] == (1, UseClass.COMPLETE, 8000)
    assert [use.use_class for use in step.uses[1:]] == [UseClass.DUPLICATE] * 3


def test_too_late_for_another_gate_is_a_ride_of_its_own() -> None:
    taps = [tap(1, "08:00", ROCK, "in"), tap(2, "08:20", PINE, "out")]
    step = ride(*taps, tap(3, "08:25:01", PINE_WEST, "in"))
    assert (step.meaning, step.is_entry) == (Meaning.ENTRY, True)
    assert told(step) == [(1, UseClass.COMPLETE, 7000), (3, UseClass.OPEN, 0)]


def test_an_exit_without_entry_is_not_taken_up_again() -> None:
    step = ride(tap(1, "08:00", PINE, "out"), tap(2, "08:02", PINE, "in"))
    assert told(step) == [(1, UseClass.MISSING_ENTRY, 6000), (2, UseClass.OPEN, 0)]


def test_out_of_one_station_into_another_is_one_journey() -> None:
    taps = [
        tap(1, "08:00", ROCK, "in"),
        tap(2, "08:20", PINE, "out"),
        tap(3, "08:30", QUAY, "in"),
    ]
    entered = ride(*taps, rules=OUT_OF_STATION)
    assert entered.meaning is Meaning.INTERCHANGE_ENTRY
    left = TRANSIT.fold(OUT_OF_STATION, entered.state, tap(4, "08:40", ROCK, "out"), ADULT)
    assert [use.use_class for use in left.uses] == [UseClass.COMPLETE, UseClass.INTERCHANGE]
    late = ride(*taps[:2], tap(3, "08:30:01", QUAY, "in"), rules=OUT_OF_STATION)
    assert late.meaning is Meaning.ENTRY


def test_joined_rides_cost_what_the_whole_way_does() -> None:
    taps = [
        tap(1, "08:00", ROCK, "in"),
        tap(2, "08:20", PINE, "out"),
        tap(3, "08:25", QUAY, "in"),
        tap(4, "08:40", PINE, "out"),
    ]
    joined, apart = ride(*taps, rules=OUT_OF_STATION), ride(*taps)
    # From Rock to Pine in all.
    assert sum(use.fare for use in joined.uses) == 7000
    assert sum(use.fare for use in apart.uses) == 7000 + 3000
    assert sum(amount for use in joined.uses for _, amount in use.shares) == 7000


def test_an_exit_after_the_longest_journey_has_its_class() -> None:
    step = ride(tap(1, "08:00", PINE, "in"), tap(2, "10:01", ROCK, "out"))
    assert step.meaning is Meaning.OVERTIME_EXIT
    assert told(step) == [(1, UseClass.OVER_TIME, 9000)]
    in_time = ride(tap(1, "08:00", PINE, "in"), tap(2, "10:00", ROCK, "out"))
    assert told(in_time) == [(1, UseClass.COMPLETE, 7000)]


@pytest.mark.parametrize(("clock", "fare"), [("08:19", 0), ("08:20", 2500), ("09:30", 2500)])
def test_out_where_one_went_in_is_priced_by_minutes(clock: str, fare: int) -> None:
    step = ride(tap(1, "08:00", PINE, "in"), tap(2, clock, PINE_WEST, "out"))
    assert step.meaning is Meaning.SAME_STATION_EXIT
    assert told(step) == [(1, UseClass.SAME_STATION, fare)]


def test_a_family_visits_on_one_card() -> None:
    taps = [
        tap(1, "09:00", PARK_GATE, "in", riders=2),
        tap(2, "09:00:20", PARK_GATE, "in"),
    ]
    step = ride(*taps, service=VENUES, rider=CHILD)
    assert (step.meaning, step.is_entry) == (Meaning.GROUP_ENTRY, True)
    assert [(use.riders, use.fare, use.shares) for use in step.uses] == [
        (3, 12_000, ((PARK, 12_000),))
    ]
    full = VENUES.fold(GATES, step.state, tap(3, "09:00:40", PARK_GATE, "in"), CHILD)
    assert (full.refusal, full.meaning) == (Outcome.RIDERS_TOO_MANY, Meaning.SAME_TOUCH)
    assert [use.use_class for use in full.uses] == [UseClass.OPEN, UseClass.DUPLICATE]
    left = VENUES.fold(GATES, full.state, tap(4, "11:00", PARK_GATE, "out"), CHILD)
    assert told(left) == [(1, UseClass.COMPLETE, 12_000), (3, UseClass.DUPLICATE, 0)]
    assert sum(leg.fare for _, leg in VENUES.priced(GATES, left.state, CHILD)) == 12_000


def test_a_group_goes_on_over_the_days_end() -> None:
    rules = Rules(bundle(tariff(networks=(rail(max_riders=3), tram()), leg_rules=_RAIL_AND_TRAM)))
    night = ride(tap(1, "03:50", PINE, "in", day=1, riders=2), rules=rules)
    closed = TRANSIT.close(rules, night.state, rules.calendar.end_ms(on(0)), ADULT)
    assert [(use.fare, use.held, use.riders) for use in closed.uses] == [(0, 0, 2)]
    carried = TRANSIT.carry(closed.state, rules.calendar.end_ms(on(0)))
    assert carried is not None
    step = TRANSIT.fold(rules, carried, tap(2, "04:10", QUAY, "out", day=1), ADULT)
    assert [(use.id, use.fare, use.shares) for use in step.uses] == [(1, 6000, ((RAIL, 6000),))]
